"""Confirming interests again, and deciding about what was declared (A3)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import queries, rules
from assessment.actions.entry import note, require_state, seat_of
from assessment.actions.interests import OPEN_FOR_DECLARING, go_on, void_marks
from assessment.models import (
    Assessment,
    InterestConfirmation,
    InterestDeclaration,
    PanelRole,
    Round,
    Ruling,
)
from audit.transitions import NotPermitted, Refused, lock


@transaction.atomic
def confirm_interests(*, round: Round, actor: User, at: datetime) -> InterestConfirmation:
    """Confirm with one click that what was declared is still all there is."""
    seat = seat_of(round, actor)
    require_state(round, *OPEN_FOR_DECLARING)
    ids = [each.pk for each in queries.submissions_in(round)]
    if not queries.declared_by(round, seat, ids).is_complete(ids):
        raise Refused("Declare your interests first: there is nothing to confirm yet.")
    row = InterestConfirmation.objects.create(member=seat, round=round, round_state=round.state, confirmed_at=at)
    note("interest.confirmed", row, round, actor, at, during=round.state)
    return row


@transaction.atomic
def rule_on_interest(
    *, declaration: InterestDeclaration, ruling: Ruling, reason: str, actor: User, at: datetime
) -> None:
    """Decide about a declared interest: the chair about a member's, an officer or the deputy about the chair's.

    Until then its member stands aside. Without a conflict they may judge, and marks they gave before count again; a
    recusal sets them aside. It can be decided anew until quality is frozen.
    """
    round_ = declaration.round
    lock(round_)
    lock(declaration)
    if not rules.may_rule_on(actor, round_, PanelRole(declaration.member.role)) or declaration.member.user == actor:
        raise NotPermitted("The chair decides about members' interests; an officer or the deputy about the chair's.")
    require_state(round_, *OPEN_FOR_DECLARING)
    if not declaration.has_interest:
        raise Refused("No interest was declared here, so there is nothing to decide.")
    if ruling == Ruling.OPEN or not reason.strip():
        raise Refused("Decide, and say why: both go on the record.")
    declaration.is_recused = ruling == Ruling.RECUSED
    declaration.ruling, declaration.ruling_reason = ruling, reason.strip()
    declaration.ruled_by, declaration.ruled_at = actor, at
    declaration.save(update_fields=["is_recused", "ruling", "ruling_reason", "ruled_by", "ruled_at"])
    note("interest.ruled", declaration, round_, actor, at, ruling=str(ruling), is_recused=declaration.is_recused)
    if declaration.is_recused:
        void_marks(round_, declaration.member, declaration.submission, actor, at)
    else:
        _restore(round_, declaration, actor, at)
    go_on(round_, at)


def _restore(round_: Round, declaration: InterestDeclaration, actor: User, at: datetime) -> None:
    ids = [each.pk for each in queries.submissions_in(round_)]
    recused = queries.declared_by(round_, declaration.member, ids).recused
    marks = Assessment.objects.filter(round=round_, member=declaration.member, voided_at__isnull=False)
    about = {declaration.submission_id} if declaration.submission_id else set(ids)
    marks = marks.filter(submission__in=[pk for pk in ids if pk in about and pk not in recused])
    if restored := marks.update(voided_at=None):
        note("marks.restored", round_, round_, actor, at, member=declaration.member_id, marks=restored)
