"""Games: published numbers, the numbers and the words of the command line."""

import csv
import doctest
import inspect
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command

import detente
from detente import strategy

FUNCTIONS = [
    strategy.optimal,
    strategy.nash,
    strategy.talks,
    strategy.truce,
    strategy.leverage,
    strategy.ladder,
]


@pytest.fixture(scope="module")
def ossa() -> detente.World:
    return detente.World.open("ossa2014")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open() as opened:
        return list(csv.DictReader(opened))


def same(table: detente.Table, file: Path) -> bool:
    """Whether a table is what the command line wrote, to the last bit."""
    written = rows(file)
    assert list(written[0]) == table.column_names
    for name in table.column_names:
        column = [row[name] for row in written]
        if table[name].dtype == object:
            assert column == list(table[name]), name
        else:
            assert np.array_equal([float(text) for text in column], table[name]), name
    return len(written) > 0


def test_the_best_tariffs_of_the_united_states_are_the_published_ones(ossa: detente.World) -> None:
    # Ossa (2014), tables without lobbying: a median tariff of 60.3 per cent, a gain of 2.3; the
    # same conditions solved again to 1e-10 give 60.2624 and 2.318164.
    [reply] = strategy.optimal(ossa, players=["USA"], deficits="zero")
    usa = ossa.regions.index("USA")
    own = np.delete(reply.point.tariff[:, usa, :], usa, axis=1)
    assert 100 * np.median(own) == pytest.approx(60.2624, abs=1e-3)
    assert 100 * reply.point.welfare[usa] == pytest.approx(2.318164, abs=1e-5)
    assert reply.value == pytest.approx(reply.point.real_income[usa], rel=1e-12)
    assert reply.player == "USA" and "deficits zero" in reply.heading and not reply.failed
    # Everybody else keeps what it levied, and loses.
    others = [region for region in range(len(ossa.regions)) if region != usa]
    assert np.array_equal(reply.point.tariff[:, others, :], ossa.tariff[:, others, :])
    assert (reply.point.real_income[others] < 0).all()


def test_with_political_weights_they_are_the_published_ones_too(ossa: detente.World) -> None:
    [reply] = strategy.optimal(ossa, players="USA", deficits="zero", variant="ossa2014-lobbying", reproducible=True)
    usa = ossa.regions.index("USA")
    own = np.delete(reply.point.tariff[:, usa, :], usa, axis=1)
    assert round(100 * float(np.median(own)), 1) == 56.4
    assert round(100 * reply.value, 1) == 2.5


def test_the_tables_are_those_of_the_command_line(ossa: detente.World, command: Command, tmp_path: Path) -> None:
    def told(*arguments: str) -> None:
        found = command("strategy", *arguments, "--world", "ossa2014", "--csv", "a.csv", "--reproducible")
        assert found.returncode == 0, found.stderr

    file, both = tmp_path / "a.csv", ["USA", "CHN"]
    taxes = ["--tariffs", "t.csv"]
    told("optimal", "--players", "USA", "--on", "CHN", "--bounds=-20,100", *taxes)
    [reply] = strategy.optimal(ossa, players=["USA"], on=["CHN"], bounds=(-20, 100), reproducible=True)
    assert same(reply.point.incomes, file) and same(reply.point.taxes, tmp_path / "t.csv")

    told("nash", "--players", "USA,CHN", "--standing", "0.5", "--mfn", *taxes)
    war = strategy.nash(ossa, players="USA,CHN", standing=0.5, mfn=True, reproducible=True)
    first = war.equilibria[0]
    assert same(first.point.incomes, file) and same(first.point.taxes, tmp_path / "t.csv")
    assert first.gap < 1e-6 and first.kkt < 1e-7 and list(first.gaps["player"]) == both

    told("talks", "--players", "USA,CHN,EU", "--from", "nash", "--rule", "nash-bargaining", *taxes)
    deal = strategy.talks(ossa, players=["USA", "CHN", "EU"], from_="nash", rule="nash-bargaining", reproducible=True)
    assert same(deal.point.incomes, file) and same(deal.point.taxes, tmp_path / "t.csv")

    told("truce", "--players", "EU,CHN", "--rate", "6", "--not-renewed", "10", "--punishment", "6")
    truce = strategy.truce(ossa, players=["EU", "CHN"], rate=6, not_renewed=10, punishment=6, reproducible=True)
    assert same(truce.table, file)

    told("leverage", "--players", "USA,CHN", "--top", "4")
    leverage = strategy.leverage(ossa, players=both, top=4, reproducible=True)
    assert same(leverage.table, file)


def test_a_ladder_is_that_of_the_command_line(
    world: detente.World, ledger: detente.Ledger, command: Command, tmp_path: Path
) -> None:
    found = command(
        "strategy", "ladder", "--world", "icio-2022", "--ledger", "us-china", "--players", "USA,CHN",
        "--rungs", "2025-01-19,2025-04-12,2025-05-14", "--csv", "a.csv", "--reproducible",
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    days = ["2025-01-19", "2025-04-12", "2025-05-14"]
    ladder = strategy.ladder(world, ledger, players=["USA", "CHN"], rungs=days, reproducible=True)
    assert same(ladder.table, tmp_path / "a.csv")
    assert [str(day) for day in ladder.rungs] == days and ladder.players == ["USA", "CHN"]
    shape = (3, 3, len(world.regions))
    assert ladder.real_income.shape == shape and not ladder.real_income[0, 0].any()
    assert np.allclose(100 * ladder.real_income.ravel(), ladder.table["value"], rtol=1e-14)
    # The answers are those of the array, and stable pairs are answers to each other.
    usa, china = (world.regions.index(code) for code in ladder.players)
    assert ladder.best[0] == [int(ladder.real_income[:, j, usa].argmax()) for j in range(3)]
    assert ladder.best[1] == [int(ladder.real_income[i, :, china].argmax()) for i in range(3)]
    for first, second in ladder.stable:
        assert ladder.best[0][second] == first and ladder.best[1][first] == second


def test_a_deal_is_efficient_and_shared(ossa: detente.World) -> None:
    deal = strategy.talks(
        ossa, players=["USA", "CHN"], rule="kalai-smorodinsky", bounds=(-50, 500), frontier=7, concessions=2
    )
    assert deal.players == ["USA", "CHN"] and (deal.gains > 0).all()
    assert deal.weights is not None and deal.weights.sum() == pytest.approx(1)
    # Gains in proportion to the most that each could get.
    assert deal.most is not None
    shares = deal.gains / deal.most
    assert shares[0] == pytest.approx(shares[1], rel=1e-6) and 0 < shares[0] < 1
    assert deal.frontier.shape == (7, 2)
    assert (np.diff(deal.frontier[:, 0]) > 0).all() and (np.diff(deal.frontier[:, 1]) < 0).all()
    assert not (deal.frontier > deal.gains).all(axis=1).any()
    offers = deal.concessions
    assert list(offers["giver"]) == ["USA"] * 2 + ["CHN"] * 2 and (offers["gain"] > 0).all()
    assert len(deal.pairs) == 0
    pairs = strategy.talks(ossa, players=["USA", "CHN", "EU"], rule="nash-in-nash")
    assert len(pairs.pairs) == 3 and pairs.weights is None and len(pairs.concessions) == 0


def test_a_truce_turns_at_its_longest_lag(ossa: detente.World) -> None:
    def of(lag: float) -> strategy.Truce:
        return strategy.truce(ossa, players=["EU", "CHN"], lag=lag, noise=0.3)

    truce = of(90)
    [weak] = [side for side in truce.sides if side.player == truce.weakest]
    assert weak.longest_lag is not None and weak.critical_discount is not None
    deal, breach, war = weak.payoffs
    assert weak.critical_discount == pytest.approx((breach - deal) / (breach - war), rel=1e-9)
    assert weak.temptation == pytest.approx(100 * (breach - deal), rel=1e-12)
    assert truce.holds and of(0.99 * weak.longest_lag).holds and not of(1.01 * weak.longest_lag).holds
    assert truce.watched == "a trigger deters" and truce.most_noise is not None and truce.most_noise > 0.3


@pytest.mark.parametrize(
    ("function", "arguments", "options"),
    [
        ("nash", {"players": ["USA"]}, "--players USA"),
        ("nash", {"players": ["USA", "USA"]}, "--players USA,USA"),
        ("optimal", {"players": "USB"}, "--players USB"),
        ("optimal", {"players": "USA", "sectors": ["C99"]}, "--players USA --sectors C99"),
        ("optimal", {"players": "USA", "on": "USA"}, "--players USA --on USA"),
        ("optimal", {"players": "USA", "deficits": "share"}, "--players USA --deficits share"),
        ("optimal", {"players": "USA", "date": "2025-04-30"}, "--players USA --date 2025-04-30"),
        ("optimal", {"players": "USA", "elasticities": -3}, "--players USA --elasticities=-3"),
        ("optimal", {"players": "USA", "elasticities": "Osso"}, "--players USA --elasticities Osso"),
        ("optimal", {"players": "USA", "minds": {"USA": 5}}, "--players USA --minds USA=5"),
        ("optimal", {"players": "USA", "minds": {"EU": 1e3}}, "--players USA --minds EU=1000"),
        ("optimal", {"players": "USA", "rent": "importer"}, "--players USA --rent importer"),
        (
            "optimal",
            {"players": "USA", "instruments": ["export-tax"], "mfn": True},
            "--players USA --instruments export-tax --mfn",
        ),
        ("talks", {"players": "USA,CHN", "frontier": 1}, "--players USA,CHN --frontier 1"),
        ("talks", {"players": "USA,CHN", "standing": 1}, "--players USA,CHN --standing 1"),
        (
            "talks",
            {"players": "USA,CHN", "rule": "nash-in-nash", "frontier": 4},
            "--players USA,CHN --rule nash-in-nash --frontier 4",
        ),
        ("truce", {"players": "USA,CHN,JPN"}, "--players USA,CHN,JPN"),
        ("truce", {"players": "USA,CHN", "not_renewed": 100}, "--players USA,CHN --not-renewed 100"),
        ("truce", {"players": "USA,CHN", "noise": 0}, "--players USA,CHN --noise 0"),
        ("leverage", {"players": "USA,CHN", "step": 0}, "--players USA,CHN --step 0"),
    ],
)
def test_wrong_input_is_told_in_the_words_of_the_command_line(
    ossa: detente.World, command: Command, function: str, arguments: dict[str, Any], options: str
) -> None:
    told = command("strategy", function, "--world", "ossa2014", *options.split())
    assert told.returncode == 2
    with pytest.raises(detente.InputError) as caught:
        getattr(strategy, function)(ossa, **arguments)
    words = told.stderr.removeprefix("detente: ").strip()
    for option in ["not-renewed", "not-below-today"]:
        words = words.replace(option, option.replace("-", "_"))
    words = words.replace("--from", "from_").replace("--", "")
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"bounds": (50, 10)}, "bounds 50,10: the lower bound comes first, and is above -100"),
        ({"bounds": 50}, "bounds: write two numbers in per cent, not 50"),
        ({"standing": float("nan")}, "standing NaN: write a number from -100 to 100, as in 0.5"),
        ({"instruments": ["tariff"]}, "instruments: `tariff` is none of import-tariff, export-tax, export-cap"),
        ({"variant": "scale"}, "the long run has this variant, games do not"),
        ({"variant": "scle"}, "variant scle: games have: inputs"),
        ({"deficits": "none"}, "deficits: `none` is not known"),
        ({"mfn": "yes"}, "mfn: write True or False, not 'yes'"),
        ({"minds": ["CHN"]}, "minds: write a dict, not ['CHN']"),
        ({"rent": "nobody"}, "rent: `nobody` is none of exporter, importer"),
        ({"elasticities": [1.0, 2.0]}, "one number, or 33, one a sector"),
    ],
)
def test_wrong_arguments_say_what_to_write(ossa: detente.World, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(detente.InputError) as caught:
        strategy.optimal(ossa, players="USA", **arguments)
    assert says in str(caught.value)


def test_a_frontier_has_an_end(ossa: detente.World) -> None:
    with pytest.raises(detente.InputError, match="frontier 1000000000: write a number from 0 to 201"):
        strategy.talks(ossa, players="USA,CHN", frontier=10**9)


def test_arguments_that_do_not_exist_are_refused(ossa: detente.World) -> None:
    with pytest.raises(TypeError, match=r"optimal\(\) has no argument `step`; besides its own it has date"):
        strategy.optimal(ossa, players="USA", step=10)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="has no argument `bounds`"):
        strategy.leverage(ossa, players="USA,CHN", bounds=(0, 1))  # type: ignore[call-arg]


def test_a_ledger_of_another_world_is_refused(ossa: detente.World, ledger: detente.Ledger) -> None:
    with pytest.raises(detente.InputError, match="open it again with this world"):
        strategy.nash(ossa, ledger, players="USA,CHN")


def test_own_elasticities_are_played(ossa: detente.World) -> None:
    def gain(theta: Any) -> float:
        [reply] = strategy.optimal(ossa, players="USA", elasticities=theta, reproducible=True)
        return reply.value

    one = gain(4)
    assert gain(np.full(len(ossa.sectors), 4.0)) == one != gain(5.5)


def test_limits_are_told() -> None:
    world = detente.World.open("icio-2019-g20")
    text = """
        ledger = { title = "A quota, made up" }
        [[measure]]
        id = "less"
        kind = "export-quota"
        by = "CHN"
        on = "USA"
        sectors = ["C"]
        quantity = "80%"
        from = 2025-06-01
        source = "made up"
        """
    ledger = detente.Ledger.parse(text, world)
    for date, told in [("2025-05-01", 0), ("2025-07-01", 1)]:
        [reply] = strategy.optimal(world, ledger, players="CHN", on="USA", date=date)
        assert len(reply.remarks) == told
    assert reply.remarks[0].startswith("limits on quantities are played as the taxes that make them hold: less (")
    # What an instrument means is told as well.
    [reply] = strategy.optimal(world, players="CHN", on="USA", instruments="export-cap", bounds=(0, 50))
    assert reply.remarks == [
        "Export caps are played as the export taxes that make them hold; the exporter keeps the rent."
    ]


def test_arrays_cannot_be_written_and_outlive_their_answer(ossa: detente.World) -> None:
    tariff = strategy.optimal(ossa, players="USA")[0].point.tariff
    assert tariff.shape == (len(ossa.sectors), 7, 7) and not tariff.flags.writeable and not tariff.flags.owndata
    assert float(tariff.sum()) > 0


def test_progress_is_told_and_results_do_not_depend_on_threads(world: detente.World, ledger: detente.Ledger) -> None:
    told: list[tuple[str, int, int]] = []
    days = ["2025-01-19", "2025-04-12"]

    def income(threads: int, progress: Callable[[str, int, int], object] | None = None) -> Any:
        found = strategy.ladder(
            world, ledger, players="USA,CHN", rungs=days, threads=threads, progress=progress, reproducible=True
        )
        return found.real_income

    def see(*sight: Any) -> None:
        told.append(sight)

    assert np.array_equal(income(1, see), income(2))
    assert all(stage == "equilibria of the game" and of == 0 for stage, _, of in told)


def test_ctrl_c_ends_a_search_soon(tmp_path: Path) -> None:
    # Best replies of every region of the large world, one after the other: minutes.
    code = (
        "import detente\n"
        "world = detente.World.open('icio-2022')\n"
        "print('begins', flush=True)\n"
        "try:\n"
        "    detente.strategy.nash(world, players='all', starts=8)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert process.stdout is not None and process.stdout.readline() == "begins\n"
    time.sleep(1.5)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.stdout.read() == "stopped\n"
    assert process.wait() == 0 and time.monotonic() - begun < 20


@pytest.mark.parametrize("name", ["", *strategy.__all__])
def test_docstrings(name: str) -> None:
    thing = getattr(strategy, name) if name else strategy
    text = inspect.getdoc(thing)
    assert text, f"{name} has no docstring"
    examples = doctest.DocTestParser().get_doctest(text, {}, name or "strategy", None, None)
    assert doctest.DocTestRunner().run(examples).failed == 0
    if inspect.isclass(thing):
        for member, value in vars(thing).items():
            assert member.startswith("_") or inspect.getdoc(value), f"{name}.{member} has no docstring"


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_functions_say_what_they_take_return_and_raise(function: Callable[..., object]) -> None:
    text = inspect.getdoc(function) or ""
    for section in ["Parameters\n---", "Returns\n---", "Raises\n---"]:
        assert section in text
    for parameter in inspect.signature(function).parameters:
        assert f"{parameter} : " in text or f"**{parameter}" in text, parameter
