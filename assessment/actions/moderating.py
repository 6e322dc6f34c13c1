"""What the chair does once all marks are in: moderate, judge clauses, freeze."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

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
from audit.transitions import NotPermitted, Refused, perform
from suppliers.models import Submission, SubmissionState
from work import late_texts

STALE = (
    "This topic was moderated in another tab after you opened it. Both texts are kept: put them together, then save."
)


@dataclass(frozen=True)
class Seen:
    """The version of a moderation that its writer saw (None: whatever is there gives way), and a text it takes in."""

    version: int | None = None
    merges: str = ""


ANY = Seen()


class StaleModeration(Refused):
    """This mark was moderated elsewhere after it was opened here; both texts are kept."""

    def __init__(self) -> None:
        super().__init__(STALE)


def moderate(
    *, round: Round, judgement: Judgement, attended: Sequence[PanelMember], actor: User, at: datetime,
    seen: Seen = ANY,
) -> Moderation:  # fmt: skip
    """Set the moderated mark with its reason and who attended; the difference from each mark is kept beside it (A7).

    Individual marks stay as they were given. May be done again until quality is frozen; the record keeps each. Raises
    StaleModeration when it was moderated in another tab after `seen`, and keeps the text aside.
    """
    done = _moderate_or_keep(round, judgement, attended, actor, at, seen)
    if isinstance(done, StaleModeration):
        raise done
    return done


@transaction.atomic
def drop_late_moderation(*, round: Round, judgement: Judgement, key: str, actor: User, at: datetime) -> None:
    """Leave out a text of one's own that came too late; what is recorded stays."""
    seat_of(round, actor, PanelRole.CHAIR)
    if not late_texts.is_of(key, actor.actor_key):
        raise NotPermitted("Only whoever wrote a text can leave it out.")
    row = Moderation.objects.filter(round=round, submission=judgement.submission, criterion=judgement.criterion).first()
    if row is not None and row.aside.pop(key, None) is not None:
        row.save(update_fields=["aside"])


@transaction.atomic
def _moderate_or_keep(
    round_: Round, judgement: Judgement, attended: Sequence[PanelMember], actor: User, at: datetime, seen: Seen
) -> Moderation | StaleModeration:
    seat = _may_moderate(round_, judgement, attended, actor)
    row = Moderation.objects.filter(
        round=round_, submission=judgement.submission, criterion=judgement.criterion
    ).first() or Moderation(round=round_, submission=judgement.submission, criterion=judgement.criterion)
    value = _value(judgement, attended)
    if seen.version is not None and row.version != seen.version and value != _value_of(row):
        key = late_texts.key_of(actor.actor_key, seen.version)
        row.aside = late_texts.keep(row.aside, key, value, name=str(actor), at=at.isoformat())
        row.save(update_fields=["aside"])
        return StaleModeration()
    row.aside.pop(seen.merges, None)
    row.mark, row.rationale, row.attended = judgement.mark or Decimal(0), value["rationale"], value["attended"]
    row.differences, row.moderated_by, row.moderated_at = _differences(round_, judgement), seat, at
    row.version += 1
    row.save()
    note(
        "mark.moderated", row, round_, actor, at, mark=value["mark"], rationale=row.rationale,
        differences=row.differences, attended=row.attended,
    )  # fmt: skip
    return row


def _may_moderate(round_: Round, judgement: Judgement, attended: Sequence[PanelMember], actor: User) -> PanelMember:
    seat = seat_of(round_, actor, PanelRole.CHAIR)
    require_state(round_, RoundState.MODERATING)
    require_no_recusal(round_, seat, judgement.submission)
    require_mark_on_scale(round_, judgement.criterion, judgement.mark)
    if judgement.mark is None:
        raise Refused("Give the moderated mark: an average is never put in its place.")
    if not judgement.rationale.strip():
        raise Refused("Write down why: what in the answer led to this mark, and what settled the differences.")
    _require_attendance(round_, judgement.submission, attended)
    _require_confirmed(round_, [seat, *attended])
    return seat


def _value(judgement: Judgement, attended: Sequence[PanelMember]) -> dict[str, Any]:
    """Everything that was written, as plain data."""
    return {
        "mark": inputs.plain(judgement.mark or Decimal(0)), "rationale": judgement.rationale.strip(),
        "attended": sorted(each.pk for each in attended),
    }  # fmt: skip


def _value_of(row: Moderation) -> dict[str, Any] | None:
    if row.pk is None:
        return None
    return {"mark": inputs.plain(row.mark), "rationale": row.rationale, "attended": row.attended}


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


def _require_confirmed(round_: Round, seats: Sequence[PanelMember]) -> None:
    confirmed = queries.confirmed_at_moderation(round_)
    if missing := sorted({str(seat.user) for seat in seats if seat.pk not in confirmed}):
        raise Refused(f"Interests are confirmed again before moderation: still to be done by {', '.join(missing)}.")


def _require_attendance(round_: Round, submission: Submission, attended: Sequence[PanelMember]) -> None:
    if not attended:
        raise Refused("Say who attended the moderation.")
    ids = [each.pk for each in queries.submissions_in(round_)]
    declared = queries.declarations(round_, ids)
    on_panel = {seat.pk for seat in queries.members(round_)}
    for seat in attended:
        if seat.pk not in on_panel:
            raise Refused(f"{seat.user} does not sit on this panel.")
        if seat.role == PanelRole.OBSERVER:
            raise Refused(f"{seat.user} observes, and takes no part in moderation.")
        if submission.pk in declared.get(seat.pk, queries.Declared()).recused:
            raise Refused(f"{seat.user} is recused from this submission and cannot have attended.")
