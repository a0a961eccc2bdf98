"""A sweep on a Dask cluster: the same bytes, even when a worker is killed.

`DETENTE_DRAWS` sets the number of draws: 2000 for the long test.
"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Command
from distributed import Client, LocalCluster

import detente
import detente.dask

DRAWS = int(os.environ.get("DETENTE_DRAWS", "120"))
CHUNK = 10


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two processes with one thread each."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", host="127.0.0.1"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def parts(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.parquet"))}


@pytest.fixture
def undisturbed(war: Path, tmp_path: Path) -> Path:
    detente.sweep(war, DRAWS, tmp_path / "one", chunk=CHUNK, threads=1)
    return tmp_path / "one"


def test_two_processes_give_the_bytes_of_one(
    war: Path, tmp_path: Path, client: Client, undisturbed: Path, command: Command
) -> None:
    told: list[int] = []
    found = detente.dask.sweep(
        war, DRAWS, client, out=tmp_path / "dask", chunk=CHUNK, progress=lambda _, done, of: told.append(done)
    )
    assert told == list(range(1, DRAWS // CHUNK + 1))
    assert parts(tmp_path / "dask") == parts(undisturbed)
    assert found.cases == DRAWS and len(found.parts) == DRAWS // CHUNK
    for threads in (1, 2):
        out = tmp_path / f"rayon{threads}"
        run = command("sweep", war, "--draws", DRAWS, "--chunk", CHUNK, "--threads", threads, "--out", out, "--quiet")
        assert run.returncode == 0, run.stderr
        assert parts(out) == parts(undisturbed), threads


def test_a_killed_worker_costs_nothing(war: Path, tmp_path: Path, client: Client, undisturbed: Path) -> None:
    workers: dict[str, int] = client.run(os.getpid)
    assert len(set(workers.values())) == 2
    victim = min(workers.values())

    def kill(_: str, done: int, of: int) -> None:
        if done == of // 3:
            os.kill(victim, signal.SIGKILL)

    detente.dask.sweep(war, DRAWS, client, out=tmp_path / "killed", chunk=CHUNK, progress=kill)
    assert parts(tmp_path / "killed") == parts(undisturbed)
    assert not list((tmp_path / "killed").glob(".detente-*"))
    # Its nanny starts another.
    client.wait_for_workers(2, timeout=60)


def test_all_workers_may_be_killed(war: Path, tmp_path: Path, client: Client, undisturbed: Path) -> None:
    workers: dict[str, int] = client.run(os.getpid)
    killed = False

    def kill(_: str, done: int, of: int) -> None:
        nonlocal killed
        if done >= of // 3 and not killed:
            killed = True
            for process in workers.values():
                os.kill(process, signal.SIGKILL)

    detente.dask.sweep(war, DRAWS, client, out=tmp_path / "killed", chunk=CHUNK, progress=kill)
    assert killed and parts(tmp_path / "killed") == parts(undisturbed)
    client.wait_for_workers(2, timeout=60)


def test_an_interrupted_sweep_goes_on(war: Path, tmp_path: Path, client: Client, undisturbed: Path) -> None:
    class Enough(Exception):
        pass

    def stop(_: str, done: int, of: int) -> None:
        if done == of // 2:
            raise Enough

    with pytest.raises(Enough):
        detente.dask.sweep(war, DRAWS, client, out=tmp_path / "half", chunk=CHUNK, progress=stop)
    there = parts(tmp_path / "half")
    assert 0 < len(there) < DRAWS // CHUNK
    detente.dask.sweep(war, DRAWS, client, out=tmp_path / "half", chunk=CHUNK, resume=True)
    assert parts(tmp_path / "half") == parts(undisturbed)


def test_a_failed_sweep_lets_go_of_its_folder(war: Path, tmp_path: Path, client: Client) -> None:
    def stop(_: str, done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as kept:
        detente.dask.sweep(war, DRAWS, client, out=tmp_path / "out", chunk=CHUNK, progress=stop)
    detente.dask.sweep(war, DRAWS, client, out=tmp_path / "out", chunk=CHUNK, resume=True)
    assert kept.value is not None
    with pytest.raises(detente.InputError, match="retries: -1 is not a number from 0 on"):
        detente.dask.sweep(war, 4, client, out=tmp_path / "more", retries=-1)


def test_wrong_input_is_told_before_anything_is_computed(war: Path, tmp_path: Path, client: Client) -> None:
    with pytest.raises(detente.InputError, match="variables: there is no variable"):
        detente.dask.sweep(war, 4, client, out=tmp_path / "out", variables="welfare")
    assert not (tmp_path / "out").exists()


def test_a_chunk_that_fails_is_reported(
    war: Path, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(plan: detente.Plan, number: int) -> bytes:
        raise MemoryError("no room")

    monkeypatch.setattr(detente.dask, "_part", fail)
    with pytest.raises(detente.dask.WorkerError, match=r"chunk \d+ could not be computed: no room; .* resume"):
        detente.dask.sweep(war, 4, client, out=tmp_path / "out", chunk=2, retries=1)
