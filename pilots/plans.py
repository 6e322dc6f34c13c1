"""The plan of a pilot: what is registered, its canonical text and hash, and the plan that the statistics read.

The keys that an analysis outside the marketplace needs are `design`, `metric`, `period`, `baseline_start`, `start`,
`end`, `seasonality`, `minimum_worthwhile_effect`, `harm_limit`, `alpha` and `seed`; numbers are exact, as text.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from challenges.models import Design, MeasureRole, Outcome, Period
from pilots.formats import read_plan
from pilots.models import Metric, Pilot, Site
from pilots.rules import may_be_decider
from pilots.statistics import Assumptions, Plan, registration_warning, registration_words, verdict_chances

ALPHA_CEILING = Decimal("0.05")
FROM_WEAK_TO_STRONG = (Design.BEFORE_AFTER, Design.ONE_SERIES, Design.MATCHED, Design.RANDOMISED)
COMPARED = (Design.MATCHED, Design.RANDOMISED)
ANALYSED_AS = {
    Design.BEFORE_AFTER: "before_after",
    Design.ONE_SERIES: "one_series",
    Design.MATCHED: "comparison",
    Design.RANDOMISED: "comparison",
}
SEASON_LENGTH = {Period.DAY: "365.25", Period.WEEK: "52.18", Period.MONTH: "12"}
DECISION_RULE = (
    "Quality gates fail: inconclusive. Credible harm, or even the optimistic end below the minimum worthwhile effect: "
    "stop. Zero excluded, the estimate at least the minimum, every guardrail clear and a design that can show cause: "
    "scale. The same without such a design or guardrail: extend. Otherwise: inconclusive. A person decides; scale only "
    "where the verdict is scale."
)


@dataclass(frozen=True)
class Registration:
    """What the pilot manager registers, beside the measure that the challenge published.

    `spread` is how much a site's change (comparison) or a period's value (one series) varies, in the metric's unit,
    and `resemblance` how alike neighbouring periods are (0-1): both serve only the chances shown beforehand.
    """

    design: str
    baseline_starts_on: date
    starts_on: date
    ends_on: date
    analysis_on: date
    decision_on: date
    decider: User
    minimum_worthwhile_effect: Decimal
    harm_limit: Decimal
    spread: Decimal
    resemblance: Decimal = Decimal("0.4")
    expected_effect: Decimal | None = None
    alpha: Decimal = ALPHA_CEILING
    lowest: Decimal | None = None
    highest: Decimal | None = None
    transition_periods: int = 0
    is_seasonal: bool = False


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a registration, and the field where it is."""

    field: str
    sentence: str


@dataclass(frozen=True)
class Context:
    """What a plan is made of beside the registration: the pilot, its measures and its sites, already read."""

    pilot: Pilot
    primary: Metric
    others: Sequence[Metric] = field(default_factory=tuple)
    sites: Sequence[Site] = field(default_factory=tuple)

    @property
    def outcome(self) -> Outcome:
        return self.primary.outcome


def problems(registration: Registration, context: Context, today: date) -> list[Problem]:
    """Everything that is wrong with it, not only the first thing; empty when it can be registered."""
    return [
        *_date_problems(registration, today),
        *_measure_problems(registration, context),
        *_other(registration, context),
    ]


def content(registration: Registration, context: Context, replaces: str = "") -> dict[str, Any]:
    """The plan as plain data: what is frozen, hashed and published."""
    given, outcome = registration, context.outcome
    frame = _frame(given, context)
    return frame | {
        "format": 1,
        "pilot": str(context.pilot.public_id),
        "challenge": context.pilot.challenge.slug,
        "design_words": str(Design(given.design).label),
        "metric": frame["metric"] | {"lowest": _text(given.lowest), "highest": _text(given.highest)},
        "guardrails": [_limit(metric) for metric in context.others if metric.role == MeasureRole.GUARDRAIL],
        "secondaries": [_limit(metric) for metric in context.others if metric.role == MeasureRole.SECONDARY],
        "analysis_on": given.analysis_on.isoformat(),
        "decision_on": given.decision_on.isoformat(),
        "decider": str(given.decider),
        "decision_rule": DECISION_RULE,
        "published": {
            "minimum_worthwhile_effect": _text(outcome.minimum_worthwhile_effect),
            "harm_limit": _text(outcome.harm_limit),
            "design": outcome.design,
        },
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
    list of dicts with case, effect, and the whole per cents of scale, extend, stop and inconclusive.
    """
    plan, assumed = statistical(_frame(registration, context)), _assumptions(registration, context)
    warning = registration_warning(plan, assumed) or ""
    return {
        "assumed": {key: None if value is None else f"{value:g}" for key, value in asdict(assumed).items()},
        "chances": [_chance(asdict(chances)) for chances in verdict_chances(plan, assumed)],
        "words": [sentence for sentence in registration_words(plan, assumed) if sentence != warning],
        "warning": warning,
    }


def monitoring_days(plan: Mapping[str, Any]) -> list[date]:
    """The days on which a running pilot is looked at: weekly after the start, before the analysis date."""
    first, analysis = date.fromisoformat(plan["start"]), date.fromisoformat(plan["analysis_on"])
    weeks = (analysis - first).days // 7
    days = (first + timedelta(weeks=number) for number in range(1, weeks + 1))
    return [day for day in days if day < analysis]


def _date_problems(given: Registration, today: date) -> Iterable[Problem]:
    checks = (
        (
            given.starts_on > today,
            "starts_on",
            "The pilot has to start after today: measures are registered beforehand.",
        ),
        (
            given.baseline_starts_on < given.starts_on,
            "baseline_starts_on",
            "The baseline has to begin before the pilot starts.",
        ),
        (given.starts_on <= given.ends_on, "ends_on", "The pilot cannot end before it starts."),
        (given.ends_on < given.analysis_on, "analysis_on", "The analysis comes after the last day of the pilot."),
        (given.analysis_on <= given.decision_on, "decision_on", "The decision cannot come before the analysis."),
    )
    return (Problem(name, sentence) for is_right, name, sentence in checks if not is_right)


def _measure_problems(given: Registration, context: Context) -> Iterable[Problem]:
    outcome = context.outcome
    least, harm = outcome.minimum_worthwhile_effect, outcome.harm_limit
    unit = outcome.unit
    checks = (
        (
            given.minimum_worthwhile_effect >= least,
            "minimum_worthwhile_effect",
            f"The published minimum is {_text(least)} {unit}: a plan may ask for more, never less.",
        ),
        (
            0 <= given.harm_limit <= harm,
            "harm_limit",
            f"The harm limit published is {_text(harm)} {unit}: a plan may be stricter, never looser.",
        ),
        (0 < given.alpha <= ALPHA_CEILING, "alpha", "The error allowed (alpha) lies above 0 and is at most 0.05."),
        (
            FROM_WEAK_TO_STRONG.index(Design(given.design)) >= FROM_WEAK_TO_STRONG.index(Design(outcome.design)),
            "design",
            f"Published is “{outcome.get_design_display()}”: a plan may compare more strictly, never less.",
        ),
        (
            given.lowest is None or given.highest is None or given.lowest < given.highest,
            "highest",
            "The highest possible value has to be above the lowest.",
        ),
    )
    return (Problem(name, sentence) for is_right, name, sentence in checks if not is_right)


def _other(given: Registration, context: Context) -> Iterable[Problem]:
    arms = {site.arm for site in context.sites}
    if given.design in COMPARED and arms != {"pilot", "comparison"}:
        yield Problem("design", "This design compares: name comparison sites beside the pilot sites first.")
    if not may_be_decider(given.decider, context.pilot.challenge.council_id):
        yield Problem("decider", "The decision is made by a problem owner or procurement lead of the council.")
    if given.spread <= 0:
        yield Problem("spread", "How much the measure varies has to be above zero.")
    if not 0 <= given.resemblance < 1:
        yield Problem("resemblance", "How alike neighbouring periods are lies between 0 and 1.")


def _frame(given: Registration, context: Context) -> dict[str, Any]:
    period = Period(context.outcome.period)
    return {
        "design": ANALYSED_AS[Design(given.design)],
        "randomised": given.design == Design.RANDOMISED,
        "metric": _measure(context.primary),
        "period": str(period),
        "baseline_start": given.baseline_starts_on.isoformat(),
        "start": given.starts_on.isoformat(),
        "end": given.ends_on.isoformat(),
        "transition_periods": given.transition_periods,
        "seasonality": {"harmonics": int(given.is_seasonal), "length": SEASON_LENGTH[period]},
        "minimum_worthwhile_effect": _text(given.minimum_worthwhile_effect),
        "harm_limit": _text(given.harm_limit),
        "alpha": _text(given.alpha),
        "completeness_floor": "0.75",
        "seed": 1,
        "looks": 1,
        "units": [{"unit": site.code, "arm": str(site.arm)} for site in context.sites],
    }


def _assumptions(given: Registration, context: Context) -> Assumptions:
    arms = [site.arm for site in context.sites]
    return Assumptions(
        sd=float(given.spread),
        units_pilot=arms.count("pilot"),
        units_comparison=arms.count("comparison"),
        rho=float(given.resemblance),
        expected=None if given.expected_effect is None else float(given.expected_effect),
    )


def _chance(chances: Mapping[str, Any]) -> dict[str, Any]:
    verdicts = ("scale", "extend", "stop", "inconclusive")
    return {"case": chances["case"], "effect": f"{chances['true_effect']:g}"} | {
        verdict: round(100 * chances[verdict]) for verdict in verdicts
    }


def _measure(metric: Metric) -> dict[str, Any]:
    return {"code": metric.code, "name": metric.name, "unit": metric.unit, "direction": metric.direction}


def _limit(metric: Metric) -> dict[str, Any]:
    outcome = metric.outcome
    return _measure(metric) | {
        "design": ANALYSED_AS[Design(outcome.design)],
        "minimum_worthwhile_effect": _text(outcome.minimum_worthwhile_effect),
        "harm_limit": _text(outcome.harm_limit),
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"
