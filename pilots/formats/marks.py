"""Values that something happened to: marked, never dropped unseen, and judged with them and without them.

A device that got other firmware, or was calibrated, inside the windows is marked as a whole: what it said before and
what it said afterwards are two instruments'.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pilots.formats.cells import Cell, Readings
from pilots.formats.plans import PlanDocument
from pilots.statistics import Evaluation, Gate, Plan, UnitPeriod, period_index, period_start
from pilots.statistics.plan import COMPARED

MOST_NAMED = 5
OTHER_EVENT = "other event"  # begins the mark of what happened beside the pilot, and would have without it
BY_MISTAKE = "recalled by mistake"  # ends the mark of a recall that was taken back: told, and judged like no mark
Judge = Callable[[list[UnitPeriod], Plan], Evaluation]


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened, in a word or two, and which days it may have touched: of one device, or (empty) of every one."""

    word: str
    first: date
    last: date = date.max
    unit: str = ""
    device: str = ""


def marked(readings: Readings, marks: Sequence[Mark], document: PlanDocument) -> Readings:
    """The same readings with the cells marked that these days touch."""
    if not marks:
        return readings
    measures = document.measures()
    return replace(
        readings,
        cells={
            code: [replace(cell, mark=_words(cell, marks, measures[code])) for cell in cells]
            for code, cells in readings.cells.items()
        },
    )


def marked_gates(readings: Readings, document: PlanDocument, judge: Judge) -> list[Gate]:
    """Whether the verdict is the same without the marked values, and whether another event spoils it.

    No gate where nothing is marked; what was marked by mistake passes, and is told.
    """
    cells = readings.cells[document.code]
    touched = [cell for cell in cells if _standing(cell)]
    gates = [_marked_gate(cells, touched, document, judge), *_event_gate(touched, document.plan)] if touched else []
    return [*gates, *_mistake_gate(cells)]


def _mistake_gate(cells: Sequence[Cell]) -> list[Gate]:
    mistaken = [cell for cell in cells if _mistakes(cell)]
    if not mistaken:
        return []
    words = f"{len(mistaken)} of {len(cells)} values were marked for a while ({_names(mistaken, _mistakes)})."
    return [Gate("by_mistake", True, f"{words} That was taken back, and they count like any other.")]


def _event_gate(touched: Sequence[Cell], plan: Plan) -> list[Gate]:
    """Another event at the start cannot be told from the pilot; in one series none in the windows can, at any time."""
    events = [cell for cell in touched if any(word.startswith(OTHER_EVENT) for word in cell.mark.split("; "))]
    if not events:
        return []
    if plan.design not in COMPARED:
        words = "Something else happened inside the windows, and nothing is compared that would tell it from the pilot."
        return [Gate("other_event", False, words)]
    firsts = dict(plan.starts)
    overlaps = [cell for cell in events if _is_at_start(cell, firsts.get(cell.row.unit), plan)]
    words = "Something else happened at the start, and cannot be told from the pilot."
    if not overlaps:
        words = "Something else happened inside the windows, but not at the start; the groups were compared throughout."
    return [Gate("other_event", not overlaps, words)]


def _is_at_start(cell: Cell, first: date | None, plan: Plan) -> bool:
    """Whether a value is of the first period that counts after the start (of its unit, where units begin apart)."""
    begins = period_index(plan, first) if first else 0
    return period_index(plan, cell.row.at) == begins + plan.transition_periods


def _marked_gate(cells: Sequence[Cell], touched: Sequence[Cell], document: PlanDocument, judge: Judge) -> Gate:
    whole = judge([cell.row for cell in cells], document.plan).verdict.verdict
    without = _without_marked(cells, document.plan, judge)
    share = max(_share(cells, arm) for arm in {cell.row.arm for cell in touched})
    start = f"{len(touched)} of {len(cells)} values are marked ({_names(touched, _standing)}). They count"
    allowed = document.plan.limits.suspect  # as for devices that drift
    if share > allowed:
        end = f", and they are {share:.0%} of one group's: more than {allowed * 100:.3g}% is too much to judge by."
    else:
        end = f"; without them the verdict would be “{without}”{', too' if whole == without else f', not “{whole}”'}."
    return Gate("marked", whole == without and share <= allowed, start + end)


def _without_marked(cells: Sequence[Cell], plan: Plan, judge: Judge) -> str:
    """The verdict of what is not marked; a unit of which nothing is left is not missed, as with devices that drift."""
    kept = [cell.row for cell in cells if not _standing(cell)]
    lost = {cell.row.unit for cell in cells} - {row.unit for row in kept}
    smaller = replace(plan, units=tuple(pair for pair in plan.units if pair[0] not in lost))
    return judge(kept, smaller).verdict.verdict


def _standing(cell: Cell) -> str:
    """What is in doubt about a value; a mark ends with words of our own, whatever its device is called."""
    return "; ".join(word for word in cell.mark.split("; ") if not word.endswith(BY_MISTAKE))


def _mistakes(cell: Cell) -> str:
    return "; ".join(word for word in cell.mark.split("; ") if word.endswith(BY_MISTAKE))


def _names(touched: Sequence[Cell], words: Callable[[Cell], str]) -> str:
    names = sorted({words(cell) for cell in touched})
    more = len(names) - MOST_NAMED
    return "; ".join(names[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _words(cell: Cell, marks: Sequence[Mark], plan: Plan) -> str:
    period = period_index(plan, cell.row.at)
    first, end = cell.row.at, period_start(plan, period + 1).date()
    found = [mark.word for mark in marks if _is_of(mark, cell) and mark.first < end and mark.last >= first]
    return "; ".join(dict.fromkeys(found))


def _is_of(mark: Mark, cell: Cell) -> bool:
    """A cell without a device holds all of its site's."""
    return mark.unit in ("", cell.row.unit) and (not mark.device or cell.row.device in ("", mark.device))


def _share(cells: Sequence[Cell], arm: str) -> float:
    own = [bool(_standing(cell)) for cell in cells if cell.row.arm == arm]
    return sum(own) / len(own)
