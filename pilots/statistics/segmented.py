"""One series before and after the start, without a comparison: a step on a trend, or only two means."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pilots.statistics.autoregression import AutoregressiveModel, Fit
from pilots.statistics.plan import Estimate, Plan
from pilots.statistics.table import AnalysisTable, Floats, Rows, analysis_table

MINIMUM_BEFORE = 26
MINIMUM_AFTER = 13
NUMBERS_AT_ONCE = 2_000_000  # of bootstrap series: years of hours must not fill the memory


@dataclass(frozen=True, eq=False)
class Series:
    """One value per period, gaps left out; `times` are period numbers, negative before the start."""

    times: npt.NDArray[np.int64]
    values: Floats

    @property
    def before(self) -> int:
        return int((self.times < 0).sum())

    @property
    def after(self) -> int:
        return int((self.times >= 0).sum())


def one_series(rows: Rows, plan: Plan) -> Estimate:
    """Step at the start (metric's unit) in a trend: AR(1) errors by REML, parametric bootstrap under the null.

    Needs 26 periods before and 13 after, otherwise the estimate has no bounds. Never shows cause: level 2.
    """
    table = analysis_table(rows, plan)
    series = pilot_series(table)
    units = int((table.of_arm("pilot") & table.balanced).sum())
    columns = design_columns(series.times, plan)
    if not is_estimable(series, columns):
        return no_estimate(plan, units, "The series is too short, or does not vary, so no step can be fitted.")
    model = AutoregressiveModel(series.times, columns)
    fit = model.fit(series.values[:, None])
    if series.before < MINIMUM_BEFORE or series.after < MINIMUM_AFTER:
        note = f"An interval needs {MINIMUM_BEFORE} periods before the start and {MINIMUM_AFTER} after."
        return _result(fit, None, plan, units, (note,))
    return _result(fit, null_statistics(series, columns, plan), plan, units, ())


def pilot_series(table: AnalysisTable) -> Series:
    """Mean of the pilot units per period, each taken about its own baseline, so that a missing unit moves nothing."""
    values = table.values[table.of_arm("pilot") & table.balanced]
    if not values.shape[0]:
        return Series(np.empty(0, dtype=np.int64), np.empty(0))
    level = np.nanmean(values[:, table.before], axis=1)
    found = ~np.isnan(values).all(axis=0)
    mean = np.nanmean(values[:, found] - level[:, None], axis=0) + level.mean()
    return Series(table.periods[found], mean)


def design_columns(times: npt.NDArray[np.int64], plan: Plan) -> Floats:
    """Constant, trend and registered harmonics, then the step as the last column."""
    moment = times.astype(float)
    angles = [2 * np.pi * pair * moment / plan.season_length for pair in range(1, plan.harmonics + 1)]
    waves = [wave(angle) for angle in angles for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones_like(moment), moment / 52, *waves, (times >= 0).astype(float)])


def is_estimable(series: Series, columns: Floats) -> bool:
    """Whether a step can be fitted with at least three periods to spare and a residual to judge it by."""
    if series.times.size < columns.shape[1] + 3 or np.linalg.matrix_rank(columns) < columns.shape[1]:
        return False
    residual = series.values - columns @ np.linalg.lstsq(columns, series.values, rcond=None)[0]
    return bool(np.abs(residual).max() > 1e-9 * max(1e-300, np.abs(series.values).max()))


def null_statistics(series: Series, columns: Floats, plan: Plan) -> Floats:
    """|t| of the step in series simulated without one, with the autocorrelation seen when no step is fitted."""
    without_step = AutoregressiveModel(series.times, columns[:, :-1])
    rho = float(without_step.fit(series.values[:, None]).rho[0])
    model = AutoregressiveModel(series.times, columns)
    errors = model.errors(rho, plan.bootstraps, np.random.default_rng(plan.seed))
    at_once = max(1, NUMBERS_AT_ONCE // series.times.size)
    fits = [model.fit(errors[:, first : first + at_once]) for first in range(0, plan.bootstraps, at_once)]
    return np.concatenate([np.abs(fit.coefficient / fit.standard_error) for fit in fits])


def critical_value(statistics: Floats, alpha: float) -> float:
    """The quantile by the rule `higher`, so that the interval excludes zero exactly when p is at most alpha."""
    return float(np.quantile(statistics, 1 - alpha, method="higher"))


def no_estimate(plan: Plan, units: int, note: str) -> Estimate:
    """The answer where nothing can be fitted."""
    return Estimate(None, None, None, None, plan.scale, plan.design_level, units, 0, "no estimate", (note,))


def before_after(rows: Rows, plan: Plan) -> Estimate:
    """Mean after minus mean before, of units that reported in both. No bounds, on purpose: it never shows cause."""
    table = analysis_table(rows, plan)
    values = table.values[table.of_arm("pilot") & table.balanced]
    if not values.shape[0]:
        return no_estimate(plan, 0, "No unit reported both before and after the start.")
    before = np.nanmean(values[:, table.before], axis=1).mean()
    after = np.nanmean(values[:, table.after], axis=1).mean()
    notes = [f"The mean went from {before:.6g} to {after:.6g}."]
    if before:
        notes.append(f"That is {abs(after / before - 1):.1%} {'more' if after > before else 'less'}.")
    return Estimate(
        float(after - before),
        None,
        None,
        None,
        "difference",
        1,
        values.shape[0],
        0,
        "means before and after",
        tuple(notes),
    )


def _result(fit: Fit, null: Floats | None, plan: Plan, units: int, notes: tuple[str, ...]) -> Estimate:
    step, error = float(fit.coefficient[0]), float(fit.standard_error[0])
    reach = None if null is None else critical_value(null, plan.alpha_per_look) * error
    return Estimate(
        estimate=step,
        low=None if reach is None else step - reach,
        high=None if reach is None else step + reach,
        p=None if null is None else float((1 + (null >= abs(step / error)).sum()) / (1 + null.size)),
        scale="difference",
        design_level=plan.design_level,
        units_pilot=units,
        units_comparison=0,
        method="segmented regression, AR(1) errors by REML, parametric bootstrap",
        notes=notes,
        standard_error=error,
        rho=float(fit.rho[0]),
    )
