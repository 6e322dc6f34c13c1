"""What a plan can show before it starts: its smallest detectable effect and the chance of each verdict."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from pilots.decisions import Evidence, Rule, decide
from pilots.statistics import rates, segmented
from pilots.statistics.autoregression import AutoregressiveModel
from pilots.statistics.plan import Plan, window_periods
from pilots.statistics.table import Floats
from pilots.statistics.welch import MINIMUM_UNITS

DRAWS = 1999
MAXIMUM_UNITS = 100_000


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is believed beforehand.

    `sd` is of a unit's change (comparison), of a period's value about its trend (one series), or of the log rate
    (counts); `rho` is how much one period resembles the next; `expected` is the improvement hoped for.
    """

    sd: float
    units_pilot: int = 1
    units_comparison: int = 0
    rho: float = 0.4
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class VerdictChances:
    """Chances (0-1) of each verdict if the true improvement were `true_effect`; they add to 1, harm is part of stop."""

    case: str
    true_effect: float
    scale: float
    extend: float
    stop: float
    inconclusive: float
    stop_for_harm: float


@dataclass(frozen=True, eq=False)
class _Noise:
    """By how much simulated estimates miss, and how far their intervals reach; on the log scale for counts."""

    error: Floats
    reach: Floats


def minimum_detectable_effect(plan: Plan, assumptions: Assumptions, power: float = 0.8) -> float | None:
    """Smallest true improvement whose interval excludes zero with the chance `power`, in the effect's unit.

    None where the design gives no interval at all (too few units or periods, or before/after only).
    """
    if plan.design == "comparison":
        return _detectable_difference(plan, assumptions, power)
    noise = _simulate(plan, assumptions)
    if noise is None:
        return None
    detectable = float(np.quantile(noise.reach - noise.error, power, method="higher"))
    return plan.sign * float(np.expm1(plan.sign * detectable)) if plan.design == "counts" else detectable


def units_needed(plan: Plan, sd: float, power: float = 0.8) -> int | None:
    """Units in each arm that detect the minimum worthwhile effect with the chance `power`; None beyond 100,000."""
    size = plan.minimum_worthwhile_effect / sd if sd > 0 else np.inf
    least, most = MINIMUM_UNITS, MAXIMUM_UNITS
    if _power(size, most, most, plan.alpha_per_look) < power:
        return None
    while least < most:
        middle = (least + most) // 2
        enough = _power(size, middle, middle, plan.alpha_per_look) >= power
        least, most = (least, middle) if enough else (middle + 1, most)
    return least


def verdict_chances(plan: Plan, assumptions: Assumptions) -> tuple[VerdictChances, ...]:
    """The chance of each verdict at a true effect of zero, at the minimum worthwhile one and at the expected one.

    Gates are taken as passed and guardrails as clear. Simulated from the plan's seed, with the rule that will decide.
    """
    noise = _simulate(plan, assumptions)
    cases = [("zero", 0.0), ("worthwhile", plan.minimum_worthwhile_effect)]
    if assumptions.expected is not None:
        cases.append(("expected", assumptions.expected))
    return tuple(_chances(case, effect, noise, plan) for case, effect in cases)


def registration_warning(plan: Plan, assumptions: Assumptions) -> str | None:
    """The sentence shown at registration when the design cannot show what the council cares about, else None."""
    detectable = minimum_detectable_effect(plan, assumptions)
    if detectable is None:
        return "This design gives no interval, so whatever happens its verdict will be inconclusive." + _remedy(plan)
    if detectable <= plan.minimum_worthwhile_effect:
        return None
    start = "With this many sites and periods the pilot could not reliably detect the improvement you care about"
    middle = f": it would notice {detectable:.3g} or more, and you asked for {plan.minimum_worthwhile_effect:.3g}."
    return start + middle + _advice(plan, assumptions)


def _remedy(plan: Plan) -> str:
    if plan.design == "comparison":
        return f" It needs at least {MINIMUM_UNITS} units in each group."
    if plan.design == "before_after":
        return " A comparison group would change that."
    needs = rates if plan.design == "counts" else segmented
    return f" It needs at least {needs.MINIMUM_BEFORE} periods before the start and {needs.MINIMUM_AFTER} after."


def _advice(plan: Plan, assumptions: Assumptions) -> str:
    if plan.design != "comparison":
        return " A longer baseline and pilot, or comparison sites, would help."
    needed = units_needed(plan, assumptions.sd)
    return f" It would need about {needed} sites in each group." if needed else " No realistic number of sites would."


def _detectable_difference(plan: Plan, assumptions: Assumptions, power: float) -> float | None:
    pilot, other = assumptions.units_pilot, assumptions.units_comparison
    if min(pilot, other) < MINIMUM_UNITS:
        return None
    alpha = plan.alpha_per_look
    size = optimize.brentq(lambda effect: _power(effect, pilot, other, alpha) - power, 1e-9, 50.0)
    return float(size * assumptions.sd)


def _power(size: float, pilot: int, other: int, alpha: float) -> float:
    degrees = pilot + other - 2
    centre = min(size / np.sqrt(1 / pilot + 1 / other), 37.0)  # beyond it the chance is 1 and the function fails
    return float(stats.nct.sf(stats.t.ppf(1 - alpha / 2, degrees), degrees, centre))


def _simulate(plan: Plan, assumptions: Assumptions) -> _Noise | None:
    if plan.design == "comparison":
        return _simulate_arms(plan, assumptions)
    if plan.design == "before_after":
        return None
    return _simulate_series(plan, assumptions)


def _simulate_arms(plan: Plan, assumptions: Assumptions) -> _Noise | None:
    sizes = np.array([assumptions.units_pilot, assumptions.units_comparison])
    if sizes.min() < MINIMUM_UNITS:
        return None
    rng = np.random.default_rng(plan.seed)
    error = rng.standard_normal(DRAWS) * assumptions.sd * np.sqrt((1 / sizes).sum())
    shares = assumptions.sd**2 * rng.chisquare(sizes - 1, (DRAWS, 2)) / (sizes - 1) / sizes
    degrees = shares.sum(axis=1) ** 2 / (shares**2 / (sizes - 1)).sum(axis=1)
    return _Noise(error, stats.t.ppf(1 - plan.alpha_per_look / 2, degrees) * np.sqrt(shares.sum(axis=1)))


def _simulate_series(plan: Plan, assumptions: Assumptions) -> _Noise | None:
    times = np.array(window_periods(plan))
    needs = rates if plan.design == "counts" else segmented
    if (times < 0).sum() < needs.MINIMUM_BEFORE or (times >= 0).sum() < needs.MINIMUM_AFTER:
        return None
    model = AutoregressiveModel(times, segmented.design_columns(times, plan))
    innovation = assumptions.sd * np.sqrt(1 - assumptions.rho**2)
    fit = model.fit(innovation * model.errors(assumptions.rho, DRAWS, np.random.default_rng(plan.seed)))
    statistics = np.abs(fit.coefficient / fit.standard_error)
    critical = segmented.critical_value(statistics, plan.alpha_per_look)
    return _Noise(fit.coefficient, critical * fit.standard_error)


def _chances(case: str, effect: float, noise: _Noise | None, plan: Plan) -> VerdictChances:
    if noise is None:
        return VerdictChances(case, effect, 0.0, 0.0, 0.0, 1.0, 0.0)
    rule = Rule(plan.minimum_worthwhile_effect, plan.harm_limit, plan.strict)
    low, middle, high = _intervals(effect, noise, plan)
    verdicts = [decide(Evidence(*ends, plan.design_level), rule) for ends in zip(low, high, middle, strict=True)]
    tally = Counter(verdict.verdict for verdict in verdicts)
    harm = sum(verdict.is_harm for verdict in verdicts)
    shares = {name: tally[name] / DRAWS for name in ("scale", "extend", "stop", "inconclusive")}
    return VerdictChances(case, effect, **shares, stop_for_harm=harm / DRAWS)


def _intervals(effect: float, noise: _Noise, plan: Plan) -> tuple[list[float], list[float], list[float]]:
    if plan.design != "counts":
        middle = effect + noise.error
        return (middle - noise.reach).tolist(), middle.tolist(), (middle + noise.reach).tolist()
    centre = plan.sign * np.log1p(max(plan.sign * effect, -0.999)) + noise.error
    low, middle, high = (
        plan.sign * np.expm1(plan.sign * ends) for ends in (centre - noise.reach, centre, centre + noise.reach)
    )
    return low.tolist(), middle.tolist(), high.tolist()
