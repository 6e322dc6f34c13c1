"""Reopening marks that were handed in: the chair's, with a reason; what they were is kept (A4)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment.actions.entry import note, require_state, seat_of
from assessment.models import Assessment, EarlierMark, Moderation, PanelMember, PanelRole, Round, RoundState
from audit.transitions import Refused, perform
from suppliers.models import Submission


@transaction.atomic
def reopen_marks(
    *, round: Round, seat: PanelMember, submission: Submission | None, reason: str, actor: User, at: datetime
) -> int:
    """Let an assessor change marks they handed in, of one submission or (none given) of all; returns how many.

    A round in moderation goes back to marking, and what was moderated about these marks has to be moderated again.
    """
    chair = seat_of(round, actor, PanelRole.CHAIR)
    require_state(round, RoundState.MARKING, RoundState.MODERATING)
    if not reason.strip():
        raise Refused("Say why these marks are reopened: the assessor and the record need to know.")
    if seat.panel_id != round.panel_id or seat.left_at is not None:
        raise Refused(f"{seat.user} does not mark on this panel now.")
    marks = Assessment.objects.counted().filter(round=round, member=seat, submitted_at__isnull=False)
    if submission is not None:
        marks = marks.filter(submission=submission)
    rows = list(marks)
    if not rows:
        raise Refused(f"{seat.user} has handed in no marks there that could be reopened.")
    _keep(rows, chair, reason.strip(), at)
    marks.update(submitted_at=None)
    note("marks.reopened", round, round, actor, at, member=seat.pk, marks=len(rows), reason=reason.strip())
    if round.state == RoundState.MODERATING:
        # An empty set of differences is one that counts no mark: the topic waits to be moderated again.
        Moderation.objects.filter(round=round, submission__in={row.submission_id for row in rows}).update(
            differences={}
        )
        perform(round, "reopen_marking", actor=actor, at=at, reason=reason.strip())
    return len(rows)


def _keep(rows: list[Assessment], chair: PanelMember, reason: str, at: datetime) -> None:
    EarlierMark.objects.bulk_create(
        EarlierMark(
            assessment=row, mark=row.mark or 0, rationale=row.rationale, quotes=row.quotes, reason=reason,
            submitted_at=row.submitted_at or at, reopened_at=at, reopened_by=chair,
        )
        for row in rows
    )  # fmt: skip
