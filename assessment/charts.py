"""The stacked bars of a result, and how far marks lie apart, drawn on the server."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_uppercase

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

BAR, LEGEND_ROW = 30, 22
FULL = Decimal(100)
# All light, under dark words: each part carries its letter and points, so that nothing hangs on the colour.
FILLS = ("#e4ede7", "#fdf0d0", "#e5eef6", "#d8cfbd", "#fbe9e4", "#ffffff")
INK = "#1d2624"
WIDE_ENOUGH = 60
MOST_STEPS = 20


@dataclass(frozen=True)
class Bar:
    """One submission: its label, and the points of each series in the order of the legend."""

    label: str
    points: Sequence[Decimal]


@dataclass(frozen=True)
class Paper:
    """The room a picture has: `left` for names beside their bars (none: they stand above), `right` for totals.

    `above` is how far a bar begins below its name; `row` is the room of both, `letters` those of a line of the legend.
    """

    width: int
    left: int
    right: int
    above: int
    row: int
    letters: int


WIDE = Paper(width=760, left=150, right=70, above=0, row=46, letters=90)
NARROW = Paper(width=300, left=1, right=52, above=22, row=66, letters=32)


def letter(series: int) -> str:
    """The letter by which legend, bars and table name a criterion."""
    return ascii_uppercase[series % len(ascii_uppercase)]


def stacked_bars(legend: Sequence[str], bars: Sequence[Bar], title: str, paper: Paper = WIDE) -> SafeString:
    """An SVG of horizontal stacked bars on a scale of 100 points; sized by its viewBox, without style attributes."""
    named = [_wrapped(name, paper) for name in legend]
    top = LEGEND_ROW * sum(map(len, named)) + 14
    rows = format_html_join("", "{}", ((_row(bar, top + paper.row * n, paper),) for n, bar in enumerate(bars)))
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}{}</svg>',
        paper.width, top + paper.row * len(bars), title, _legend(named), rows,
    )  # fmt: skip


def _wrapped(name: str, paper: Paper) -> list[str]:
    return textwrap.wrap(name, paper.letters, max_lines=3, placeholder="…") or [""]


STRIP, STRIP_HEIGHT, EDGE, DOT = 220, 44, 12, 9


def strip(marks: Sequence[tuple[str, Decimal]], maximum: Decimal, title: str) -> SafeString:
    """A small SVG: the scale as a line, and on it each mark as a lettered dot; equal marks stand above each other."""
    seen: dict[Decimal, int] = {}
    dots = []
    for name, mark in marks:
        seen[mark] = seen.get(mark, -1) + 1
        x = EDGE + mark * (STRIP - 2 * EDGE) / maximum
        dots.append((_figure(x), STRIP_HEIGHT - 12 - 13 * seen[mark], DOT, FILLS[1], INK, name))
    top = 13 * max(0, max(seen.values(), default=0) - 1)
    return format_html(
        '<svg viewBox="0 {} {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}{}</svg>',
        -top, STRIP, STRIP_HEIGHT + top, title, _scale(maximum), _dots(dots),
    )  # fmt: skip


def _scale(maximum: Decimal) -> SafeString:
    y = STRIP_HEIGHT - 12
    ends = format_html('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"/>', EDGE, y, STRIP - EDGE, y, INK)
    steps = int(maximum) if maximum <= MOST_STEPS else 1
    places = [_figure(EDGE + Decimal(n) * (STRIP - 2 * EDGE) / steps) for n in range(steps + 1)]
    tick = '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}"/>'
    return ends + format_html_join("", tick, ((x, y - 4, x, y + 4, INK) for x in places))


def _dots(dots: Iterable[tuple[object, ...]]) -> SafeString:
    return format_html_join(
        "",
        '<circle cx="{0}" cy="{1}" r="{2}" fill="{3}" stroke="{4}"/>'
        '<text x="{0}" y="{1}" dy="4" text-anchor="middle">{5}</text>',
        dots,
    )


def _legend(named: Sequence[Sequence[str]]) -> SafeString:
    """Each name in its lines, the first with the fill and the letter of its part."""
    parts, y = [], 0
    for n, lines in enumerate(named):
        box = '<rect x="1" y="{}" width="14" height="14" fill="{}" stroke="{}"/>'
        parts.append((format_html(box, y + 2, FILLS[n % len(FILLS)], INK),))
        for place, words in enumerate(lines):
            said = words if place else f"{letter(n)} {words}"
            parts.append((format_html('<text class="chart-label" x="24" y="{}">{}</text>', y + 14, said),))
            y += LEGEND_ROW
    return format_html_join("", "{}", parts)


def _row(bar: Bar, y: int, paper: Paper) -> SafeString:
    top, parts, x = y + paper.above, [], Decimal(paper.left)
    for series, points in enumerate(bar.points):
        width = points * (paper.width - paper.left - paper.right) / FULL
        parts.append((_part(series, (x, top, width), points),))
        x += width
    return format_html(
        '<text class="chart-label" x="0" y="{}">{}</text>{}<text class="chart-label" x="{}" y="{}">{}</text>',
        top + 20 if paper.above == 0 else y + 14, bar.label, format_html_join("", "{}", parts), _figure(x + 8),
        top + 20, _figure(sum(bar.points, Decimal(0))),
    )  # fmt: skip


def _part(series: int, place: tuple[Decimal, int, Decimal], points: Decimal) -> SafeString:
    x, y, width = place
    words = f"{letter(series)} {_figure(points)}" if width >= WIDE_ENOUGH else letter(series) if width >= 16 else ""
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}"/>'
        '<text class="chart-label" x="{}" y="{}" text-anchor="middle">{}</text>',
        _figure(x), y, _figure(width), BAR, FILLS[series % len(FILLS)], INK, _figure(x + width / 2), y + 20, words,
    )  # fmt: skip


def _figure(value: Decimal) -> str:
    return f"{value:.2f}"
