"""The stacked bars of a result, drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_uppercase

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, LABEL_WIDTH, TOTAL_WIDTH, ROW, BAR, LEGEND_ROW = 760, 150, 70, 46, 30, 22
FULL = Decimal(100)
# All light, under dark words: each part carries its letter and points, so that nothing hangs on the colour.
FILLS = ("#e4ede7", "#fdf0d0", "#e5eef6", "#d8cfbd", "#fbe9e4", "#ffffff")
INK = "#1d2624"
WIDE_ENOUGH = 60


@dataclass(frozen=True)
class Bar:
    """One submission: its label, and the points of each series in the order of the legend."""

    label: str
    points: Sequence[Decimal]


def letter(series: int) -> str:
    """The letter by which legend, bars and table name a criterion."""
    return ascii_uppercase[series % len(ascii_uppercase)]


def stacked_bars(legend: Sequence[str], bars: Sequence[Bar], title: str) -> SafeString:
    """An SVG of horizontal stacked bars on a scale of 100 points; sized by its viewBox, without style attributes."""
    top = LEGEND_ROW * len(legend) + 14
    rows = format_html_join("", "{}", ((_row(bar, top + ROW * n),) for n, bar in enumerate(bars)))
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}{}</svg>',
        WIDTH, top + ROW * len(bars), title, _legend(legend), rows,
    )  # fmt: skip


def _legend(legend: Sequence[str]) -> SafeString:
    return format_html_join(
        "",
        '<rect x="1" y="{}" width="14" height="14" fill="{}" stroke="{}"/>'
        '<text class="chart-label" x="24" y="{}">{} {}</text>',
        (
            (LEGEND_ROW * n + 2, FILLS[n % len(FILLS)], INK, LEGEND_ROW * n + 14, letter(n), name)
            for n, name in enumerate(legend)
        ),
    )


def _row(bar: Bar, y: int) -> SafeString:
    parts, x = [], Decimal(LABEL_WIDTH)
    for series, points in enumerate(bar.points):
        width = points * (WIDTH - LABEL_WIDTH - TOTAL_WIDTH) / FULL
        parts.append((_part(series, (x, y, width), points),))
        x += width
    return format_html(
        '<text class="chart-label" x="0" y="{}">{}</text>{}<text class="chart-label" x="{}" y="{}">{}</text>',
        y + 20, bar.label, format_html_join("", "{}", parts), _figure(x + 8), y + 20,
        _figure(sum(bar.points, Decimal(0))),
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
