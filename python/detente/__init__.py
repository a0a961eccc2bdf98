"""Detente: an open engine for trade conflicts.

::

    World, Ledger --solve--> Change          Scenario --run--> Answer --> Table

* `World`: who trades what with whom in a base year.
* `Ledger`: the dated measures of governments; `State`: one day of it.
* `solve`, `Model`: who pays in the long run (Caliendo and Parro 2015).
* `network`: what stops in the short run, and in which week.
* `ario`, `ArioEvent`: what a table makes after a shock, without prices (ARIO).
* `run`, `Scenario`: everything that a scenario asks.
* `strategy`: what each side would do next, and which deal would hold.
* `read`: who says what about the same talks.
* `replicate`: published tables beside computed ones.
* `sweep`: a scenario over draws and grids; `detente.dask` spreads it over a cluster.

Arrays are numpy views of the engine's memory, read-only and without a copy. Tables speak
Arrow's protocol: pandas, polars, pyarrow and DuckDB read them without a copy.

>>> import detente
>>> world = detente.World.open("icio-2022")
>>> ledger = detente.Ledger.open("us-china", world)
>>> change = detente.solve(world, ledger, "2025-04-12", against="2025-01-19")
>>> china = world.regions.index("CHN")
>>> print(f"China's real income: {change.welfare_exact[china]:+.1%}")
China's real income: -0.6%
"""

from . import strategy
from ._detente import (
    Answer,
    ArioEvent,
    Change,
    Equilibrium,
    Folder,
    Ledger,
    Model,
    Plan,
    Reading,
    Replication,
    Scenario,
    State,
    Sweep,
    Table,
    Weeks,
    World,
    ario,
    network,
    read,
    replicate,
    run,
    solve,
    sweep,
    version,
)
from .errors import DetenteError, InputError, NoEquilibrium

__version__ = version()

__all__ = [
    "Answer",
    "ArioEvent",
    "Change",
    "DetenteError",
    "Equilibrium",
    "Folder",
    "InputError",
    "Ledger",
    "Model",
    "NoEquilibrium",
    "Plan",
    "Reading",
    "Replication",
    "Scenario",
    "State",
    "Sweep",
    "Table",
    "Weeks",
    "World",
    "ario",
    "network",
    "read",
    "replicate",
    "run",
    "solve",
    "strategy",
    "sweep",
]
