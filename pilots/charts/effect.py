"""An effect with its interval, beside what was asked for and what counts as harm; plus is better."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import Frame, line, number, picture, rect, scale

# Narrower than the other charts, so that a telephone shows the harm, the minimum and the interval at once.
WIDTH = 520
EDGE, NAME, TOP, ROW, FOOT = 24, 26, 56, 48, 62
LETTERS = 72


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
    top = NAME * len(chart.intervals) + TOP
    axis = _Axis(Frame(1, low, high, step), top, top + ROW * max(1, len(chart.intervals)))
    parts = [*_zones(chart, axis), *_ticks(chart, axis)]
    for place, each in enumerate(chart.intervals):
        parts += [*_interval(each, axis, top + ROW * (place + 0.5)), *_name(each, NAME * place + 16)]
    return picture(chart.id, chart.title, chart.description, axis.bottom + FOOT, parts, WIDTH)


@dataclass(frozen=True)
class _Axis:
    frame: Frame
    top: float
    bottom: float

    def x(self, value: float) -> float:
        share = (value - self.frame.low) / (self.frame.high - self.frame.low)
        return round(EDGE + (WIDTH - 2 * EDGE) * share, 1)


def _zones(chart: EffectChart, axis: _Axis) -> list[str]:
    worth, harmed, right = axis.x(chart.minimum), axis.x(-chart.harm), WIDTH - EDGE
    top, height = axis.top, axis.bottom - axis.top
    side = "end" if harmed - EDGE > 60 else "start"
    return [
        rect("chart-harm", EDGE, top, harmed - EDGE, height),
        line("chart-mark", harmed, top - 6, harmed, axis.bottom),
        f'<text class="chart-label" x="{max(harmed - 6, EDGE)}" y="{top - 14}" text-anchor="{side}">Harm</text>',
        rect("chart-band", worth, top, right - worth, height),
        line("chart-limit", worth, top - 6, worth, axis.bottom),
        f'<text class="chart-label" x="{min(worth + 6, right - 130)}" y="{top - 14}">Worth paying for</text>',
        line("chart-axis", axis.x(0), top - 6, axis.x(0), axis.bottom),
        f'<text x="{axis.x(0)}" y="{top - 32}" text-anchor="middle">No change</text>',
    ]


def _ticks(chart: EffectChart, axis: _Axis) -> list[str]:
    parts = [line("chart-axis", EDGE, axis.bottom, WIDTH - EDGE, axis.bottom)]
    for tick in axis.frame.ticks():
        parts.append(f'<text x="{axis.x(tick)}" y="{axis.bottom + 18:g}" text-anchor="middle">{number(tick)}</text>')
    unit = chart.unit if len(chart.unit) <= LETTERS else f"{chart.unit[: LETTERS - 1]}…"
    return [
        *parts,
        *[
            f'<text x="{WIDTH / 2:g}" y="{axis.bottom + below}" text-anchor="middle">{escape(words)}</text>'
            for below, words in ((38, "Improvement: to the right is better"), (56, unit))
        ],
    ]


def _name(each: Interval, y: float) -> list[str]:
    """What the interval is, above the plot: no line crosses its words."""
    return [
        line(f"chart-line{_kind(each)}", EDGE, y, EDGE + 34, y),
        _point(each, EDGE + 17, y),
        f'<text class="chart-label" x="{EDGE + 42}" y="{y + 4:g}">{escape(each.name)}</text>',
    ]


def _interval(each: Interval, axis: _Axis, y: float) -> list[str]:
    low, middle, high = axis.x(each.low), axis.x(each.estimate), axis.x(each.high)
    return [
        line(f"chart-line{_kind(each)}", low, y, high, y),
        line("chart-line", low, y - 7, low, y + 7),
        line("chart-line", high, y - 7, high, y + 7),
        _point(each, middle, y),
    ]


def _kind(each: Interval) -> str:
    return "" if each.is_result else " chart-line--comparison"


def _point(each: Interval, x: float, y: float) -> str:
    kind = "chart-point" if each.is_result else "chart-point chart-point--comparison"
    return f'<circle class="{kind}" cx="{x}" cy="{y:g}" r="6"/>'
