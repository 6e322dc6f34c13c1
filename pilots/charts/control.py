"""A control chart of individual values: limits from the baseline, frozen; a signal is a prompt to look."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pilots.charts.frames import (
    BESIDE,
    LETTER,
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
    windows,
)
from pilots.charts.series import SAMPLE, Line, draw_line, most_markers, unit_below

NAMES = ("Lower limit ", "Mean ", "Upper limit ")
APART = 15  # the limits are named beside the plot, where no line crosses their words


@dataclass(frozen=True)
class ControlChart:
    """`signals` are the indices of the periods worth a look."""

    id: str
    title: str
    description: str
    unit: str
    labels: Sequence[str]
    start: int
    values: Sequence[float | None]
    centre: float
    lower: float
    upper: float
    signals: Collection[int]


def draw_control(chart: ControlChart, paper: Paper = WIDE) -> str:
    """The values, the baseline's mean and limits, and a diamond around every signal."""
    limits = (chart.lower, chart.centre, chart.upper)
    names = _words(limits, paper)
    legend, top = _legend(chart, paper)
    margin = BESIDE + LETTER * max(map(len, names))
    frame = frame_on(paper, len(chart.labels), [*chart.values, *limits], top, margin)
    parts = [
        *windows(chart.start, frame),
        *grid(frame),
        *dates(chart.labels, chart.start, frame),
        *[line("chart-limit", frame.left, frame.y(limit), frame.right, frame.y(limit)) for limit in limits],
        *draw_line(Line("", chart.values), frame, most_markers(paper)),
        *_names(names, limits, frame),
        *[_signal(chart, frame, index) for index in sorted(chart.signals)],
        *legend,
    ]
    return picture(chart.id, chart.title, chart.description, frame.bottom + UNDER, parts, paper)


def _legend(chart: ControlChart, paper: Paper) -> tuple[list[str], float]:
    """What a diamond is and, where the limits have no room for their names, what the broken lines are; the unit."""
    left, y = paper.legend, 14.0
    parts = [_diamond(left + 8, y), f'<text class="chart-label" x="{left + 24:g}" y="{y + 4:g}">worth a look</text>']
    if not paper.is_wide:
        y += 22
        parts.append(line("chart-limit", left, y, left + 34, y))
        parts.append(f'<text x="{left + SAMPLE:g}" y="{y + 4:g}">lower limit, mean, upper limit</text>')
    unit, top = unit_below(chart.unit, paper, left, y)
    return [*parts, *unit], top


def _words(limits: Sequence[float], paper: Paper) -> list[str]:
    """What each limit is and its value; on narrow paper its value alone."""
    values = [number(float(f"{limit:.4g}")) for limit in limits]
    return [f"{name}{value}" for name, value in zip(NAMES, values, strict=True)] if paper.is_wide else values


def _names(names: Sequence[str], limits: Sequence[float], frame: Frame) -> list[str]:
    lower, middle, upper = map(frame.y, limits)
    places = (max(lower, middle + APART), middle, min(upper, middle - APART))
    return [
        f'<text x="{frame.right + 8:g}" y="{y + 4:.1f}">{words}</text>' for words, y in zip(names, places, strict=True)
    ]


def _signal(chart: ControlChart, frame: Frame, index: int) -> str:
    value = chart.values[index]
    return "" if value is None else _diamond(frame.x(index), frame.y(value))


def _diamond(x: float, y: float) -> str:
    return f'<path class="chart-signal" d="M{x:g} {y - 8:g} l8 8 l-8 8 l-8 -8 z"/>'
