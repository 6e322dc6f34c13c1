"""The plan of a pilot: what is registered, its canonical text and hash, and the plan that the statistics read.

The keys that an analysis outside the marketplace needs are `design`, `metric`, `period`, `baseline_start`, `start`,
`end`, `seasonality`, `minimum_worthwhile_effect`, `harm_limit`, `alpha` and `seed`; numbers are exact, as text.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from challenges.models import Design, MeasureRole, Outcome, Period
from pilots.formats import read_plan
from pilots.models import Arm, Metric
from pilots.plans.checks import plain
from pilots.plans.designs import ANALYSED_AS, COMPARED, IN_SERIES, relative
from pilots.plans.registration import Context, Registration
from pilots.statistics import (
    USUAL_LIMITS,
    Assumptions,
    Plan,
    registration_warning,
    registration_words,
    size_words,
    verdict_chances,
)

SEASON_LENGTH = {Period.DAY: "365.25", Period.WEEK: "52.18", Period.MONTH: "12"}
DISPERSION = 1.5  # of a count beside Poisson's, as published series of events show it
DECISION_RULE = (
    "Quality gates fail: inconclusive. Credible harm, or even the optimistic end below the minimum worthwhile effect: "
    "stop. {reached}, the estimate at least the minimum, every guardrail clear and a design that can show cause: "
    "scale. The same without such a design or guardrail: extend. Otherwise: inconclusive. A person decides; scale only "
    "where the verdict is scale."
)
REACHED = {False: "Zero excluded", True: "Even the pessimistic end at least the minimum"}


def content(registration: Registration, context: Context, replaces: str = "") -> dict[str, Any]:
    """The plan as plain data: what is frozen, hashed and published."""
    given, outcome = registration, context.outcome
    frame = _frame(given, context)
    return frame | {
        "format": 1,
        "pilot": str(context.pilot.public_id),
        "challenge": context.pilot.challenge.slug,
        "design_words": str(Design(given.design).label),
        "assignment": given.assignment.strip(),
        "metric": frame["metric"] | {"lowest": plain(given.lowest), "highest": plain(given.highest)},
        "guardrails": _measures(given, context, MeasureRole.GUARDRAIL),
        "secondaries": _measures(given, context, MeasureRole.SECONDARY),
        "analysis_on": given.analysis_on.isoformat(),
        "decision_on": given.decision_on.isoformat(),
        "decider": str(given.decider),
        "decision_rule": DECISION_RULE.format(reached=REACHED[given.is_strict]),
        "published": {
            "minimum_worthwhile_effect": plain(outcome.minimum_worthwhile_effect),
            "harm_limit": plain(outcome.harm_limit),
            "design": outcome.design,
            "unit": outcome.unit,
            "baseline_value": plain(outcome.baseline_value),
        },
        "keep_days": dict(sorted(given.keep_days.items())),
        "residents": sorted(given.residents),
        "foreseen": foresight(registration, context),
        "replaces": replaces,
    }


def canonical(plan: Mapping[str, Any]) -> str:
    """The one text of a plan: sorted keys, no spaces, UTF-8."""
    return json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(plan: Mapping[str, Any]) -> str:
    """sha256 (hex) of the canonical text."""
    return hashlib.sha256(canonical(plan).encode()).hexdigest()


def statistical(plan: Mapping[str, Any], end: date | None = None) -> Plan:
    """The plan of the primary measure that `pilots.statistics` reads; `end` is an earlier last day."""
    found = read_plan(plan).plan
    return replace(found, end=end) if end else found


def foresight(registration: Registration, context: Context) -> dict[str, Any]:
    """The chance of each verdict at a true effect of zero, worthwhile and expected, in figures and in words.

    `words` is what the registration page says, `warning` what the plan cannot show and what would help; `chances` is a
    list of dicts with case, effect and its words, and the whole per cents of scale, extend, stop and inconclusive.
    """
    return _foreseen(_analysed(registration, context), _assumptions(registration, context))


def foreseen_again(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a plan whose dates or looks changed, with what was assumed before."""
    assumed = {key: None if value is None else float(value) for key, value in plan["foreseen"]["assumed"].items()}
    units = {key: int(assumed[key] or 0) for key in ("units_pilot", "units_comparison")}
    return _foreseen(statistical(plan), Assumptions(**assumed | units))  # type: ignore[arg-type]


def _foreseen(plan: Plan, assumed: Assumptions) -> dict[str, Any]:
    warning = registration_warning(plan, assumed) or ""
    return {
        "assumed": {key: None if value is None else f"{value:g}" for key, value in asdict(assumed).items()},
        "chances": [_chance(asdict(chances), plan) for chances in verdict_chances(plan, assumed)],
        "words": [sentence for sentence in registration_words(plan, assumed) if sentence != warning],
        "warning": warning,
    }


def monitoring_days(plan: Mapping[str, Any]) -> list[date]:
    """The days on which a running pilot is looked at: weekly after the start, before and between analysis dates."""
    first, analysis = date.fromisoformat(plan["start"]), date.fromisoformat(plan["analysis_on"])
    weeks = (analysis - first).days // 7
    days = (first + timedelta(weeks=number) for number in range(1, weeks + 1))
    return [day for day in days if day < analysis and day not in earlier_looks(plan)]


def earlier_looks(plan: Mapping[str, Any]) -> list[date]:
    """The analysis dates that a plan registers before its last one, in their order."""
    return [date.fromisoformat(day) for day in plan.get("earlier_looks", ())]


def _frame(given: Registration, context: Context) -> dict[str, Any]:
    period, design, outcome = Period(context.outcome.period), Design(given.design), context.outcome
    frame: dict[str, Any] = {
        "design": ANALYSED_AS[design],
        "randomised": given.is_randomised,
        "metric": _measure(context.primary),
        "period": str(period),
        "baseline_start": given.baseline_starts_on.isoformat(),
        "start": given.starts_on.isoformat(),
        "end": given.ends_on.isoformat(),
        "transition_periods": given.transition_periods,
        "seasonality": {
            "harmonics": given.harmonics if design in IN_SERIES else 0, "length": SEASON_LENGTH[period],
        },
        "minimum_worthwhile_effect": plain(relative(given.minimum_worthwhile_effect, design, outcome)),
        "harm_limit": plain(relative(given.harm_limit, design, outcome)),
        "alpha": plain(given.alpha),
        "completeness_floor": plain(given.completeness_floor),
        "quality_gates": {name: f"{limit:g}" for name, limit in asdict(USUAL_LIMITS).items()},
        "seed": 1,
        "looks": given.looks + len(given.earlier_looks),
        "sharing": given.sharing,
        "earlier_looks": [day.isoformat() for day in sorted(given.earlier_looks)],
        "strict": given.is_strict,
        "units": [{"unit": site.code, "arm": str(site.arm)} for site in context.sites],
    }  # fmt: skip
    return frame | _of_design(given, context)


def _analysed(given: Registration, context: Context) -> Plan:
    """The plan of the primary measure alone, as the statistics read it beforehand."""
    return statistical(_frame(given, context) | {"exposure": None})


def _of_design(given: Registration, context: Context) -> dict[str, Any]:
    """What only some designs register: when each site begins, what events are counted against."""
    if given.design == Design.STAGGERED:
        return {"starts": {code: day.isoformat() for code, day in sorted(given.starts.items())}}
    if given.design == Design.COUNTS:
        against = next((metric for metric in context.others if metric.code == given.exposure), None)
        return {"exposure": _measure(against) if against else None}
    return {}


def _assumptions(given: Registration, context: Context) -> Assumptions:
    design, outcome = Design(given.design), context.outcome
    events = float(given.events) if given.events and design == Design.COUNTS else None
    expected = None if given.expected_effect is None else float(relative(given.expected_effect, design, outcome))
    return Assumptions(
        sd=DISPERSION / events**0.5 if events else float(given.spread),
        units_pilot=len(context.of_arm(Arm.PILOT)),
        units_comparison=len(context.of_arm(Arm.COMPARISON)),
        rho=float(given.resemblance),
        expected=expected,
        events=events,
    )


def _chance(chances: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    verdicts = ("scale", "extend", "stop", "inconclusive")
    size = chances["true_effect"]
    return {"case": chances["case"], "effect": f"{size:g}", "size": size_words(plan, size)} | {
        verdict: round(100 * chances[verdict]) for verdict in verdicts
    }


def _measure(metric: Metric) -> dict[str, Any]:
    return {"code": metric.code, "name": metric.name, "unit": metric.unit, "direction": metric.direction}


def _measures(given: Registration, context: Context, role: str) -> list[dict[str, Any]]:
    return [_limit(metric, Design(given.design)) for metric in context.others if metric.role == role]


def _limit(metric: Metric, registered: Design) -> dict[str, Any]:
    """A measure beside the primary one, compared at the same sites in the same way where both compare."""
    outcome: Outcome = metric.outcome
    published = Design(outcome.design)
    design = registered if {registered, published} <= set(COMPARED) else published
    return _measure(metric) | {
        "design": ANALYSED_AS[design],
        "minimum_worthwhile_effect": plain(relative(outcome.minimum_worthwhile_effect, design, outcome)),
        "harm_limit": plain(relative(outcome.harm_limit, design, outcome)),
    }
