"""Going on, once, after the first result: a second look, registered by a second person (P2)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.transitions import NotPermitted, Refused, lock, objections, perform
from pilots import plans, rules, storage
from pilots.actions.planning import schedule_looks
from pilots.actions.pulling import go_on_fetching
from pilots.models import Extension, Pilot


@transaction.atomic
def extend_pilot(*, pilot: Pilot, longer: plans.Longer, reason: str, actor: User, at: datetime) -> Extension:
    """Register the second look and let the pilot run on; the first result, decision and plan are kept and public.

    The plan keeps its measures, sites and baseline. Both looks share alpha; where the first plan did not foresee that,
    the result says so.
    """
    lock(pilot)
    if not rules.may_extend(actor, pilot):
        raise NotPermitted("A second person of the council registers an extension: whoever decided on it does not.")
    if sentences := objections(pilot, "extend", at=at):
        raise Refused(*sentences)
    if found := plans.extension_problems(longer, pilot, rules.local_day(at)):
        raise Refused(*[problem.sentence for problem in found])
    if longer.decider.pk == actor.pk:
        raise Refused("Whoever registers the extension does not decide on its result: name somebody else.")
    if longer.decider.actor_key == pilot.registered_by:
        raise Refused("Whoever registered the plan does not decide on its result: name somebody else.")
    kept = _kept(pilot)
    plan = plans.extended(pilot.plan or {}, longer, pilot.plan_sha256, kept["evaluation"].snapshot_sha256)
    digest = plans.digest(plan)
    perform(
        pilot, "extend", actor=actor, at=at, reason=reason,
        data={"plan_sha256": digest, "replaces": pilot.plan_sha256, "foreseen": kept["is_foreseen"]},
        changes={
            "plan": plan, "plan_sha256": digest, "ends_on": longer.ends_on, "analysis_on": longer.analysis_on,
            "decision_on": longer.decision_on, "decider": longer.decider, "roster_version": pilot.roster_version + 1,
        },
    )  # fmt: skip
    extension = Extension.objects.create(
        pilot=pilot, agreed_by=actor, agreed_at=at, agreed_because=reason.strip(), **kept
    )
    pilot.gate.delete()
    if pilot.baseline_starts_on:
        storage.ensure_months(pilot.baseline_starts_on, longer.ends_on)
    schedule_looks(pilot, at)
    go_on_fetching(pilot, at)
    return extension


def _kept(pilot: Pilot) -> dict[str, Any]:
    """What the extension keeps of the first look: its result, its decision and its plan."""
    gate = pilot.gate
    return {
        "evaluation": gate.evaluation, "proposed_by": gate.decided_by, "proposed_at": gate.decided_at,
        "proposed_because": gate.reason, "is_foreseen": plans.is_foreseen(pilot.plan or {}), "first_plan": pilot.plan,
        "first_plan_sha256": pilot.plan_sha256, "first_ends_on": pilot.ends_on,
        "first_analysis_on": pilot.analysis_on,
    }  # fmt: skip
