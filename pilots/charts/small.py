"""Small multiples: one small chart for each site, all on one scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import WIDTH, Frame, line, number, picture, rect, scale
from pilots.charts.series import Line, draw_line

FEW, COLUMNS_OF_FEW, COLUMNS = 12, 4, 6
PANEL, GAP, NAME, LETTERS = 84, 14, 20, 8.0


@dataclass(frozen=True)
class SmallMultiples:
    """One panel for each line, in this order; `start` is the index of the first period of the pilot."""

    id: str
    title: str
    description: str
    periods: int
    start: int
    panels: Sequence[Line]


def draw_small_multiples(chart: SmallMultiples) -> str:
    """Panels in rows; pilot sites are drawn whole, comparison sites dashed."""
    columns = COLUMNS_OF_FEW if len(chart.panels) <= FEW else COLUMNS
    width, ends = WIDTH / columns, scale(value for each in chart.panels for value in each.values)
    frame = Frame(chart.periods, *ends, left=2, right=round(width - GAP, 1), top=NAME, bottom=PANEL)
    ground = f"{chart.id}-ground"
    parts = ["<defs>", f'<g id="{ground}">', *_ground(frame, chart.start), "</g>", "</defs>"]
    for place, each in enumerate(chart.panels):
        left, top = (place % columns) * width, (place // columns) * (PANEL + GAP)
        parts += [
            f'<g transform="translate({left:.4g} {top:g})">',
            f'<use href="#{ground}"/>',
            *_panel(each, frame),
            "</g>",
        ]
    rows = math.ceil(len(chart.panels) / columns)
    return picture(chart.id, chart.title, chart.description, rows * (PANEL + GAP), parts)


def scale_words(chart: SmallMultiples, unit: str) -> str:
    """What the bottom and the top of every panel stand for."""
    low, high, _ = scale(value for each in chart.panels for value in each.values)
    return f"Every panel runs from {number(low)} (bottom) to {number(high)} {unit} (top)."


def _ground(frame: Frame, start: int) -> list[str]:
    """What all panels have: their edge, the pilot's part, and the line at its start."""
    begin, height = frame.x(start - 0.5), frame.bottom - frame.top
    return [
        rect("chart-panel", frame.left, frame.top, frame.right - frame.left, height),
        rect("chart-band", begin, frame.top, frame.right - begin, height),
        line("chart-mark", begin, frame.top, begin, frame.bottom),
    ]


def _panel(drawn: Line, frame: Frame) -> list[str]:
    room = int((frame.right - frame.left) / LETTERS)
    name = drawn.name if len(drawn.name) <= room else f"{drawn.name[: room - 1]}…"
    return [
        f'<text class="chart-label" x="{frame.left:g}" y="{frame.top - 6:g}">{escape(name)}</text>',
        *draw_line(drawn, frame, most_markers=0),
    ]
