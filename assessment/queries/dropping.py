"""Who was dropped before the decision and is owed reasons, and by when (D2)."""

from dataclasses import dataclass
from datetime import date, timedelta

from assessment.models import Round, SiftOutcome
from assessment.queries.seats import BLIND_COLUMNS, entered, naturally
from challenges.timetable import day_of
from suppliers.models import Submission, SubmissionState

REASONS_WITHIN = timedelta(days=10)


@dataclass(frozen=True)
class ReasonsDue:
    """How many suppliers still wait for their reasons, and the last day on which they are in time."""

    waiting: int
    due_on: date

    def is_late(self, today: date) -> bool:
        return today > self.due_on


def dropped_and_not_told(round_: Round, *, in_sift: bool = False) -> list[Submission]:
    """Submissions that go no further and whose suppliers do not know it yet; only those of the sift on demand."""
    if round_.is_about_pilots:
        return []
    rows = entered(round_)
    waiting = rows.filter(state=SubmissionState.DISREGARDED, told_at=None).only(*BLIND_COLUMNS)
    if in_sift:
        waiting = waiting.filter(sift_outcome__goes_on=False)
    return sorted(waiting, key=lambda each: naturally(each.pseudonym))


def reasons_due(round_: Round) -> ReasonsDue | None:
    """What is owed to whoever was dropped; None while nobody waits."""
    waiting = dropped_and_not_told(round_)
    sifted = SiftOutcome.objects.filter(round=round_, submission__in=waiting).exists()
    dropped_at = round_.sifted_at if sifted else round_.quality_frozen_at
    if not waiting or dropped_at is None:
        return None
    return ReasonsDue(len(waiting), day_of(dropped_at) + REASONS_WITHIN)
