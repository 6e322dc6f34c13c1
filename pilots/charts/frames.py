"""What every chart is made of: its size, its scale, its grid, its dates, and the element around it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 66, 46


@dataclass(frozen=True)
class Frame:
    """From periods and values to places; `left`, `right`, `top` and `bottom` are the edges of the plot."""

    periods: int
    low: float
    high: float
    step: float
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM

    def x(self, index: float) -> float:
        return round(self.left + (self.right - self.left) * (index + 0.5) / max(self.periods, 1), 1)

    def y(self, value: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low), 1)

    def ticks(self) -> list[float]:
        return [self.low + self.step * number for number in range(round((self.high - self.low) / self.step) + 1)]


def scale(values: Iterable[float | None]) -> tuple[float, float, float]:
    """Lowest and highest tick, and the step between ticks, around these values."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    step = _nice((high - low) / 4 or abs(high) / 4 or 1.0)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return low, high if high > low else low + step, step


def picture(id_: str, title: str, description: str, height: float, parts: Iterable[str], width: float = WIDTH) -> str:
    """The SVG element, named by its title and described in words for those who cannot see it."""
    names = f'aria-labelledby="{id_}-name {id_}-words"' + (' class="chart-small"' if width < WIDTH else "")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" {names}>',
            f'<title id="{id_}-name">{escape(title)}</title>',
            f'<desc id="{id_}-words">{escape(description)}</desc>',
            *parts,
            "</svg>",
        ]
    )


def windows(start: int, frame: Frame) -> list[str]:
    """The pilot's part of the plot, and the line at its start."""
    begin = frame.x(start - 0.5)
    return [
        rect("chart-band", begin, frame.top, frame.right - begin, frame.bottom - frame.top),
        line("chart-mark", begin, frame.top - 6, begin, frame.bottom),
        f'<text class="chart-label" x="{begin - 8}" y="{frame.top - 10}" text-anchor="end">Baseline</text>',
        f'<text class="chart-label" x="{begin + 8}" y="{frame.top - 10}">Pilot</text>',
    ]


def grid(frame: Frame) -> list[str]:
    """Lines across, each with its value."""
    parts = []
    for tick in frame.ticks():
        y = frame.y(tick)
        parts.append(line("chart-grid", frame.left, y, frame.right, y))
        parts.append(f'<text x="{frame.left - 8}" y="{y + 4:.1f}" text-anchor="end">{number(tick)}</text>')
    return parts


def dates(labels: Sequence[str], start: int, frame: Frame) -> list[str]:
    """The axis with its first and last date, and the start where there is room for it."""
    parts = [line("chart-axis", frame.left, frame.bottom, frame.right, frame.bottom)]
    last = len(labels) - 1
    if last < 0:
        return parts
    places = [(0, frame.left, "start"), (last, frame.right, "end")]
    if 0.25 * last < start < 0.75 * last:
        places.append((start, int(frame.x(start - 0.5)), "middle"))
    return parts + [
        f'<text x="{x:g}" y="{frame.bottom + 22:g}" text-anchor="{anchor}">{escape(labels[index])}</text>'
        for index, x, anchor in places
    ]


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
