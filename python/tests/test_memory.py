"""Memory stays flat over many small solves.

`DETENTE_SOLVES` sets their number: 100000 for the long test.
"""

import gc
import os
from pathlib import Path

import numpy as np
import pytest

import detente

SOLVES = int(os.environ.get("DETENTE_SOLVES", "10000"))
# What a process may grow by after its first tenth: pages of the allocator, not of solves.
ALLOWED_KB = 2048


def resident_kb() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_memory_stays_flat() -> None:
    trade = np.array([[[80.0, 20.0], [20.0, 80.0]]])
    world = detente.World("two", ["A", "B"], ["G"], trade, 4.0)
    text = """
ledger = { title = "One" }
[[measure]]
id = "a-on-b"
kind = "import-tariff"
by = "A"
on = "B"
rate = { 2025-01-01 = "30%" }
source = "made up"
"""
    ledger = detente.Ledger.parse(text, world)
    seen = []
    for number in range(SOLVES):
        change = detente.solve(world, ledger, "2025-06-01", against="2024-06-01")
        # Every way out of the engine: views, tables, texts, exceptions.
        assert change.welfare_exact[1] < 0 and len(change.table()) > 0
        if number % 10 == 0:
            with pytest.raises(detente.InputError):
                detente.solve(world, ledger, "2025-06-01", deficits="x")  # type: ignore[arg-type]
        if number % max(1, SOLVES // 10) == 0:
            gc.collect()
            seen.append(resident_kb())
    assert seen[-1] - seen[1] < ALLOWED_KB, seen
