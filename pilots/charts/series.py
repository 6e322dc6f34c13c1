"""Values from period to period: the arms of a pilot, or another series on the same dates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import (
    BOLD,
    UNDER,
    WIDE,
    Frame,
    Paper,
    dates,
    frame_on,
    grid,
    line,
    number,
    picture,
    scale,
    windows,
)

MOST_MARKERS, MOST_MARKERS_OF_NARROW = 60, 30
SAMPLE = 42  # how much of a legend its sample takes


@dataclass(frozen=True)
class Line:
    """One line: a value for each period, None where nothing arrived."""

    name: str
    values: Sequence[float | None]
    is_comparison: bool = False


@dataclass(frozen=True)
class SeriesChart:
    """Periods from left to right; `start` is the index of the first period of the pilot, `id` unique on the page."""

    id: str
    title: str
    description: str
    unit: str
    labels: Sequence[str]
    start: int
    lines: Sequence[Line]


def draw_series(chart: SeriesChart, paper: Paper = WIDE) -> str:
    """The SVG element: windows, grid, start of the pilot, lines with markers, a legend, a title and a description."""
    legend, top = _legend(chart, paper)
    frame = frame_on(paper, len(chart.labels), (value for each in chart.lines for value in each.values), top)
    parts = [
        *windows(chart.start, frame),
        *grid(frame),
        *dates(chart.labels, chart.start, frame),
        *[part for each in chart.lines for part in draw_line(each, frame, most_markers(paper))],
        *legend,
    ]
    return picture(chart.id, chart.title, chart.description, frame.bottom + UNDER, parts, paper)


def describe(chart_lines: Sequence[Line], start: int, unit: str) -> str:
    """The picture in words: each line's mean before the start and since."""
    words = []
    for each in chart_lines:
        before, after = mean(each.values[:start]), mean(each.values[start:])
        if before is not None and after is not None:
            words.append(f"{each.name} averaged {before:.3g} {unit} before the start and {after:.3g} since.")
        elif before is not None:
            words.append(f"{each.name} averaged {before:.3g} {unit} before the start; nothing is known since.")
    return " ".join(words) or "No readings have arrived yet."


def axis_words(lines: Sequence[Line]) -> str:
    """That the axis does not begin at zero, where a glance would take a change for larger than it is."""
    low, _, _ = scale(value for each in lines for value in each.values)
    return f"The axis begins at {number(low)}, not at zero." if low > 0 else ""


def draw_line(drawn: Line, frame: Frame, most_markers: int = MOST_MARKERS) -> list[str]:
    """Pieces of a line between gaps; every value has a marker while there are few, a lonely one always."""
    kind = " chart-line--comparison" if drawn.is_comparison else ""
    pieces = _pieces(drawn, frame)
    parts = [
        f'<polyline class="chart-line{kind}" fill="none" points="{" ".join(f"{x:g},{y:g}" for x, y in piece)}"/>'
        for piece in pieces
        if len(piece) > 1
    ]
    points = [point for piece in pieces for point in piece]
    if len(points) > most_markers:
        points = [piece[0] for piece in pieces if len(piece) == 1]
    return parts + [marker(x, y, drawn.is_comparison) for x, y in points]


def marker(x: float, y: float, is_comparison: bool) -> str:
    """A disc for the pilot, an open square for the comparison."""
    if is_comparison:
        return (
            f'<rect class="chart-point chart-point--comparison" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>'
        )
    return f'<circle class="chart-point" cx="{x}" cy="{y}" r="3.5"/>'


def most_markers(paper: Paper) -> int:
    """How many values of a line have room for a marker each."""
    return MOST_MARKERS if paper.is_wide else MOST_MARKERS_OF_NARROW


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _pieces(drawn: Line, frame: Frame) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(drawn.values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((frame.x(index), frame.y(value)))
    return [piece for piece in pieces if piece]


def _legend(chart: SeriesChart, paper: Paper) -> tuple[list[str], float]:
    """The lines' names, beside each other as far as they fit, and the unit below; and where the plot begins."""
    parts: list[str] = []
    left = paper.legend
    x, y = left, 14.0
    for each in chart.lines:
        room = int((paper.width - left - SAMPLE) / BOLD)
        name = each.name if len(each.name) <= room else f"{each.name[: room - 1]}…"
        if x > left and not paper.fits(name, x + SAMPLE):
            x, y = left, y + 22
        kind = " chart-line--comparison" if each.is_comparison else ""
        parts.append(line(f"chart-line{kind}", x, y, x + 34, y))
        parts.append(marker(x + 17, y, each.is_comparison))
        parts.append(f'<text class="chart-label" x="{x + SAMPLE:g}" y="{y + 4:g}">{escape(name)}</text>')
        x += 28 + SAMPLE + BOLD * len(name)
    unit, top = unit_below(chart.unit, paper, left, y)
    return [*parts, *unit], top


def unit_below(unit: str, paper: Paper, left: float, y: float) -> tuple[list[str], float]:
    """The unit below a legend that ends at `y`, and where the plot begins."""
    parts = []
    for place, words in enumerate(paper.wrapped(unit)):
        y += 18 if place else 22
        parts.append(f'<text x="{left:g}" y="{y:g}">{escape(words)}</text>')
    return parts, y + 30
