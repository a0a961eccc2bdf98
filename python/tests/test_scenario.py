"""Scenarios: everything of the command line, by name, file or text."""

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import LEDGER, SCENARIO, Command

import detente


def test_the_tables_are_those_of_the_command_line(war: Path, command: Command, tmp_path: Path) -> None:
    told = command("run", war, "--out", "cli")
    assert told.returncode == 0, told.stderr
    answer = detente.run(war)
    assert {"results.csv", "results.parquet", "report.html", "manifest.json"} <= set(answer.save(tmp_path / "here"))
    assert {file.name for file in (tmp_path / "here").iterdir()} == {file.name for file in (tmp_path / "cli").iterdir()}
    for name in ["results.csv", "results.parquet", "drivers.csv"]:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes(), name
    manifests = [json.loads((tmp_path / out / "manifest.json").read_text()) for out in ("here", "cli")]
    assert manifests[0]["inputs"] == manifests[1]["inputs"] == answer.inputs
    assert command("run", "--check", "here/manifest.json").returncode == 0


def test_the_summary_is_that_of_the_command_line(war: Path, command: Command) -> None:
    told = command("run", war, "--quiet")
    wide = detente.run(war).summary(width=1000)
    assert "A small war" in wide and told.stdout.splitlines()[0] == wide.splitlines()[0]


def test_a_text_is_a_scenario_too(tmp_path: Path) -> None:
    (tmp_path / "war.toml").write_text(LEDGER)
    scenario = detente.Scenario(SCENARIO, name="small", folder=tmp_path)
    assert scenario.phases == ["before", "war"] and scenario.actors == ["USA", "CHN"]
    answer = scenario.run(draws=4, seed=1)
    value, low, high = answer.find("welfare_exact", "CHN", "war")
    assert low is not None and high is not None and low <= value <= high < 0
    assert answer.command == "detente run small.toml --draws 4 --seed 1"
    assert answer.report().startswith("<!DOCTYPE html>")


def test_results_do_not_depend_on_threads(war: Path) -> None:
    one, two = (detente.run(war, draws=16, threads=threads).results for threads in (1, 2))
    assert list(one["value"]) == list(two["value"])


def test_what_is_asked_for_in_vain_is_named(war: Path) -> None:
    answer = detente.run(war)
    with pytest.raises(detente.InputError, match="there is no variable `welfare`"):
        answer.find("welfare", "USA", "war")
    with pytest.raises(detente.InputError, match="no welfare_exact of `USA` in the run `peace`"):
        answer.find("welfare_exact", "USA", "peace")
    assert answer.tornado is None and answer.accounts is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"draws": 0}, "draws: 0 is not a number from 2 to"),
        ({"draws": 10**6}, "draws: 1000000 is not a number from 2 to"),
        ({"weeks_draws": 10**12}, "weeks_draws: 1000000000000 is not a number from 1 to 20000"),
        ({"seed": 1}, "seed: the scenario draws nothing; add draws N"),
        ({"threads": 5000}, "threads: write a number from 0 to 1024"),
    ],
)
def test_limits_are_those_of_the_command_line(options: dict[str, Any], said: str) -> None:
    with pytest.raises(detente.InputError) as caught:
        detente.run("truce-2025", **options)
    assert str(caught.value).startswith(said)


def test_a_manifest_says_what_was_left_out(command: Command, tmp_path: Path) -> None:
    answer = detente.run("rare-earth-licence", weeks=False, strategy=False)
    answer.save(tmp_path / "out")
    assert answer.command is None
    options = json.loads((tmp_path / "out/manifest.json").read_text())["options"]
    assert options["weeks"] == options["strategy"] == "left out"
    # The scenario ships: there is no file of it here.
    again = command("run", "--check", "out/manifest.json")
    assert again.returncode == 0, again.stderr
    assert answer.world is not None and detente.Model(answer.world, answer.ledger) is not None


def test_wrong_scenarios_point_into_their_text() -> None:
    with pytest.raises(detente.InputError) as caught:
        detente.Scenario(SCENARIO.replace("actors", "actor"), name="mine")
    assert "mine.toml" in str(caught.value) and caught.value.problems


def test_shipped_scenarios_and_their_accounts() -> None:
    answer = detente.run("truce-2025", weeks=False, strategy=False, tornado=True)
    assert answer.accounts is not None and len(answer.accounts.matrix) > 10
    tornado = answer.tornado
    assert tornado is not None and set(tornado["region"]) == {"USA", "CHN"}
    assert all(low <= high for low, high in zip(tornado["low"], tornado["high"], strict=True))


def test_progress_is_told(war: Path) -> None:
    told: list[tuple[str, int, int]] = []
    detente.run(war, draws=2000, progress=lambda *step: told.append(step))
    assert told and all(done <= of or of == 0 for _, done, of in told)


def test_ctrl_c_ends_a_long_run(war: Path) -> None:
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        detente.run(war, draws=60_000)
    assert time.monotonic() - started < 20


def test_other_threads_of_python_go_on(war: Path) -> None:
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    answer = detente.run(war, draws=2000)
    done.set()
    thread.join()
    # Without the lock held, the counter is not held up for the whole of the run.
    assert counted > 20 * answer.seconds
