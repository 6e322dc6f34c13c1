"""Watching that whoever was dropped gets reasons within ten days (D2): due rows, and what is done when they are due."""

from datetime import datetime, timedelta

from django.db import transaction

from assessment import queries
from assessment.models import Round
from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import append_event, lock
from challenges.timetable import day_of, first_instant
from work.actions import finish, schedule
from work.models import DueWork

REASONS_DUE = "assessment.reasons_due"
WARN_BEFORE = timedelta(days=3)


def watch_reasons(round_: Round, at: datetime) -> None:
    """Have somebody look three days before the reasons are due, and on the last day, whether they were sent."""
    last = day_of(at) + queries.REASONS_WITHIN
    for day in (last - WARN_BEFORE, last):
        schedule(kind=REASONS_DUE, subject_id=round_.pk, due_at=first_instant(day))


def remind_of_reasons(work: DueWork, at: datetime) -> None:
    """Do a due row of kind assessment.reasons_due: the council hears of it while somebody still waits."""
    round_ = Round.objects.get(pk=work.subject_id)
    with transaction.atomic():
        lock(round_)
        finish(work, at)
        due = queries.reasons_due(round_)
        if due is not None:
            append_event(
                verb="round.reasons_due", subject=round_, actor=SYSTEM, at=at, challenge_id=round_.challenge_id,
                visibility=Visibility.COUNCIL, data={"waiting": due.waiting, "due_on": due.due_on.isoformat()},
            )  # fmt: skip
