"""ARIO beside BoARIO: the path of every industry after a loss of capacity.

The model is the same, rule by rule, and so are the table, the event and the
days. Detente takes the table as arrays; BoARIO takes pymrio's tables.

Tables: pymrio's test table, 6 regions × 8 sectors, which BoARIO's own guide
uses; and two larger ones by a formula, region by region, industries i, j:

    Z[i,j] = (1 + (7 i + 11 j + i j) mod 13) · (20 if in one region else 1)
    Y[i]   = the row sum of Z, bought by households of i's region
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pymrio
from boario import event
from boario.extended_models import ARIOPsiModel
from boario.simulation import Simulation
from comparison import Comparison, Row
from timing import repeat

import detente

DAYS = 365
LOSS, OCCURRENCE, DURATION, RECOVERY = 0.6, 5, 30, 45
INVENTORY_DAYS, RESTORATION_DAYS = 30, 30

warnings.filterwarnings("ignore", module="boario|pymrio|pandas")


def system(use: np.ndarray, final: np.ndarray, regions: list[str], sectors: list[str]) -> pymrio.IOSystem:
    """A table of pymrio: use `[supplier, buyer]`, final demand `[supplier, region]`."""
    names = pd.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    households = pd.MultiIndex.from_product([regions, ["households"]], names=["region", "category"])
    table = pymrio.IOSystem(Z=pd.DataFrame(use, names, names), Y=pd.DataFrame(final, names, households))
    table.x = pd.DataFrame({"indout": table.Z.sum(axis=1) + table.Y.sum(axis=1)})
    table.A = pymrio.calc_A(table.Z, table.x)
    return table


def made_up(regions: int, sectors: int) -> pymrio.IOSystem:
    """The table of the formula above."""
    at = np.arange(regions * sectors)
    i, j = at[:, None], at[None, :]
    home = i // sectors == j // sectors
    use = (1.0 + (7 * i + 11 * j + i * j) % 13) * np.where(home, 20.0, 1.0)
    final = np.zeros((regions * sectors, regions))
    final[at, at // sectors] = use.sum(axis=1)
    return system(use, final, [f"R{k:02}" for k in range(regions)], [f"s{k:02}" for k in range(sectors)])


def compare(seconds: float, large: bool) -> Iterator[Comparison]:
    """Two tables, or three."""
    test = pymrio.load_test()
    test.calc_all()
    yield one("pymrio's test table, 48 industries", test, seconds)
    yield one("a made-up table of 400 industries, all linked", made_up(20, 20), seconds)
    if large:
        yield one("a made-up table of 1,435 industries, all linked", made_up(41, 35), seconds)


def one(what: str, table: pymrio.IOSystem, seconds: float) -> Comparison:
    """A year of one table by both."""
    names = table.Z.index
    struck = names[0]
    sectors = list(dict.fromkeys(names.get_level_values("sector")))

    def boario_ready() -> Simulation:
        model = ARIOPsiModel(
            table,
            order_type="alt",
            psi_param=0.8,
            alpha_base=1.0,
            alpha_max=1.25,
            alpha_tau=365,
            main_inv_dur=INVENTORY_DAYS,
            inventory_restoration_tau=RESTORATION_DAYS,
        )
        simulation = Simulation(model, n_temporal_units_to_sim=DAYS)
        impact = pd.Series([LOSS], index=pd.MultiIndex.from_tuples([struck], names=names.names))
        simulation.add_event(
            event.from_series(
                impact,
                event_type="arbitrary",
                occurrence=OCCURRENCE,
                duration=DURATION,
                recovery_tau=RECOVERY,
                recovery_function="linear",
            )
        )
        return simulation

    def boario_path(simulation: Simulation) -> pd.DataFrame:
        simulation.loop()
        return simulation.production_realised

    use = np.ascontiguousarray(table.Z.to_numpy(dtype=float))
    final = table.Y.to_numpy(dtype=float).sum(axis=1)
    rules = {
        "orders": "alt",
        "psi": 0.8,
        "overproduction": (1.0, 1.25, 365),
        "inventory_days": INVENTORY_DAYS,
        "restoration_days": RESTORATION_DAYS,
    }
    strike = detente.ArioEvent.capacity(
        {0: LOSS}, day=OCCURRENCE, duration=DURATION, recovery="linear", recovery_days=RECOVERY
    )

    def detente_path(_: None) -> np.ndarray:
        return detente.ario(use, final, len(sectors), [strike], DAYS, **rules)

    logging.disable(logging.CRITICAL)
    peer = repeat(boario_ready, boario_path, seconds)
    logging.disable(logging.NOTSET)
    ours = repeat(lambda: None, detente_path, seconds)

    normal = (use.sum(axis=1) + final) / 365.0
    theirs = peer.result[list(names)].to_numpy() / normal
    mine = ours.result / normal
    total = [values @ normal / normal.sum() for values in (theirs, mine)]
    others = theirs.min(axis=0)
    others[0] = np.inf
    worst = int(np.argmin(others))
    return Comparison(
        task=f"ARIO: a year of {what}",
        peer="boario",
        asked=[
            f"({', '.join(struck)}) loses {LOSS:.0%} of its capacity on day {OCCURRENCE} for {DURATION} days, then"
            f" recovers in {RECOVERY}; psi rule 0.8, {INVENTORY_DAYS} days of stock, alternative orders. Output of"
            f" every industry on {DAYS} days.",
            "Detente's time holds everything from the arrays on; BoARIO's set-up is its model and event.",
        ],
        peer_time=peer,
        detente_time=ours,
        rows=[
            Row("least output of all industries, share of normal", total[0].min(), total[1].min(), 9),
            Row("output of all industries on the last day", total[0][-1], total[1][-1], 9),
            Row(
                f"least output of ({', '.join(names[worst])}), the worst hit of the others",
                theirs[:, worst].min(),
                mine[:, worst].min(),
                9,
            ),
        ],
        largest=[
            ("Largest difference of any industry on any day, share of normal output", np.abs(theirs - mine).max())
        ],
        differs=[
            "Nothing: Detente runs BoARIO's rules, quirks included.",
            "BoARIO also keeps the paths of stocks, orders, overproduction and rebuilding; Detente gives output alone.",
        ],
    )
