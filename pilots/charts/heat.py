"""What arrived: a row for each site, a cell for each span of time, filled as high as the share that arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pilots.charts.frames import LETTER, WIDE, Frame, Paper, dates, line, picture, rect

NAMES, NAMES_OF_NARROW, ROW, FOOT = 176, 118, 18, 52

SHARES = (("all arrived", 1.0), ("half of it", 0.5), ("nothing arrived", 0.0), ("blank: none due", None))


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


def draw_heat(chart: HeatMap, paper: Paper = WIDE) -> str:
    """Cells are filled by height, so that nobody has to tell colours apart; an empty one is crossed out.

    Narrow paper shows the cells of the wide picture pushed together: both have to be on the page.
    """
    names, (legend, top) = NAMES if paper.is_wide else NAMES_OF_NARROW, _legend(paper)
    bottom = top + ROW * len(chart.rows)
    frame = Frame(len(chart.labels), 0, 1, 1, names, paper.width - paper.right, top, bottom)
    whole = Frame(len(chart.labels), 0, 1, 1, NAMES, WIDE.width - WIDE.right, top, bottom)
    shapes, cells, room = _Shapes(chart.id), [], int(names / LETTER) - 1
    parts = list(legend)
    for place, row in enumerate(chart.rows):
        y = top + ROW * place
        name = row.name if len(row.name) <= room else f"{row.name[: room - 1]}…"
        parts.append(f'<text x="{names - 8}" y="{y + 13:g}" text-anchor="end">{escape(name)}</text>')
        cells += _row(row, whole, ROW * place + 1, shapes) if paper.is_wide else []
    begin = frame.x(chart.start - 0.5)
    parts += [
        *(_placed(cells, shapes, top) if paper.is_wide else [_squeezed(chart.id, whole, frame)]),
        line("chart-mark", begin, top - 6, begin, bottom),
        *dates(chart.labels, chart.start, frame),
    ]
    return picture(chart.id, chart.title, chart.description, bottom + FOOT, parts, paper)


def _placed(cells: Sequence[str], shapes: "_Shapes", top: float) -> list[str]:
    """The cells, in a group that narrow paper shows, too."""
    group = [f'<g id="{shapes.group}">', *cells, "</g>"]
    return [*shapes.definitions(group), f'<use href="#{shapes.group}" y="{top:g}"/>']


def _squeezed(name: str, whole: Frame, frame: Frame) -> str:
    """The cells, which were placed for one frame, in another that is as high."""
    by = (frame.right - frame.left) / (whole.right - whole.left)
    place = f"translate({frame.left - by * whole.left:.5g} {frame.top:g}) scale({by:.4g} 1)"
    return f'<use href="#{_Shapes(name).group}" transform="{place}"/>'


class _Shapes:
    """Outlines that several rows share, each written once: most sites sent everything, in the same weeks."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.group = f"{name}-cells"
        self._ids: dict[str, str] = {}

    def use(self, kind: str, outline: str, y: float) -> list[str]:
        """The outline, drawn from `y` downwards; nothing where there is none."""
        if not outline:
            return []
        known = self._ids.setdefault(outline, f"{self._name}-{len(self._ids)}")
        return [f'<use class="{kind}" href="#{known}" y="{y:g}"/>']

    def definitions(self, group: Sequence[str]) -> list[str]:
        outlines = (f'<path class="chart-outline" id="{id_}" d="{outline}"/>' for outline, id_ in self._ids.items())
        return ["<defs>", *outlines, *group, "</defs>"]


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


def _legend(paper: Paper) -> tuple[list[str], float]:
    """What a cell says, beside each other as far as there is room; and where the cells begin."""
    parts: list[str] = []
    left = float(NAMES) if paper.is_wide else 2.0
    x, y = left, 8.0
    for words, share in SHARES:
        if x > left and not paper.fits(words, x + 20):
            x, y = left, y + 22
        parts += [] if share is None else _cell(x, y, 14, share)
        parts.append(f'<text x="{x + (0 if share is None else 20):g}" y="{y + 12:g}">{words}</text>')
        x += 46 + 7.5 * len(words)
    return parts, y + 36
