"""A sweep on a Dask cluster: the same table as `detente.sweep`, to the bit.

::

    plan --once a worker--> Plan          chunk k --> Parquet part k --> folder, as they come

The plan, with the user's own files that it names, goes once to every worker; a task is a
chunk, computed on one thread; its part comes back as bytes and is written by the process
that asked. What Dask retries, or computes twice, is the same part, so nothing is lost or
doubled; a folder that was interrupted goes on with ``resume=True``, here or in `sweep`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from . import Folder, Plan, Scenario, Sweep
from .errors import DetenteError, InputError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["WorkerError", "sweep"]


class WorkerError(DetenteError):
    """A chunk could not be computed although Dask tried again.

    What was computed before is in the folder: ``resume=True`` goes on from it.
    """


def sweep(
    scenario: Scenario | str | PathLike[str],
    draws: int,
    client: Client,
    *,
    out: str | PathLike[str],
    over: str | PathLike[str] | None = None,
    resume: bool = False,
    seed: int | None = None,
    chunk: int = 50,
    variables: str | Sequence[str] | None = None,
    regions: str | Sequence[str] | None = None,
    partners: str | Sequence[str] | None = None,
    sectors: str | Sequence[str] | None = None,
    reproducible: bool = False,
    retries: int = 3,
    progress: Callable[[str, int, int], object] | None = None,
) -> Sweep:
    """A scenario over draws and over values of its fields, on a Dask cluster.

    Parameters
    ----------
    scenario, draws, out, over, resume, seed, chunk, variables, regions, partners, sectors
        As in `detente.sweep`. `out` is a folder of this process; workers need no common disk.
    client : distributed.Client
        Of any cluster: ``LocalCluster``, Slurm through dask-jobqueue, Kubernetes. Workers
        have this package installed, in the same version.
    reproducible : bool
        Plain arithmetic in a fixed order: for clusters whose processors differ.
    retries : int
        How often a chunk is tried again that failed with its worker, and how often the plan is
        sent again when every worker that had it is gone.
    progress : callable, optional
        Called after every part with ``"parts"``, the parts that are there, and all.

    Returns
    -------
    Sweep
        The same as that of `detente.sweep`.

    Raises
    ------
    InputError
        With everything that is wrong with one of the files, before anything is computed.
    WorkerError
        If a chunk failed more than `retries` times, with Dask's reason.
    """
    # Dask's own types are loose.
    cluster: Any = client
    plan = Plan(
        scenario,
        draws,
        over=over,
        seed=seed,
        chunk=chunk,
        variables=variables,
        regions=regions,
        partners=partners,
        sectors=sectors,
        reproducible=reproducible,
    )
    if retries < 0:
        raise InputError(f"retries: {retries} is not a number from 0 on")
    # What an exception still holds of this function must not hold the folder.
    with Folder(plan, out, resume=resume) as folder:
        _complete(cluster, plan, folder, retries, progress)
        return folder.finish()


def _complete(
    cluster: Any,
    plan: Plan,
    folder: Folder,
    retries: int,
    progress: Callable[[str, int, int], object] | None,
) -> None:
    import distributed

    as_completed: Any = distributed.as_completed
    for attempt in range(retries + 1):
        missing = folder.missing()
        if not missing:
            break
        # A key of its own: what is left of another sweep does not come into it.
        shared = cluster.scatter(plan, broadcast=True, hash=False)
        futures: dict[Any, int] = {
            cluster.submit(_part, shared, number, retries=retries, pure=False): number for number in missing
        }
        try:
            for future in as_completed(list(futures)):
                part = _result(future, futures[future], last=attempt == retries)
                if part is None:
                    continue
                folder.keep(futures[future], part)
                if progress is not None:
                    progress("parts", plan.chunks - len(folder.missing()), plan.chunks)
                future.release()
        finally:
            cluster.cancel(list(futures))


def _part(plan: Plan, number: int) -> bytes:
    """One chunk, on one thread: Dask has a worker for every processor."""
    return plan.part(number, threads=1)


def _result(future: Any, number: int, *, last: bool) -> bytes | None:
    """The part, or None if it is to be computed again: all workers with the plan are gone."""
    from distributed.client import FutureCancelledError

    try:
        part: bytes = future.result()
    except Exception as e:
        if isinstance(e, FutureCancelledError) and not last:
            return None
        text = f"chunk {number} could not be computed: {e}; what is there is whole, and resume goes on from it"
        raise WorkerError(text) from e
    return part
