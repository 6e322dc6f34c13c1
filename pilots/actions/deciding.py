"""The gate: what the named person decides after the registered result, and the end of the pilot."""

from datetime import datetime

from django.db import transaction

from accounts.models import Council, User
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import Refused, lock, perform
from pilots import queries, rules
from pilots.actions.feed_keys import forget_keys
from pilots.actions.noting import note
from pilots.models import GateChoice, GateDecision, Pilot, Verdict


@transaction.atomic
def decide_gate(*, pilot: Pilot, choice: str, reason: str, actor: User, at: datetime) -> GateDecision:
    """Decide scale, extend or stop, with a public reason: scale only where the verdict is scale (D6)."""
    lock(pilot)
    evaluation = queries.registered_evaluation(pilot)
    if choice not in (GateChoice.SCALE, GateChoice.EXTEND, GateChoice.STOP):
        raise Refused("Choose scale, extend or stop.")
    if evaluation and choice == GateChoice.SCALE and evaluation.verdict != Verdict.SCALE:
        verdict = evaluation.get_verdict_display().lower()
        raise Refused(f"The registered verdict is “{verdict}”: “Scale” can be chosen only where the verdict is scale.")
    if choice == GateChoice.EXTEND and hasattr(pilot, "extension"):
        raise Refused("A pilot is extended once, and this one was: choose scale or stop.")
    perform(
        pilot, "decide_gate", actor=actor, at=at, reason=reason,
        data={"choice": choice, "verdict": evaluation.verdict if evaluation else "", "plan_sha256": pilot.plan_sha256},
    )  # fmt: skip
    if evaluation is None:
        raise Refused("The registered result has not been computed yet.")
    if choice != GateChoice.EXTEND:
        forget_keys(pilot, actor, at)  # nothing is fetched from its service any more
    return GateDecision.objects.create(
        pilot=pilot, choice=choice, evaluation=evaluation, reason=reason, decided_by=actor, decided_at=at
    )


@transaction.atomic
def hand_over_deciding(*, giver: User, to: User, council: Council, actor: Actor, at: datetime, reason: str) -> None:
    """Name another person to decide where `giver` was named: in public, with the reason; the plan stands (P1)."""
    for pilot in queries.undecided_of(giver, council.pk).select_for_update(of=("self",)):
        if not rules.may_be_decider(to, council.pk):
            raise Refused(f"{to} cannot decide on a pilot: that is a problem owner or procurement lead of the council.")
        if what := _registered(pilot, to):
            raise Refused(f"{to} registered the {what} of the pilot of {pilot.supplier}: somebody else decides on it.")
        pilot.decider = to
        pilot.save(update_fields=["decider"])
        named = {"from": giver.actor_key, "to": to.actor_key}
        note("pilot.decider_replaced", pilot, actor, at, Visibility.PUBLIC, reason, **named)


def _registered(pilot: Pilot, person: User) -> str:
    """What of a pilot's result this person registered, which then another one decides on; empty where nothing."""
    extension = getattr(pilot, "extension", None)
    if extension is not None and extension.agreed_by_id == person.pk:
        return "extension"
    return "plan" if pilot.registered_by == person.actor_key else ""


@transaction.atomic
def close_pilot(*, pilot: Pilot, actor: Actor, at: datetime) -> None:
    """End a decided pilot; its page, readings and result stay public (P7). Keys of its service are deleted."""
    perform(pilot, "close", actor=actor, at=at)
    forget_keys(pilot, actor, at)
