"""What tests start from. People and councils are made directly; everything with a state walks the real actions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from accounts.models import Council, CouncilMembership, CouncilRole, User
from assessment import actions as assessing
from assessment import queries
from audit import clock
from challenges import actions
from challenges.models import Challenge, CriterionKind, Design, Direction, MeasureRole
from clauses.actions import load_library
from clauses.models import Clause, ClauseSet
from tests.factories.remembering import remembered

NUMBERS = count(1)
PASSWORD = "correct horse battery"
STANDARD_CLAUSES = ("OD-01", "OD-02", "OD-03", "SE-02", "SE-03")
SCALE = [[str(mark), label, f"{label}: descriptor {mark}"] for mark, label in enumerate(
    ("Unacceptable", "Serious reservations", "Minor reservations", "Acceptable", "Good", "Excellent")
)]  # fmt: skip


def user(name: str = "") -> User:
    number = next(NUMBERS)
    return User.objects.create_user(f"person{number}@people.example", PASSWORD, full_name=name or f"Person {number}")


def council(name: str = "") -> Council:
    number = next(NUMBERS)
    return Council.objects.create(
        name=name or f"Exampleton {number} Council", slug=f"council-{number}", identifier=f"X{number:03d}",
        contact_email=f"challenges@council-{number}.example",
    )  # fmt: skip


def person(of: Council, role: CouncilRole | str, name: str = "") -> User:
    made = user(name)
    CouncilMembership.objects.create(council=of, user=made, role=CouncilRole(role))
    return made


def member_with(of: Council, role: CouncilRole | str) -> User:
    """The council's person with this role; made when there is none yet."""
    found = CouncilMembership.objects.filter(council=of, role=CouncilRole(role)).order_by("pk").first()
    return found.user if found else person(of, role)


def move_clock_to(instant: datetime) -> datetime:
    """Move the marketplace's clock forward; returns the instant now."""
    clock.move_to(instant)
    return clock.now()


def clause_library() -> None:
    if not Clause.objects.exists():
        load_library(at=clock.now())


@remembered
def draft_challenge(
    at: Council | None = None, title: str = "Streets where bicycles stay put", **values: object
) -> Challenge:
    """A draft that has everything publication asks for; `values` override fields."""
    where = at or council()
    owner = member_with(where, CouncilRole.OWNER)
    now = clock.now()
    clause_library()
    challenge = actions.start_challenge(council=where, title=title, actor=owner, at=now)
    actions.edit_challenge(challenge=challenge, actor=owner, at=now, values=_facts(now) | values)
    actions.set_criteria(challenge=challenge, actor=owner, at=now, criteria=_criteria())
    actions.set_outcomes(challenge=challenge, actor=owner, at=now, outcomes=[_outcome()])
    chosen = ClauseSet.objects.get(code="standard-pilot")
    actions.choose_clauses(challenge=challenge, clause_set=chosen, codes=STANDARD_CLAUSES, actor=owner, at=now)
    settle_interests(challenge, member_with(where, CouncilRole.PROCUREMENT_LEAD))
    return challenge


def settle_interests(challenge: Challenge, *others: User) -> None:
    """Everybody at work on the procurement, and these others, declare no interest before its next notice."""
    for each in (*(each.user for each in queries.people_of(challenge)), *others):
        assessing.declare_as_officer(challenge=challenge, actor=each, at=clock.now(), has_interest=False)


@remembered
def published_challenge(at: Council | None = None, **values: object) -> Challenge:
    """A published challenge, open for answers from one minute on; move the clock to `opens_at` to be inside."""
    challenge = draft_challenge(at, **values)
    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    actions.publish_challenge(challenge=challenge, actor=lead, at=clock.now())
    settle_interests(challenge)
    return challenge


@remembered
def open_challenge(at: Council | None = None, **values: object) -> Challenge:
    """A challenge whose call is open now."""
    challenge = published_challenge(at, **values)
    move_clock_to(challenge.opens_at + timedelta(minutes=1))
    return challenge


@remembered
def closed_challenge(at: Council | None = None, **values: object) -> Challenge:
    """A challenge whose deadline has just passed, with whatever was submitted (nothing here)."""
    challenge = published_challenge(at, **values)
    move_clock_to(challenge.closes_at + timedelta(seconds=1))
    return challenge


def _facts(now: datetime) -> dict[str, object]:
    opens = (now + timedelta(minutes=1)).astimezone(UTC)
    return {
        "strapline": "Safer parking so that more people cycle",
        "if_it_works": "The best pilot goes city-wide for three years.",
        "theme": "mobility", "route": "A", "budget_line": "HW-2026-031", "pilot_budget": Decimal(60_000),
        "contract_ceiling": Decimal(900_000), "max_pilots": 2, "opens_at": opens,
        "questions_close_at": opens + timedelta(days=14), "answers_due_at": opens + timedelta(days=21),
        "closes_at": opens + timedelta(days=35), "tie_breaks": ["quality"],
        "pilot_starts_on": (opens + timedelta(days=90)).date(), "pilot_weeks": 13,
    }  # fmt: skip


def _criteria() -> list[dict[str, object]]:
    quality = {"kind": CriterionKind.QUALITY, "maximum": Decimal(5), "scale": SCALE}
    return [
        {"code": "outcome", "name": "Reach", "weight": Decimal(40), "threshold": Decimal(2), **quality},
        {"code": "delivery", "name": "How it would be delivered", "weight": Decimal(30), **quality},
        {
            "code": "price", "name": "Price", "weight": Decimal(30), "kind": CriterionKind.PRICE,
            "maximum": Decimal(100), "formula": "relative",
        },
    ]  # fmt: skip


def _outcome() -> dict[str, object]:
    return {
        "role": MeasureRole.PRIMARY, "name": "Bicycles reported stolen", "unit": "thefts a week per street",
        "direction": Direction.DECREASE, "baseline_value": Decimal(10), "baseline_on": date(2026, 1, 1),
        "target_value": Decimal(7), "minimum_worthwhile_effect": Decimal(1), "harm_limit": Decimal("0.5"),
        "design": Design.MATCHED, "period": "week",
    }  # fmt: skip
