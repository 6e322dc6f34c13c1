"""An effect with its interval, beside what was asked for and what counts as harm; plus is better."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import WIDTH, Frame, line, number, picture, rect, scale

EDGE, TOP, ROW, FOOT = 24, 58, 62, 44


@dataclass(frozen=True)
class Interval:
    """`is_result`: registered; anything else is drawn dashed and open, and its name says that it is no result."""

    name: str
    low: float
    estimate: float
    high: float
    is_result: bool


@dataclass(frozen=True)
class EffectChart:
    """`minimum` is the smallest improvement worth paying for, `harm` how much worse counts as harm, in `unit`."""

    id: str
    title: str
    description: str
    unit: str
    minimum: float
    harm: float
    intervals: Sequence[Interval]


def draw_effect(chart: EffectChart) -> str:
    """Zones of harm and of what is worth paying for, zero, and each interval with its best estimate."""
    ends = [end for each in chart.intervals for end in (each.low, each.high)]
    low, high, step = scale([*ends, -chart.harm * 1.25, 0.0, chart.minimum * 1.25])
    axis = _Axis(Frame(1, low, high, step), TOP + ROW * max(1, len(chart.intervals)))
    parts = [*_zones(chart, axis), *_ticks(chart, axis)]
    for place, each in enumerate(chart.intervals):
        parts += _interval(each, axis, TOP + ROW * place + 40)
    return picture(chart.id, chart.title, chart.description, axis.bottom + FOOT, parts)


@dataclass(frozen=True)
class _Axis:
    frame: Frame
    bottom: float

    def x(self, value: float) -> float:
        share = (value - self.frame.low) / (self.frame.high - self.frame.low)
        return round(EDGE + (WIDTH - 2 * EDGE) * share, 1)


def _zones(chart: EffectChart, axis: _Axis) -> list[str]:
    worth, harmed, right = axis.x(chart.minimum), axis.x(-chart.harm), WIDTH - EDGE
    height, side = axis.bottom - TOP, "end" if harmed - EDGE > 60 else "start"
    return [
        rect("chart-harm", EDGE, TOP, harmed - EDGE, height),
        line("chart-mark", harmed, TOP - 6, harmed, axis.bottom),
        f'<text class="chart-label" x="{max(harmed - 6, EDGE)}" y="{TOP - 14}" text-anchor="{side}">Harm</text>',
        rect("chart-band", worth, TOP, right - worth, height),
        line("chart-limit", worth, TOP - 6, worth, axis.bottom),
        f'<text class="chart-label" x="{min(worth + 6, right - 130)}" y="{TOP - 14}">Worth paying for</text>',
        line("chart-axis", axis.x(0), TOP - 6, axis.x(0), axis.bottom),
        f'<text x="{axis.x(0)}" y="{TOP - 32}" text-anchor="middle">No change</text>',
    ]


def _ticks(chart: EffectChart, axis: _Axis) -> list[str]:
    parts = [line("chart-axis", EDGE, axis.bottom, WIDTH - EDGE, axis.bottom)]
    for tick in axis.frame.ticks():
        parts.append(f'<text x="{axis.x(tick)}" y="{axis.bottom + 18:g}" text-anchor="middle">{number(tick)}</text>')
    words = f"Improvement, in {chart.unit}: to the right is better"
    return [*parts, f'<text x="{WIDTH / 2:g}" y="{axis.bottom + 38:g}" text-anchor="middle">{escape(words)}</text>']


def _interval(each: Interval, axis: _Axis, y: float) -> list[str]:
    kind = "" if each.is_result else " chart-line--comparison"
    low, middle, high = axis.x(each.low), axis.x(each.estimate), axis.x(each.high)
    point = "chart-point" if each.is_result else "chart-point chart-point--comparison"
    name = f'<text class="chart-label chart-over" x="{EDGE + 4}" y="{y - 18:g}">{escape(each.name)}</text>'
    return [
        name,
        line(f"chart-line{kind}", low, y, high, y),
        line("chart-line", low, y - 7, low, y + 7),
        line("chart-line", high, y - 7, high, y + 7),
        f'<circle class="{point}" cx="{middle}" cy="{y:g}" r="6"/>',
    ]
