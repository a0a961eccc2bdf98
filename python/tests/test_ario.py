"""ARIO from Python: the path of BoARIO, laws that any path keeps, and wrong input."""

import csv
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import detente

REFERENCE = Path(__file__).parents[2] / "data/replications/ario-own/reference.csv"
REGIONS, SECTORS, IDLE = 4, 5, 18


Array = npt.NDArray[np.float64]


def own_table() -> tuple[Array, Array]:
    """The table of `data/replications/ario-own/make.py`."""
    n = REGIONS * SECTORS
    i, j = np.arange(n)[:, None], np.arange(n)[None, :]
    weight = np.where(i // SECTORS == j // SECTORS, 8.0, 1.0)
    use = np.asarray(((7 * i + 11 * j + i * j) % 13) * weight, dtype=np.float64)
    use[IDLE, :] = use[:, IDLE] = 0.0
    final = np.asarray(200 + 10 * (5 * np.arange(n) % 17), dtype=np.float64)
    final[IDLE] = 0.0
    return use, final


def test_the_path_is_that_of_boario() -> None:
    """The case `own`: energy, food, goods, metals, services in Aland, Bland, Cland, Dland."""
    use, final = own_table()
    strike = detente.ArioEvent.capacity({3: 0.3, 5: 0.2}, day=5, duration=20, recovery_days=15)
    quake = detente.ArioEvent.rebuilding({12: 300.0}, {2: 0.6, 3: 0.4}, day=50, duration=10, rebuild_days=30)
    path = detente.ario(
        use,
        final,
        SECTORS,
        [strike, quake],
        200,
        inventory_days=[15, 30, 60, 45, math.inf],
        restoration_days=[5, 10, 20, 30, 60],
        overproduction=(1.0, 1.25, 60.0),
    )
    with REFERENCE.open() as file:
        rows = list(csv.reader(file))[2:]
    reference = np.array([[float(cell) for cell in row[1:]] for row in rows])
    normal = (use.sum(axis=1) + final) / 365.0
    assert path.shape == reference.shape == (200, 20)
    assert np.all(np.abs(path - reference) <= 1e-9 * np.maximum(normal, 1e-300))
    assert (path / np.where(normal > 0, normal, 1.0))[:, 3].min() < 0.71


def test_nothing_happens_without_an_event() -> None:
    use, final = own_table()
    path = detente.ario(use, final, SECTORS, [], 10)
    np.testing.assert_allclose(path, np.tile((use.sum(axis=1) + final) / 365.0, (10, 1)), rtol=1e-12)


def test_a_loss_of_capacity_by_hand() -> None:
    """One industry that sells half of what it makes to itself and loses half from day 1 to 3: the loss
    acts on the day after, and stocks of 90 days are far above what binds."""
    path = detente.ario(
        np.array([[365.0]]),
        np.array([365.0]),
        1,
        [detente.ArioEvent.capacity({0: 0.5}, day=1, duration=2, recovery_days=1)],
        4,
    )
    assert path[0, 0] == 2.0 and path[1, 0] == 2.0
    # Capacity is half of 2, times what overproduction has grown to.
    assert path[2, 0] == pytest.approx(1.0, abs=1e-2)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sectors": 0}, "sectors: write 1 or more"),
        ({"days": 0}, "days: write 1 or more"),
        ({"sectors": 3}, "whole regions"),
        ({"model": "other"}, "model other: write psi or base"),
        ({"orders": "other"}, "orders other: write alt or noalt"),
        ({"psi": 1.5}, "a share from 0 to 1"),
        ({"inventory_days": "ten"}, "'ten' is neither a number nor a list of numbers"),
        ({"inventory_days": [1.0, 2.0]}, "one for each group of inputs"),
        ({"final_demand": np.full(20, -1.0)}, "finite and not negative"),
        ({"intermediate_use": np.zeros((20, 19))}, "intermediate_use: an array [supplier, buyer]"),
    ],
)
def test_wrong_input_says_what_to_write(changes: dict[str, Any], words: str) -> None:
    use, final = own_table()
    given: dict[str, Any] = {
        "intermediate_use": use,
        "final_demand": final,
        "sectors": SECTORS,
        "events": [],
        "days": 3,
    }
    with pytest.raises(detente.InputError, match=re.escape(words)):
        detente.ario(**(given | changes))


def test_wrong_events_say_what_to_write() -> None:
    use, final = own_table()
    wrong: Any = "slow"
    with pytest.raises(detente.InputError, match="write linear, convex, convex-unscaled or concave"):
        detente.ArioEvent.capacity({0: 0.5}, day=1, duration=2, recovery=wrong, recovery_days=1)
    lost = detente.ArioEvent.capacity({20: 0.5}, day=1, duration=2, recovery_days=1)
    with pytest.raises(detente.InputError, match="there is no industry 20: write 0 to 19"):
        detente.ario(use, final, SECTORS, [lost], 3)
    rebuilt = detente.ArioEvent.rebuilding({0: 1.0}, {5: 1.0}, day=1, duration=2, rebuild_days=3)
    with pytest.raises(detente.InputError, match="there is no sector 5 to rebuild: write 0 to 4"):
        detente.ario(use, final, SECTORS, [rebuilt], 3)
    assert repr(lost) == "<detente.ArioEvent on day 1: 1 industry loses capacity>"
