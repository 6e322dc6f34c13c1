"""Counts with an exposure, without a comparison: the step in the logarithm of the rate."""

from dataclasses import replace

import numpy as np

from pilots.statistics.autoregression import AutoregressiveModel, Mixture
from pilots.statistics.describing import describe_rates, events
from pilots.statistics.plan import Beside, Estimate, Plan
from pilots.statistics.segmented import design_columns, is_estimable, no_estimate
from pilots.statistics.table import AnalysisTable, Rows, analysis_table

MINIMUM_BEFORE = 36
MINIMUM_AFTER = 12
MINIMUM_MEAN_COUNT = 20


def counts(rows: Rows, plan: Plan) -> Estimate:
    """Rate ratio after/before beside a trend: AR(1) errors, restricted likelihood averaged over rho, not maximised.

    Needs 36 periods before, 12 after and 20 events a period on average; otherwise there are no bounds. Level 2.
    """
    table = analysis_table(rows, plan)
    units = int((table.of_arm("pilot") & table.balanced).sum())
    found = events(table)
    series, mean_count = found.log_rates, float(found.numbers.mean()) if found.numbers.size else 0.0
    columns = design_columns(series.times, plan)
    if not is_estimable(series, columns):
        return no_estimate(plan, units, "The series is too short, or does not vary, so no rate ratio can be fitted.")
    model = AutoregressiveModel(series.times, columns)
    mixture = Mixture(model.profile(series.values[:, None]), model.degrees)
    enough = series.before >= MINIMUM_BEFORE and series.after >= MINIMUM_AFTER and mean_count >= MINIMUM_MEAN_COUNT
    return replace(_result(mixture, plan, units, enough), also=_described(table, plan))


def _described(table: AnalysisTable, plan: Plan) -> tuple[Beside, ...]:
    found = describe_rates(table, plan)
    if found is None:
        return ()
    return (Beside("quasi-Poisson, to describe only", found.ratio, found.low, found.high),)


def _result(mixture: Mixture, plan: Plan, units: int, enough: bool) -> Estimate:
    tail = plan.alpha_per_look / 2
    periods = f"{MINIMUM_BEFORE} periods before the start, {MINIMUM_AFTER} after"
    note = f"An interval needs {periods} and {MINIMUM_MEAN_COUNT} events a period."
    return Estimate(
        estimate=float(np.exp(mixture.mean)),
        low=float(np.exp(mixture.quantile(tail))) if enough else None,
        high=float(np.exp(mixture.quantile(1 - tail))) if enough else None,
        p=mixture.p if enough else None,
        scale="rate_ratio",
        design_level=plan.design_level,
        units_pilot=units,
        units_comparison=0,
        method="log rate, AR(1) errors, restricted likelihood averaged over rho",
        notes=() if enough else (note,),
        standard_error=mixture.error,
        rho=mixture.rho,
    )
