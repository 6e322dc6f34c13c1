"""An assessor's marks: saved as often as they like, submitted once and all together."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import queries
from assessment.actions.entry import Judgement, note, require_mark_on_scale, require_no_recusal, require_state, seat_of
from assessment.models import Assessment, PanelMember, PanelRole, Round, RoundState
from audit.actors import SYSTEM
from audit.transitions import Refused, objections, perform


@transaction.atomic
def save_mark(*, round: Round, judgement: Judgement, actor: User, at: datetime) -> Assessment:
    """Keep the actor's own mark and reason for one criterion of one submission; either may still be missing (A5).

    Refused once their marks are submitted (A4), and for a mark outside 0..maximum.
    """
    seat = seat_of(round, actor, PanelRole.ASSESSOR)
    require_state(round, RoundState.MARKING)
    require_no_recusal(round, seat, judgement.submission)
    if _has_submitted(round, seat):
        raise Refused("Your marks are submitted and can no longer be changed.")
    require_mark_on_scale(round, judgement.criterion, judgement.mark)
    row, _ = Assessment.objects.update_or_create(
        round=round, member=seat, submission=judgement.submission, criterion=judgement.criterion,
        defaults={"mark": judgement.mark, "rationale": judgement.rationale.strip(), "saved_at": at},
    )  # fmt: skip
    return row


@transaction.atomic
def submit_marks(*, round: Round, actor: User, at: datetime) -> int:
    """Submit all of the actor's marks; returns how many. From then on they are immutable (A4).

    Refused with the complete list of what is missing (A5). When everybody's are in, moderation begins.
    """
    seat = seat_of(round, actor, PanelRole.ASSESSOR)
    require_state(round, RoundState.MARKING)
    if _has_submitted(round, seat):
        raise Refused("Your marks are already submitted.")
    pairs = queries.my_pairs(queries.standing_of(round, actor))
    if not pairs:
        raise Refused("You have no marks to submit in this round.")
    if missing := [_missing(pair) for pair in pairs if not pair.is_complete]:
        raise Refused(*missing)
    count = Assessment.objects.counted().filter(round=round, member=seat).update(submitted_at=at)
    note("marks.submitted", round, round, actor, at, member=seat.pk, marks=count)
    if not objections(round, "begin_moderation", at=at):
        perform(round, "begin_moderation", actor=SYSTEM, at=at)
    return count


def _has_submitted(round_: Round, seat: PanelMember) -> bool:
    rows = Assessment.objects.counted().filter(round=round_, member=seat, submitted_at__isnull=False)
    return rows.exists()


def _missing(pair: queries.Pair) -> str:
    what = "no mark" if pair.mark is None else "no reason for the mark"
    return f"{pair.pseudonym}, {pair.criterion.name}: {what}."
