"""The plan of an extension: the registered one with later dates, as the second of two looks that share alpha (P2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from pilots.models import Pilot
from pilots.plans.content import earlier_looks, foreseen_again
from pilots.plans.registration import Problem
from pilots.rules import may_be_decider


@dataclass(frozen=True)
class Longer:
    """How long a pilot goes on, and who decides then, and when."""

    ends_on: date
    analysis_on: date
    decision_on: date
    decider: User


def extension_problems(longer: Longer, pilot: Pilot, today: date) -> list[Problem]:
    """Everything that is wrong with an extension; empty when it can be registered."""
    checks: Iterable[tuple[bool, str, str]] = (
        (
            pilot.ends_on is not None and longer.ends_on > max(pilot.ends_on, today),
            "ends_on",
            "The extension has to end after today, and later than the pilot did.",
        ),
        (longer.ends_on < longer.analysis_on, "analysis_on", "The second look comes after the last day."),
        (longer.analysis_on <= longer.decision_on, "decision_on", "The decision cannot come before the second look."),
        (
            may_be_decider(longer.decider, pilot.challenge.council_id),
            "decider",
            "The decision is made by a problem owner or procurement lead of the council.",
        ),
    )
    return [Problem(name, sentence) for is_right, name, sentence in checks if not is_right]


def is_foreseen(plan: Mapping[str, Any]) -> bool:
    """Whether the registered plan kept a share of alpha for a look after the last one."""
    return int(plan.get("looks", 1)) > _named(plan)


def _named(plan: Mapping[str, Any]) -> int:
    """How many analysis dates the plan names."""
    return 1 + len(earlier_looks(plan))


def extended(plan: Mapping[str, Any], longer: Longer, replaces: str, first_look: str) -> dict[str, Any]:
    """The second plan, to be frozen and hashed; it names the plan and the result (`first_look`) before it."""
    later = dict(plan) | {
        "end": longer.ends_on.isoformat(),
        "analysis_on": longer.analysis_on.isoformat(),
        "decision_on": longer.decision_on.isoformat(),
        "decider": str(longer.decider),
        "looks": _named(plan) + 1,
        "replaces": replaces,
        "extension": {"foreseen": is_foreseen(plan), "first_end": plan["end"], "first_look": first_look},
    }
    return later | {"foreseen": foreseen_again(later)}
