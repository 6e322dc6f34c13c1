"""The chart of a pilot, drawn as SVG text. Pure: numbers and words in, markup out; no styles, only the house's classes.

Lines differ by dash and marker as well as by colour, and the picture is described in words for those who cannot see it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 66, 46
MOST_MARKERS = 60


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


@dataclass(frozen=True)
class _Frame:
    periods: int
    low: float
    high: float
    step: float

    def x(self, index: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (index + 0.5) / max(self.periods, 1), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)

    def ticks(self) -> list[float]:
        return [self.low + self.step * number for number in range(round((self.high - self.low) / self.step) + 1)]


def draw_series(chart: SeriesChart) -> str:
    """The SVG element: windows, grid, start of the pilot, lines with markers, a legend, a title and a description."""
    frame = _frame(chart)
    names = f'aria-labelledby="{chart.id}-name {chart.id}-words"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {names}>',
        f'<title id="{chart.id}-name">{escape(chart.title)}</title>',
        f'<desc id="{chart.id}-words">{escape(chart.description)}</desc>',
        *_windows(chart, frame),
        *_grid(frame),
        *_dates(chart, frame),
        *[part for line in chart.lines for part in _line(line, frame)],
        *_legend(chart),
        "</svg>",
    ]
    return "\n".join(parts)


def describe(chart_lines: Sequence[Line], start: int, unit: str) -> str:
    """The picture in words: each line's mean before the start and since."""
    words = []
    for line in chart_lines:
        before, after = _mean(line.values[:start]), _mean(line.values[start:])
        if before is not None and after is not None:
            words.append(f"{line.name} averaged {before:.3g} {unit} before the start and {after:.3g} since.")
        elif before is not None:
            words.append(f"{line.name} averaged {before:.3g} {unit} before the start; nothing is known since.")
    return " ".join(words) or "No readings have arrived yet."


def _frame(chart: SeriesChart) -> _Frame:
    values = [value for line in chart.lines for value in line.values if value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    step = _nice((high - low) / 4 or abs(high) / 4 or 1.0)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return _Frame(len(chart.labels), low, high if high > low else low + step, step)


def _nice(step: float) -> float:
    size = 10 ** math.floor(math.log10(step))
    return float(next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= step * 0.999))


def _windows(chart: SeriesChart, frame: _Frame) -> list[str]:
    begin, top, bottom = frame.x(chart.start - 0.5), TOP, HEIGHT - BOTTOM
    return [
        f'<rect class="chart-band" x="{begin}" y="{top}" width="{WIDTH - RIGHT - begin:.1f}" height="{bottom - top}"/>',
        f'<line class="chart-mark" x1="{begin}" y1="{top - 6}" x2="{begin}" y2="{bottom}"/>',
        f'<text class="chart-label" x="{begin - 8}" y="{top - 10}" text-anchor="end">Baseline</text>',
        f'<text class="chart-label" x="{begin + 8}" y="{top - 10}">Pilot</text>',
    ]


def _grid(frame: _Frame) -> list[str]:
    parts = []
    for tick in frame.ticks():
        y = frame.y(tick)
        parts.append(f'<line class="chart-grid" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_number(tick)}</text>')
    return parts


def _dates(chart: SeriesChart, frame: _Frame) -> list[str]:
    bottom = HEIGHT - BOTTOM
    parts = [f'<line class="chart-axis" x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}"/>']
    last = len(chart.labels) - 1
    if last < 0:
        return parts
    places = [(0, LEFT, "start"), (last, WIDTH - RIGHT, "end")]
    if 0.25 * last < chart.start < 0.75 * last:
        places.append((chart.start, int(frame.x(chart.start - 0.5)), "middle"))
    return parts + [
        f'<text x="{x}" y="{bottom + 22}" text-anchor="{anchor}">{escape(chart.labels[index])}</text>'
        for index, x, anchor in places
    ]


def _line(line: Line, frame: _Frame) -> list[str]:
    kind = " chart-line--comparison" if line.is_comparison else ""
    parts = [
        f'<polyline class="chart-line{kind}" fill="none" points="{" ".join(f"{x},{y}" for x, y in piece)}"/>'
        for piece in _pieces(line, frame)
        if len(piece) > 1
    ]
    return parts + _markers(line, frame)


def _markers(line: Line, frame: _Frame) -> list[str]:
    points = [point for piece in _pieces(line, frame) for point in piece]
    if len(points) > MOST_MARKERS:
        points = [piece[0] for piece in _pieces(line, frame) if len(piece) == 1]
    return [_marker(x, y, line.is_comparison) for x, y in points]


def _marker(x: float, y: float, is_comparison: bool) -> str:
    if is_comparison:
        return (
            f'<rect class="chart-point chart-point--comparison" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>'
        )
    return f'<circle class="chart-point" cx="{x}" cy="{y}" r="3.5"/>'


def _pieces(line: Line, frame: _Frame) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(line.values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((frame.x(index), frame.y(value)))
    return [piece for piece in pieces if piece]


def _legend(chart: SeriesChart) -> list[str]:
    parts, x = [], LEFT
    for line in chart.lines:
        kind = " chart-line--comparison" if line.is_comparison else ""
        parts.append(f'<line class="chart-line{kind}" x1="{x}" y1="14" x2="{x + 34}" y2="14"/>')
        parts.append(_marker(x + 17, 14, line.is_comparison))
        parts.append(f'<text class="chart-label" x="{x + 42}" y="18">{escape(line.name)}</text>')
        x += 70 + 8 * len(line.name)
    parts.append(f'<text x="{LEFT}" y="{TOP - 30}">{escape(chart.unit)}</text>')
    return parts


def _number(value: float) -> str:
    return f"{value:,.6g}".replace("-", "−")


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None
