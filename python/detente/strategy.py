"""What each side would do next, and which deal would hold.

The functions are those of ``detente strategy``, with its options as named arguments:

* `optimal`: the best reply of each player to what everybody does today.
* `nash`: where a trade war among the players ends, with certificates.
* `talks`: an efficient deal between the players, and what each gains.
* `truce`: whether today's deal between two players would hold.
* `leverage`: who of two can hurt whom at what cost, tax by tax.
* `ladder`: two players on the rungs of a ledger's days.

All take what `Setting` has; those whose players set taxes take what `Levers` has besides.
Rates, bounds and steps go in as the command line has them, in per cent; arrays come out as
fractions, 0.01 is 1 %.

>>> import detente
>>> world = detente.World.open("ossa2014")
>>> [reply] = detente.strategy.optimal(world, players=["USA"], deficits="zero")
>>> print(f"{reply.value:.1%}, as Ossa (2014) has it")
2.3%, as Ossa (2014) has it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date as _Date
from typing import Literal, TypedDict

import numpy as np
import numpy.typing as npt

from ._detente import (
    Candidate,
    Deal,
    Ladder,
    Leverage,
    Point,
    Reply,
    Side,
    Truce,
    War,
    ladder,
    leverage,
    nash,
    optimal,
    talks,
    truce,
)

__all__ = [
    "Candidate",
    "Deal",
    "Ladder",
    "Leverage",
    "Levers",
    "Point",
    "Reply",
    "Setting",
    "Side",
    "Truce",
    "War",
    "ladder",
    "leverage",
    "nash",
    "optimal",
    "talks",
    "truce",
]


class Setting(TypedDict, total=False):
    """What is played: named arguments of every function here.

    Attributes
    ----------
    date : date or str
        The day whose taxes are today's; default: the world's base date. A world without
        inputs is played from its base.
    deficits : {"held", "zero", "share", "income"}
        What happens to trade deficits; without inputs held or zero.
    elasticities : str, float or array
        A set of the world, one number, or one a sector; default: the world's first set.
    variant : {"inputs", "no-inputs", "ossa2014", "ossa2014-lobbying", "ll2014"}
        The model; default: that of the world.
    reproducible : bool
        Plain arithmetic in a fixed order: the same bits on every x86-64 processor.
    """

    date: _Date | str | None
    deficits: Literal["held", "zero", "share", "income"]
    elasticities: str | float | Sequence[float] | npt.NDArray[np.float64] | None
    variant: Literal["inputs", "no-inputs", "ossa2014", "ossa2014-lobbying", "ll2014"] | None
    reproducible: bool


class Levers(Setting, total=False):
    """Which taxes the players set, and what they want: named arguments besides `Setting`.

    Attributes
    ----------
    instruments : sequence of {"import-tariff", "export-tax", "export-cap"}
        Taxes that the players set; default import-tariff. A cap on exports is played as the
        tax that makes it hold.
    mfn : bool
        One tariff a sector for all partners.
    on : sequence of str
        Codes of the partners on whom taxes are set; default: all.
    sectors : sequence of str
        Codes of the sectors in which taxes are set; default: goods.
    bounds : (float, float)
        Lowest and highest tax, per cent; default ``(0, 500)``.
    not_below_today : bool
        No tariff below today's.
    standing : float
        How much each player minds the welfare of the others that play; default 0.
    minds : dict of str to float
        How much each player counts the welfare of others, its own being 1.
    rent : {"exporter", "importer"}
        Who keeps the rent of an export cap.
    """

    instruments: str | Sequence[str]
    mfn: bool
    on: str | Sequence[str]
    sectors: str | Sequence[str]
    bounds: tuple[float, float]
    not_below_today: bool
    standing: float
    minds: Mapping[str, float]
    rent: Literal["exporter", "importer"]
