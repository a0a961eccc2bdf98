"""The long run: the numbers of the command line, and options that do what they say."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import Command

import detente


def test_the_numbers_are_those_of_the_command_line(
    world: detente.World, ledger: detente.Ledger, command: Command, tmp_path: Path
) -> None:
    told = command(
        "solve", "--world", "icio-2022", "--ledger", "us-china", "--date", "2025-04-12",
        "--against", "2025-01-19", "--deficits", "zero", "--variant", "short-run",
        "--elasticities", "4", "--csv", "out.csv",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    change = detente.solve(
        world, ledger, date(2025, 4, 12), against="2025-01-19", deficits="zero", variant="short-run",
        elasticities=4,
    )  # fmt: skip
    table = change.table()
    with (tmp_path / "out.csv").open() as file:
        rows = [(row["region"], row["variable"], float(row["value"])) for row in csv.DictReader(file)]
    assert rows == list(zip(table["region"], table["variable"], table["value"], strict=True))
    assert len(rows) > 100


def test_a_model_that_is_calibrated_once_gives_the_same(world: detente.World, ledger: detente.Ledger) -> None:
    model = detente.Model(world, ledger)
    before = model.solve(ledger.state("2025-01-19"))
    after = model.solve(ledger.state("2025-04-12"), near=before)
    change = model.change(before, after)
    direct = detente.solve(world, ledger, "2025-04-12", against="2025-01-19")
    assert np.array_equal(change.welfare_exact, direct.welfare_exact)
    assert after.residual < 1e-10 and after.evaluations > 0 and after.seconds > 0
    # Income is value added, revenue and the deficit; what is earned is spent.
    assert after.income_musd.sum() == pytest.approx(after.expenditure_musd.sum() - _inputs(world, after), rel=1e-9)


def _inputs(world: detente.World, found: detente.Equilibrium) -> float:
    return float(np.einsum("nkj,jn->", world.input_share, found.output_musd))


def test_the_first_order_formula_is_the_sum_of_its_parts(world: detente.World, ledger: detente.Ledger) -> None:
    change = detente.solve(world, ledger, "2025-04-12")
    parts = change.terms_of_trade + change.volume_of_trade + change.trade_costs + change.transfers
    assert np.allclose(change.welfare_linear, parts, atol=1e-15)


def test_readings_are_laws_of_their_own(world: detente.World) -> None:
    ledger = detente.Ledger.open("two-readings-2025", world)
    assert len(ledger.readings) == 2
    by_argument = detente.solve(world, ledger, "2025-07-01", reading=ledger.readings[0])
    by_ledger = detente.solve(world, ledger.as_read_by(ledger.readings[0]), "2025-07-01")
    assert np.array_equal(by_argument.welfare_exact, by_ledger.welfare_exact)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"deficits": "hold"}, "deficits: `hold` is not known; write held, zero, share or income"),
        ({"variant": "shortrun"}, "variant: "),
        ({"elasticities": "GY"}, "elasticities GY: neither a number nor a set of world icio-2022"),
        ({"elasticities": -1.0}, "elasticities -1: a trade elasticity is a positive number"),
        ({"numeraire": "XXX"}, "numeraire: "),
        ({"reading": "mars"}, "reading: the ledger has no reading `mars`"),
        ({"against": "yesterday"}, "`yesterday` is not a day of the calendar"),
    ],
)
def test_wrong_options_are_named(
    world: detente.World, ledger: detente.Ledger, options: dict[str, object], said: str
) -> None:
    with pytest.raises(detente.InputError) as caught:
        detente.solve(world, ledger, "2025-04-12", **options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(said)


def test_a_ledger_of_another_world_is_refused(ledger: detente.Ledger) -> None:
    other = detente.World.open("icio-2019-g20")
    with pytest.raises(detente.InputError, match="read for the world icio-2022, not for icio-2019-g20"):
        detente.solve(other, ledger, "2025-04-12")
    model = detente.Model(other)
    with pytest.raises(detente.InputError, match="state: it is of the world icio-2022"):
        model.solve(ledger.state("2025-04-12"))


def test_what_does_not_belong_together_is_refused(world: detente.World, ledger: detente.Ledger) -> None:
    model, other = detente.Model(world, ledger), detente.Model(world, ledger, elasticities=8)
    state = ledger.state("2025-04-12")
    found = model.solve(state)
    with pytest.raises(detente.InputError, match="both equilibria must be of this model"):
        model.change(found, other.solve(state))
    with pytest.raises(detente.InputError, match="the same deficits, variant and numeraire"):
        model.change(found, model.solve(state, deficits="zero"))
    # A world with the same codes and other tariffs.
    taxed = detente.World(
        "taxed",
        world.regions,
        world.sectors,
        world.trade_musd,
        4.0,
        tariff=np.full(world.tariff.shape, 0.5),
        goods=world.goods,
    )
    with pytest.raises(detente.InputError, match="state: it is of the world icio-2022, not of taxed"):
        detente.Model(taxed).solve(state)


def test_no_equilibrium_names_what_fails() -> None:
    # A buys from B, and may sell it nothing: what it pays with falls without end.
    trade = np.array([[[80.0, 5.0], [90.0, 20.0]]])
    world = detente.World("two", ["A", "B"], ["G"], trade, 4.0)
    text = """
ledger = { title = "A ban" }
[[measure]]
id = "ban"
kind = "export-ban"
by = "A"
on = "B"
from = 2025-01-01
source = "made up"
"""
    with pytest.raises(detente.NoEquilibrium, match="A can buy abroad but sells nothing there"):
        detente.solve(world, detente.Ledger.parse(text, world), "2025-06-01")


def test_a_variant_that_no_world_has_is_refused(world: detente.World) -> None:
    empty = detente.Ledger.open("none", world)
    with pytest.raises(detente.InputError, match="variant: scale = 3: a share of"):
        detente.solve(world, empty, "2025-01-01", variant="scale=3")
