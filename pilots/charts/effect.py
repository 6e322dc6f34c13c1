"""An effect with its interval, beside what was asked for and what counts as harm; plus is better."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import BOLD, LETTER, Frame, Paper, line, number, picture, rect, scale
from pilots.charts.series import SAMPLE

ROOM = Paper("", width=520, left=0, right=0, plot=0, legend=24)  # smaller than the other charts: it holds little
NAME, TOP, ROW = 26, 56, 48
WORTH, HARM, NOTHING = "Worth paying for", "Harm", "No change"


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


def draw_effect(chart: EffectChart, paper: Paper = ROOM) -> str:
    """Zones of harm and of what is worth paying for, zero, and each interval with its best estimate."""
    ends = [end for each in chart.intervals for end in (each.low, each.high)]
    low, high, step = scale([*ends, -chart.harm * 1.25, 0.0, chart.minimum * 1.25])
    names, y = _names(chart, paper)
    top = y + TOP + (0 if paper is ROOM else 18)
    edge = 24 if paper is ROOM else 16
    bottom = top + ROW * max(1, len(chart.intervals))
    axis = _Axis(paper.width, edge, Frame(1, low, high, step, edge, paper.width - edge, top, bottom), top, bottom)
    parts = _zones(chart, axis, paper)
    for place, each in enumerate(chart.intervals):
        parts += _interval(each, axis, top + ROW * (place + 0.5))
    below, bottom = _ticks(chart, axis, paper)
    return picture(chart.id, chart.title, chart.description, bottom, [*parts, *names, *below], paper)


@dataclass(frozen=True)
class _Axis:
    width: float
    edge: float
    frame: Frame
    top: float
    bottom: float

    @property
    def right(self) -> float:
        return self.width - self.edge

    def x(self, value: float) -> float:
        share = (value - self.frame.low) / (self.frame.high - self.frame.low)
        return round(self.edge + (self.right - self.edge) * share, 1)

    def ticks(self) -> list[float]:
        """As many as have room, zero among them."""
        found = self.frame.ticks()
        room = LETTER * max(len(number(tick)) for tick in found) + 12
        every = math.ceil(room * len(found) / (self.right - self.edge))
        zero = next(place for place, tick in enumerate(found) if abs(tick) < self.frame.step / 2)
        return [tick for place, tick in enumerate(found) if (place - zero) % every == 0]


def _zones(chart: EffectChart, axis: _Axis, paper: Paper) -> list[str]:
    """On narrow paper each name has a line of its own, so that none runs into another."""
    worth, harmed, zero = axis.x(chart.minimum), axis.x(-chart.harm), axis.x(0)
    top, height = axis.top, axis.bottom - axis.top
    lines = (14, 14, 32) if paper is ROOM else (14, 32, 50)
    side, edge = ("end", harmed - 6) if harmed - axis.edge > 60 else ("start", axis.edge)
    named = min(worth + 6, axis.right - BOLD * len(WORTH))
    half = LETTER * len(NOTHING) / 2
    middle = min(max(zero, half), axis.width - half)
    return [
        rect("chart-harm", axis.edge, top, harmed - axis.edge, height),
        line("chart-mark", harmed, top - 6, harmed, axis.bottom),
        f'<text class="chart-label" x="{edge:g}" y="{top - lines[0]:g}" text-anchor="{side}">{HARM}</text>',
        rect("chart-band", worth, top, axis.right - worth, height),
        line("chart-limit", worth, top - 6, worth, axis.bottom),
        f'<text class="chart-label" x="{named:g}" y="{top - lines[1]:g}">{WORTH}</text>',
        line("chart-axis", zero, top - 6, zero, axis.bottom),
        f'<text x="{middle:g}" y="{top - lines[2]:g}" text-anchor="middle">{NOTHING}</text>',
    ]


def _ticks(chart: EffectChart, axis: _Axis, paper: Paper) -> tuple[list[str], float]:
    """The axis, which way is better, and the unit; and where the picture ends."""
    parts = [line("chart-axis", axis.edge, axis.bottom, axis.right, axis.bottom)]
    for tick in axis.ticks():
        parts.append(f'<text x="{axis.x(tick)}" y="{axis.bottom + 18:g}" text-anchor="middle">{number(tick)}</text>')
    y = axis.bottom + 20
    for words in ("Improvement: to the right is better", *paper.wrapped(chart.unit)):
        y += 18
        parts.append(f'<text x="{axis.width / 2:g}" y="{y:g}" text-anchor="middle">{escape(words)}</text>')
    return parts, y + 8


def _names(chart: EffectChart, paper: Paper) -> tuple[list[str], float]:
    """What the intervals are, above the plot, where no line crosses their words; and where that ends."""
    parts, edge, y = [], paper.legend, -10.0
    for each in chart.intervals:
        y += NAME
        parts += [line(f"chart-line{_kind(each)}", edge, y, edge + 34, y), _point(each, edge + 17, y)]
        for place, words in enumerate(textwrap.wrap(each.name, int((paper.width - edge - SAMPLE) / BOLD))):
            y += 18 if place else 0
            parts.append(f'<text class="chart-label" x="{edge + SAMPLE:g}" y="{y + 4:g}">{escape(words)}</text>')
    return parts, max(y, 0) + 10


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
