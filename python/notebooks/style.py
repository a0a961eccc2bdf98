"""How the figures of the notebooks look: one sheet, one set of colours, few kinds of marks.

A figure is a *sheet*: the title states what was found, the line under it has unit, date and
what the marks mean, the last line says where the numbers come from. Marks carry their own
labels, so there are no legends. Colours are those of Okabe and Ito, which people who are
colour-blind can tell apart; a colour never is the only sign.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date
from typing import Literal

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import blended_transform_factory

BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, SKY, PURPLE, YELLOW = "#E69F00", "#56B4E9", "#CC79A7", "#F0E442"
INK, GREY, PALE = "#222222", "#6B6B6B", "#E4E4E4"

Numbers = Sequence[float] | npt.NDArray[np.float64]

SIDE = {"USA": BLUE, "CHN": VERMILLION}
"""The colour of a side; everybody else is green."""

plt.rcParams.update(
    {
        "figure.dpi": 110,
        "savefig.dpi": 110,
        "font.size": 9.5,
        "text.color": INK,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "xtick.color": GREY,
        "ytick.color": GREY,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "lines.linewidth": 1.8,
        "grid.color": PALE,
        "grid.linewidth": 0.8,
    }
)

TITLE, SUBTITLE, SOURCE = 0.215, 0.18, 0.145
"""Heights of a line of the title, of the subtitle and of the source, inches."""


def sheet(
    title: str,
    subtitle: str,
    source: str,
    *,
    width: float = 8.8,
    height: float = 3.8,
    rows: int = 1,
    columns: int = 1,
    sharex: bool = False,
    sharey: bool = False,
    ratios: Sequence[float] | None = None,
) -> tuple[Figure, list[Axes]]:
    """A figure with its title, subtitle and source; `height` is that of the plots, in inches.

    `ratios` are the widths of the columns against each other. The panels come row by row.
    """
    titles = even(title, int(width * 9.6))
    subtitles = even(subtitle, int(width * 12.6))
    sources = even(source, int(width * 15.5))
    top = TITLE * len(titles) + SUBTITLE * len(subtitles) + 0.26
    bottom = SOURCE * len(sources) + 0.14
    tall = top + height + bottom
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(width, tall),
        sharex=sharex,
        sharey=sharey,
        squeeze=False,
        width_ratios=ratios,
        layout="constrained",
    )
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0, bottom / tall, 1, height / tall), w_pad=0.06, h_pad=0.06)
    left = 0.1 / width
    figure.text(left, 1 - 0.06 / tall, "\n".join(titles), size=12.5, weight="bold", va="top", linespacing=1.15)
    under = 1 - (0.12 + TITLE * len(titles)) / tall
    figure.text(left, under, "\n".join(subtitles), size=9.5, color=GREY, va="top", linespacing=1.25)
    figure.text(left, 0.05 / tall, "\n".join(sources), size=7.5, color=GREY, va="bottom", linespacing=1.25)
    return figure, [axes for row in grid for axes in row]


def even(text: str, width: int) -> list[str]:
    """A text in as few lines as fit into `width` characters, the last one not much shorter."""
    lines = textwrap.wrap(text, width)
    while len(lines[-1]) < 0.4 * len(lines[0]) and len(tighter := textwrap.wrap(text, width - 1)) == len(lines):
        lines, width = tighter, width - 1
    return lines


def bars(
    axes: Axes,
    names: Sequence[str],
    values: Numbers,
    lows: Numbers,
    highs: Numbers,
    colours: Sequence[str],
    labels: Sequence[str],
) -> None:
    """Bars from zero, the first on top, each with its range as a whisker and its number."""
    places = np.arange(len(names))
    axes.barh(places, values, height=0.62, color=colours, alpha=0.85)
    axes.hlines(places, lows, highs, color=INK, linewidth=1.3)
    for ends in (lows, highs):
        axes.plot(ends, places, "|", color=INK, markersize=6)
    for place, value, low, high, label in zip(places, values, lows, highs, labels, strict=True):
        end, side = (min(low, value), -1) if value < 0 else (max(high, value), 1)
        beside(axes, end, float(place), label, side)
    axes.axvline(0, color=INK, linewidth=0.8)
    rows(axes, names)
    axes.use_sticky_edges = False
    axes.margins(x=0.12)


def beside(axes: Axes, x: float, y: float, text: str, side: int = 1, colour: str = INK) -> None:
    """A label right (`side` 1) or left (-1) of a point."""
    align: Literal["left", "right"] = "left" if side > 0 else "right"
    axes.annotate(
        text, (x, y), (6 * side, 0), textcoords="offset points", ha=align, va="center", size=8.5, color=colour
    )


def rows(axes: Axes, names: Sequence[str]) -> None:
    """Names of rows at the left, the first on top; light lines down."""
    axes.set_yticks(np.arange(len(names)), names)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def cells(axes: Axes, down: Sequence[str], across: Sequence[str]) -> None:
    """A table of cells: names at the left and on top, no lines."""
    axes.set_xticks(np.arange(len(across)), across)
    axes.set_yticks(np.arange(len(down)), down)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlim(-0.5, len(across) - 0.5)
    axes.set_ylim(len(down) - 0.5, -0.5)


def ink_on(colour: npt.ArrayLike) -> str:
    """White or black, whichever can be read on this colour (WCAG's relative luminance)."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.asarray(colour)[:3])
    return "white" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179 else INK


def day(of: date) -> float:
    """The place of a day on an axis of time: days since 1970, as matplotlib counts them."""
    return float((of - date(1970, 1, 1)).days)


def quarters(axes: Axes, first: date, last: date) -> None:
    """An axis of time from `first` to `last`, with a tick on top at every quarter of a year."""
    years = range(first.year, last.year + 1)
    starts = [begin for year in years for month in (1, 4, 7, 10) if first <= (begin := date(year, month, 1)) <= last]
    axes.set_xlim(day(first), day(last))
    axes.set_xticks([day(start) for start in starts], [f"{start:%b %Y}" for start in starts])
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)


def numbered(axes: Axes, places: Sequence[float], gap: float) -> None:
    """Numbers 1, 2, … under the axis, moved apart to at least `gap`, with a line to their place."""
    shown = list(places)
    for _ in range(200):
        for first in range(len(shown) - 1):
            missing = gap - (shown[first + 1] - shown[first])
            if missing > 1e-9:
                shown[first] -= missing / 2
                shown[first + 1] += missing / 2
    transform = blended_transform_factory(axes.transData, axes.transAxes)
    for number, (place, at) in enumerate(zip(places, shown, strict=True), start=1):
        axes.plot(
            [place, place, at], [0, -0.025, -0.075], color=GREY, linewidth=0.7, transform=transform, clip_on=False
        )
        axes.text(at, -0.085, str(number), transform=transform, ha="center", va="top", size=8, color=INK)


def span(value: float, low: float, high: float, digits: int, *, sign: bool = True) -> str:
    """A number with its range: ``−0.51 (−0.53 to −0.47)``."""
    form = f"{{:{'+' if sign else ''}.{digits}f}}"
    one, two, three = (form.format(number).replace("-", "−") for number in (value, low, high))
    return f"{one} ({two} to {three})"
