"""What a plan can show before it starts: its smallest detectable effect and the chance of each verdict."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from pilots.decisions import Evidence, Rule, decide
from pilots.statistics.distributions import bisect, noncentral_t_above, t_quantile
from pilots.statistics.plan import Plan
from pilots.statistics.simulation import Assumptions, Noise, simulate
from pilots.statistics.welch import MINIMUM_UNITS

MAXIMUM_UNITS = 100_000


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


def minimum_detectable_effect(plan: Plan, assumptions: Assumptions, power: float = 0.8) -> float | None:
    """Smallest true improvement whose interval excludes zero with the chance `power`, in the effect's unit.

    None where the design gives no interval at all (too few units or periods, or before/after only).
    """
    if plan.design == "comparison":
        return _detectable_difference(plan, assumptions, power)
    noise = simulate(plan, assumptions)
    if noise is None:
        return None
    detectable = float(np.quantile(noise.reach - noise.error, power, method="higher"))
    if not np.isfinite(detectable):
        return None
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
    noise = simulate(plan, assumptions)
    cases = [("zero", 0.0), ("worthwhile", plan.minimum_worthwhile_effect)]
    if assumptions.expected is not None:
        cases.append(("expected", assumptions.expected))
    return tuple(_chances(case, effect, noise, plan) for case, effect in cases)


def _detectable_difference(plan: Plan, assumptions: Assumptions, power: float) -> float | None:
    pilot, other = assumptions.units_pilot, assumptions.units_comparison
    if min(pilot, other) < MINIMUM_UNITS:
        return None
    alpha = plan.alpha_per_look
    size = bisect(lambda effect: _power(effect, pilot, other, alpha) - power, 1e-9, 50.0)
    return float(size * assumptions.sd)


def _power(size: float, pilot: int, other: int, alpha: float) -> float:
    degrees = pilot + other - 2
    centre = min(size / np.sqrt(1 / pilot + 1 / other), 37.0)  # beyond it the chance is 1 and the function fails
    return noncentral_t_above(float(t_quantile(1 - alpha / 2, degrees)), degrees, centre)


def _chances(case: str, effect: float, noise: Noise | None, plan: Plan) -> VerdictChances:
    if noise is None:
        return VerdictChances(case, effect, 0.0, 0.0, 0.0, 1.0, 0.0)
    rule = Rule(plan.minimum_worthwhile_effect, plan.harm_limit, plan.strict)
    low, middle, high = _intervals(effect, noise, plan)
    ends = zip(low, high, middle, strict=True)
    verdicts = [decide(_evidence(*each, plan), rule) for each in ends]
    tally = Counter(verdict.verdict for verdict in verdicts)
    harm = sum(verdict.is_harm for verdict in verdicts)
    shares = {name: tally[name] / len(verdicts) for name in ("scale", "extend", "stop", "inconclusive")}
    return VerdictChances(case, effect, **shares, stop_for_harm=harm / len(verdicts))


def _evidence(low: float, high: float, middle: float, plan: Plan) -> Evidence:
    if math.isinf(high):  # no constant effect fits: no interval
        return Evidence(None, None, middle, plan.design_level)
    return Evidence(low, high, middle, plan.design_level)


def _intervals(effect: float, noise: Noise, plan: Plan) -> tuple[list[float], list[float], list[float]]:
    if plan.design != "counts":
        middle = effect + noise.error
        return (middle - noise.reach).tolist(), middle.tolist(), (middle + noise.reach).tolist()
    centre = plan.sign * np.log1p(max(plan.sign * effect, -0.999)) + noise.error
    low, middle, high = (
        plan.sign * np.expm1(plan.sign * ends) for ends in (centre - noise.reach, centre, centre + noise.reach)
    )
    return low.tolist(), middle.tolist(), high.tolist()
