"""What arrived: a row for each site, a cell for each span of time, filled as high as the share that arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import RIGHT, WIDTH, Frame, dates, line, picture, rect

NAMES, TOP, ROW, FOOT, LETTERS = 176, 44, 18, 34, 22


@dataclass(frozen=True)
class HeatRow:
    """A site and the share (0-1) that arrived in each span; None where nothing is due."""

    name: str
    shares: Sequence[float | None]


@dataclass(frozen=True)
class HeatMap:
    """Spans from left to right; `start` is the index of the first span of the pilot."""

    id: str
    title: str
    description: str
    labels: Sequence[str]
    start: int
    rows: Sequence[HeatRow]


def draw_heat(chart: HeatMap) -> str:
    """Cells are filled by height, so that nobody has to tell colours apart; an empty one is crossed out."""
    bottom = TOP + ROW * len(chart.rows)
    frame = Frame(len(chart.labels), 0, 1, 1, left=NAMES, right=WIDTH - RIGHT, top=TOP, bottom=bottom)
    width = (frame.right - frame.left) / max(1, len(chart.labels))
    parts = _legend()
    for place, row in enumerate(chart.rows):
        y = TOP + ROW * place
        name = row.name if len(row.name) <= LETTERS else f"{row.name[: LETTERS - 1]}…"
        parts.append(f'<text x="{NAMES - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
        for column, share in enumerate(row.shares):
            parts += _cell(frame.left + width * column, y + 1, width - 1, ROW - 2, share)
    begin = frame.x(chart.start - 0.5)
    parts += [line("chart-mark", begin, TOP - 6, begin, bottom), *dates(chart.labels, chart.start, frame)]
    return picture(chart.id, chart.title, chart.description, bottom + FOOT, parts)


def _cell(x: float, y: float, width: float, height: float, share: float | None) -> list[str]:
    if share is None:
        return []
    frame = rect("chart-cell", round(x, 1), y, width, height)
    if share <= 0:
        cross = f"M{x:.1f} {y:g} l{width:.1f} {height:g} m0 {-height:g} l{-width:.1f} {height:g}"
        return [frame, f'<path class="chart-cross" d="{cross}"/>']
    filled = height * min(share, 1.0)
    return [frame, rect("chart-fill", round(x, 1), round(y + height - filled, 1), width, filled)]


def _legend() -> list[str]:
    parts, x = [], float(NAMES)
    for words, share in (("all arrived", 1.0), ("half of it", 0.5), ("nothing arrived", 0.0)):
        parts += _cell(x, 8, 14, 14, share)
        parts.append(f'<text x="{x + 20:g}" y="20">{words}</text>')
        x += 46 + 7.5 * len(words)
    return [*parts, f'<text x="{x:g}" y="20">blank: none due</text>']
