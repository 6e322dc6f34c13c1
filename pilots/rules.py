"""Who may do what with a pilot, and what the clock allows: one short question each."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import CouncilRole, User
from accounts.rules import has_role
from audit.actors import SYSTEM, TokenActor
from challenges import timetable
from challenges.models import Challenge, ClauseRequirement
from challenges.timetable import first_instant as first_instant
from clauses.checks import STEPS
from clauses.models import Due
from pilots.models import AccountSide, EvaluationKind, GateChoice, GateItem, Pilot, PilotState
from suppliers.models import SupplierMember

LONDON = ZoneInfo("Europe/London")
PLANNERS = (CouncilRole.PILOT_MANAGER, CouncilRole.PROCUREMENT_LEAD)
KEEPERS = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD, CouncilRole.PILOT_MANAGER)
DECIDERS = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD)
LOOKED_AT = (Due.BEFORE_PILOT_START, Due.DURING_PILOT, Due.BEFORE_AWARD)
TAKING_READINGS = (PilotState.REGISTERED, PilotState.RUNNING)
UNDER_WAY = (PilotState.RUNNING, PilotState.SUSPENDED)
ENDS = (PilotState.DECIDED, PilotState.ENDED)
OF_CLOSING = (GateItem.REMOVAL, GateItem.EXPORT, GateItem.LESSONS)


def may_plan(actor: Any, challenge: Challenge) -> bool:
    """Plan a pilot for a chosen submission."""
    return has_role(actor, challenge.council_id, *PLANNERS)


def may_manage(actor: Any, pilot: Pilot) -> bool:
    """Register and run a pilot: sites, plan, tokens, clause checks, start, close."""
    return has_role(actor, pilot.challenge.council_id, CouncilRole.PILOT_MANAGER)


def may_drop(actor: Any, pilot: Pilot) -> bool:
    """End a pilot before it began: only the marketplace, because its supplier withdrew."""
    return actor is SYSTEM


def may_suspend(actor: Any, pilot: Pilot) -> bool:
    """Suspend a pilot any day, and take it up again: whoever of the council is there first (P3)."""
    return has_role(actor, pilot.challenge.council_id, *KEEPERS)


def may_record_incident(actor: Any, pilot: Pilot) -> bool:
    """Record an incident, and write to its log: whoever works on the pilot, on either side; an auditor only reads."""
    return may_suspend(actor, pilot) or is_supplier_of(actor, pilot)


def may_end_early(actor: Any, pilot: Pilot) -> bool:
    """End a pilot before its analysis date."""
    return has_role(actor, pilot.challenge.council_id, *DECIDERS)


def may_accept(actor: Any, pilot: Pilot) -> bool:
    """Set milestones, and say whether what was done is accepted."""
    return has_role(actor, pilot.challenge.council_id, CouncilRole.PILOT_MANAGER, CouncilRole.OWNER)


def may_pay(actor: Any, pilot: Pilot) -> bool:
    """Record that a milestone was paid."""
    return has_role(actor, pilot.challenge.council_id, CouncilRole.PROCUREMENT_LEAD, CouncilRole.OWNER)


def may_waive(actor: Any, pilot: Pilot) -> bool:
    """Waive a clause that somebody else found not met."""
    return has_role(actor, pilot.challenge.council_id, CouncilRole.PROCUREMENT_LEAD)


def may_consent(actor: Any, pilot: Pilot) -> bool:
    """Record that whoever is responsible for the sites agrees."""
    return has_role(actor, pilot.challenge.council_id, CouncilRole.OWNER, CouncilRole.PILOT_MANAGER)


def may_record_gate(actor: Any, pilot: Pilot) -> bool:
    """Record what was found about something that a gate asks."""
    return has_role(actor, pilot.challenge.council_id, *KEEPERS)


def takes_gate_record(pilot: Pilot, item: str) -> bool:
    """Whether this can be established now: fitness from the start on, the rest once the pilot is at its end.

    A closed pilot was closed on what was recorded; what was learned can still be added to.
    """
    if item not in OF_CLOSING:
        return pilot.started_at is not None and pilot.state != PilotState.ENDED
    return pilot.state in ENDS or (pilot.state == PilotState.CLOSED and item == GateItem.LESSONS)


def is_at_its_end(pilot: Pilot) -> bool:
    """Whether nothing is computed from its readings any more: over, or decided and not to go on."""
    return pilot.is_over or is_to_close(pilot)


def is_to_close(pilot: Pilot) -> bool:
    """Whether it was decided and is not to go on."""
    gate = getattr(pilot, "gate", None) if pilot.state == PilotState.DECIDED else None
    return gate is not None and gate.choice != GateChoice.EXTEND


def may_be_decider(person: Any, council_id: int) -> bool:
    """Be named in a plan as the person who decides the gate."""
    return has_role(person, council_id, *DECIDERS)


def may_decide(actor: Any, pilot: Pilot) -> bool:
    """Decide the gate: the person named beforehand, still in office (D6)."""
    return getattr(actor, "pk", None) == pilot.decider_id and may_be_decider(actor, pilot.challenge.council_id)


def may_extend(actor: Any, pilot: Pilot) -> bool:
    """Register an extension: somebody of the council who did not decide on it (P2)."""
    gate = getattr(pilot, "gate", None)
    is_second = gate is None or getattr(actor, "pk", None) != gate.decided_by_id
    return is_second and has_role(actor, pilot.challenge.council_id, *KEEPERS)


def may_evaluate(actor: Any, pilot: Pilot) -> bool:
    """Begin the registered evaluation: the marketplace on its date, or the pilot manager."""
    return actor is SYSTEM or may_manage(actor, pilot)


def is_supplier_of(actor: Any, pilot: Pilot) -> bool:
    """Whether the actor belongs to the firm whose solution is tried."""
    if not isinstance(actor, User) or not actor.is_active:
        return False
    return SupplierMember.objects.filter(supplier_id=pilot.supplier_id, user=actor).exists()


def side_of(actor: Any, pilot: Pilot) -> AccountSide | None:
    """For whom a person writes about a finished pilot: its manager for the council, its supplier's people for it."""
    if may_manage(actor, pilot):
        return AccountSide.COUNCIL
    return AccountSide.SUPPLIER if is_supplier_of(actor, pilot) else None


def may_read_workspace(actor: Any, pilot: Pilot) -> bool:
    """See the pilot's working pages: the council's people and the supplier's alike."""
    return has_role(actor, pilot.challenge.council_id) or is_supplier_of(actor, pilot)


def may_keep_feed_key(actor: Any, pilot: Pilot) -> bool:
    """Enter, replace or delete the key of the supplier's service: whose it is, and who has readings fetched."""
    return may_manage(actor, pilot) or is_supplier_of(actor, pilot)


def may_send_readings(actor: Any, pilot: Pilot, at: datetime, token_stands: bool | None = None) -> bool:
    """Send readings: a valid token of this pilot, its manager, its supplier, or its simulation.

    `token_stands` is what `storage.hold_open` said of the token, where it was asked on the way.
    """
    if isinstance(actor, TokenActor):
        stands = token_is_valid(actor, pilot, at) if token_stands is None else token_stands
        return stands or feed_is_fetched(actor, pilot)
    if actor is SYSTEM:
        return pilot.has_live_simulation
    return may_manage(actor, pilot) or is_supplier_of(actor, pilot)


def token_number(actor: Any) -> int:
    """The id of the token behind an actor; 0 where there is none."""
    number = actor.actor_key.removeprefix("reading-token:") if isinstance(actor, TokenActor) else ""
    return int(number) if number.isdigit() else 0


def token_is_valid(actor: TokenActor, pilot: Pilot, at: datetime) -> bool:
    """Whether the token behind this actor belongs to the pilot and is not revoked at this instant."""
    standing = pilot.tokens.filter(Q(revoked_at=None) | Q(revoked_at__gt=at))
    return standing.filter(pk=token_number(actor)).exists()


def feed_is_fetched(actor: TokenActor, pilot: Pilot) -> bool:
    """Whether the address behind this actor is one that the pilot's readings are fetched from."""
    return any(feed.actor_key == actor.actor_key for feed in pilot.feeds.filter(stopped_at=None))


def in_words(day: date | None) -> str:
    """A day of a plan as pages write it, and what stands there before it is named."""
    return timetable.in_words(day) if day else "a day to be named"


def is_looked_at(requirement: ClauseRequirement) -> bool:
    """Whether a pilot is checked against this clause: due later than the submission, or kept an eye on by machine."""
    has_machine = any(step["id"] in STEPS for step in requirement.clause.checks)
    return requirement.due in LOOKED_AT or (requirement.due == Due.BID and has_machine)


def local_day(at: datetime) -> date:
    """The date of an instant where the councils are."""
    return at.astimezone(LONDON).date()


def analysis_is_due(pilot: Pilot, at: datetime) -> bool:
    """Whether the registered analysis date has come (D6, P3)."""
    return pilot.analysis_on is not None and at >= first_instant(pilot.analysis_on)


def takes_corrections(pilot: Pilot, at: datetime) -> bool:
    """Whether readings may be corrected: while they are taken in, and again once the registered result stands.

    In between nothing moves, so that the result is computed from what there was on its date (P6).
    """
    if takes_readings(pilot, at):
        return True
    if pilot.analysis_on is None or pilot.state not in (PilotState.EVALUATING, PilotState.DECIDED):
        return False
    due_at = first_instant(pilot.analysis_on)
    return pilot.evaluations.filter(kind=EvaluationKind.REGISTERED, due_at=due_at).exists()


def takes_incidents(pilot: Pilot) -> bool:
    """Whether incidents are recorded: of a pilot that is registered and not over."""
    return pilot.plan is not None and not pilot.is_over


def supplier_can_stop(pilot: Pilot) -> bool:
    """Whether it can be said that the supplier cannot go on: once, while the pilot is under way."""
    return pilot.state in UNDER_WAY and not hasattr(pilot, "supplier_stop")


def may_keep_register(actor: Any, pilot: Pilot) -> bool:
    """Say what happened to devices, a recall included: whoever measures, on either side."""
    return may_manage(actor, pilot) or is_supplier_of(actor, pilot)


def may_look_again(actor: Any, pilot: Pilot) -> bool:
    """Have a clause looked at by machine outside its schedule."""
    return may_manage(actor, pilot) or is_supplier_of(actor, pilot)


def recalls_are_taken_back(pilot: Pilot, at: datetime) -> bool:
    """Whether a recall that was a mistake is taken back now: until the analysis date, and again once its result stands.

    In between nothing moves, as with corrections (P6).
    """
    return keeps_register(pilot, at) or takes_corrections(pilot, at)


def keeps_register(pilot: Pilot, at: datetime) -> bool:
    """Whether the register of devices is written to now, recalls too: from registration until the analysis date."""
    is_under_way = pilot.state in (*TAKING_READINGS, PilotState.SUSPENDED)
    return is_under_way and not analysis_is_due(pilot, at)


def takes_readings(pilot: Pilot, at: datetime) -> bool:
    """Whether readings are taken in now: from registration until the analysis date begins, by the clock."""
    return pilot.state in TAKING_READINGS and not analysis_is_due(pilot, at)
