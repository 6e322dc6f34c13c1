"""Finished pilots, and the panel's round over them, all through the real actions."""

from decimal import Decimal

from accounts.models import CouncilRole
from assessment import actions as assessing
from assessment.models import Round
from assessment.queries import to_decide_about
from audit import clock
from challenges import actions as calling
from challenges.models import Challenge, CriterionKind
from pilots import actions
from pilots.models import Pilot
from suppliers.models import SupplierMember
from tests.factories import SCALE, draft_challenge, member_with, move_clock_to
from tests.factories import assessment as judging
from tests.factories import pilots as trying
from tests.factories import suppliers as answering
from tests.factories.remembering import remembered

STATES = ("finished", "declaring", "marking", "moderating", "ranked", "decided")


def criteria() -> list[dict[str, object]]:
    """A measured outcome, something judged with a threshold, and the contract's price."""
    judged = {"kind": CriterionKind.QUALITY, "maximum": Decimal(5), "scale": SCALE, "threshold": Decimal(2)}
    return [
        {"code": "result", "name": "Measured outcome", "weight": Decimal(50), "kind": CriterionKind.RESULT,
         "maximum": Decimal(100)},
        {"code": "fit", "name": "Operational fit", "weight": Decimal(30), "word_limit": 50, **judged},
        {"code": "price", "name": "Whole-life cost", "weight": Decimal(20), "kind": CriterionKind.PRICE,
         "maximum": Decimal(100), "formula": "fixed", "optimal_price": Decimal(100_000),
         "maximum_price": Decimal(900_000)},
    ]  # fmt: skip


@remembered
def finished_pilots(effect: float = -1.6, other: float = -2.5) -> Challenge:
    """A challenge with published criteria for finished pilots, and two pilots decided to scale."""
    challenge = draft_challenge()
    calling.set_pilot_criteria(challenge=challenge, criteria=criteria(), actor=challenge.owner, at=clock.now())
    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    calling.publish_challenge(challenge=challenge, actor=lead, at=clock.now())
    move_clock_to(challenge.opens_at)
    for _ in range(2):
        answering.submitted(challenge)
    answering.unseal(challenge)
    judging.round_in("decided", challenge)
    for true_change in (effect, other):
        trying.pilot_in("decided", challenge=challenge, effect=true_change)
    challenge.refresh_from_db()
    return challenge


def write(pilot: Pilot) -> None:
    """What both sides say about a pilot."""
    people = (trying.manager_of(pilot), SupplierMember.objects.filter(supplier=pilot.supplier).earliest("pk").user)
    for actor in people:
        texts = dict.fromkeys(actions.judged_on(pilot.challenge), f"{actor} says that nothing broke.")
        actions.write_accounts(pilot=pilot, texts=texts, actor=actor, at=clock.now())


def opened(challenge: Challenge) -> Round:
    for pilot in actions.finished_pilots(challenge):
        write(pilot)
    return actions.hand_down_pilots(challenge=challenge, actor=judging.owner_of(challenge), at=clock.now())


@remembered
def pilot_round_in(state: str) -> Round:
    """A round over two finished pilots in `state` (one of STATES from “declaring” on)."""
    if state == "declaring":
        return opened(finished_pilots())
    round_ = pilot_round_in(STATES[STATES.index(state) - 1])
    steps = {
        "marking": lambda: judging.begin(round_),
        "moderating": lambda: judging.mark_all(round_),
        "ranked": lambda: rank(round_),
        "decided": lambda: decide(round_),
    }
    steps[state]()
    round_.refresh_from_db()
    return round_


def rank(round_: Round) -> None:
    judging.moderate_all(round_)
    assessing.rank_finished_pilots(round=round_, actor=judging.chair_of(round_), at=clock.now())


def decide(round_: Round) -> None:
    """The best ranked is chosen."""
    approver, by_name = judging.lead_of(round_.challenge), {each.pseudonym: each for each in to_decide_about(round_)}
    assessing.declare_as_approver(round=round_, actor=approver, at=clock.now(), has_interest=False)
    choices = {
        by_name[row["id"]].pk: assessing.Choice(n == 0, "The best ranked." if n == 0 else "Ranked below the first.")
        for n, row in enumerate(round_.ranking.result["ranking"])
    }
    assessing.decide(round=round_, choices=choices, reasons="By rank.", actor=approver, at=clock.now())
