"""One task beside another program: what was asked, both answers, both times.

Written out as text for a terminal or as Markdown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from timing import Timed


@dataclass(frozen=True)
class Row:
    """One number as two programs give it."""

    what: str
    """Which number, with its unit."""
    peer: float
    """The peer's."""
    detente: float
    """Detente's."""
    digits: int = 6
    """Digits after the point."""


@dataclass(frozen=True)
class Comparison:
    """A task, how both programs did it, and what the numbers do not say."""

    task: str
    """One line: the data, the size and the shock."""
    peer: str
    """Name of the other package."""
    asked: list[str]
    """What each program was asked, in sentences."""
    peer_time: Timed
    detente_time: Timed
    rows: list[Row]
    """A few numbers of each."""
    largest: list[tuple[str, float]]
    """Largest differences over all numbers: of what, and how much."""
    differs: list[str] = field(default_factory=list)
    """In what the models differ."""

    @property
    def ratio(self) -> float:
        """The peer's time over Detente's."""
        return self.peer_time.compute_s / self.detente_time.compute_s


def seconds(value: float) -> str:
    """A time with three significant digits and its unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if value * scale >= 1.0 or unit == "µs":
            return f"{value * scale:.3g} {unit}" if value * scale < 999.5 else f"{value * scale:.0f} {unit}"
    raise AssertionError("the last unit always returns")


def table(head: list[str], rows: list[list[str]], markdown: bool) -> str:
    """Columns: the first to the left, the others to the right."""
    if markdown:
        line = ["---"] + ["---:"] * (len(head) - 1)
        return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, line, *rows])
    widths = [max(len(cells[column]) for cells in [head, *rows]) for column in range(len(head))]
    lines = []
    for cells in [head, ["-" * width for width in widths], *rows]:
        padded = [cells[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join(padded).rstrip())
    return "\n".join(lines)


def paragraph(text: str, markdown: bool) -> str:
    """A sentence or two, as an item of a list."""
    import textwrap

    return "\n".join(textwrap.wrap(text, 118 if markdown else 100, initial_indent="- ", subsequent_indent="  "))


def summary(comparisons: list[Comparison], markdown: bool) -> str:
    """A row a comparison: both medians, their ratio, the first of the largest differences."""
    rows = [
        [
            c.task,
            c.peer,
            seconds(c.peer_time.compute_s),
            seconds(c.detente_time.compute_s),
            shortened(c.ratio),
            f"{c.largest[0][1]:.1e}",
        ]
        for c in comparisons
    ]
    return table(["task", "package", "median", "detente", "ratio", "largest difference"], rows, markdown)


def shortened(ratio: float) -> str:
    """A ratio with two significant digits."""
    return f"{float(f'{ratio:.2g}'):,g}" if ratio < 1e6 else f"{ratio:.1e}"


def written(comparison: Comparison, markdown: bool) -> str:
    """The comparison as text."""
    c = comparison
    parts = [f"### {c.task}" if markdown else f"{c.task}\n{'=' * len(c.task)}"]
    parts.append("\n".join(paragraph(text, markdown) for text in c.asked))
    times = [
        [
            name,
            seconds(t.compute_s),
            seconds(t.least_s),
            str(t.runs),
            "" if t.processors is None else f"{t.processors:.1f}",
            seconds(t.setup_s),
        ]
        for name, t in ((c.peer, c.peer_time), ("detente", c.detente_time))
    ]
    parts.append(table(["", "median", "least", "runs", "processors", "set-up"], times, markdown))
    numbers = [[r.what, f"{r.peer:.{r.digits}f}", f"{r.detente:.{r.digits}f}"] for r in c.rows]
    parts.append(table(["", c.peer, "detente"], numbers, markdown))
    parts.append(
        "\n".join(
            [f"{what}: {value:.1e}." for what, value in c.largest]
            + [f"Time of {c.peer} over time of detente: {shortened(c.ratio)}."]
        ).replace("\n", "  \n" if markdown else "\n")
    )
    if c.differs:
        parts.append(
            "What differs:\n" + ("\n" if markdown else "") + "\n".join(paragraph(t, markdown) for t in c.differs)
        )
    return "\n\n".join(parts)
