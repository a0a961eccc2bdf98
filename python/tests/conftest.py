"""A small world, its ledger, and the command line, for all tests."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import detente

LEDGER = """
ledger = { title = "A trade war, made up" }

[[measure]]
id = "us-on-china"
kind = "import-tariff"
by = "USA"
on = "CHN"
sectors = ["C"]
rate = { 2025-06-01 = "25%" }
source = "made up"

[[measure]]
id = "china-on-us"
kind = "import-tariff"
by = "CHN"
on = "USA"
sectors = ["A", "C"]
rate = { 2025-06-10 = "15%" }
source = "made up"
"""

SCENARIO = """
title  = "A small war"
world  = "icio-2019-g20"
ledger = "war.toml"
actors = ["USA", "CHN"]

[[phase]]
name = "before"
date = 2025-01-01

[[phase]]
name  = "war"
title = "War"
date  = 2025-06-12

[long_run]
draws  = 8
spread = "20%"
seed   = 5
"""


@pytest.fixture(scope="session")
def world() -> detente.World:
    return detente.World.open("icio-2022")


@pytest.fixture(scope="session")
def ledger(world: detente.World) -> detente.Ledger:
    return detente.Ledger.open("us-china", world)


@pytest.fixture
def war(tmp_path: Path) -> Path:
    """A scenario and its ledger in a folder of their own."""
    (tmp_path / "war.toml").write_text(LEDGER)
    scenario = tmp_path / "small.toml"
    scenario.write_text(SCENARIO)
    return scenario


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Runs the command line that the package brings, without colours."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "detente", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1"},
            check=False,
        )

    return run
