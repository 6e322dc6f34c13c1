"""One pilot place and many others: a weighted mix of the others that moved like it before the start.

Method: Abadie, Diamond and Hainmueller (2010), on series taken about their own baseline mean. The test compares how far
the pilot strays after the start, relative to before, with the same figure for each other place in turn; its interval
holds every constant effect that the test does not reject.
"""

from dataclasses import dataclass

import numpy as np

from pilots.statistics.plan import Beside, Estimate, Plan
from pilots.statistics.segmented import Series, no_estimate, pilot_series
from pilots.statistics.table import AnalysisTable, Floats, Mask, Rows, analysis_table

MINIMUM_BEFORE = 12
MINIMUM_AFTER = 4
METHOD = "synthetic control on series about their baseline, placebo rank"


@dataclass(frozen=True, eq=False)
class _Panel:
    """The pilot's series and those of the others (periods x places), complete; `before` marks the baseline."""

    target: Floats
    donors: Floats
    before: Mask

    @property
    def centred(self) -> "_Panel":
        middle = self.donors[self.before].mean(axis=0)
        return _Panel(self.target - self.target[self.before].mean(), self.donors - middle, self.before)


@dataclass(frozen=True, slots=True)
class _Misfit:
    """The gap to the mix: its mean and spread after the start, and its root mean square before."""

    mean: float
    spread: float
    before: float

    @property
    def ratio(self) -> float:
        return _share(float(np.hypot(self.mean, self.spread)), self.before)


@dataclass(frozen=True, slots=True)
class _Ranked:
    estimate: float
    low: float | None
    high: float | None
    p: float
    fit: float


def synthetic_control(rows: Rows, plan: Plan) -> Estimate:
    """Mean gap after the start between the pilot and its mix of other places, in the metric's unit; p is a rank.

    Needs 1/alpha - 1 other places (19 for 5 %), 12 periods before and 4 after; otherwise there are no bounds.
    """
    table = analysis_table(rows, plan)
    units = int((table.of_arm("pilot") & table.balanced).sum())
    panel = _panel(table)
    if panel is None or not panel.before.sum() > 1 or panel.before.all() or panel.donors.shape[1] < 2:
        return no_estimate(plan, units, "The pilot and two other places must have reported before and after the start.")
    main, plain = _rank(panel.centred, plan), _rank(panel, plan)
    note = _too_few(panel, plan)
    if not note and main.low is None:
        note = "The gap moved so much after the start that no constant effect fits it, so there is no interval."
    return Estimate(
        estimate=main.estimate,
        low=None if note else main.low,
        high=None if note else main.high,
        p=None if _too_few(panel, plan) else main.p,
        scale="difference",
        design_level=plan.design_level,
        units_pilot=units,
        units_comparison=panel.donors.shape[1],
        method=METHOD,
        notes=(note,) if note else (),
        fit=main.fit,
        also=(
            Beside("demeaned", main.estimate, main.low, main.high, main.p),
            Beside("un-demeaned", plain.estimate, plain.low, plain.high, plain.p),
        ),
    )


def places_needed(plan: Plan) -> int:
    """How many other places it takes before the rank can reach alpha at all."""
    return int(np.ceil(1 / plan.alpha_per_look - 1e-9)) - 1


def mixing_weights(target: Floats, donors: Floats) -> Floats:
    """Weights >= 0 that sum to 1 and bring the donors (periods x places) closest to the target, by least squares."""
    from scipy import optimize  # noqa: PLC0415 - seconds of start-up that only this estimator needs

    heavy = 1e3 * max(float(np.abs(donors).max()), float(np.abs(target).max()), np.finfo(float).tiny)
    stacked = np.vstack([donors, np.full(donors.shape[1], heavy)])
    weights, _ = optimize.nnls(stacked, np.append(target, heavy), maxiter=100 * donors.shape[1])
    total = weights.sum()
    return np.asarray(
        weights / total if total > 0 else np.full(weights.size, 1 / weights.size)
    )  # nothing varies at all


def _panel(table: AnalysisTable) -> _Panel | None:
    """Periods in which the pilot reported; holes of the others are filled with the place's and the period's level."""
    series: Series = pilot_series(table)
    others = table.values[table.of_arm("comparison") & table.balanced]
    if not series.times.size or not others.shape[0]:
        return None
    chosen = np.isin(table.periods, series.times) & ~np.isnan(others).all(axis=0)
    target = series.values[np.isin(series.times, table.periods[chosen])]
    return _Panel(target, _filled(others[:, chosen]).T, table.periods[chosen] < 0)


def _filled(values: Floats) -> Floats:
    holes = np.isnan(values)
    if not holes.any():
        return values
    level = np.zeros((values.shape[0], 1))
    for _ in range(200):
        period = np.nanmean(values - level, axis=0, keepdims=True)
        level = np.nanmean(values - period, axis=1, keepdims=True)
    return np.where(holes, level + period, values)


def _share(part: float, whole: float) -> float:
    """A ratio, also where nothing varied: to nothing, something is infinitely much and nothing is as much."""
    if whole > 0:
        return float(part) / float(whole)
    return float("inf") if part > 0 else 1.0


def _rank(panel: _Panel, plan: Plan) -> _Ranked:
    own = _misfit(panel.target, panel.donors, panel)
    places = range(panel.donors.shape[1])
    others = [_misfit(panel.donors[:, place], np.delete(panel.donors, place, axis=1), panel) for place in places]
    ratios = np.sort([other.ratio for other in others])[::-1]
    p = float((1 + (ratios >= own.ratio).sum()) / (1 + ratios.size))
    allowed = int(plan.alpha_per_look * (1 + ratios.size) + 1e-9)  # so many may lie above what is still accepted
    reach = (ratios[allowed - 1] * own.before) ** 2 - own.spread**2 if allowed else -1.0
    half = float(np.sqrt(reach)) if reach >= 0 else None
    fit = _share(own.before, float(np.median([other.before for other in others])))
    low, high = (None, None) if half is None else (own.mean - half, own.mean + half)
    return _Ranked(own.mean, low, high, p, fit)


def _misfit(target: Floats, donors: Floats, panel: _Panel) -> _Misfit:
    before, after = panel.before, ~panel.before
    gap = target - donors @ mixing_weights(target[before], donors[before])
    least = 1e-9 * max(float(np.abs(panel.donors).max()), np.finfo(float).tiny)  # a perfect fit must not divide by zero
    misfit = max(float(np.sqrt((gap[before] ** 2).mean())), least)
    return _Misfit(float(gap[after].mean()), float(gap[after].std()), misfit)


def _too_few(panel: _Panel, plan: Plan) -> str:
    needed = places_needed(plan)
    if panel.donors.shape[1] < needed:
        return f"An interval needs at least {needed} other places; {panel.donors.shape[1]} reported."
    if panel.before.sum() < MINIMUM_BEFORE or (~panel.before).sum() < MINIMUM_AFTER:
        return f"An interval needs {MINIMUM_BEFORE} periods before the start and {MINIMUM_AFTER} after."
    return ""
