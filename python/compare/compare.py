"""Detente beside the packages that answer the same questions.

    python python/compare/compare.py
    python python/compare/compare.py --only gegravity --seconds 5
    python python/compare/compare.py --large --markdown table.md

Each peer has one file here, which asks both programs the same, on this
machine, in this process, one after the other. A peer that is not installed is
said and skipped. README.md says how to install them.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from comparison import Comparison, summary, table, written
from comparison import seconds as spelled
from timing import import_time

PEERS = {
    "boario": ("boario_ario", ["boario", "pymrio"], "pymrio, boario.simulation, boario.extended_models"),
    "gegravity": ("gegravity_costs", ["gegravity"], "gegravity"),
    "puremacro": ("puremacro_tariffs", ["puremacro"], "puremacro.models.trade_policy"),
}
"""By name: the file here, the distributions it needs, what a task imports."""


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine(threads: int | None, markdown: bool) -> str:
    """Versions, processors and threads, which times hang on."""
    programs = ["detente", "numpy", "scipy", "pandas", *(d for _, needed, _ in PEERS.values() for d in needed)]
    found = [f"{name} {version(name)}" for name in programs if importlib.util.find_spec(name)]
    algebra = f"{threads} of them for numpy's linear algebra" if threads else "numpy's linear algebra on all"
    lines = [
        f"Python {platform.python_version()}, {processors()} processors ({platform.machine()}), {algebra}.",
        ", ".join(found) + ".",
        "Times are medians of repetitions by the wall clock; `processors` is processor time over wall time.",
    ]
    return ("\n" if not markdown else "  \n").join(lines)


def main() -> int:
    """Runs the comparisons that were asked for; 2 if Detente is not installed."""
    parser = argparse.ArgumentParser(description="Times and results of detente and of other packages, side by side.")
    parser.add_argument("--only", action="append", choices=sorted(PEERS), help="this peer; may be repeated")
    parser.add_argument("--seconds", type=float, default=10.0, help="time to repeat each task for (default 10)")
    parser.add_argument("--large", action="store_true", help="the largest sizes too, some minutes")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the comparison as Markdown too")
    parser.add_argument("--threads", type=int, metavar="N", help="threads of numpy's linear algebra; default all")
    options = parser.parse_args()
    if options.threads:
        # Read when numpy is first imported, by the files of the peers.
        os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(options.threads)
    if importlib.util.find_spec("detente") is None:
        print("The package detente is not installed here: python/compare/README.md says how.", file=sys.stderr)
        return 2

    texts = {markdown: [machine(options.threads, markdown)] for markdown in (False, True)}

    def say(text: dict[bool, str]) -> None:
        print("\n" + text[False], flush=True)
        for markdown, part in text.items():
            texts[markdown].append(part)

    print(texts[False][0], flush=True)
    done: list[Comparison] = []
    imports = [["detente", spelled(import_time("detente"))]]
    for peer in options.only or PEERS:
        file, needed, imported = PEERS[peer]
        missing = [name for name in needed if importlib.util.find_spec(name) is None]
        if missing:
            skipped = f"{peer}: not compared, {' and '.join(missing)} not installed."
            say({False: skipped, True: skipped})
            continue
        imports.append([f"{peer} ({imported})", spelled(import_time(imported))])
        for comparison in import_module(file).compare(options.seconds, options.large):
            done.append(comparison)
            say({markdown: written(comparison, markdown) for markdown in (False, True)})
    title = {False: "Imports\n=======", True: "### Imports"}
    say({m: title[m] + "\n\n" + table(["a fresh interpreter imports", "median"], imports, m) for m in (False, True)})
    if done:
        title = {False: "In short\n========", True: "### In short"}
        say({markdown: title[markdown] + "\n\n" + summary(done, markdown) for markdown in (False, True)})
    if options.markdown:
        options.markdown.write_text("\n\n".join(texts[True]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
