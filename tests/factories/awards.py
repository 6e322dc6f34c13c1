"""Awards in each state, walked there by the real actions."""

from datetime import timedelta
from decimal import Decimal

from accounts.models import CouncilRole, User
from audit import clock
from awards import actions, queries
from awards.models import Award, AwardKind, AwardState
from challenges import actions as calling
from challenges.models import Challenge
from challenges.timetable import day_of
from pilots import actions as running
from pilots.models import Pilot
from pilots.rules import first_instant
from suppliers import actions as answering
from suppliers.models import Clarification
from tests.factories import (
    assessment,
    member_with,
    move_clock_to,
    open_challenge,
    pilots,
    settle_interests,
    suppliers,
)
from tests.factories.remembering import remembered

REASONS = "The panel's first choice, within the money published with the call."
STATES = ("proposed", "approved", "standstill", "over", "contracted")
INDICATORS = (
    {"name": "Bicycles reported stolen", "unit": "thefts a week per street", "target": Decimal(7)},
    {"name": "Faults repaired within three days", "unit": "per cent", "target": Decimal(95)},
    {"name": "Residents who feel their bicycle is safe", "unit": "per cent", "target": Decimal(65)},
)


def proposer_of(challenge: Challenge) -> User:
    return member_with(challenge.council, CouncilRole.OWNER)


def lead_of(challenge: Challenge) -> User:
    return member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)


def proposed(pilot: Pilot, kind: str = AwardKind.PILOT, value: Decimal | None = None) -> Award:
    """An award for this pilot, worth what its supplier offered unless said otherwise."""
    worth = value or queries.offered(pilot, kind)
    assert worth is not None
    assessment.verify(pilot.submission)
    return actions.propose_award(
        pilot=pilot, kind=kind, value=worth, actor=proposer_of(pilot.challenge), at=clock.now()
    )  # fmt: skip


def approve(award: Award) -> None:
    actions.approve_award(award=award, reasons=REASONS, actor=lead_of(award.challenge), at=clock.now())


def notify(award: Award) -> None:
    settle_interests(award.challenge)
    actions.notify_award(award=award, actor=lead_of(award.challenge), at=clock.now())


def let_standstill_pass(award: Award) -> None:
    """Move the clock to the first minute after the standstill, unless it is there already."""
    assert award.standstill_ends_on is not None
    after = first_instant(award.standstill_ends_on + timedelta(days=1)) + timedelta(minutes=1)
    if clock.now() < after:
        move_clock_to(after)


def terms(award: Award, **values: object) -> actions.Terms:
    """A contract signed today, for the pilot's own days or for three years."""
    today = day_of(clock.now())
    pilot_ends_on = award.pilot.ends_on if award.kind == AwardKind.PILOT else None
    usual = {
        "reference": f"C-{award.pk:05d}", "signed_on": today, "starts_on": today + timedelta(days=1),
        "ends_on": pilot_ends_on or today + timedelta(days=1095),
        "indicators": INDICATORS if award.kind == AwardKind.CONTRACT else (),
    }  # fmt: skip
    return actions.Terms(**{**usual, **values})  # type: ignore[arg-type]


def sign(award: Award) -> None:
    settle_interests(award.challenge)
    actions.sign_contract(award=award, terms=terms(award), actor=lead_of(award.challenge), at=clock.now())


def walked(award: Award, state: str) -> Award:
    """A proposed award, taken on to any of STATES ("over" is a standstill that has passed)."""
    for name, step in zip(STATES[1:], (approve, notify, let_standstill_pass, sign), strict=True):
        if STATES.index(name) > STATES.index(state):
            break
        step(award)
    settle_interests(award.challenge)
    award.refresh_from_db()
    return award


def signed_pilot_contract(pilot: Pilot) -> Award:
    """The pilot's own contract, signed after its standstill; the clock has moved past it."""
    signed = queries.live_award(pilot, AwardKind.PILOT)
    if signed is not None and signed.state == AwardState.CONTRACTED:
        return signed
    return walked(proposed(pilot), "contracted")


@remembered
def award_in(state: str, *, kind: str = AwardKind.PILOT, pilot: Pilot | None = None) -> Award:
    """An award in any of STATES: of a registered pilot, or of one that a gate decided to scale."""
    chosen = pilot or pilots.pilot_in("registered" if kind == AwardKind.PILOT else "decided")
    if kind == AwardKind.CONTRACT:
        settle_clauses(chosen)
    return walked(proposed(chosen, kind), state)


def settle_clauses(pilot: Pilot) -> None:
    """Every clause that a full contract waits for, found met by the pilot manager."""
    for code in queries.clauses_before_award(pilot):
        requirement = pilot.challenge.clause_requirements.get(code=code)
        running.check_clause(
            pilot=pilot, requirement=requirement, verdict="met", evidence="Seen on the service.",
            actor=pilots.manager_of(pilot), at=clock.now(),
        )  # fmt: skip


def ask_and_answer(challenge: Challenge, question: str = "May existing stands be kept?") -> Clarification:
    """One question by a supplier, answered by the council."""
    asking = suppliers.supplier()
    clarification = answering.ask(
        challenge=challenge, supplier=asking, question=question, actor=suppliers.admin_of(asking), at=clock.now()
    )
    answering.answer_clarification(
        clarification=clarification, answer="Yes. Any technical approach is allowed.", actor=proposer_of(challenge),
        at=clock.now(),
    )  # fmt: skip
    return clarification


def extend(challenge: Challenge) -> None:
    """A deadline one week later, as a public amendment."""
    settle_interests(challenge)
    calling.extend_deadline(
        challenge=challenge, closes_at=challenge.closes_at + timedelta(days=7), actor=lead_of(challenge),
        at=clock.now(), reason="Answers to questions came late.",
    )  # fmt: skip


@remembered
def whole_procedure(**values: object) -> Challenge:
    """One challenge from its call to its contract: a question, a later deadline, two pilots, one of them stopped."""
    challenge = open_challenge(**values)
    ask_and_answer(challenge)
    extend(challenge)
    for _ in range(3):
        suppliers.submitted(challenge)
    suppliers.unseal(challenge)
    assessment.round_in("decided", challenge)
    stopped = pilots.pilot_in("evaluating", challenge=challenge, effect=0.0)
    pilots.decide(stopped, "stop")
    pilots.close(stopped)
    scaled = pilots.pilot_in("decided", challenge=challenge, effect=-2.0)
    award_in("contracted", kind=AwardKind.CONTRACT, pilot=scaled)
    challenge.refresh_from_db()
    return challenge
