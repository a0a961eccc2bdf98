"""Sweeps: the same bytes as the command line's, here, in threads and in other processes."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from conftest import Command

import detente


def parts(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.parquet"))}


def test_the_bytes_are_those_of_the_command_line(war: Path, command: Command, tmp_path: Path) -> None:
    told = command("sweep", war, "--draws", "12", "--chunk", "5", "--out", "cli")
    assert told.returncode == 0, told.stderr
    found = detente.sweep(war, 12, tmp_path / "here", chunk=5, threads=1)
    assert parts(tmp_path / "here") == parts(tmp_path / "cli") and len(found.parts) == 3
    assert found.sha256 in told.stdout and found.cases == 12 and len(found.problems) == 0
    quantiles = found.quantiles.to_pandas()
    china = quantiles[(quantiles.region == "CHN") & (quantiles.run == "war")].iloc[0]
    assert china.low <= china["median"] <= china.high < 0


def test_readers_of_parquet_read_the_parts(war: Path, tmp_path: Path) -> None:
    found = detente.sweep(war, 8, tmp_path / "out", chunk=3, variables="welfare_exact", regions=["CHN", "USA"])
    frames = pd.concat([pd.read_parquet(part) for part in found.parts])
    polar = pl.read_parquet([str(part) for part in found.parts])
    with duckdb.connect() as connection:
        question = f"select count(*) from read_parquet('{tmp_path}/out/part-*.parquet')"
        [(count,)] = connection.execute(question).fetchall()
    assert len(frames) == polar.height == count == found.rows == 8 * 2
    assert frames.case.is_monotonic_increasing


def test_another_process_computes_the_same_part(war: Path, tmp_path: Path) -> None:
    plan = detente.Plan(war, 6, chunk=3)
    packed = tmp_path / "plan.pickle"
    packed.write_bytes(pickle.dumps(plan))
    # The other process has none of the files, and what becomes of them here changes nothing.
    war.unlink()
    (tmp_path / "war.toml").unlink()
    code = "import pickle, sys; plan = pickle.load(open(sys.argv[1], 'rb')); sys.stdout.buffer.write(plan.part(1))"
    other = subprocess.run([sys.executable, "-c", code, packed], capture_output=True, cwd=tmp_path, check=True)
    assert other.stdout == plan.part(1) == plan.part(1, threads=2)
    # One that came from elsewhere can be sent on.
    sent_on = pickle.loads(pickle.dumps(pickle.loads(packed.read_bytes())))
    assert sent_on.part(1) == other.stdout


def test_a_plan_writes_nowhere_else(war: Path) -> None:
    reduced: Any = detente.Plan(war, 6, chunk=3).__reduce__()
    make, (state,) = reduced
    for place in [3, 4]:
        name = "../outside.toml"
        broken = list(state)
        broken[place] = [(name, b"")] if place == 3 else name
        with pytest.raises(detente.InputError, match="does not lie below"):
            make(tuple(broken))
    with pytest.raises(detente.InputError, match="install the same everywhere"):
        make((*state[:6], "0.0.1"))


def test_what_stays_in_a_folder_of_somebody_else(war: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    for name in ["notes.txt", ".detente-notes"]:
        (foreign / name).write_text("mine")
    with pytest.raises(detente.InputError, match="is not of a sweep"):
        detente.sweep(war, 2, foreign, resume=True)
    assert {file.name for file in foreign.iterdir()} == {"notes.txt", ".detente-notes"}


def test_a_folder_is_completed_part_by_part(war: Path, tmp_path: Path) -> None:
    plan = detente.Plan(war, 6, chunk=2)
    folder = detente.Folder(plan, tmp_path / "parts")
    assert folder.missing() == [0, 1, 2]
    for number in [2, 0, 0]:
        folder.keep(number, plan.part(number))
    with pytest.raises(detente.InputError, match="chunk 1 is missing"):
        folder.finish()
    with pytest.raises(detente.InputError, match="this is no part of chunk 0: case 2 is none of it"):
        folder.keep(0, plan.part(1))
    with pytest.raises(detente.InputError, match="this is no part of chunk 1: "):
        folder.keep(1, b"junk")
    with pytest.raises(detente.InputError, match="another process is at work"):
        detente.Folder(plan, tmp_path / "parts", resume=True)
    folder.close()
    with pytest.raises(detente.InputError, match="the folder is closed"):
        folder.missing()
    # Another one goes on in it.
    found = detente.sweep(war, 6, tmp_path / "parts", chunk=2, resume=True)
    assert parts(tmp_path / "parts") == parts(detente.sweep(war, 6, tmp_path / "once", chunk=2).folder)
    assert found.rows > 0


def test_grids_are_columns(war: Path, tmp_path: Path) -> None:
    over = tmp_path / "over.toml"
    over.write_text('[[over]]\nfield = "long_run.spread"\ngrid = ["10%", "30%"]\n')
    found = detente.sweep(war, 4, tmp_path / "out", over=over, regions="CHN", variables="welfare_exact")
    frame = pd.concat([pd.read_parquet(part) for part in found.parts])
    assert found.cases == 8 and set(frame["long_run.spread"]) == {10.0, 30.0}
    # Elasticities that are drawn from a wider range spread results wider.
    narrow, wide = (frame[frame["long_run.spread"] == spread].value.std() for spread in (10.0, 30.0))
    assert 0 < narrow < wide


def test_wrong_questions_leave_nothing_behind(war: Path, tmp_path: Path) -> None:
    over = tmp_path / "over.toml"
    over.write_text('[[over]]\nfield = "long_run.sprad"\ngrid = ["10%", "30%"]\n')
    with pytest.raises(detente.InputError) as caught:
        detente.sweep(war, 2, tmp_path / "out", over=over)
    assert "over.toml" in str(caught.value)
    assert not (tmp_path / "out").exists()
    with pytest.raises(detente.InputError, match="variables: there is no variable `welfare`"):
        detente.Plan(war, 2, variables=["welfare"])
    with pytest.raises(ValueError, match="there is no chunk 9"):
        detente.Plan(war, 2).part(9)
