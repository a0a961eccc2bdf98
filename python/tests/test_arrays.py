"""Arrays are the engine's own memory: no copy, no writing, alive as long as anybody looks."""

import gc
from typing import Any

import numpy as np
import pytest

import detente


def address(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def test_large_arrays_are_not_copied() -> None:
    world = detente.World.open("icio-2022")
    ledger = detente.Ledger.open("us-china", world)
    state = ledger.state("2025-04-12")
    equilibrium = detente.Model(world, ledger).solve(state)
    for owner, names in [
        (world, ["trade_musd", "tariff"]),
        (state, ["tariff", "export_tax", "iceberg_hat", "approval"]),
        (equilibrium, ["trade_musd"]),
    ]:
        for name in names:
            first, second = getattr(owner, name), getattr(owner, name)
            assert first.nbytes > 1_000_000, name
            # Two looks at one place: nothing was copied for either.
            assert address(first) == address(second), name
            assert first.base is owner and not first.flags.owndata, name
            assert first.flags.c_contiguous and first.dtype == np.float64, name


def test_a_part_of_a_view_is_a_view_too(world: detente.World) -> None:
    trade = world.trade_musd
    china = trade[:, :, world.regions.index("CHN")]
    assert np.shares_memory(trade, china)


def test_views_cannot_be_written_to(world: detente.World) -> None:
    with pytest.raises(ValueError, match="read-only"):
        world.trade_musd[0, 0, 0] = 1.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        world.trade_musd.flags.writeable = True


def test_a_view_outlives_the_name_of_its_owner() -> None:
    trade = detente.World.open("icio-2019-g20").trade_musd
    total = trade.sum()
    gc.collect()
    detente.World.open("icio-2019-g20")
    assert trade.sum() == total > 0


def test_shapes_follow_the_codes(world: detente.World, ledger: detente.Ledger) -> None:
    n, j = len(world.regions), len(world.sectors)
    assert world.trade_musd.shape == (j, n, n)
    assert world.input_share.shape == (n, j, j)
    assert world.gross_output_musd().shape == (j, n)
    assert all(theta.shape == (j,) for theta in world.elasticities.values())
    # What is sold to all importers is what is produced.
    assert np.allclose(world.trade_musd.sum(axis=1), world.gross_output_musd())
    change = detente.solve(world, ledger, "2025-04-12")
    assert change.welfare_exact.shape == (n,) and change.gross_output.shape == (j, n)


def test_a_field_of_a_table_is_read_as_it_is() -> None:
    # Its numbers stand at no multiple of eight bytes.
    table = np.zeros((1, 2, 2), [("name", "U3"), ("value", "f8")])
    table["value"] = [[[8.0, 2.0], [3.0, 7.0]]]
    world = detente.World("two", ["A", "B"], ["G"], table["value"], 4.0)
    assert np.array_equal(world.trade_musd, [[[8.0, 2.0], [3.0, 7.0]]])


@pytest.mark.parametrize("wrong", [np.full((1, 2, 2), "8"), np.full((1, 2, 2), 8 + 1j), [[["a", "b"], [1, 2]]], None])
def test_what_is_no_number_is_refused(wrong: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        detente.World("two", ["A", "B"], ["G"], wrong, 4.0)


def test_arrays_of_the_user_may_have_any_layout_and_type() -> None:
    trade = np.array([[[8.0, 2.0], [3.0, 7.0]], [[4.0, 1.0], [2.0, 9.0]]])
    for layout in [trade, np.asfortranarray(trade), trade[::-1][::-1], trade.astype(np.int32), trade.tolist()]:
        world = detente.World("two", ["A", "B"], ["G", "S"], layout, 4.0)
        assert np.array_equal(world.trade_musd, trade)
