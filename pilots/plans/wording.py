"""A registered plan in words: what was frozen, for readers who open no JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from pilots.formats import PlanDocument, read_plan
from pilots.plans.content import earlier_looks
from pilots.rules import in_words
from pilots.statistics import Plan, size_words


def promised(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a plan promises, as (what, in words); counts by their relative change, all else in the measure's unit."""
    return list(_promises(plan, read_plan(plan)))


def least(plan: Mapping[str, Any]) -> str:
    """The smallest improvement worth paying for, in words."""
    read = read_plan(plan).plan
    return size_words(read, read.minimum_worthwhile_effect)


def _promises(plan: Mapping[str, Any], document: PlanDocument) -> Iterator[tuple[str, str]]:
    read = document.plan
    yield "Smallest improvement worth paying for", size_words(read, read.minimum_worthwhile_effect)
    yield "Counts as harm", f"worse by more than {size_words(read, read.harm_limit)}"
    yield "Error allowed", _error(read)
    if days := earlier_looks(plan):
        yield "Results of earlier dates", " and ".join(in_words(day) for day in days)
    if read.transition_periods:
        many = "s" if read.transition_periods > 1 else ""
        yield "Left out after the start", f"{read.transition_periods} {read.period}{many}, while things are set up"
    for guard in document.guardrails.values():
        yield "Must not get worse", f"{guard.metric}, by more than {size_words(guard, guard.harm_limit)}"
    if document.secondaries:
        names = ", ".join(each.metric for each in document.secondaries.values())
        yield "Watched beside, deciding nothing", f"{names} (p-values adjusted by Holm’s method)"
    yield "No verdict where the data are bad", _gates(read)
    yield "The rule", plan["decision_rule"]


def _error(plan: Plan) -> str:
    which = "each range" if plan.sharing == "equal" else "the earlier ones little of it; the last range"
    each = f"{which} is a {(1 - plan.alpha_per_look) * 100:.4g}% one"
    shared = f", shared by {plan.looks} registered looks: {each}" if plan.looks > 1 else f": {each}"
    return f"{plan.alpha:g}{shared}"


def _gates(plan: Plan) -> str:
    limits = plan.limits
    return (
        f"fewer than {plan.completeness_floor * 100:.3g}% of readings arrive, a group loses more than "
        f"{limits.units_lost * 100:.3g}% of its sites, completeness differs by more than {limits.difference * 100:.3g} "
        f"points, more than {limits.out_of_range * 100:.3g}% are impossible, or more than {limits.suspect * 100:.3g}% "
        "of a group’s devices drift, are recalled or changed"
    )
