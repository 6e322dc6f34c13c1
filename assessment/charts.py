"""The stacked bars of a result, drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, LABEL_WIDTH, ROW, BAR, TOP = 760, 170, 46, 26, 34
FULL = Decimal(100)
# Dark and light in turn, so that neighbours differ without colour too; the legend and the table name them.
SERIES = (("#17423a", "#ffffff"), ("#d8cfbd", "#1d2624"), ("#1f4e79", "#ffffff"), ("#fdf0d0", "#1d2624"),
          ("#5b3a6e", "#ffffff"), ("#e4ede7", "#1d2624"))  # fmt: skip
READABLE_FROM = 34


@dataclass(frozen=True)
class Bar:
    """One submission: its label, and the points of each series in the order of the legend."""

    label: str
    points: Sequence[Decimal]


def stacked_bars(legend: Sequence[str], bars: Sequence[Bar], title: str) -> SafeString:
    """An SVG of horizontal stacked bars on a scale of 100 points; sized by its viewBox, without style attributes."""
    height = TOP + ROW * len(bars) + 12
    rows = format_html_join("", "{}", ((_row(n, bar),) for n, bar in enumerate(bars)))
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}{}</svg>',
        WIDTH, height, title, _legend(legend), rows,
    )  # fmt: skip


def _legend(legend: Sequence[str]) -> SafeString:
    places, x = [], Decimal(0)
    for n, name in enumerate(legend):
        places.append((x, *_colours(n), x + 20, name))
        x += 44 + 8 * len(name)
    return format_html_join(
        "",
        '<rect x="{}" y="2" width="14" height="14" fill="{}" stroke="{}"/><text class="chart-label" x="{}" y="14">{}</text>',
        ((x, fill, "#1d2624", at, name) for x, fill, _, at, name in places),
    )


def _row(n: int, bar: Bar) -> SafeString:
    y = TOP + ROW * n
    parts, x = [], Decimal(LABEL_WIDTH)
    for series, points in enumerate(bar.points):
        width = points * (WIDTH - LABEL_WIDTH - 60) / FULL
        parts.append(_part(series, x, y, width, points))
        x += width
    total = sum(bar.points, Decimal(0))
    return format_html(
        '<text class="chart-label" x="0" y="{}">{}</text>{}<text class="chart-label" x="{}" y="{}">{}</text>',
        y + 18, bar.label, format_html_join("", "{}", ((part,) for part in parts)), _figure(x + 8), y + 18,
        _figure(total),
    )  # fmt: skip


def _part(series: int, x: Decimal, y: int, width: Decimal, points: Decimal) -> SafeString:
    fill, ink = _colours(series)
    text = ""
    if width >= READABLE_FROM:
        # As a rule in the style sheet would win over the attribute, the colour stands on a group of its own class.
        text = format_html(
            '<g fill="{}"><text class="chart-on-bar" x="{}" y="{}" text-anchor="middle" fill="{}">{}</text></g>',
            ink, _figure(x + width / 2), y + 18, ink, _figure(points),
        )  # fmt: skip
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#1d2624" stroke-width="1"/>{}',
        _figure(x), y, _figure(width), BAR, fill, text,
    )  # fmt: skip


def _colours(series: int) -> tuple[str, str]:
    return SERIES[series % len(SERIES)]


def _figure(value: Decimal) -> str:
    return f"{value:.2f}"
