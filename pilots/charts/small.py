"""Small multiples: one small chart for each site, all on one scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import BOLD, WIDE, Frame, Paper, line, number, picture, rect, scale
from pilots.charts.series import Line, draw_line

FEW, COLUMNS_OF_FEW, COLUMNS, COLUMNS_OF_NARROW = 12, 4, 6, 2
PANEL, GAP, NAME = 84, 14, 20


@dataclass(frozen=True)
class SmallMultiples:
    """One panel for each line, in this order; `start` is the index of the first period of the pilot."""

    id: str
    title: str
    description: str
    periods: int
    start: int
    panels: Sequence[Line]


def draw_small_multiples(chart: SmallMultiples, paper: Paper = WIDE) -> str:
    """Panels in rows; pilot sites are drawn whole, comparison sites dashed.

    Narrow paper shows the panels of the wide picture in two columns: both have to be on the page.
    """
    usual = COLUMNS_OF_FEW if len(chart.panels) <= FEW else COLUMNS
    columns = usual if paper.is_wide else COLUMNS_OF_NARROW
    width = paper.width / columns
    frame = _frame(chart, WIDE.width / usual)
    stretch = (width - GAP) / (WIDE.width / usual - GAP)
    parts = ["<defs>", *_shared(f"{chart.id}-ground", _ground(frame, chart.start)), "</defs>"] if paper.is_wide else []
    for place, each in enumerate(chart.panels):
        left, top = (place % columns) * width, (place // columns) * (PANEL + GAP)
        shape = f"{chart.id}-{place}"
        if paper.is_wide:
            lines = _shared(shape, draw_line(each, frame, most_markers=0))
            drawn = [f'<use href="#{chart.id}-ground"/>', *lines]
        else:
            drawn = _stretched(stretch, f"{chart.id}-ground", shape)
        parts += [f'<g transform="translate({left:.4g} {top:g})">', _name(each, width), *drawn, "</g>"]
    rows = math.ceil(len(chart.panels) / columns)
    return picture(chart.id, chart.title, chart.description, rows * (PANEL + GAP), parts, paper)


def _frame(chart: SmallMultiples, width: float) -> Frame:
    ends = scale(value for each in chart.panels for value in each.values)
    return Frame(chart.periods, *ends, left=2, right=round(width - GAP, 1), top=NAME, bottom=PANEL)


def _shared(name: str, parts: Sequence[str]) -> list[str]:
    """Parts that both pictures show: their strokes keep their width however they are stretched."""
    return [f'<g id="{name}" class="chart-shared">', *parts, "</g>"]


def _stretched(stretch: float, *names: str) -> list[str]:
    return [f'<g transform="scale({stretch:.4g} 1)">', *[f'<use href="#{name}"/>' for name in names], "</g>"]


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


def _name(drawn: Line, width: float) -> str:
    room = int((width - GAP) / BOLD)
    name = drawn.name if len(drawn.name) <= room else f"{drawn.name[: room - 1]}…"
    return f'<text class="chart-label" x="2" y="{NAME - 6:g}">{escape(name)}</text>'
