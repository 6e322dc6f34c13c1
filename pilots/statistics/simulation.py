"""Pilots invented beforehand: by how much each design's estimate would miss, and how far its interval would reach."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pilots.statistics import rates, segmented, staggered, synthetic
from pilots.statistics.autoregression import AutoregressiveModel
from pilots.statistics.distributions import t_quantile
from pilots.statistics.plan import Plan, period_index, window_periods
from pilots.statistics.table import NEVER, Floats
from pilots.statistics.welch import MINIMUM_UNITS

DRAWS = 1999
MOST_NUMBERS = 4_000_000  # of one simulation; beyond it fewer pilots are invented


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is believed beforehand.

    `sd` is of a unit's change (comparison), of a period's value about its trend (one series, staggered, synthetic
    control), or of the log rate (counts); `rho` is how much one period resembles the next; `expected` is the
    improvement hoped for; `events` is how many a usual period has (counts; None is enough of them).
    """

    sd: float
    units_pilot: int = 1
    units_comparison: int = 0
    rho: float = 0.4
    expected: float | None = None
    events: float | None = None


@dataclass(frozen=True, eq=False)
class Noise:
    """By how much simulated estimates miss, and how far their intervals reach; on the log scale for counts.

    `reach` is infinite where there is no interval.
    """

    error: Floats
    reach: Floats


@lru_cache(maxsize=8)
def simulate(plan: Plan, assumptions: Assumptions) -> Noise | None:
    """Pilots without an effect, from the plan's seed; None where the design would give no interval at all."""
    if plan.design == "comparison":
        return _arms(plan, assumptions)
    if plan.design == "staggered":
        return _staggered(plan, assumptions)
    if plan.design == "synthetic_control":
        return _mixed(plan, assumptions)
    return None if plan.design == "before_after" else _series(plan, assumptions)


def needed_periods(plan: Plan) -> tuple[int, int]:
    """The fewest periods before and after the start with which the design gives an interval."""
    if plan.design == "counts":
        return rates.MINIMUM_BEFORE, rates.MINIMUM_AFTER
    if plan.design == "one_series":
        return segmented.MINIMUM_BEFORE, segmented.MINIMUM_AFTER
    if plan.design == "synthetic_control":
        return synthetic.MINIMUM_BEFORE, synthetic.MINIMUM_AFTER
    return 1, 1


def has_enough_periods(plan: Plan) -> bool:
    """Whether the registered windows are long enough for an interval."""
    times = np.array(window_periods(plan))
    before, after = needed_periods(plan)
    return bool((times < 0).sum() >= before and (times >= 0).sum() >= after)


def _arms(plan: Plan, assumptions: Assumptions) -> Noise | None:
    sizes = np.array([assumptions.units_pilot, assumptions.units_comparison])
    if sizes.min() < MINIMUM_UNITS:
        return None
    rng = np.random.default_rng(plan.seed)
    error = rng.standard_normal(DRAWS) * assumptions.sd * np.sqrt((1 / sizes).sum())
    shares = assumptions.sd**2 * rng.chisquare(sizes - 1, (DRAWS, 2)) / (sizes - 1) / sizes
    degrees = shares.sum(axis=1) ** 2 / (shares**2 / (sizes - 1)).sum(axis=1)
    return Noise(error, t_quantile(1 - plan.alpha_per_look / 2, degrees) * np.sqrt(shares.sum(axis=1)))


def _series(plan: Plan, assumptions: Assumptions) -> Noise | None:
    times = np.array(window_periods(plan))
    is_rare = assumptions.events is not None and assumptions.events < rates.MINIMUM_MEAN_COUNT
    if is_rare or not has_enough_periods(plan):
        return None
    model = AutoregressiveModel(times, segmented.design_columns(times, plan))
    innovation = assumptions.sd * np.sqrt(1 - assumptions.rho**2)
    draws = max(199, min(DRAWS, MOST_NUMBERS // times.size))
    fit = model.fit(innovation * model.errors(assumptions.rho, draws, np.random.default_rng(plan.seed)))
    statistics = np.abs(fit.coefficient / fit.standard_error)
    critical = segmented.critical_value(statistics, plan.alpha_per_look)
    return Noise(fit.coefficient, critical * fit.standard_error)


def _staggered(plan: Plan, assumptions: Assumptions) -> Noise | None:
    treated, never = assumptions.units_pilot, assumptions.units_comparison
    if not staggered.is_enough(treated, never):
        return None
    times = np.array(window_periods(plan))
    first = np.concatenate([_starts(plan, treated, times), np.full(never, NEVER)])
    errors = _errors(plan, assumptions, treated + never, times)
    found, standard = staggered.jackknife_of_many(errors, times, first, plan.transition_periods)
    return Noise(found, t_quantile(1 - plan.alpha_per_look / 2, first.size - 1) * standard)


def _starts(plan: Plan, treated: int, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """As registered, else spread evenly over the first two thirds of the pilot."""
    given = [period_index(plan, day) for _, day in plan.starts][:treated]
    if len(given) == treated:
        return np.array(given, dtype=np.int64)
    return np.linspace(0, 2 * times[-1] / 3, treated).astype(np.int64)


def _mixed(plan: Plan, assumptions: Assumptions) -> Noise | None:
    """The mix of each place is taken as the plain mean of the others: weights matter little for how it errs."""
    others = assumptions.units_comparison
    if others < synthetic.places_needed(plan) or not has_enough_periods(plan):
        return None
    times = np.array(window_periods(plan))
    errors = _errors(plan, assumptions, others + 1, times)
    errors = errors - errors[..., times < 0].mean(axis=-1, keepdims=True)
    own, rest = errors[:, :1], errors[:, 1:]
    gaps = np.concatenate(
        [own - rest.mean(axis=1, keepdims=True), rest - (rest.sum(axis=1, keepdims=True) - rest) / (others - 1)], axis=1
    )
    before = np.sqrt((gaps[..., times < 0] ** 2).mean(axis=-1))
    ratios = np.sort(np.sqrt((gaps[:, 1:, times >= 0] ** 2).mean(axis=-1)) / before[:, 1:], axis=1)[:, ::-1]
    allowed = int(plan.alpha_per_look * (others + 1) + 1e-9)
    after = gaps[:, 0, times >= 0]
    squared = (ratios[:, allowed - 1] * before[:, 0]) ** 2 - after.var(axis=-1)
    return Noise(after.mean(axis=-1), np.where(squared >= 0, np.sqrt(np.maximum(squared, 0)), np.inf))


def _errors(plan: Plan, assumptions: Assumptions, units: int, times: npt.NDArray[np.int64]) -> Floats:
    """AR(1) errors (draws x units x periods) with the assumed spread."""
    draws = max(199, min(DRAWS, MOST_NUMBERS // (units * times.size)))
    model = AutoregressiveModel(times, np.ones((times.size, 1)))
    noise = model.errors(assumptions.rho, draws * units, np.random.default_rng(plan.seed))
    spread = assumptions.sd * np.sqrt(1 - assumptions.rho**2)
    return (spread * noise).T.reshape(draws, units, times.size)


def longer(plan: Plan, times: int) -> Plan:
    """The same plan with baseline and pilot so many times as long."""
    before, after = plan.start - plan.baseline_start, plan.end - plan.start
    return replace(plan, baseline_start=plan.start - times * before, end=plan.start + times * after)
