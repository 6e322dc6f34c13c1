"""A registered plan, read back into what was registered: where a plan that is registered again begins."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from challenges.models import Design, Outcome
from pilots.models import Pilot
from pilots.plans.checks import plain
from pilots.plans.content import earlier_looks
from pilots.plans.designs import relative
from pilots.plans.extending import is_foreseen
from pilots.plans.registration import Context

LABELS = {str(design.label): design for design in Design}


def former_design(plan: Mapping[str, Any]) -> Design | None:
    """The design that a plan registered; None where it is not one of today's."""
    return LABELS.get(plan.get("design_words", ""))


def former(context: Context) -> dict[str, Any]:
    """What the pilot's plan registered, by the field of `Registration`; empty before there is one.

    Effects come back in the measure's unit, numbers as text, as they were typed.
    """
    pilot, plan = context.pilot, context.pilot.plan
    if not plan:
        return {}
    design = former_design(plan)
    assumed: Mapping[str, str | None] = plan["foreseen"]["assumed"]
    found = {
        "minimum_worthwhile_effect": _size(plan, "minimum_worthwhile_effect", design, context.outcome),
        "harm_limit": _size(plan, "harm_limit", design, context.outcome),
        "expected_effect": _in_unit(assumed["expected"], design, context.outcome),
        "spread": assumed["sd"], "resemblance": assumed["rho"], "events": assumed["events"],
        "lowest": plan["metric"]["lowest"], "highest": plan["metric"]["highest"], "alpha": plan["alpha"],
        "transition_periods": plan["transition_periods"], "harmonics": plan["seasonality"]["harmonics"],
        "looks": 1 + is_foreseen(plan), "earlier_looks": earlier_looks(plan),
        "sharing": plan.get("sharing", "equal"),
        "completeness_floor": plan["completeness_floor"], "is_strict": plan["strict"], "assignment": plan["assignment"],
        "is_random_order": plan["randomised"] and design == Design.STAGGERED,
        "exposure": (plan.get("exposure") or {}).get("code", ""),
        "starts": {code: date.fromisoformat(day) for code, day in plan.get("starts", {}).items()},
        "keep_days": plan.get("keep_days", {}), "residents": plan.get("residents", []),
    }  # fmt: skip
    return found | _dates(pilot)


def _dates(pilot: Pilot) -> dict[str, Any]:
    names = ("baseline_starts_on", "starts_on", "ends_on", "analysis_on", "decision_on", "decider")
    return {name: getattr(pilot, name) for name in names}


def _size(plan: Mapping[str, Any], name: str, design: Design | None, outcome: Outcome) -> str | None:
    """A size as it was typed: the published one where the plan took that, for a share is rounded on its way."""
    published: Decimal = getattr(outcome, name)
    if design and plan[name] == plain(relative(published, design, outcome)):
        return plain(published)
    return _in_unit(plan[name], design, outcome)


def _in_unit(size: str | None, design: Design | None, outcome: Outcome) -> str | None:
    if size is None or design != Design.COUNTS or not outcome.baseline_value:
        return size
    return plain(Decimal(size) * abs(outcome.baseline_value))
