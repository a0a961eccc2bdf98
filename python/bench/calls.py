"""What does a call from Python cost beyond the engine's own work?

Prints medians over many calls: an attribute, a view of a large array, a small solve and
the engine's part of it. Not a test: times depend on the computer.
"""

import time
from collections.abc import Callable

import numpy as np

import detente

CALLS = 20_000


def median_us(call: Callable[[], object], calls: int = CALLS) -> float:
    """Median time of a call, microseconds."""
    times = np.empty(calls)
    for number in range(calls):
        started = time.perf_counter_ns()
        call()
        times[number] = time.perf_counter_ns() - started
    return float(np.median(times)) / 1000


def main() -> None:
    """Times the calls and prints a line each."""
    large = detente.World.open("icio-2022")
    small = detente.World("two", ["A", "B"], ["G"], np.array([[[80.0, 20.0], [20.0, 80.0]]]), 4.0)
    model = detente.Model(small)
    state = detente.Ledger.open("none", small).state("2025-01-01")
    taxed = state.with_taxes(tariff=np.array([[[0.0, 0.3], [0.1, 0.0]]]))

    beyond = np.empty(CALLS)
    inside = np.empty(CALLS)
    for number in range(CALLS):
        started = time.perf_counter_ns()
        found = model.solve(taxed)
        beyond[number] = (time.perf_counter_ns() - started) / 1000 - 1e6 * found.seconds
        inside[number] = 1e6 * found.seconds
    lines = [
        ("a name: world.name", median_us(lambda: large.name)),
        (f"a view of {large.trade_musd.nbytes / 1e6:.1f} MB: world.trade_musd", median_us(lambda: large.trade_musd)),
        ("the engine's part of model.solve, two regions", float(np.median(inside))),
        ("what the call of model.solve takes beyond it", float(np.median(beyond))),
    ]
    for what, microseconds in lines:
        print(f"{what:<52} {microseconds:8.2f} µs")


if __name__ == "__main__":
    main()
