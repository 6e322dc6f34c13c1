"""What the chair does once all marks are in: moderate, judge clauses, freeze."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from assessment import inputs, queries
from assessment.actions.entry import Judgement, note, require_mark_on_scale, require_no_recusal, require_state, seat_of
from assessment.actions.reasons import watch_reasons
from assessment.models import (
    Assessment,
    Moderation,
    PanelMember,
    PanelRole,
    Round,
    RoundState,
)
from audit.actors import SYSTEM
from audit.transitions import Refused, perform
from suppliers.models import Submission, SubmissionState


@transaction.atomic
def moderate(
    *, round: Round, judgement: Judgement, attended: Sequence[PanelMember], actor: User, at: datetime
) -> Moderation:
    """Set the moderated mark with its reason and who attended; the difference from each mark is kept beside it (A7).

    Individual marks stay as they were given. May be done again until quality is frozen; the record keeps each.
    """
    seat = seat_of(round, actor, PanelRole.CHAIR)
    require_state(round, RoundState.MODERATING)
    submission, criterion, mark = judgement.submission, judgement.criterion, judgement.mark
    require_no_recusal(round, seat, submission)
    require_mark_on_scale(round, criterion, mark)
    if mark is None:
        raise Refused("Give the moderated mark: an average is never put in its place.")
    if not judgement.rationale.strip():
        raise Refused("Write down why: what in the answer led to this mark, and what settled the differences.")
    _require_attendance(round, submission, attended)
    differences = _differences(round, judgement)
    row, _ = Moderation.objects.update_or_create(
        round=round, submission=submission, criterion=criterion,
        defaults={
            "mark": mark, "rationale": judgement.rationale.strip(), "attended": sorted(each.pk for each in attended),
            "differences": differences, "moderated_by": seat, "moderated_at": at,
        },
    )  # fmt: skip
    note(
        "mark.moderated", row, round, actor, at, mark=inputs.plain(mark), rationale=row.rationale,
        differences=differences, attended=row.attended,
    )  # fmt: skip
    return row


@transaction.atomic
def freeze_quality(*, round: Round, actor: User, at: datetime) -> None:
    """End the judging: whatever fails a mandatory clause or a threshold is disregarded with its reason (A8), the rest
    is admitted. Nothing can be marked, moderated or found afterwards."""
    perform(round, "freeze_quality", actor=actor, at=at, changes={"quality_frozen_at": at})
    reasons = queries.reasons_to_disregard(round)
    if reasons:
        watch_reasons(round, at)
    for submission in queries.submissions_in(round):
        if submission.state == SubmissionState.DISREGARDED:  # in the sift
            continue
        reason = reasons.get(submission.pk)
        if reason is None:
            perform(submission, "admit", actor=SYSTEM, at=at)
        else:
            perform(submission, "disregard", actor=SYSTEM, at=at, reason=reason, changes={"disregard_reason": reason})


def _differences(round_: Round, judgement: Judgement) -> dict[str, str]:
    """Moderated less individual mark, by the member's id."""
    rows = Assessment.objects.counted().filter(
        round=round_, submission=judgement.submission, criterion=judgement.criterion, submitted_at__isnull=False
    )
    given = rows.order_by("member_id").values_list("member_id", "mark")
    moderated = judgement.mark or Decimal(0)
    return {str(member_id): inputs.plain(moderated - own) for member_id, own in given if own is not None}


def _require_attendance(round_: Round, submission: Submission, attended: Sequence[PanelMember]) -> None:
    if not attended:
        raise Refused("Say who attended the moderation.")
    ids = [each.pk for each in queries.submissions_in(round_)]
    declared = queries.declarations(round_, ids)
    on_panel = {seat.pk for seat in queries.members(round_)}
    for seat in attended:
        if seat.pk not in on_panel:
            raise Refused(f"{seat.user} does not sit on this panel.")
        if submission.pk in declared.get(seat.pk, queries.Declared()).recused:
            raise Refused(f"{seat.user} is recused from this submission and cannot have attended.")
