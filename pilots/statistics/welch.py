"""Pilot units against comparison units: the difference in per-unit change."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from pilots.statistics.plan import Arm, Estimate, Plan
from pilots.statistics.table import AnalysisTable, Floats, Rows, analysis_table

MINIMUM_UNITS = 5
PERMUTATIONS = 4999


@dataclass(frozen=True, eq=False)
class _Changes:
    pilot: Floats
    comparison: Floats


def comparison(rows: Rows, plan: Plan) -> Estimate:
    """Difference in per-unit change (pilot minus comparison, in the metric's unit), Welch interval, permutation check.

    Only units with a value in both windows count. Fewer than five in an arm: the estimate is given without bounds.
    """
    table = analysis_table(rows, plan)
    changes = _Changes(unit_changes(table, "pilot"), unit_changes(table, "comparison"))
    if min(changes.pilot.size, changes.comparison.size) < MINIMUM_UNITS:
        return _without_bounds(changes, plan, "With fewer than five units in an arm no interval can be trusted.")
    if not (changes.pilot.var() > 0 and changes.comparison.var() > 0):
        return _without_bounds(changes, plan, "All units of an arm changed by exactly the same amount.")
    return _welch(changes, plan)


def unit_changes(table: AnalysisTable, arm: Arm) -> Floats:
    """Mean after minus mean before, for each unit of the arm that reported in both windows."""
    chosen = table.values[table.of_arm(arm) & table.balanced]
    if not chosen.shape[0]:
        return np.empty(0)
    changes: Floats = np.nanmean(chosen[:, table.after], axis=1) - np.nanmean(chosen[:, table.before], axis=1)
    return changes


def pooled_spread(pilot: Floats, other: Floats) -> float:
    """Standard deviation of a unit's change, pooled over the arms."""
    squares = (pilot.size - 1) * pilot.var(ddof=1) + (other.size - 1) * other.var(ddof=1)
    return float(np.sqrt(squares / (pilot.size + other.size - 2)))


def _welch(changes: _Changes, plan: Plan) -> Estimate:
    pilot, other = changes.pilot, changes.comparison
    test = stats.ttest_ind(pilot, other, equal_var=False)
    interval = test.confidence_interval(1 - plan.alpha_per_look)
    return Estimate(
        estimate=float(pilot.mean() - other.mean()),
        low=float(interval.low),
        high=float(interval.high),
        p=float(test.pvalue),
        method="difference in per-unit change, Welch interval",
        standard_error=float(np.sqrt(pilot.var(ddof=1) / pilot.size + other.var(ddof=1) / other.size)),
        check_p=_permutation_p(changes, plan.seed),
        spread=pooled_spread(pilot, other),
        scale="difference",
        design_level=plan.design_level,
        units_pilot=pilot.size,
        units_comparison=other.size,
    )


def _permutation_p(changes: _Changes, seed: int) -> float:
    result = stats.permutation_test(
        (changes.pilot, changes.comparison),
        lambda pilot, other, axis: np.abs(pilot.mean(axis=axis) - other.mean(axis=axis)),
        vectorized=True,
        alternative="greater",
        n_resamples=PERMUTATIONS,
        rng=np.random.default_rng(seed),
    )
    return float(result.pvalue)


def _without_bounds(changes: _Changes, plan: Plan, note: str) -> Estimate:
    known = changes.pilot.size > 0 and changes.comparison.size > 0
    return Estimate(
        estimate=float(changes.pilot.mean() - changes.comparison.mean()) if known else None,
        low=None,
        high=None,
        p=None,
        scale="difference",
        design_level=plan.design_level,
        units_pilot=changes.pilot.size,
        units_comparison=changes.comparison.size,
        method="difference in per-unit change, no interval",
        notes=(note,),
    )
