"""Figures that describe and never decide: quasi-Poisson rates, the largest shift of a series, p-values side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pilots.statistics.distributions import normal_quantile
from pilots.statistics.plan import Plan
from pilots.statistics.segmented import Series, design_columns
from pilots.statistics.table import AnalysisTable, Floats, Rows, analysis_table


@dataclass(frozen=True, eq=False)
class Events:
    """Number of events and exposure per period of all pilot units, gaps left out; `times` as in a Series."""

    times: Floats
    numbers: Floats
    exposures: Floats

    @property
    def log_rates(self) -> Series:
        """Log of events per exposure; half an event where there was none, since the logarithm needs one."""
        return Series(self.times.astype(np.int64), np.log(np.maximum(self.numbers, 0.5) / self.exposures))


@dataclass(frozen=True, slots=True)
class RateDescription:
    """Ratio of the rate after the start to the rate before, beside a trend (change a period).

    `slope` is the trend's further change after the start, counted from the last period before it.
    """

    ratio: float
    low: float
    high: float
    dispersion: float
    trend: float
    slope: float | None = None


def events(table: AnalysisTable) -> Events:
    """Add up the pilot units that reported in both windows."""
    chosen = table.of_arm("pilot") & table.balanced
    found = table.present[chosen].any(axis=0)
    numbers, exposures = (np.nansum(each[chosen][:, found], axis=0) for each in (table.values, table.exposures))
    return Events(table.periods[found].astype(float), numbers, exposures)


def describe_rates(
    rows: Rows, plan: Plan, *, is_dispersed: bool = True, with_slope: bool = False
) -> RateDescription | None:
    """(Quasi-)Poisson regression of counts on step, trend and registered harmonics, with exposure as offset.

    Over-confident where neighbouring periods resemble each other (7-17 % false alarms), so it only describes. None
    where it cannot be fitted.
    """
    found = events(analysis_table(rows, plan))
    columns = design_columns(found.times.astype(np.int64), plan)
    if with_slope:
        columns = np.column_stack([columns[:, :-1], columns[:, -1] * (found.times + 1), columns[:, -1]])
    if found.times.size <= columns.shape[1] or np.linalg.matrix_rank(columns) < columns.shape[1]:
        return None
    fitted = _poisson(columns, found)
    if fitted is None:
        return None
    coefficients, covariance, dispersion = fitted
    spread = np.sqrt(covariance[-1, -1] * (dispersion if is_dispersed else 1.0))
    reach = normal_quantile(1 - plan.alpha_per_look / 2) * spread
    step = coefficients[-1]
    ratio, low, high, trend = (float(each) for each in np.exp([step, step - reach, step + reach, coefficients[1] / 52]))
    slope = float(np.exp(coefficients[-2])) if with_slope else None
    return RateDescription(ratio, low, high, dispersion, trend, slope)


def largest_shift(values: Sequence[float], least: int = 5) -> int | None:
    """Index of the last value before the one shift of the mean that explains most; None for a short or flat series.

    At least `least` values stay on each side.
    """
    points = np.asarray(values, dtype=float)
    if points.size < 2 * least or not points.var() > 0:
        return None
    sums = np.cumsum(points - points.mean())[least - 1 : points.size - least]
    before = np.arange(least, points.size - least + 1)
    return int(least - 1 + (sums**2 * (1 / before + 1 / (points.size - before))).argmax())


def holm(ps: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given: each is what it is worth beside the others."""
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    adjusted, so_far = [0.0] * len(ps), 0.0
    for rank, place in enumerate(order):
        so_far = max(so_far, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = so_far
    return adjusted


def _poisson(columns: Floats, found: Events) -> tuple[Floats, Floats, float] | None:
    offset = np.log(found.exposures)
    coefficients = np.linalg.lstsq(columns, found.log_rates.values, rcond=None)[0]
    for _ in range(100):
        mean = np.exp(np.clip(columns @ coefficients + offset, -700, 700))
        information = columns.T @ (columns * mean[:, None])
        if np.linalg.cond(information) > 1e15:
            return None
        step = np.linalg.solve(information, columns.T @ (found.numbers - mean))
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-12:
            break
    pearson = float(((found.numbers - mean) ** 2 / mean).sum())
    return np.asarray(coefficients), np.linalg.inv(information), pearson / (found.times.size - columns.shape[1])
