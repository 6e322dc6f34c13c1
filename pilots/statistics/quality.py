"""Gates that the data must pass before a verdict is drawn. A failed gate means inconclusive, never a verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from pilots.statistics.plan import COMPARED, Arm, Estimate, Gate, Plan
from pilots.statistics.table import AnalysisTable, Floats, Mask, Rows, analysis_table
from pilots.statistics.welch import difference

Window = Literal["baseline", "pilot"]

FLAT_MINIMUM = 4
PRE_TREND_P = 0.05
FIT_LIMIT = 1.5
RHO_LIMIT = {"one_series": 0.85, "counts": 0.6}


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the expected values (units x periods) of an arm in a window arrived."""

    arm: Arm
    window: Window
    present: int
    expected: int

    @property
    def fraction(self) -> float:
        return self.present / self.expected if self.expected else 0.0


@dataclass(frozen=True, slots=True)
class Completeness:
    shares: tuple[Share, ...]

    @property
    def overall(self) -> float:
        expected = sum(share.expected for share in self.shares)
        return sum(share.present for share in self.shares) / expected if expected else 0.0

    def of(self, arm: Arm, window: Window) -> Share:
        return next(share for share in self.shares if (share.arm, share.window) == (arm, window))


def completeness(rows: Rows, plan: Plan) -> Completeness:
    """Share of the expected unit-periods with a value, per arm and window; 0 where nothing was expected.

    While a pilot runs, pass the plan with `end` replaced by the day so far, or what lies ahead counts as missing.
    """
    table = analysis_table(rows, plan)
    windows: tuple[tuple[Window, Mask], ...] = (("baseline", table.before), ("pilot", table.after))
    shares = []
    for arm in _arms(plan):
        found = table.present[table.of_arm(arm)]
        for window, mask in windows:
            cells = found[:, mask]
            shares.append(Share(arm, window, int(cells.sum()), cells.size))
    return Completeness(tuple(shares))


def quality_gates(rows: Rows, plan: Plan, out_of_range_share: float = 0.0) -> list[Gate]:
    """Every gate on the data, passed or not, with its sentence. `out_of_range_share` (0-1) is of the raw readings."""
    table = analysis_table(rows, plan)
    found = completeness(table, plan)
    gates = [
        _completeness_gate(found, plan),
        _balance_gate(found, plan),
        _units_gate(table, plan),
        _flatline_gate(table, plan),
        _range_gate(out_of_range_share, plan),
        _conflict_gate(table),
        _arm_gate(table),
    ]
    if plan.design == "comparison" and not plan.randomised:
        gates.append(pre_trend_gate(table, plan))
    return gates


def method_gates(estimate: Estimate, plan: Plan) -> list[Gate]:
    """Gates on how the estimate came about: the check by another method, too much memory, a mix that does not fit."""
    gates = []
    if estimate.p is not None and estimate.check_p is not None:
        gates.append(_check_gate(estimate.p, estimate.check_p, estimate, plan))
    if estimate.rho is not None and plan.design in RHO_LIMIT:
        limit = RHO_LIMIT[plan.design]
        sentence = f"Neighbouring periods are alike (correlation {estimate.rho:.2f}; {limit} is the most to judge by)."
        gates.append(Gate("autocorrelation", estimate.rho <= limit, sentence))
    if estimate.fit is not None:
        sentence = f"Before the start the mix strayed from the pilot {estimate.fit:.2f} times as far as is usual here"
        gates.append(Gate("fit", estimate.fit <= FIT_LIMIT, f"{sentence}; {FIT_LIMIT} times is allowed."))
    return gates


def _check_gate(p: float, check_p: float, estimate: Estimate, plan: Plan) -> Gate:
    alpha = plan.alpha_per_look
    other = estimate.also[0].estimate if plan.design == "staggered" else None
    opposed = other is not None and estimate.estimate is not None and other * estimate.estimate < 0
    agrees = p > alpha or (check_p <= 2 * alpha and not opposed)
    word = "agrees with" if agrees else "contradicts"
    name = "A permutation check" if plan.design == "comparison" else "A check by two-way fixed effects"
    return Gate(
        "permutation_check" if plan.design == "comparison" else "check",
        agrees,
        f"{name} (p {check_p:.3f}) {word} the interval.",
    )


def pre_trend_gate(rows: Rows, plan: Plan) -> Gate:
    """Whether the arms were drifting apart already in the baseline: Welch on per-unit slopes (unit per period)."""
    table = analysis_table(rows, plan)
    slopes = [_baseline_slopes(table, arm) for arm in get_args(Arm)]
    if min(arm.size for arm in slopes) < 2 or not all(arm.var() > 0 for arm in slopes):
        return Gate("pre_trend", True, "Whether the two groups moved alike before the start could not be checked.")
    gap = difference(slopes[0], slopes[1], PRE_TREND_P)
    lever = table.periods.size / 2
    return _judge_trend(gap.estimate, gap.p, (gap.high - gap.low) / 2, lever, plan)


def _judge_trend(gap: float, p: float, half_width: float, lever: float, plan: Plan) -> Gate:
    minimum = plan.minimum_worthwhile_effect
    moved = f"Before the start the gap between the groups moved by {gap:.3g} per {plan.period}"
    if p <= PRE_TREND_P and abs(gap) * lever >= minimum / 2:
        return Gate("pre_trend", False, f"{moved}: they were drifting apart already, so their difference shows little.")
    if half_width * lever > minimum:
        return Gate("pre_trend", True, f"{moved}; the baseline is too short to check whether they moved alike.")
    return Gate("pre_trend", True, f"{moved}: no sign of drifting apart, though passing this check proves little.")


def _baseline_slopes(table: AnalysisTable, arm: Arm) -> Floats:
    chosen = table.values[table.of_arm(arm) & table.balanced][:, table.before]
    moments = table.periods[table.before].astype(float)
    slopes = [_slope(moments[~np.isnan(row)], row[~np.isnan(row)]) for row in chosen if (~np.isnan(row)).sum() >= 3]
    return np.array(slopes)


def _slope(moments: Floats, values: Floats) -> float:
    centred = moments - moments.mean()
    return float(centred @ values / (centred @ centred))


def _arms(plan: Plan) -> tuple[Arm, ...]:
    return ("pilot", "comparison") if plan.design in COMPARED else ("pilot",)


def _completeness_gate(found: Completeness, plan: Plan) -> Gate:
    sentence = f"{found.overall:.1%} of the expected values arrived; the plan asks for {plan.completeness_floor:.0%}."
    return Gate("completeness", found.overall >= plan.completeness_floor, sentence)


def _balance_gate(found: Completeness, plan: Plan) -> Gate:
    pairs = [
        (one, other)
        for place, one in enumerate(found.shares)
        for other in found.shares[place + 1 :]
        if one.arm == other.arm or one.window == other.window
    ]
    worst = max(abs(one.fraction - other.fraction) for one, other in pairs)
    allowed = plan.limits.difference
    start = f"Completeness differs by up to {worst * 100:.0f} points between groups or windows"
    return Gate("balance", worst <= allowed + 1e-12, f"{start}; {allowed * 100:.3g} are allowed.")


def _units_gate(table: AnalysisTable, plan: Plan) -> Gate:
    lost = {arm: _lost_share(table, arm) for arm in _arms(plan)}
    words = " and ".join(f"{share:.0%} of the {arm} units" for arm, share in lost.items())
    allowed = plan.limits.units_lost
    sentence = f"{words} did not report both before and after the start; {allowed * 100:.3g}% are allowed."
    return Gate("units_kept", max(lost.values()) <= allowed, sentence)


def _lost_share(table: AnalysisTable, arm: Arm) -> float:
    chosen = table.of_arm(arm)
    return 1 - float(table.balanced[chosen].mean()) if chosen.any() else 1.0


def _flatline_gate(table: AnalysisTable, plan: Plan) -> Gate:
    flat = _flat_units(table, plan)
    if not flat:
        return Gate("flatline", True, "No unit sent one and the same value throughout.")
    return Gate("flatline", False, f"{_name(flat)} sent the same value over and over, as a stuck sensor does.")


def _flat_units(table: AnalysisTable, plan: Plan) -> list[str]:
    chosen = np.isin(np.array(table.arms), _arms(plan))
    if plan.design == "counts":  # a quiet street honestly counts zero for weeks; all of them together do not
        total = np.where(table.present[chosen].any(axis=0), np.nansum(table.values[chosen], axis=0), np.nan)
        return ["The whole series"] if _is_flat(total, table, plan) else []
    return [table.units[place] for place in np.flatnonzero(chosen) if _is_flat(table.values[place], table, plan)]


def _is_flat(values: Floats, table: AnalysisTable, plan: Plan) -> bool:
    if plan.period == "hour":
        return any(_longest_run(values[mask]) > plan.limits.flat_hours for mask in (table.before, table.after))
    windows = [values[mask & ~np.isnan(values)] for mask in (table.before, table.after)]
    return any(window.size >= FLAT_MINIMUM and bool((window == window[0]).all()) for window in windows)


def _longest_run(values: Floats) -> int:
    longest = length = 0
    previous = np.nan
    for value in values[~np.isnan(values)]:
        length = length + 1 if value == previous else 1
        longest, previous = max(longest, length), value
    return longest


def _range_gate(share: float, plan: Plan) -> Gate:
    allowed = plan.limits.out_of_range
    sentence = f"{share:.1%} of the readings were outside the possible range; {allowed * 100:.3g}% is allowed."
    return Gate("out_of_range", share <= allowed, sentence)


def _conflict_gate(table: AnalysisTable) -> Gate:
    if not table.conflicting:
        return Gate("one_value_each", True, "No unit sent two different values for the same moment.")
    return Gate("one_value_each", False, f"{_name(table.conflicting)} sent different values for the same moment.")


def _arm_gate(table: AnalysisTable) -> Gate:
    if not table.swapped:
        return Gate("one_arm_each", True, "No unit changed between the pilot and the comparison.")
    return Gate("one_arm_each", False, f"{_name(table.swapped)} appeared in both the pilot and the comparison.")


def _name(units: Iterable[str], shown: int = 3) -> str:
    names = list(units)
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more} more" if more > 0 else "")
