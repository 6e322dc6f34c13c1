"""The gate: what the named person decides after the registered result, and the end of the pilot."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.actors import Actor
from audit.transitions import Refused, lock, perform
from pilots import queries
from pilots.models import EvaluationKind, GateChoice, GateDecision, Pilot, Verdict


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
    perform(
        pilot, "decide_gate", actor=actor, at=at, reason=reason,
        data={"choice": choice, "verdict": evaluation.verdict if evaluation else "", "plan_sha256": pilot.plan_sha256},
    )  # fmt: skip
    decided_on = pilot.evaluations.get(kind=EvaluationKind.REGISTERED)
    return GateDecision.objects.create(
        pilot=pilot, choice=choice, evaluation=decided_on, reason=reason, decided_by=actor, decided_at=at
    )


@transaction.atomic
def close_pilot(*, pilot: Pilot, actor: Actor, at: datetime) -> None:
    """End a decided pilot; its page, readings and result stay public (P7)."""
    perform(pilot, "close", actor=actor, at=at)
