"""Pilot units against comparison units: the difference in per-unit change."""

from dataclasses import dataclass

import numpy as np

from pilots.statistics.distributions import t_quantile, two_sided_p
from pilots.statistics.plan import Arm, Beside, Estimate, Plan
from pilots.statistics.table import AnalysisTable, Floats, Rows, analysis_table

MINIMUM_UNITS = 5
PERMUTATIONS = 4999


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of one group minus mean of the other, in the unit of the values, with its t interval."""

    estimate: float
    low: float
    high: float
    p: float
    standard_error: float
    degrees: float


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
    also = _of_all(table)
    if min(changes.pilot.size, changes.comparison.size) < MINIMUM_UNITS:
        return _without_bounds(changes, plan, "With fewer than five units in an arm no interval can be trusted.", also)
    if not (changes.pilot.var() > 0 and changes.comparison.var() > 0):
        return _without_bounds(changes, plan, "All units of an arm changed by exactly the same amount.", also)
    return _welch(changes, plan, also)


def difference(pilot: Floats, other: Floats, alpha: float = 0.05, *, equal_spread: bool = False) -> Difference:
    """Difference of two means by Welch's t, or by Student's with a pooled spread; at least two varying values each."""
    sizes = np.array([pilot.size, other.size])
    spreads = np.array([pilot.var(ddof=1), other.var(ddof=1)])
    if equal_spread:
        degrees = float(sizes.sum() - 2)
        shares = ((sizes - 1) @ spreads / degrees) / sizes
    else:
        shares = spreads / sizes
        degrees = float(shares.sum() ** 2 / (shares**2 / (sizes - 1)).sum())
    error = float(np.sqrt(shares.sum()))
    found = float(pilot.mean() - other.mean())
    reach = float(t_quantile(1 - alpha / 2, degrees)) * error
    return Difference(found, found - reach, found + reach, two_sided_p(found / error, degrees), error, degrees)


def unit_changes(table: AnalysisTable, arm: Arm) -> Floats:
    """Mean after minus mean before, for each unit of the arm that reported in both windows."""
    chosen = table.values[table.of_arm(arm) & table.balanced]
    if not chosen.shape[0]:
        return np.empty(0)
    changes: Floats = np.nanmean(chosen[:, table.after], axis=1) - np.nanmean(chosen[:, table.before], axis=1)
    return changes


def window_values(table: AnalysisTable, arm: Arm) -> tuple[Floats, Floats]:
    """Each unit's mean before and each unit's mean after, of all units that reported then, in both windows or not."""
    chosen = table.values[table.of_arm(arm)]
    before, after = (
        np.array([np.nanmean(row[mask]) for row in chosen if not np.isnan(row[mask]).all()])
        for mask in (table.before, table.after)
    )
    return before, after


def pooled_spread(pilot: Floats, other: Floats) -> float:
    """Standard deviation of a unit's change, pooled over the arms."""
    squares = (pilot.size - 1) * pilot.var(ddof=1) + (other.size - 1) * other.var(ddof=1)
    return float(np.sqrt(squares / (pilot.size + other.size - 2)))


def _of_all(table: AnalysisTable) -> tuple[Beside, ...]:
    """The four means of all available observations, and the difference of their differences."""
    windows = {arm: window_values(table, arm) for arm in ("pilot", "comparison")}
    means = {
        f"{arm} units, mean {when}": float(values.mean())
        for arm, pair in windows.items()
        for when, values in zip(("before", "after"), pair, strict=True)
        if values.size
    }
    found = [Beside(name, mean) for name, mean in means.items()]
    if len(found) == 4:
        before, after, other_before, other_after = means.values()
        gap = after - before - (other_after - other_before)
        found.append(Beside("difference in change, all observations", gap))
    return tuple(found)


def _welch(changes: _Changes, plan: Plan, also: tuple[Beside, ...]) -> Estimate:
    pilot, other = changes.pilot, changes.comparison
    found = difference(pilot, other, plan.alpha_per_look)
    return Estimate(
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        p=found.p,
        method="difference in per-unit change, Welch interval",
        standard_error=found.standard_error,
        check_p=_permutation_p(changes, plan.seed),
        spread=pooled_spread(pilot, other),
        scale="difference",
        design_level=plan.design_level,
        units_pilot=pilot.size,
        units_comparison=other.size,
        also=also,
    )


def _permutation_p(changes: _Changes, seed: int) -> float:
    """How often shuffled labels give a difference at least as large."""
    values = np.concatenate([changes.pilot, changes.comparison])
    rng, size = np.random.default_rng(seed), changes.pilot.size
    shuffled = rng.permuted(np.broadcast_to(values, (PERMUTATIONS, values.size)), axis=1)
    gaps = np.abs(shuffled[:, :size].mean(axis=1) - shuffled[:, size:].mean(axis=1))
    seen = abs(changes.pilot.mean() - changes.comparison.mean())
    return float((1 + (gaps >= seen * (1 - 1e-12)).sum()) / (1 + PERMUTATIONS))


def _without_bounds(changes: _Changes, plan: Plan, note: str, also: tuple[Beside, ...]) -> Estimate:
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
        also=also,
    )
