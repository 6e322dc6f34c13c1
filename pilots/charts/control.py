"""A control chart of individual values: limits from the baseline, frozen; a signal is a prompt to look."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import HEIGHT, LEFT, TOP, WIDTH, Frame, dates, grid, line, number, picture, scale, windows
from pilots.charts.series import Line, draw_line

NAMES = ("Lower limit", "Mean", "Upper limit")
MARGIN, APART = 124, 15  # the limits are named beside the plot, where no line crosses their words


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


def draw_control(chart: ControlChart) -> str:
    """The values, the baseline's mean and limits, and a diamond around every signal."""
    limits = (chart.lower, chart.centre, chart.upper)
    frame = Frame(len(chart.labels), *scale([*chart.values, *limits]), right=WIDTH - MARGIN)
    parts = [
        *windows(chart.start, frame),
        *grid(frame),
        *dates(chart.labels, chart.start, frame),
        *[line("chart-limit", frame.left, frame.y(limit), frame.right, frame.y(limit)) for limit in limits],
        *draw_line(Line("", chart.values), frame),
        *_names(chart, frame),
        *[_signal(chart, frame, index) for index in sorted(chart.signals)],
        f'<text x="{LEFT}" y="{TOP - 30}">{escape(chart.unit)}</text>',
        _diamond(LEFT + 8, 14),
        f'<text class="chart-label" x="{LEFT + 24}" y="18">worth a look</text>',
    ]
    return picture(chart.id, chart.title, chart.description, HEIGHT, parts)


def _names(chart: ControlChart, frame: Frame) -> list[str]:
    middle = frame.y(chart.centre)
    places = (max(frame.y(chart.lower), middle + APART), middle, min(frame.y(chart.upper), middle - APART))
    return [
        f'<text x="{frame.right + 8:g}" y="{y + 4:.1f}">{words} {number(float(f"{value:.4g}"))}</text>'
        for words, value, y in zip(NAMES, (chart.lower, chart.centre, chart.upper), places, strict=True)
    ]


def _signal(chart: ControlChart, frame: Frame, index: int) -> str:
    value = chart.values[index]
    return "" if value is None else _diamond(frame.x(index), frame.y(value))


def _diamond(x: float, y: float) -> str:
    return f'<path class="chart-signal" d="M{x:g} {y - 8:g} l8 8 l-8 8 l-8 -8 z"/>'
