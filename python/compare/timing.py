"""How long a task takes: medians of repetitions, set-up apart from computation.

A repetition prepares the task anew and computes it, and both parts are timed by
the wall clock. Processor time over wall time says how many processors were at
work; its clock is too coarse to say it of less than half a second. The first run
of a fast task is thrown away: it pays for caches.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FEWEST, MOST = 3, 101
"""Repetitions: at least and at most."""
LONG_ENOUGH_S = 0.5
"""Wall time from which the clock of processor time can be trusted."""


@dataclass(frozen=True)
class Timed:
    """A result and what it took."""

    result: Any
    """What the last repetition computed."""
    setup_s: float
    """Median time of the preparation, seconds."""
    compute_s: float
    """Median time of the computation, seconds."""
    least_s: float
    """Shortest time of the computation, seconds."""
    processors: float | None
    """Processor time over wall time of all computations, where these are long enough."""
    runs: int
    """Number of repetitions."""


def repeat(prepare: Callable[[], Any], compute: Callable[[Any], Any], seconds: float) -> Timed:
    """Repeats a task for about `seconds`, three to a hundred and one times.

    `prepare` gives what `compute` takes; each repetition has its own, since
    some programs change what they are given.
    """
    setups: list[float] = []
    walls: list[float] = []
    cpu = 0.0
    spent = 0.0
    warm = False
    while len(walls) < FEWEST or (spent < seconds and len(walls) < MOST):
        begun = time.perf_counter()
        prepared = prepare()
        ready, ready_cpu = time.perf_counter(), time.process_time()
        result = compute(prepared)
        done, done_cpu = time.perf_counter(), time.process_time()
        if not warm and done - begun < 1.0:
            warm = True
            continue
        setups.append(ready - begun)
        walls.append(done - ready)
        cpu += done_cpu - ready_cpu
        spent += done - begun
    return Timed(
        result,
        statistics.median(setups),
        statistics.median(walls),
        min(walls),
        cpu / sum(walls) if sum(walls) > LONG_ENOUGH_S else None,
        len(walls),
    )


def import_time(module: str) -> float:
    """Median time of `import module` in a fresh interpreter, three tries, seconds."""
    program = f"import time; t = time.perf_counter()\nimport {module}\nprint(time.perf_counter() - t)"
    tries = [
        subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    return statistics.median(float(run.stdout.split()[-1]) for run in tries)
