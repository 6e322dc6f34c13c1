"""What every chart is made of: its size, its scale, its grid, its dates, and the element around it."""

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

LETTER, BOLD = 7.0, 8.0  # how much room a letter takes, in the units of a picture
UNDER = 46  # the room below a plot, for its dates
BESIDE = 14  # what stands between a plot and the numbers beside it, on both sides


@dataclass(frozen=True)
class Paper:
    """The room a picture has: wide for a screen, narrow for a telephone, where its words are as large as the page's.

    `left` is the least room for the values of the axis, `plot` how high the plot is, `legend` where a legend begins; in
    units of the text.
    """

    name: str
    width: float
    left: float
    right: float
    plot: float
    legend: float

    @property
    def is_wide(self) -> bool:
        """Whether there is room for words beside what they name."""
        return self.width > NARROW.width

    def wrapped(self, words: str, size: float = LETTER) -> list[str]:
        """Words in at most two lines as wide as the paper."""
        room = int((self.width - self.left) / size)
        return textwrap.wrap(words, room, max_lines=2, placeholder="…")

    def fits(self, words: str, x: float) -> bool:
        """Whether words of a legend end on the paper if they begin at `x`."""
        return x + BOLD * len(words) <= self.width


WIDE = Paper("", width=760, left=58, right=18, plot=248, legend=58)
NARROW = Paper("-narrow", width=300, left=28, right=6, plot=190, legend=2)


@dataclass(frozen=True)
class Frame:
    """From periods and values to places; `left`, `right`, `top` and `bottom` are the edges of the plot."""

    periods: int
    low: float
    high: float
    step: float
    left: float
    right: float
    top: float
    bottom: float

    def x(self, index: float) -> float:
        return round(self.left + (self.right - self.left) * (index + 0.5) / max(self.periods, 1), 1)

    def y(self, value: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low), 1)

    def ticks(self) -> list[float]:
        return [self.low + self.step * number for number in range(round((self.high - self.low) / self.step) + 1)]


def scale(values: Iterable[float | None]) -> tuple[float, float, float]:
    """Lowest and highest tick, and the step between ticks, around these values; from zero where that is near."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if 0 < low <= high / 2:
        low = 0.0
    step = _nice((high - low) / 4 or abs(high) / 4 or 1.0)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return low, high if high > low else low + step, step


def frame_on(paper: Paper, periods: int, values: Iterable[float | None], top: float, right: float = 0) -> Frame:
    """A plot that begins at `top`, with room for the values of its axis; `right`: more room than usual there."""
    low, high, step = scale(values)
    whole = Frame(periods, low, high, step, paper.left, paper.width - max(paper.right, right), top, top + paper.plot)
    room = BESIDE + LETTER * max(len(number(tick)) for tick in whole.ticks())
    return replace(whole, left=max(paper.left, room))


def picture(
    id_: str, title: str, description: str, height: float, parts: Iterable[str], paper: Paper = WIDE
) -> str:  # fmt: skip
    """The SVG element, named by its title and described in words for those who cannot see it."""
    name = f"{id_}{paper.name}"
    size = f'viewBox="0 0 {paper.width:g} {height:g}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{name}-name {name}-words">',
            f'<title id="{name}-name">{escape(title)}</title>',
            f'<desc id="{name}-words">{escape(description)}</desc>',
            *parts,
            "</svg>",
        ]
    )


def windows(start: int, frame: Frame) -> list[str]:
    """The pilot's part of the plot, and the line at its start; what has no room for its name goes without."""
    begin, words = frame.x(start - 0.5), "Baseline"
    before = f'<text class="chart-label" x="{begin - 8:g}" y="{frame.top - 10:g}" text-anchor="end">{words}</text>'
    return [
        rect("chart-band", begin, frame.top, frame.right - begin, frame.bottom - frame.top),
        line("chart-mark", begin, frame.top - 6, begin, frame.bottom),
        *([before] if begin - 8 > BOLD * len(words) else []),
        f'<text class="chart-label" x="{begin + 8:g}" y="{frame.top - 10:g}">Pilot</text>',
    ]


def grid(frame: Frame) -> list[str]:
    """Lines across, each with its value."""
    parts = []
    for tick in frame.ticks():
        y = frame.y(tick)
        parts.append(line("chart-grid", frame.left, y, frame.right, y))
        parts.append(f'<text x="{frame.left - 8:g}" y="{y + 4:.1f}" text-anchor="end">{number(tick)}</text>')
    return parts


def dates(labels: Sequence[str], start: int, frame: Frame) -> list[str]:
    """The axis with its first and last date and that of the start, which stands below where it has no room between."""
    parts = [line("chart-axis", frame.left, frame.bottom, frame.right, frame.bottom)]
    last = len(labels) - 1
    if last < 0:
        return parts
    parts += [
        _date(labels[0], frame.left, frame.bottom + 22, "start"),
        _date(labels[last], frame.right, frame.bottom + 22, "end"),
    ]
    if not 0 < start <= last:
        return parts
    begin, half = frame.x(start - 0.5), LETTER * len(labels[start]) / 2
    first_ends, last_begins = frame.left + LETTER * len(labels[0]), frame.right - LETTER * len(labels[last])
    is_between = begin - half > first_ends + LETTER and begin + half < last_begins - LETTER
    place = min(max(begin, frame.left + half), frame.right - half)
    return [*parts, _date(labels[start], place, frame.bottom + (22 if is_between else 40), "middle")]


def _date(label: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(label)}</text>'


def rect(name: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{name}" x="{x:g}" y="{y:g}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"/>'


def line(name: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{name}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def number(value: float) -> str:
    """A value as an axis says it."""
    return f"{value:,.6g}".replace("-", "−")


def _nice(step: float) -> float:
    size = 10 ** math.floor(math.log10(step))
    return float(next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= step * 0.999))
