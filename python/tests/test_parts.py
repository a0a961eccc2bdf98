"""The weeks, accounts, replications and the command line that the package brings."""

from pathlib import Path

import pytest
from conftest import Command

import detente


def test_the_weeks_are_those_of_the_command_line(command: Command, tmp_path: Path) -> None:
    told = command(
        "network", "--from", "2025-04-04", "--weeks", "6", "--materials", "rare-earths", "--draws", "5",
        "--cover", "10,40", "--leak", "5,20", "--csv", "weeks.csv", "--quiet",
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    world = detente.World.open("icio-2022").carve("rare-earths")
    ledger = detente.Ledger.open("us-china", world)
    weeks = detente.network(world, ledger, "2025-04-04", weeks=6, draws=5, cover=(10, 40), leak=(0.05, 0.2), threads=1)
    assert weeks.sender == "CHN" and weeks.limited_flows > 0 and weeks.measures
    rows = (tmp_path / "weeks.csv").read_text().splitlines()[1:]
    assert len(rows) == len(weeks.results)
    assert [float(row.split(",")[10]) for row in rows] == list(weeks.results["value"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"weeks": 0}, "weeks: 0 is not a number from 1 to 104"),
        ({"draws": 20_001}, "draws: 20001 is not a number from 1 to 20000"),
        ({"cover": 3}, "cover: 3 to 3: write one number from 7 on"),
        ({"leak": (0.3, 0.1)}, "leak: 0.3 to 0.1: write one number from 0 to 1"),
        ({"actors": ["XXX"]}, "actors: "),
        ({"study": "magnets"}, "cannot read the study `magnets`"),
    ],
)
def test_wrong_weeks_are_named(
    world: detente.World, ledger: detente.Ledger, options: dict[str, object], said: str
) -> None:
    with pytest.raises(detente.InputError) as caught:
        detente.network(world, ledger, "2025-04-04", **options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(said)


def test_accounts_of_talks(tmp_path: Path) -> None:
    for name, party, said in [("a", "USA", "to lower tariffs"), ("b", "CHN", "not to lower tariffs")]:
        (tmp_path / f"{name}.md").write_text(
            f'+++\nparty = "{party}"\ndate = 2025-06-05\n+++\n'
            f"The two presidents spoke for an hour. We agreed {said} on chips.\n"
        )
    reading = detente.read([tmp_path / "a.md", tmp_path / "b.md"])
    statements = reading.statements
    assert len(statements) > 0 and {"USA", "CHN"} <= set(statements["party"])
    for account, said_words, begins, ends in zip(
        statements["account"], statements["said"], statements["begins"], statements["ends"], strict=True
    ):
        text = (tmp_path / f"{account}.md").read_text()
        assert said_words in text[int(begins) : int(ends)] or " … " in said_words
    assert set(reading.matrix["party"]) >= {"USA", "CHN"}
    assert reading.to_dict()["accounts"][0]["party"] == "USA"
    with pytest.raises(detente.InputError, match="are both called `a`"):
        detente.read([tmp_path / "a.md", tmp_path / "a.md"])


def test_published_tables() -> None:
    for study, case in [
        ("cp2015", None),
        ("liberation2025", None),
        ("ossa2014", "optimal_no_lobbying"),
        ("ario", None),
    ]:
        found = detente.replicate(study, case=case)  # type: ignore[arg-type]
        assert found.holds and len(found) > 3, study
        table = found.table
        for computed, reference, tolerance in zip(
            table["computed"], table["reference"], table["tolerance"], strict=True
        ):
            assert abs(computed - reference) <= tolerance
    with pytest.raises(detente.InputError, match="case belongs to ario and ossa2014"):
        detente.replicate("cp2015", case="own")
    with pytest.raises(detente.InputError, match="write cp2015"):
        detente.replicate("cp2016")  # type: ignore[arg-type]


def test_the_command_line_comes_with_the_package(command: Command) -> None:
    assert command("--version").stdout.strip() == f"detente {detente.__version__}"
    wrong = command("world", "show", "nowhere")
    assert wrong.returncode == 2 and wrong.stderr.startswith("detente: `nowhere` is neither")
