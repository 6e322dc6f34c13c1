"""What every action on a round asks first, on the locked row: is it the time, and is it this person's to do."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from assessment import queries
from assessment.inputs import plain
from assessment.models import PanelMember, PanelRole, Round, RoundState
from assessment.quoting import Quotation
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock
from challenges.models import Criterion
from suppliers.models import Submission

LABELS = {PanelRole.CHAIR: "the chair of the panel", PanelRole.ASSESSOR: "an assessor of this panel"}
CHAIRS = (PanelRole.CHAIR, PanelRole.DEPUTY)


@dataclass(frozen=True)
class Judgement:
    """A mark and its reason, for one submission on one criterion. While it is only saved, either may be missing.

    `quotes` are the passages it rests on; `notes` are an assessor's own, which nobody else reads.
    """

    submission: Submission
    criterion: Criterion
    mark: Decimal | None
    rationale: str
    quotes: tuple[Quotation, ...] = ()
    notes: str = ""


def seat_of(round_: Round, actor: User, *roles: PanelRole) -> PanelMember:
    """Lock the round and return the actor's seat on its panel; raises NotPermitted for anybody else.

    Where the chair may act a deputy may too; on which submissions, `require_no_recusal` says.
    """
    lock(round_)
    seat = queries.member_of(round_, actor)
    allowed = {*roles, *(CHAIRS if PanelRole.CHAIR in roles else ())}
    if seat is None or (roles and seat.role not in allowed):
        wanted = " or ".join(LABELS[role] for role in roles) or "a member of this panel"
        raise NotPermitted(f"Only {wanted} can do this.")
    return seat


def require_state(round_: Round, *states: RoundState) -> None:
    """Raise Refused unless the (locked) round is in one of these states."""
    if round_.state not in states:
        wanted = " or ".join(state.label.lower() for state in states)
        raise Refused(f"This round is in the step “{round_.get_state_display()}”; this needs the step “{wanted}”.")


def require_answers(round_: Round) -> None:
    """Raise Refused in a round over finished pilots, whose clauses and evidence are frozen."""
    if round_.is_about_pilots:
        raise Refused("This round judges finished pilots by their frozen evidence: this belongs to the first round.")


def require_no_recusal(round_: Round, seat: PanelMember, submission: Submission) -> None:
    """Raise Refused unless the member has declared everything and may work on this submission (A3)."""
    ids = [each.pk for each in queries.submissions_in(round_)]
    declared = queries.declared_by(round_, seat, ids)
    if submission.pk not in ids:
        raise Refused("This submission is not part of the round.")
    if not declared.is_complete(ids):
        raise Refused("Declare your interests before you read or judge a submission.")
    if submission.pk in declared.recused:
        raise NotPermitted("You declared an interest in this submission, so you take no part in judging it.")
    if submission.pk in queries.not_the_deputys(round_, seat, ids):
        raise NotPermitted("The chair has no interest in this submission and judges it: a deputy does only the rest.")


def require_mark_on_scale(round_: Round, criterion: Criterion, mark: Decimal | None) -> None:
    """Raise Refused for a mark outside the criterion's scale, or for a criterion that the panel does not judge (A5)."""
    if criterion not in queries.quality_criteria(round_):
        raise Refused("This is not a criterion that the panel judges.")
    if mark is not None and not 0 <= mark <= criterion.maximum:
        raise Refused(f"{criterion.name}: the mark {mark} is not between 0 and {plain(criterion.maximum)}.")
    steps = [step.mark for step in queries.scale_of(criterion)]
    if mark is not None and steps and mark not in steps:
        raise Refused(f"{criterion.name}: the mark {plain(mark)} is not on the scale ({', '.join(map(plain, steps))}).")


def note(verb: str, subject: Any, round_: Round, actor: Actor, at: datetime, **data: Any) -> None:
    """Append an event that only panel and auditor read."""
    append_event(
        verb=verb, subject=subject, actor=actor, at=at, challenge_id=round_.challenge_id,
        visibility=Visibility.PANEL, data=data,
    )  # fmt: skip
