"""Declaring interests, and the recusal that follows (A3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import queries
from assessment.actions.entry import note, require_state, seat_of
from assessment.actions.workload import share_out
from assessment.models import Assessment, InterestDeclaration, PanelMember, Round, RoundState, Ruling
from audit.actors import SYSTEM
from audit.transitions import Refused, objections, perform
from suppliers.models import Submission

OPEN_FOR_DECLARING = (RoundState.DECLARING, RoundState.SIFTING, RoundState.MARKING, RoundState.MODERATING)


@dataclass(frozen=True)
class SupplierInterest:
    """What a member declares about one supplier."""

    supplier_id: int
    has_interest: bool
    detail: str = ""


@transaction.atomic
def declare_interest(
    *,
    round: Round,
    actor: User,
    at: datetime,
    has_interest: bool,
    detail: str = "",
    submission: Submission | None = None,
) -> InterestDeclaration:
    """Declare about the whole challenge (no submission), and then about one submission.

    An interest recuses at once: the member's marks for it are voided and kept. It can be declared until quality is
    frozen, and not taken back. When the last member has declared everything, marking begins.
    """  # fmt: skip
    seat = seat_of(round, actor)
    require_state(round, *OPEN_FOR_DECLARING)
    if seat.terms_accepted_at is None:
        raise Refused("Accept the terms of the panel first.")
    if has_interest and not detail.strip():
        raise Refused("Say what the interest is: a personal, professional or financial link, direct or not.")
    if submission is not None:
        _require_known_and_allowed(round, seat, submission)
    declaration = _write(round, seat, submission, has_interest, detail.strip(), at)
    note(
        "interest.declared", declaration, round, actor, at, has_interest=has_interest,
        is_recused=declaration.is_recused,
    )  # fmt: skip
    if declaration.is_recused:
        void_marks(round, seat, submission, actor, at)
    go_on(round, at)
    return declaration


@transaction.atomic
def declare_about_suppliers(*, round: Round, actor: User, at: datetime, interests: Iterable[SupplierInterest]) -> None:
    """Declare about each supplier of the round by name; all of them or none."""
    by_supplier = {each.supplier_id: each for each in _submissions(round)}
    for interest in interests:
        if interest.supplier_id not in by_supplier:
            raise Refused("This supplier did not submit to the challenge.")
        declare_interest(
            round=round, actor=actor, at=at, has_interest=interest.has_interest, detail=interest.detail,
            submission=by_supplier[interest.supplier_id],
        )  # fmt: skip


def _submissions(round_: Round) -> Iterable[Submission]:
    return queries.entered(round_).only("pk", "supplier_id", "challenge_id")


def _require_known_and_allowed(round_: Round, seat: PanelMember, submission: Submission) -> None:
    ids = [each.pk for each in queries.submissions_in(round_)]
    if submission.pk not in ids:
        raise Refused("This submission is not part of the round.")
    if not queries.declared_by(round_, seat, ids).about_challenge:
        raise Refused("Declare about the challenge as a whole first; the suppliers' names are shown after that.")


def _write(
    round_: Round, seat: PanelMember, submission: Submission | None, has_interest: bool, detail: str, at: datetime
) -> InterestDeclaration:
    was = InterestDeclaration.objects.filter(round=round_, member=seat, submission=submission).first()
    if was is not None and was.has_interest and not has_interest:
        raise Refused("An interest was declared here, and a recusal is not taken back.")
    row = was or InterestDeclaration(round=round_, member=seat, submission=submission)
    if was is None or not (was.ruling and was.detail == detail):
        # New words are a new interest: its member stands aside until it is decided about.
        row.has_interest = row.is_recused = has_interest
        row.ruling, row.ruling_reason, row.ruled_by, row.ruled_at = Ruling.OPEN, "", None, None
    row.detail, row.declared_at = detail, at
    row.save()
    return row


def void_marks(round_: Round, seat: PanelMember, submission: Submission | None, actor: User, at: datetime) -> None:
    marks = Assessment.objects.counted().filter(round=round_, member=seat)
    if submission is not None:
        marks = marks.filter(submission=submission)
    if voided := marks.update(voided_at=at):
        note("marks.voided", round_, round_, actor, at, member=seat.pk, marks=voided)


def go_on(round_: Round, at: datetime) -> None:
    """Share the work out anew and take the step that this declaration may have been the last to hold up."""
    share_out(round_, at)
    begin = "begin_sift" if queries.has_sift(round_) else "begin_marking"
    step = {RoundState.DECLARING: begin, RoundState.MARKING: "begin_moderation"}.get(RoundState(round_.state))
    if step and not objections(round_, step, at=at):
        perform(round_, step, actor=SYSTEM, at=at)
        share_out(round_, at)
