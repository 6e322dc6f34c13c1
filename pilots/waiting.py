"""Who let whom wait, and for how many days: one rule over what happened. Pure.

Every matter of a pilot (the pilot itself, a clause, a milestone, what its end asks for) is somebody's turn or nobody's
from one happening to the next. A day on which two matters wait for the same side counts once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

COUNCIL, SUPPLIER, NOBODY = "council", "supplier", ""
DAY = 86_400
TURNS: Mapping[str, str] = {
    "pilot.planned": COUNCIL,
    "pilot.registered": NOBODY,
    "pilot.registered_again": NOBODY,
    "pilot.started": NOBODY,
    "pilot.suspended": COUNCIL,
    "pilot.resumed": NOBODY,
    "pilot.evaluation_begun": NOBODY,
    "pilot.evaluated": COUNCIL,
    "pilot.evaluated_earlier": NOBODY,
    "pilot.ended_on_look": COUNCIL,
    "pilot.gate_decided": NOBODY,
    "pilot.gate_decided:extend": COUNCIL,
    "pilot.extended": NOBODY,
    "pilot.ended_early": NOBODY,
    "pilot.dropped": NOBODY,
    "pilot.closed": NOBODY,
    "clause:to_confirm": COUNCIL,
    "clause:not_met": SUPPLIER,
    "clause:met": NOBODY,
    "clause:waived": NOBODY,
    "end.asked": COUNCIL,
    "end.still_there": SUPPLIER,
    "end.recorded": NOBODY,
    "milestone.due": SUPPLIER,
    "milestone.delivered": COUNCIL,
    "milestone.returned": SUPPLIER,
    "milestone.accepted": SUPPLIER,
    "milestone.invoiced": COUNCIL,
    "milestone.paid": NOBODY,
}
SETTLED = ("clause:met", "clause:waived")
UNDONE = ("milestone.due", "milestone.returned")
OVER = ("pilot.ended_early", "pilot.dropped", "pilot.closed")


@dataclass(frozen=True)
class Happening:
    """What happened to one matter of a pilot; `what` is a key of TURNS, anything else changes no turn."""

    matter: str
    what: str
    at: datetime


@dataclass(frozen=True)
class Waited:
    """Whole days on which something waited for the council, and for the supplier."""

    council: int = 0
    supplier: int = 0


Span = tuple[str, datetime, datetime]


def waited(happened: Iterable[Happening], at: datetime) -> Waited:
    """The days of a pilot up to `at`. Clauses and undone work wait for nobody once it is over; payment does (P7)."""
    matters: dict[str, list[Happening]] = {}
    over = at
    for each in sorted(happened, key=lambda one: one.at):
        matters.setdefault(each.matter, []).append(each)
        if each.what in OVER:
            over = min(over, each.at)
    spans = [span for known in matters.values() for span in _spans(known, at, over)]
    return Waited(
        *(_days([(first, end) for turn, first, end in spans if turn == side]) for side in (COUNCIL, SUPPLIER))
    )


def _spans(happened: Sequence[Happening], at: datetime, over: datetime) -> Iterable[Span]:
    """Whose turn one matter was, from when and until when."""
    turn, since, is_settled, last = NOBODY, at, False, at
    for each in happened:
        if each.what not in TURNS or _changes_nothing(each, happened, is_settled=is_settled):
            continue
        is_settled = each.what in SETTLED
        if turn and since < min(each.at, last):
            yield turn, since, min(each.at, last)
        turn, since, last = TURNS[each.what], each.at, over if _ends_with_pilot(each.what) else at
    if turn and since < last:
        yield turn, since, last


def _ends_with_pilot(what: str) -> bool:
    return what.startswith("clause:") or what in UNDONE


def _changes_nothing(each: Happening, happened: Sequence[Happening], *, is_settled: bool) -> bool:
    """What a machine gathers about a clause that was found met waits for nobody, nor does work that was handed in."""
    return is_settled if each.what == "clause:to_confirm" else each.what == "milestone.due" and each is not happened[0]


def _days(spans: Iterable[tuple[datetime, datetime]]) -> int:
    """Whole days that at least one of the spans covers."""
    seconds, covered = 0.0, None
    for first, end in sorted(spans):
        begin = first if covered is None else max(first, covered)
        if end > begin:
            seconds, covered = seconds + (end - begin).total_seconds(), end
    return int(seconds // DAY)
