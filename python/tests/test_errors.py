"""Exceptions say what the command line says, and point into the user's file."""

import pickle
from pathlib import Path

import pytest
from conftest import Command
from IPython.core.interactiveshell import InteractiveShell

import detente

WRONG = """ledger = { title = "Wrong" }
[[measure]]
id = "a"
kind = "import-tarif"
by = "USA"
on = "CHM"
rate = { 2025-01-01 = "25" }
source = "made up"
"""


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "wrong.toml"
    file.write_text(WRONG)
    return file


def test_the_text_is_that_of_the_command_line(world: detente.World, wrong: Path, command: Command) -> None:
    told = command("ledger", "check", wrong, "--world", "icio-2022")
    assert told.returncode == 2
    with pytest.raises(detente.InputError) as caught:
        detente.Ledger.open(wrong, world)
    assert str(caught.value) == told.stderr.strip("\n")


def test_every_problem_is_there_as_data(world: detente.World, wrong: Path) -> None:
    with pytest.raises(detente.InputError) as caught:
        detente.Ledger.open(wrong, world)
    problems = caught.value.problems
    assert [problem["code"] for problem in problems] == ["ledger::kind", "ledger::region", "ledger::rate"]
    for problem, written in zip(problems, ['"import-tarif"', '"CHM"', '"25"'], strict=True):
        label = problem["labels"][0]
        assert WRONG[label["offset"] : label["offset"] + label["length"]] == written
        assert problem["help"]


def test_one_error_is_many_kinds() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        detente.World.open("nowhere")
    assert issubclass(detente.NoEquilibrium, ArithmeticError)
    assert issubclass(detente.InputError, detente.DetenteError)


def test_errors_travel_between_processes(world: detente.World, wrong: Path) -> None:
    with pytest.raises(detente.InputError) as caught:
        detente.Ledger.open(wrong, world)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value) and again.problems == caught.value.problems


def test_a_notebook_shows_the_lines_of_the_users_file(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell.instance()
    result = shell.run_cell(
        "import detente\n"
        "world = detente.World.open('icio-2019-g20')\n"
        f"ledger = detente.Ledger.open({str(wrong)!r}, world)\n"
    )
    assert isinstance(result.error_in_exec, detente.InputError)
    shown = capsys.readouterr().out
    assert "line 3: ledger = detente.Ledger.open(" in shown
    assert "unknown kind of measure" in shown and "did you mean" in shown
    # In colour, and without a trace through the package.
    assert "\x1b[" in shown and "Traceback" not in shown and "_detente" not in shown


def test_a_missing_file_is_named(world: detente.World, tmp_path: Path) -> None:
    with pytest.raises(detente.InputError, match="there is no such file; shipped ledgers:"):
        detente.Ledger.open(tmp_path / "none.toml", world)
    with pytest.raises(detente.InputError, match="shipped scenarios: truce-2025"):
        detente.run(tmp_path / "none.toml")
