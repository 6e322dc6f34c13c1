"""Panels, rounds and decisions, all through the real actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.actions import accept_invitation
from accounts.models import CouncilRole, User
from assessment import actions, queries
from assessment.models import (
    FindingVerdict,
    InterestDeclaration,
    Outcome,
    PanelMember,
    PanelRole,
    Round,
    RoundState,
    Ruling,
    Verification,
)
from audit import clock
from challenges.models import Challenge, Criterion
from clauses.models import Due, Mode
from suppliers.models import Submission
from tests.factories import member_with, person, user
from tests.factories.remembering import remembered
from tests.factories.suppliers import unsealed_challenge

STATES = ("declaring", "marking", "moderating", "prices", "ranked", "decided")
MARKS = (Decimal(4), Decimal(3), Decimal(5))


@dataclass(frozen=True)
class PanelPeople:
    """The people of a panel, and those beside it."""

    chair: User
    assessors: tuple[User, ...]

    @property
    def everyone(self) -> tuple[User, ...]:
        return (self.chair, *self.assessors)


def panel_for(challenge: Challenge, assessors: int = 2) -> PanelPeople:
    """A panel of outsiders: a chair and `assessors` assessors."""
    people = PanelPeople(user("Chair Person"), tuple(user(f"Assessor {n}") for n in range(1, assessors + 1)))
    actions.set_up_panel(
        challenge=challenge, chair=people.chair, assessors=people.assessors, actor=owner_of(challenge), at=clock.now()
    )
    for each in people.everyone:
        accept(challenge, each)
    return people


def owner_of(challenge: Challenge) -> User:
    return member_with(challenge.council, CouncilRole.OWNER)


def lead_of(challenge: Challenge) -> User:
    return member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)


def auditor_of(challenge: Challenge) -> User:
    return member_with(challenge.council, CouncilRole.AUDITOR)


def chair_of(round_: Round) -> User:
    return _seats(round_, PanelRole.CHAIR)[0].user


def assessors_of(round_: Round) -> list[User]:
    return [seat.user for seat in _seats(round_, PanelRole.ASSESSOR)]


def seats_of(round_: Round) -> list[PanelMember]:
    return queries.members(round_)


@remembered
def round_in(
    state: str, challenge: Challenge | None = None, *, n: int = 3, prices: Sequence[Sequence[str]] = (),
    marks: Sequence[Decimal] = MARKS, failing: int = 0,
) -> Round:  # fmt: skip
    """A round in `state` (one of STATES): `marks` are the submissions' marks in order, repeated as needed; the last
    `failing` submissions fail a mandatory clause."""
    if state == STATES[0]:
        found = challenge or unsealed_challenge(n, prices)
        panel_for(found)
        return actions.open_round(challenge=found, actor=owner_of(found), at=clock.now())
    before = STATES[STATES.index(state) - 1]
    round_ = round_in(before, challenge, n=n, prices=prices, marks=marks, failing=failing)
    steps = {
        "marking": lambda: begin(round_),
        "moderating": lambda: mark_all(round_, marks),
        "prices": lambda: settle_quality(round_, marks, failing),
        "ranked": lambda: open_prices(round_),
        "decided": lambda: decide(round_),
    }
    steps[state]()
    round_.refresh_from_db()
    return round_


@remembered
def decided_challenge(n: int = 3, prices: Sequence[Sequence[str]] = ()) -> Challenge:
    """An assessed challenge whose best submissions, up to its `max_pilots`, are selected."""
    return round_in("decided", n=n, prices=prices).challenge


def declare(round_: Round, who: User, conflicts: Mapping[int, str] | None = None) -> None:
    """Declare everything as one member; `conflicts` are submission ids with the interest in words."""
    accept(round_.challenge, who)
    actions.declare_interest(round=round_, actor=who, at=clock.now(), has_interest=False)
    for submission in queries.submissions_in(round_):
        detail = (conflicts or {}).get(submission.pk, "")
        actions.declare_interest(
            round=round_, actor=who, at=clock.now(), has_interest=bool(detail), detail=detail, submission=submission
        )


def accept(challenge: Challenge, who: User) -> None:
    """Accept the panel's terms."""
    seat = queries.seat_on(challenge, who)
    assert seat is not None
    actions.accept_terms(seat=seat, actor=who, at=clock.now())


def join(challenge: Challenge, role: str, who: User) -> PanelMember:
    """Invite somebody whose address is confirmed to the panel, and let them accept; returns the new seat."""
    invitation = actions.invite_to_panel(
        challenge=challenge, role=role, email=who.email, actor=owner_of(challenge), at=clock.now()
    )
    accept_invitation(invitation=invitation, actor=who, at=clock.now())
    seat = queries.seat_on(challenge, who)
    assert seat is not None
    return seat


def declare_all(round_: Round) -> None:
    for seat in seats_of(round_):
        declare(round_, seat.user)


def begin(round_: Round) -> None:
    """Declare everything, and sift everything in where a sift was published."""
    declare_all(round_)
    round_.refresh_from_db()
    if round_.state == "sifting":
        sift_all(round_)
        conclude_sift(round_)


def sift_all(round_: Round, against: Sequence[str] = ()) -> None:
    """Every assessor says yes to everything, or no to the first question about those in `against` (pseudonyms)."""
    for who in assessors_of(round_):
        for submission in queries.submissions_in(round_):
            is_met = submission.pseudonym not in against
            reason = "It names streets and dates." if is_met else "No word."
            answers = {
                question.code: actions.SiftAnswer(is_met or n > 0, reason)
                for n, question in enumerate(queries.sift_questions(round_))
            }
            actions.sift(round=round_, submission=submission, answers=answers, actor=who, at=clock.now())


def conclude_sift(round_: Round, dropped: Sequence[str] = (), reason: str = "It answers another problem.") -> None:
    choices = {
        each.pk: actions.SiftChoice(each.pseudonym not in dropped, reason if each.pseudonym in dropped else "")
        for each in queries.submissions_in(round_)
    }
    actions.conclude_sift(round=round_, choices=choices, actor=chair_of(round_), at=clock.now())


def save(
    round_: Round, who: User, submission: Submission, criterion: Criterion, mark: Decimal | None = Decimal(4),
    rationale: str = "Because of what the answer shows.",
) -> None:  # fmt: skip
    judgement = actions.Judgement(submission, criterion, mark, rationale)
    actions.save_mark(round=round_, judgement=judgement, actor=who, at=clock.now())


def write_marks(round_: Round, who: User, marks: Sequence[Decimal] = MARKS) -> None:
    """Write, and do not submit, all marks of one assessor."""
    mine = queries.standing_of(round_, who).to_mark
    for n, submission in enumerate(queries.submissions_in(round_)):
        if submission not in mine:
            continue
        for criterion in queries.quality_criteria(round_):
            save(round_, who, submission, criterion, marks[n % len(marks)])


def mark_all(round_: Round, marks: Sequence[Decimal] = MARKS) -> None:
    """Every assessor gives the same marks and submits them."""
    for who in assessors_of(round_):
        write_marks(round_, who, marks)
        actions.submit_marks(round=round_, actor=who, at=clock.now())
    confirm_all(round_)


def confirm_all(round_: Round) -> None:
    """Everybody confirms their interests again, if the round has come to moderation."""
    if Round.objects.get(pk=round_.pk).state == RoundState.MODERATING:
        for seat in seats_of(round_):
            actions.confirm_interests(round=round_, actor=seat.user, at=clock.now())


def rule_on_all(round_: Round) -> None:
    """Every declared interest is found to be a conflict: the chair's own by an officer."""
    for row in InterestDeclaration.objects.filter(round=round_, has_interest=True, ruling=Ruling.OPEN):
        is_chairs = row.member.role == PanelRole.CHAIR
        actions.rule_on_interest(
            declaration=row, ruling=Ruling.RECUSED, reason="It might look as if it swayed them.",
            actor=owner_of(round_.challenge) if is_chairs else chair_of(round_), at=clock.now(),
        )  # fmt: skip


def moderate(
    round_: Round, submission: Submission, criterion: Criterion, mark: Decimal = Decimal(4),
    attended: Sequence[PanelMember] = (),
) -> None:  # fmt: skip
    """A moderated mark by the chair; everybody on the panel attended unless told otherwise."""
    judgement = actions.Judgement(submission, criterion, mark, "Agreed after reading the passage together.")
    there = attended or seats_of(round_)
    actions.moderate(round=round_, judgement=judgement, attended=there, actor=chair_of(round_), at=clock.now())


def moderate_all(round_: Round, marks: Sequence[Decimal] = MARKS) -> None:
    for n, submission in enumerate(queries.submissions_in(round_)):
        for criterion in queries.quality_criteria(round_):
            moderate(round_, submission, criterion, marks[n % len(marks)])


def find_all(round_: Round, failing: int = 0) -> None:
    """Record a finding on every mandatory clause; the last `failing` submissions fail the first of them."""
    submissions = queries.submissions_in(round_)
    asked = list(round_.challenge.clause_requirements.filter(mode=Mode.MANDATORY).order_by("code"))
    for n, submission in enumerate(submissions):
        fails = n >= len(submissions) - failing
        findings = [
            actions.Finding(requirement, FindingVerdict.NOT_MET, "The response rules it out.")
            if fails and place == 0
            else actions.Finding(
                requirement, FindingVerdict.MET if requirement.due == Due.BID else FindingVerdict.DUE_LATER
            )
            for place, requirement in enumerate(asked)
        ]
        actions.record_findings(
            round=round_, submission=submission, findings=findings, actor=chair_of(round_), at=clock.now()
        )


def settle_quality(round_: Round, marks: Sequence[Decimal] = MARKS, failing: int = 0) -> None:
    moderate_all(round_, marks)
    find_all(round_, failing)
    rule_on_all(round_)
    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())


def open_prices(round_: Round) -> None:
    for who in (owner_of(round_.challenge), lead_of(round_.challenge)):
        actions.consent_to_open_prices(round=round_, actor=who, at=clock.now())


def choices_for(round_: Round) -> dict[int, actions.Choice]:
    """The best ranked are selected, up to the published number."""
    by_name = {each.pseudonym: each for each in queries.submissions_in(round_)}
    ranked = [by_name[row["id"]] for row in round_.ranking.result["ranking"]]
    most = round_.challenge.max_pilots
    return {
        each.pk: actions.Choice(n < most, "Among the best ranked." if n < most else "Ranked below those selected.")
        for n, each in enumerate(ranked)
    }


def declare_as_approver(round_: Round) -> User:
    """Let the procurement lead declare no interest in the ranked suppliers; returns who may decide from then on."""
    approver = lead_of(round_.challenge)
    actions.declare_as_approver(round=round_, actor=approver, at=clock.now(), has_interest=False)
    return approver


def decide(round_: Round) -> None:
    approver = declare_as_approver(round_)
    actions.decide(round=round_, choices=choices_for(round_), reasons="By rank.", actor=approver, at=clock.now())


def verify(submission: Submission, outcome: Outcome = Outcome.CLEAR, actor: User | None = None) -> Verification:
    """Somebody of the council outside the panel looks at a supplier."""
    found = "" if outcome == Outcome.CLEAR else "The register of insolvencies lists it."
    points = [
        actions.Point(party.name, question, outcome, found)
        for party in queries.parties_of(submission)
        for question in party.questions
    ]
    by = actor or owner_of(submission.challenge)
    return actions.verify_supplier(submission=submission, points=points, actor=by, at=clock.now())


def second_lead(challenge: Challenge) -> User:
    return person(challenge.council, CouncilRole.PROCUREMENT_LEAD)


def _seats(round_: Round, role: PanelRole) -> list[PanelMember]:
    return [seat for seat in queries.members(round_) if seat.role == role]
