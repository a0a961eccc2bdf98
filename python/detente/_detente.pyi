# Types of the extension module; what everything means stands in its docstrings.
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias, Unpack, final

import numpy as np
import numpy.typing as npt

from .strategy import Levers, Setting

_Array: TypeAlias = npt.NDArray[np.float64]
_Day: TypeAlias = date | str
_AnyPath: TypeAlias = str | PathLike[str]
_Labels: TypeAlias = Sequence[str] | Sequence[tuple[str, str]]
_Numbers: TypeAlias = npt.ArrayLike
_Theta: TypeAlias = float | Sequence[float] | _Array
_Elasticities: TypeAlias = str | _Theta
_Deficits: TypeAlias = Literal["held", "zero", "share", "income"]
_Recovery: TypeAlias = Literal["linear", "convex", "convex-unscaled", "concave"]
_Codes: TypeAlias = str | Sequence[str]
_Progress: TypeAlias = Callable[[str, int, int], object]

__all__ = [
    "Answer",
    "ArioEvent",
    "Candidate",
    "Change",
    "Deal",
    "Equilibrium",
    "Folder",
    "Ladder",
    "Ledger",
    "Leverage",
    "Model",
    "Plan",
    "Point",
    "Reading",
    "Replication",
    "Reply",
    "Scenario",
    "Side",
    "State",
    "Sweep",
    "Table",
    "Truce",
    "War",
    "Weeks",
    "World",
    "ario",
    "command",
    "ladder",
    "leverage",
    "nash",
    "network",
    "optimal",
    "read",
    "replicate",
    "run",
    "solve",
    "sweep",
    "talks",
    "truce",
    "version",
]

def command(arguments: Sequence[str]) -> int: ...
def version() -> str: ...

@final
class Table:
    @property
    def column_names(self) -> list[str]: ...
    @property
    def num_rows(self) -> int: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[str]: ...
    def __contains__(self, key: str, /) -> bool: ...
    # Of which type the name decides.
    def __getitem__(self, key: str, /) -> npt.NDArray[Any]: ...
    # Data frames of packages that need not be installed.
    def to_pandas(self) -> Any: ...
    def to_polars(self) -> Any: ...
    def to_pyarrow(self) -> Any: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def _repr_html_(self) -> str: ...

@final
class World:
    def __new__(
        cls,
        name: str,
        regions: _Labels,
        sectors: _Labels,
        trade_musd: _Numbers,
        elasticities: _Theta | Mapping[str, _Theta],
        *,
        tariff: _Numbers | None = None,
        input_share: _Numbers | None = None,
        final_share: _Numbers | None = None,
        markup: _Numbers | None = None,
        goods: Sequence[str] | None = None,
        base_date: _Day | None = None,
        title: str | None = None,
    ) -> World: ...
    @staticmethod
    def open(name: _AnyPath) -> World: ...
    @staticmethod
    def shipped() -> list[str]: ...
    def carve(self, *materials: str) -> World: ...
    def save(self, folder: _AnyPath, *, replace: bool = False) -> None: ...
    def check(self) -> Table: ...
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def base_date(self) -> date: ...
    @property
    def regions(self) -> list[str]: ...
    @property
    def region_names(self) -> list[str]: ...
    @property
    def sectors(self) -> list[str]: ...
    @property
    def sector_names(self) -> list[str]: ...
    @property
    def goods(self) -> list[str]: ...
    @property
    def trade_musd(self) -> _Array: ...
    @property
    def tariff(self) -> _Array: ...
    @property
    def input_share(self) -> _Array: ...
    @property
    def elasticities(self) -> dict[str, _Array]: ...
    @property
    def sources(self) -> Table: ...
    @property
    def notes(self) -> list[str]: ...
    def gross_output_musd(self) -> _Array: ...
    def value_added_musd(self) -> _Array: ...

@final
class Ledger:
    @staticmethod
    def open(name: _AnyPath, world: World) -> Ledger: ...
    @staticmethod
    def parse(text: str, world: World, *, name: str = "ledger.toml") -> Ledger: ...
    @staticmethod
    def shipped() -> list[str]: ...
    @property
    def title(self) -> str: ...
    @property
    def measures(self) -> Table: ...
    @property
    def readings(self) -> list[str]: ...
    @property
    def change_dates(self) -> list[date]: ...
    @property
    def changes(self) -> Table: ...
    def as_read_by(self, reading: str) -> Ledger: ...
    def state(self, date: _Day) -> State: ...
    def average_tariff(
        self,
        importer: str,
        exporter: str,
        date: _Day,
        *,
        weights: Literal["imports", "simple"] = "imports",
    ) -> float: ...

@final
class State:
    @property
    def date(self) -> date: ...
    @property
    def tariff(self) -> _Array: ...
    @property
    def export_tax(self) -> _Array: ...
    @property
    def iceberg_hat(self) -> _Array: ...
    @property
    def approval(self) -> _Array: ...
    @property
    def caps(self) -> Table: ...
    def with_taxes(self, *, tariff: _Numbers | None = None, export_tax: _Numbers | None = None) -> State: ...

@final
class Model:
    def __new__(
        cls, world: World, ledger: Ledger | None = None, *, elasticities: _Elasticities | None = None
    ) -> Model: ...
    def solve(
        self,
        state: State,
        *,
        near: Equilibrium | None = None,
        deficits: _Deficits = "held",
        variant: str = "base",
        numeraire: str | None = None,
        reproducible: bool = False,
    ) -> Equilibrium: ...
    def change(self, before: Equilibrium, after: Equilibrium) -> Change: ...

@final
class Equilibrium:
    @property
    def wage_hat(self) -> _Array: ...
    @property
    def consumption_price_hat(self) -> _Array: ...
    @property
    def income_musd(self) -> _Array: ...
    @property
    def value_added_musd(self) -> _Array: ...
    @property
    def tariff_revenue_musd(self) -> _Array: ...
    @property
    def deficit_musd(self) -> _Array: ...
    @property
    def price_hat(self) -> _Array: ...
    @property
    def cost_hat(self) -> _Array: ...
    @property
    def output_musd(self) -> _Array: ...
    @property
    def expenditure_musd(self) -> _Array: ...
    @property
    def trade_musd(self) -> _Array: ...
    @property
    def caps(self) -> Table: ...
    @property
    def residual(self) -> float: ...
    @property
    def evaluations(self) -> int: ...
    @property
    def seconds(self) -> float: ...

@final
class Change:
    @property
    def regions(self) -> list[str]: ...
    @property
    def sectors(self) -> list[str]: ...
    @property
    def welfare_exact(self) -> _Array: ...
    @property
    def welfare_linear(self) -> _Array: ...
    @property
    def terms_of_trade(self) -> _Array: ...
    @property
    def volume_of_trade(self) -> _Array: ...
    @property
    def trade_costs(self) -> _Array: ...
    @property
    def transfers(self) -> _Array: ...
    @property
    def real_wage(self) -> _Array: ...
    @property
    def wage(self) -> _Array: ...
    @property
    def price_index(self) -> _Array: ...
    @property
    def sector_price(self) -> _Array: ...
    @property
    def gross_output(self) -> _Array: ...
    @property
    def employment(self) -> _Array: ...
    @property
    def sector_real_wage(self) -> _Array: ...
    def table(self) -> Table: ...

def solve(
    world: World,
    ledger: Ledger,
    date: _Day,
    *,
    against: _Day | None = None,
    reading: str | None = None,
    elasticities: _Elasticities | None = None,
    deficits: _Deficits = "held",
    variant: str = "base",
    numeraire: str | None = None,
    reproducible: bool = False,
) -> Change: ...

@final
class Scenario:
    def __new__(cls, text: str, *, name: str = "scenario", folder: _AnyPath | None = None) -> Scenario: ...
    @staticmethod
    def open(path: _AnyPath) -> Scenario: ...
    @staticmethod
    def shipped() -> list[str]: ...
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def world(self) -> str: ...
    @property
    def ledger(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def actors(self) -> list[str]: ...
    @property
    def phases(self) -> list[str]: ...
    def run(
        self,
        *,
        draws: int | None = None,
        seed: int | None = None,
        tornado: bool = False,
        weeks: bool = True,
        weeks_draws: int | None = None,
        strategy: bool = True,
        reproducible: bool = False,
        threads: int = 0,
        progress: _Progress | None = None,
    ) -> Answer: ...

def run(
    scenario: Scenario | _AnyPath,
    *,
    draws: int | None = None,
    seed: int | None = None,
    tornado: bool = False,
    weeks: bool = True,
    weeks_draws: int | None = None,
    strategy: bool = True,
    reproducible: bool = False,
    threads: int = 0,
    progress: _Progress | None = None,
) -> Answer: ...

@final
class Answer:
    @property
    def world(self) -> World: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def results(self) -> Table: ...
    def find(
        self,
        variable: str,
        region: str,
        run: str,
        *,
        partner: str = "",
        sector: str = "",
        reading: str = "",
        week: int | None = None,
    ) -> tuple[float, float | None, float | None]: ...
    def summary(self, width: int = 100) -> str: ...
    def report(self) -> str: ...
    def save(self, folder: _AnyPath) -> list[str]: ...
    @property
    def tornado(self) -> Table | None: ...
    @property
    def stops_on_record(self) -> Table | None: ...
    @property
    def accounts(self) -> Reading | None: ...
    @property
    def remarks(self) -> list[str]: ...
    @property
    def inputs(self) -> dict[str, str]: ...
    @property
    def command(self) -> str | None: ...
    @property
    def seconds(self) -> float: ...

@final
class Weeks:
    @property
    def results(self) -> Table: ...
    @property
    def sender(self) -> str: ...
    @property
    def measures(self) -> list[str]: ...
    @property
    def limited_flows(self) -> int: ...
    @property
    def exposed(self) -> Table: ...

@final
class ArioEvent:
    @staticmethod
    def capacity(
        loss: Mapping[int, float], *, day: int, duration: int, recovery: _Recovery = "linear", recovery_days: float
    ) -> ArioEvent: ...
    @staticmethod
    def capital(
        destroyed: Mapping[int, float],
        *,
        day: int,
        duration: int,
        recovery: _Recovery = "linear",
        recovery_days: float,
    ) -> ArioEvent: ...
    @staticmethod
    def rebuilding(
        destroyed: Mapping[int, float],
        parts: Mapping[int, float],
        *,
        day: int,
        duration: int,
        rebuild_days: float,
        factor: float = 1.0,
        households: Mapping[int, float] | None = None,
    ) -> ArioEvent: ...

def ario(
    intermediate_use: _Numbers,
    final_demand: _Numbers,
    sectors: int,
    events: Sequence[ArioEvent],
    days: int,
    *,
    model: Literal["psi", "base"] = "psi",
    psi: float | None = None,
    restoration_days: float | Sequence[float] | _Array | None = None,
    inventory_days: float | Sequence[float] | _Array = ...,
    orders: Literal["alt", "noalt"] = "alt",
    overproduction: tuple[float, float, float] = ...,
    capital: float | Sequence[float] | _Array = ...,
    monetary_factor: float = 1000000.0,
) -> _Array: ...
def network(
    world: World,
    ledger: Ledger,
    start: _Day,
    *,
    weeks: int = 26,
    actors: Sequence[str] | None = None,
    daily: bool = False,
    reading: str | None = None,
    sender: str | None = None,
    study: str | None = None,
    cover: float | tuple[float, float] | None = None,
    leak: float | tuple[float, float] | None = None,
    draws: int = 200,
    seed: int = 1,
    threads: int = 0,
    progress: _Progress | None = None,
) -> Weeks: ...

@final
class Reading:
    @property
    def statements(self) -> Table: ...
    @property
    def matrix(self) -> Table: ...
    @property
    def differences(self) -> Table: ...
    def to_dict(self) -> dict[str, Any]: ...

def read(files: Sequence[_AnyPath]) -> Reading: ...

@final
class Replication:
    @property
    def table(self) -> Table: ...
    @property
    def holds(self) -> bool: ...
    def __len__(self) -> int: ...

def replicate(
    study: Literal["cp2015", "liberation2025", "ossa2014", "ario"],
    *,
    case: str | None = None,
    data: _AnyPath | None = None,
) -> Replication: ...

@final
class Plan:
    def __new__(
        cls,
        scenario: Scenario | _AnyPath,
        draws: int,
        *,
        over: _AnyPath | None = None,
        seed: int | None = None,
        chunk: int = 50,
        variables: _Codes | None = None,
        regions: _Codes | None = None,
        partners: _Codes | None = None,
        sectors: _Codes | None = None,
        reproducible: bool = False,
    ) -> Plan: ...
    @property
    def cases(self) -> int: ...
    @property
    def chunks(self) -> int: ...
    def part(self, number: int, *, threads: int = 1) -> bytes: ...

@final
class Folder:
    def __new__(cls, plan: Plan, out: _AnyPath, *, resume: bool = False) -> Folder: ...
    def missing(self) -> list[int]: ...
    def keep(self, number: int, part: bytes) -> None: ...
    def finish(self) -> Sweep: ...
    def close(self) -> None: ...
    def __enter__(self) -> Folder: ...
    def __exit__(self, *_exception: object) -> None: ...

@final
class Sweep:
    @property
    def folder(self) -> Path: ...
    @property
    def parts(self) -> list[Path]: ...
    @property
    def rows(self) -> int: ...
    @property
    def cases(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def problems(self) -> Table: ...
    @property
    def quantiles(self) -> Table: ...

def sweep(
    scenario: Scenario | _AnyPath,
    draws: int,
    out: _AnyPath,
    *,
    over: _AnyPath | None = None,
    resume: bool = False,
    seed: int | None = None,
    chunk: int = 50,
    variables: _Codes | None = None,
    regions: _Codes | None = None,
    partners: _Codes | None = None,
    sectors: _Codes | None = None,
    reproducible: bool = False,
    threads: int = 0,
    progress: _Progress | None = None,
) -> Sweep: ...

@final
class Point:
    @property
    def real_income(self) -> _Array: ...
    @property
    def welfare(self) -> _Array: ...
    @property
    def tariff(self) -> _Array: ...
    @property
    def export_tax(self) -> _Array: ...
    @property
    def residual(self) -> float: ...
    @property
    def rounds(self) -> int: ...
    @property
    def incomes(self) -> Table: ...
    @property
    def taxes(self) -> Table: ...

@final
class Reply:
    @property
    def player(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def start(self) -> str: ...
    @property
    def others(self) -> list[float]: ...
    @property
    def failed(self) -> list[str]: ...
    @property
    def point(self) -> Point: ...
    @property
    def heading(self) -> str: ...
    @property
    def remarks(self) -> list[str]: ...

def optimal(
    world: World,
    ledger: Ledger | None = None,
    *,
    players: _Codes,
    threads: int = 0,
    progress: _Progress | None = None,
    **levers: Unpack[Levers],
) -> list[Reply]: ...

@final
class Candidate:
    @property
    def kkt(self) -> float: ...
    @property
    def gap(self) -> float: ...
    @property
    def starts(self) -> list[str]: ...
    @property
    def gaps(self) -> Table: ...
    @property
    def point(self) -> Point: ...

@final
class War:
    @property
    def equilibria(self) -> list[Candidate]: ...
    @property
    def rejected(self) -> list[Candidate]: ...
    @property
    def failed(self) -> list[str]: ...
    @property
    def autarky(self) -> _Array | None: ...
    @property
    def starts(self) -> int: ...
    @property
    def heading(self) -> str: ...
    @property
    def remarks(self) -> list[str]: ...

def nash(
    world: World,
    ledger: Ledger | None = None,
    *,
    players: _Codes,
    starts: int | None = None,
    threads: int = 0,
    progress: _Progress | None = None,
    **levers: Unpack[Levers],
) -> War: ...

@final
class Deal:
    @property
    def players(self) -> list[str]: ...
    @property
    def gains(self) -> _Array: ...
    @property
    def weights(self) -> _Array | None: ...
    @property
    def most(self) -> _Array | None: ...
    @property
    def pairs(self) -> Table: ...
    @property
    def frontier(self) -> _Array: ...
    @property
    def concessions(self) -> Table: ...
    @property
    def point(self) -> Point: ...
    @property
    def heading(self) -> str: ...
    @property
    def remarks(self) -> list[str]: ...

def talks(
    world: World,
    ledger: Ledger | None = None,
    *,
    players: _Codes,
    from_: Literal["today", "nash"] = "today",
    rule: Literal["equal-gains", "nash-bargaining", "kalai-smorodinsky", "nash-in-nash"] = "equal-gains",
    frontier: int = 0,
    concessions: int | None = None,
    threads: int = 0,
    progress: _Progress | None = None,
    **levers: Unpack[Levers],
) -> Deal: ...

@final
class Side:
    @property
    def player(self) -> str: ...
    @property
    def payoffs(self) -> tuple[float, float, float]: ...
    @property
    def temptation(self) -> float: ...
    @property
    def punishment_loss(self) -> float: ...
    @property
    def verdict(self) -> str: ...
    @property
    def holds(self) -> bool: ...
    @property
    def critical_discount(self) -> float | None: ...
    @property
    def longest_lag(self) -> float | None: ...
    @property
    def reputation(self) -> float | None: ...

@final
class Truce:
    @property
    def sides(self) -> list[Side]: ...
    @property
    def holds(self) -> bool: ...
    @property
    def delta(self) -> float: ...
    @property
    def weakest(self) -> str | None: ...
    @property
    def watched(self) -> str | None: ...
    @property
    def false_alarms(self) -> float | None: ...
    @property
    def months_at_war(self) -> float | None: ...
    @property
    def most_noise(self) -> float | None: ...
    @property
    def table(self) -> Table: ...
    @property
    def heading(self) -> str: ...
    @property
    def remarks(self) -> list[str]: ...

def truce(
    world: World,
    ledger: Ledger | None = None,
    *,
    players: _Codes,
    rate: float = 4.0,
    lag: float = 90.0,
    not_renewed: float = 0.0,
    review: float = 90.0,
    punishment: int | None = None,
    noise: float | None = None,
    threads: int = 0,
    progress: _Progress | None = None,
    **levers: Unpack[Levers],
) -> Truce: ...

@final
class Leverage:
    @property
    def table(self) -> Table: ...
    @property
    def carried_out(self) -> Table: ...
    @property
    def heading(self) -> str: ...
    @property
    def remarks(self) -> list[str]: ...

def leverage(
    world: World,
    ledger: Ledger | None = None,
    *,
    players: _Codes,
    top: int = 8,
    step: float = 10.0,
    threads: int = 0,
    progress: _Progress | None = None,
    **setting: Unpack[Setting],
) -> Leverage: ...

@final
class Ladder:
    @property
    def rungs(self) -> list[date]: ...
    @property
    def players(self) -> list[str]: ...
    @property
    def real_income(self) -> _Array: ...
    @property
    def best(self) -> list[list[int]]: ...
    @property
    def stable(self) -> list[tuple[int, int]]: ...
    @property
    def table(self) -> Table: ...
    @property
    def heading(self) -> str: ...
    @property
    def remarks(self) -> list[str]: ...

def ladder(
    world: World,
    ledger: Ledger,
    *,
    players: _Codes,
    rungs: Sequence[_Day],
    threads: int = 0,
    progress: _Progress | None = None,
    **setting: Unpack[Setting],
) -> Ladder: ...
