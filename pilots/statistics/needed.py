"""What it would take to tell: the extra weeks or units that an inconclusive result asks for."""

import math

import numpy as np

from pilots.statistics.autoregression import error_factor
from pilots.statistics.plan import Estimate, Plan, window_periods
from pilots.statistics.power import units_needed
from pilots.statistics.segmented import MINIMUM_AFTER, MINIMUM_BEFORE, design_columns

POWER_QUANTILE = 0.8416  # of the standard normal: an effect is noticed four times in five
MOST_TIMES = 4
NEVER_TELLS = (
    "This design never gives a range. Units to compare with would, or a series of at least "
    f"{MINIMUM_BEFORE} periods before the start and {MINIMUM_AFTER} after."
)
BY_CHANCE = (
    "A pilot of this size notices the smallest improvement worth paying for four times in five: this may be one of the "
    "others, and a second look would tell more."
)
ONE_PLACE = "One pilot place leaves so wide a range however long it goes on: more pilot places would narrow it."


def more_needed(plan: Plan, estimate: Estimate) -> str:
    """One sentence on the weeks or units that would make the minimum worthwhile effect noticed; empty if unknown.

    The detectable effect is the interval's reach plus .84 standard errors; it is taken to where that is the minimum.
    """
    if plan.design == "before_after":
        return NEVER_TELLS
    if plan.design == "comparison":
        return _more_units_an_arm(plan, estimate)
    if estimate.low is None or estimate.high is None:
        return ""
    if plan.design == "synthetic_control":
        return ONE_PLACE
    error = estimate.standard_error
    if not error or not _minimum(plan):
        return ""
    wanted = _minimum(plan) / (_reach(estimate) + POWER_QUANTILE * error)
    return _more_units(wanted, estimate) if plan.design == "staggered" else _more_periods(wanted, plan, estimate)


def _more_units_an_arm(plan: Plan, estimate: Estimate) -> str:
    needed = units_needed(plan, estimate.spread) if estimate.spread else None
    if needed is None:
        return "To tell reliably, more units would be needed than there are anywhere." if estimate.spread else ""
    if needed <= min(estimate.units_pilot, estimate.units_comparison):
        return BY_CHANCE
    return f"To tell reliably, about {needed:,} units in each group would be needed."


def _more_units(wanted: float, estimate: Estimate) -> str:
    units = estimate.units_pilot + estimate.units_comparison
    needed = math.ceil(units / min(1.0, wanted) ** 2)
    if needed <= units:
        return BY_CHANCE
    return f"To tell reliably, about {needed:,} units would be needed in all; there were {units}."


def _more_periods(wanted: float, plan: Plan, estimate: Estimate) -> str:
    """How many more periods bring the standard error down to `wanted` times what it is, with the baseline as it was."""
    if wanted >= 1 or estimate.rho is None:
        return BY_CHANCE
    times = np.array(window_periods(plan))
    after = int((times >= 0).sum())
    now = _error(plan, estimate.rho, 0)
    least, most = 1, (MOST_TIMES - 1) * after
    if _error(plan, estimate.rho, most) > wanted * now:
        return f"Even {MOST_TIMES} times as long a pilot would not tell reliably: comparison units would help."
    while least < most:
        middle = (least + most) // 2
        enough = _error(plan, estimate.rho, middle) <= wanted * now
        least, most = (least, middle) if enough else (middle + 1, most)
    return f"To tell reliably, the pilot would have to go on for about {least} more {plan.period}{'s'[: least > 1]}."


def _error(plan: Plan, rho: float, more: int) -> float:
    times = np.array(window_periods(plan))
    longer = np.concatenate([times, times[-1] + 1 + np.arange(more)])
    return error_factor(longer, design_columns(longer, plan), rho)


def _reach(estimate: Estimate) -> float:
    """Half of the interval, on the scale of its standard error (the logarithm for rates)."""
    low, high = float(estimate.low or 0.0), float(estimate.high or 0.0)
    return math.log(high / low) / 2 if estimate.scale == "rate_ratio" else (high - low) / 2


def _minimum(plan: Plan) -> float:
    if plan.scale != "rate_ratio":
        return plan.minimum_worthwhile_effect
    change = plan.sign * plan.minimum_worthwhile_effect
    return abs(math.log1p(change)) if change > -1 else 0.0
