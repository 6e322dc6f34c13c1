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
    shapes = _Shapes(chart.id)
    parts = _legend()
    for place, row in enumerate(chart.rows):
        y = TOP + ROW * place
        name = row.name if len(row.name) <= LETTERS else f"{row.name[: LETTERS - 1]}…"
        parts.append(f'<text x="{NAMES - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>')
        parts += _row(row, frame, y + 1, shapes)
    begin = frame.x(chart.start - 0.5)
    parts += [line("chart-mark", begin, TOP - 6, begin, bottom), *dates(chart.labels, chart.start, frame)]
    return picture(chart.id, chart.title, chart.description, bottom + FOOT, [*shapes.definitions(), *parts])


class _Shapes:
    """Outlines that several rows share, each written once: most sites sent everything, in the same weeks."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._ids: dict[str, str] = {}

    def use(self, kind: str, outline: str, y: float) -> list[str]:
        """The outline, drawn from `y` downwards; nothing where there is none."""
        if not outline:
            return []
        known = self._ids.setdefault(outline, f"{self._name}-{len(self._ids)}")
        return [f'<use class="{kind}" href="#{known}" y="{y:g}"/>']

    def definitions(self) -> list[str]:
        return ["<defs>", *(f'<path id="{id_}" d="{outline}"/>' for outline, id_ in self._ids.items()), "</defs>"]


def _row(row: HeatRow, frame: Frame, y: float, shapes: _Shapes) -> list[str]:
    """A site's cells: their frames, how far each is filled, and a cross where nothing arrived."""
    step = (frame.right - frame.left) / max(1, len(row.shares))
    cells = [(frame.left + step * place, share) for place, share in enumerate(row.shares) if share is not None]
    height, width = ROW - 2, step - 1
    return [
        *shapes.use("chart-cell", "".join(_box(x, width, height) for x, _ in cells), y),
        *shapes.use("chart-fill", "".join(_filled(x, width, height, share) for x, share in cells), y),
        *shapes.use("chart-cross", "".join(_cross(x, width, height) for x, share in cells if share <= 0), y),
    ]


def _box(x: float, width: float, height: float) -> str:
    return f"M{x:.4g} 0h{width:.3g}v{height:.3g}h-{width:.3g}z"


def _filled(x: float, width: float, height: float, share: float) -> str:
    filled = height * min(share, 1.0)  # the fourth side of a filled outline goes without saying
    return f"M{x:.4g} {height:g}v-{filled:.3g}h{width:.3g}v{filled:.3g}" if share > 0 else ""


def _cross(x: float, width: float, height: float) -> str:
    return f"M{x:.4g} 0l{width:.3g} {height:g}m0 -{height:g}l-{width:.3g} {height:g}"


def _cell(x: float, y: float, size: float, share: float) -> list[str]:
    frame = rect("chart-cell", x, y, size, size)
    if share <= 0:
        return [frame, f'<path class="chart-cross" d="M{x:g} {y:g}l{size:g} {size:g}m0 -{size:g}l-{size:g} {size:g}"/>']
    return [frame, rect("chart-fill", x, y + size * (1 - share), size, size * share)]


def _legend() -> list[str]:
    parts, x = [], float(NAMES)
    for words, share in (("all arrived", 1.0), ("half of it", 0.5), ("nothing arrived", 0.0)):
        parts += _cell(x, 8, 14, share)
        parts.append(f'<text x="{x + 20:g}" y="20">{words}</text>')
        x += 46 + 7.5 * len(words)
    return [*parts, f'<text x="{x:g}" y="20">blank: none due</text>']
