"""Worlds: those that ship, those of the user, and what is wrong with them."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import detente


def two(**more: object) -> detente.World:
    trade = np.array([[[80.0, 20.0], [20.0, 80.0]]])
    return detente.World("two", ["A", ("B", "Bee")], ["G"], trade, 4.0, **more)  # type: ignore[arg-type]


def test_the_worlds_that_ship_open() -> None:
    names = detente.World.shipped()
    assert {"icio-2022", "icio-2019-g20"} <= set(names)
    world = detente.World.open("icio-2022")
    assert (len(world.regions), len(world.sectors)) == (81, 28)
    assert all(world.check()["holds"])


def test_a_world_of_the_user() -> None:
    world = two(base_date="2024-07-01", title="Two alike")
    assert world.region_names == ["A", "Bee"] and world.goods == ["G"]
    assert world.base_date == date(2024, 7, 1) and world.title == "Two alike"
    assert list(world.elasticities) == ["own"]


def test_two_alike_lose_from_each_others_tariffs_the_same() -> None:
    world = two()
    text = """
ledger = { title = "Both" }
[[measure]]
id = "a-on-b"
kind = "import-tariff"
by = "A"
on = "B"
rate = { 2025-01-01 = "30%" }
source = "made up"
[[measure]]
id = "b-on-a"
kind = "import-tariff"
by = "B"
on = "A"
rate = { 2025-01-01 = "30%" }
source = "made up"
"""
    change = detente.solve(world, detente.Ledger.parse(text, world), "2025-06-01")
    first, second = change.welfare_exact
    assert first == pytest.approx(second, abs=1e-12)
    # With one good, wages equal by symmetry and revenue paid out, by hand: tariff t, theta.
    tariff, theta, home = 0.3, 4.0, 0.8
    price = home + (1 - home) * (1 + tariff) ** -theta
    share = home / price
    income = 1 / (1 - (1 - share) * tariff / (1 + tariff))
    assert first == pytest.approx(income * price ** (1 / theta) - 1, rel=1e-9)


def test_a_saved_world_is_the_same(tmp_path: Path) -> None:
    world = two()
    world.save(tmp_path / "two")
    again = detente.World.open(tmp_path / "two")
    assert np.array_equal(again.trade_musd, world.trade_musd)
    assert again.region_names == world.region_names
    with pytest.raises(detente.InputError, match="exists"):
        world.save(tmp_path / "two")
    world.save(tmp_path / "two", replace=True)


def test_materials_are_carved_out_with_every_total_kept() -> None:
    world = detente.World.open("icio-2022")
    carved = world.carve("rare-earths")
    assert len(carved.sectors) > len(world.sectors)
    assert carved.trade_musd.sum() == pytest.approx(world.trade_musd.sum(), rel=1e-12)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    trade = np.array([[[80.0, -20.0], [np.nan, 80.0]]])
    with pytest.raises(detente.InputError) as caught:
        detente.World("two", ["A", "B"], ["G"], trade, 4.0, tariff=np.full((1, 2, 2), -1.0))
    said = str(caught.value)
    assert "`trade_musd` of G, A, B is -20" in said and "and 1 more" in said
    assert "`tariff` of G, A, A is -1" in said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tariff": np.zeros((1, 2))}, r"tariff: an array \[sector, importer, exporter\] of shape \[1, 2, 2\]"),
        ({"goods": ["X"]}, "goods: unknown"),
        ({"base_date": "2024-13-01"}, "`2024-13-01` is not a day"),
        ({"base_date": 2024}, "2024 is not a day: write"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(detente.InputError, match=said):
        two(**wrong)


def test_elasticities_may_be_given_in_every_way() -> None:
    trade = np.ones((2, 2, 2))

    def sets(theta: object) -> dict[str, list[float]]:
        world = detente.World("w", ["A", "B"], ["G", "S"], trade, theta)  # type: ignore[arg-type]
        return {name: list(values) for name, values in world.elasticities.items()}

    assert sets(4.0) == sets(4) == {"own": [4.0, 4.0]}
    assert sets([4.0, 5.0]) == sets(np.array([4.0, 5.0])) == {"own": [4.0, 5.0]}
    assert list(sets({"late": 4.0, "early": [1.0, 2.0]})) == ["late", "early"]
    for wrong in ["four", [1.0], {"a": "b"}, -4.0]:
        with pytest.raises(detente.InputError, match="elasticit"):
            sets(wrong)
