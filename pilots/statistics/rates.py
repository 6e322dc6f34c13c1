"""Counts with an exposure, without a comparison: the step in the logarithm of the rate."""

import numpy as np
from scipy import optimize, stats

from pilots.statistics.autoregression import GRID, AutoregressiveModel, Profile
from pilots.statistics.plan import Estimate, Plan
from pilots.statistics.segmented import Series, design_columns, is_estimable, no_estimate
from pilots.statistics.table import AnalysisTable, Floats, Rows, analysis_table

MINIMUM_BEFORE = 36
MINIMUM_AFTER = 12
MINIMUM_MEAN_COUNT = 20


def counts(rows: Rows, plan: Plan) -> Estimate:
    """Rate ratio after/before beside a trend: AR(1) errors, restricted likelihood averaged over rho, not maximised.

    Needs 36 periods before, 12 after and 20 events a period on average; otherwise there are no bounds. Level 2.
    """
    table = analysis_table(rows, plan)
    units = int((table.of_arm("pilot") & table.balanced).sum())
    series, mean_count = rate_series(table)
    columns = design_columns(series.times, plan)
    if not is_estimable(series, columns):
        return no_estimate(plan, units, "The series is too short, or does not vary, so no rate ratio can be fitted.")
    model = AutoregressiveModel(series.times, columns)
    mixture = _Mixture(model.profile(series.values[:, None]), model.degrees)
    enough = series.before >= MINIMUM_BEFORE and series.after >= MINIMUM_AFTER and mean_count >= MINIMUM_MEAN_COUNT
    return _result(mixture, plan, units, enough)


def rate_series(table: AnalysisTable) -> tuple[Series, float]:
    """Log of events per exposure over all pilot units, and the mean number of events in a period."""
    chosen = table.of_arm("pilot") & table.balanced
    if not chosen.any():
        return Series(np.empty(0, dtype=np.int64), np.empty(0)), 0.0
    found = table.present[chosen].any(axis=0)
    events = np.nansum(table.values[chosen][:, found], axis=0)
    exposure = np.nansum(table.exposures[chosen][:, found], axis=0)
    logs = np.log(np.maximum(events, 0.5) / exposure)  # half an event where there was none: the logarithm needs one
    return Series(table.periods[found], logs), float(events.mean())


class _Mixture:
    """The step's distribution: a t for each rho, weighted by how well that rho fits."""

    def __init__(self, profile: Profile, degrees: int) -> None:
        likelihood = profile.log_likelihood[:, 0]
        weights = np.exp(likelihood - likelihood.max())
        self._weights: Floats = weights / weights.sum()
        self._centres: Floats = profile.coefficient[:, 0]
        self._errors: Floats = profile.standard_error[:, 0]
        self._degrees = degrees
        self.mean = float(self._weights @ self._centres)
        self.error = float(np.sqrt(self._weights @ (self._errors**2 + (self._centres - self.mean) ** 2)))
        self.rho = float(GRID[likelihood.argmax()])

    def below(self, step: float) -> float:
        return float(self._weights @ stats.t.cdf((step - self._centres) / self._errors, self._degrees))

    def quantile(self, share: float) -> float:
        reach = 200 * self.error
        return float(
            optimize.brentq(lambda step: self.below(step) - share, self.mean - reach, self.mean + reach, xtol=1e-12)
        )


def _result(mixture: _Mixture, plan: Plan, units: int, enough: bool) -> Estimate:
    tail = plan.alpha_per_look / 2
    periods = f"{MINIMUM_BEFORE} periods before the start, {MINIMUM_AFTER} after"
    note = f"An interval needs {periods} and {MINIMUM_MEAN_COUNT} events a period."
    return Estimate(
        estimate=float(np.exp(mixture.mean)),
        low=float(np.exp(mixture.quantile(tail))) if enough else None,
        high=float(np.exp(mixture.quantile(1 - tail))) if enough else None,
        p=2 * min(mixture.below(0), 1 - mixture.below(0)) if enough else None,
        scale="rate_ratio",
        design_level=plan.design_level,
        units_pilot=units,
        units_comparison=0,
        method="log rate, AR(1) errors, restricted likelihood averaged over rho",
        notes=() if enough else (note,),
        standard_error=mixture.error,
        rho=mixture.rho,
    )
