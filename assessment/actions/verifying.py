"""Recording what somebody outside the panel found about a supplier (A8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import queries, rules
from assessment.models import Outcome, Question, RoundState, Stage, Verification, VerifiedPoint
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock
from suppliers.models import Submission

VERIFIERS = "somebody of the council who never sat on the panel"


@dataclass(frozen=True)
class Point:
    """What was found on one question about one party; `found` is needed unless nothing was."""

    party: str
    question: Question
    outcome: Outcome
    found: str = ""


@transaction.atomic
def verify_supplier(*, submission: Submission, points: Sequence[Point], actor: User, at: datetime) -> Verification:
    """Record one look at a supplier and everybody who answers together with it; every question needs its outcome.

    The stage follows from the round: until the decision it is the panel's time, afterwards it is before an award.
    """
    challenge = submission.challenge
    lock(challenge)
    round_ = queries.round_of(challenge)
    if round_ is None or not rules.may_verify(actor, round_):
        raise NotPermitted(f"Only {VERIFIERS} can check suppliers, once the panel's round is open.")
    wanted = {(party.name, question): party for party in queries.parties_of(submission) for question in party.questions}
    given = {(point.party, point.question): point for point in points}
    if found := _wrong(wanted, given):
        raise Refused(*found)
    stage = Stage.AWARD if round_.state == RoundState.DECIDED else Stage.ASSESSMENT
    is_clear = all(point.outcome != Outcome.EXCLUDED for point in points)
    row = Verification.objects.create(
        submission=submission, stage=stage, is_clear=is_clear, verified_by=actor, verified_at=at
    )
    VerifiedPoint.objects.bulk_create(
        VerifiedPoint(
            verification=row, party=name, company_number=party.company_number, question=question,
            outcome=given[name, question].outcome, found=given[name, question].found.strip(),
        )
        for (name, question), party in wanted.items()
    )  # fmt: skip
    append_event(
        verb="supplier.verified", subject=row, actor=actor, at=at, challenge_id=challenge.pk,
        visibility=Visibility.COUNCIL, data={"stage": str(stage), "is_clear": is_clear, "points": len(wanted)},
    )  # fmt: skip
    return row


def _wrong(wanted: Mapping[tuple[str, Question], object], given: Mapping[tuple[str, Question], Point]) -> list[str]:
    missing = [
        f"{name}: {Question(question).label} is still to be answered." for name, question in wanted.keys() - given
    ]
    strange = [f"{name} does not answer in this submission." for name, _ in given.keys() - wanted.keys()]
    silent = [
        f"{point.party}, {Question(point.question).label}: write down what was found, and why it is so decided."
        for point in given.values()
        if point.outcome != Outcome.CLEAR and not point.found.strip()
    ]
    return [*sorted(missing), *sorted(strange), *silent]
