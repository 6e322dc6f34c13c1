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
    parts = []
    for place, each in enumerate(chart.panels):
        left, top = (place % columns) * width, (place // columns) * (PANEL + GAP)
        frame = Frame(
            chart.periods, *ends, left=left + 2, right=left + width - GAP, top=top + NAME, bottom=top + PANEL
        )  # fmt: skip
        parts += _panel(each, frame, chart.start)
    rows = math.ceil(len(chart.panels) / columns)
    return picture(chart.id, chart.title, chart.description, rows * (PANEL + GAP), parts)


def scale_words(chart: SmallMultiples, unit: str) -> str:
    """What the bottom and the top of every panel stand for."""
    low, high, _ = scale(value for each in chart.panels for value in each.values)
    return f"Every panel runs from {number(low)} (bottom) to {number(high)} {unit} (top)."


def _panel(drawn: Line, frame: Frame, start: int) -> list[str]:
    begin = frame.x(start - 0.5)
    room = int((frame.right - frame.left) / LETTERS)
    name = drawn.name if len(drawn.name) <= room else f"{drawn.name[: room - 1]}…"
    return [
        rect("chart-panel", frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top),
        rect("chart-band", begin, frame.top, frame.right - begin, frame.bottom - frame.top),
        line("chart-mark", begin, frame.top, begin, frame.bottom),
        f'<text class="chart-label" x="{frame.left:g}" y="{frame.top - 6:g}">{escape(name)}</text>',
        *draw_line(drawn, frame, most_markers=0),
    ]
