"""Units that began at different times: what each would have done is imputed from those not yet begun.

Method: imputation (Borusyak, Jaravel and Spiess 2024): unit and period effects are fitted on not-yet-treated cells
only; the effect is the mean of what is left in the treated ones. The interval leaves out one unit at a time (jackknife,
t with one degree of freedom less than units). Two-way fixed effects with the same jackknife are the check.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pilots.statistics.distributions import t_quantile, two_sided_p
from pilots.statistics.plan import Beside, Estimate, Plan
from pilots.statistics.segmented import no_estimate
from pilots.statistics.table import NEVER, AnalysisTable, Floats, Mask, Rows, analysis_table

MINIMUM_UNITS, MINIMUM_TREATED, MINIMUM_UNTREATED = 12, 4, 4
METHOD = "imputation from units not yet begun, leave-one-unit-out jackknife"


@dataclass(frozen=True, eq=False)
class _Panel:
    """Units by periods: values (0 where missing), the cells not yet begun, the cells begun, and who begins at all."""

    values: Floats
    waiting: Mask
    begun: Mask
    begins: Mask


@dataclass(frozen=True, slots=True)
class _Jackknifed:
    estimate: float
    low: float
    high: float
    p: float
    standard_error: float


def staggered(rows: Rows, plan: Plan) -> Estimate:
    """Mean effect over the cells in which units had begun, in the metric's unit, with a jackknife interval.

    Needs 12 units, of which 4 begin and 4 never do; otherwise there are no bounds. The transition of each unit is left
    out of both sides.
    """
    table = analysis_table(rows, plan)
    panel = _panel(table, plan)
    begin = int(panel.begins.sum())
    never = panel.begins.size - begin
    if not panel.begun.any() or not never or not _is_connected(panel.waiting):
        return no_estimate(plan, begin, "Units that begin and units that wait must have reported in the same periods.")
    enough = is_enough(begin, never)
    found, check = (_jackknife(panel, by, plan) if enough else None for by in (_imputed, _two_way))
    kinds = f"{MINIMUM_TREATED} that begin and {MINIMUM_UNTREATED} that never do"
    note = f"An interval needs at least {MINIMUM_UNITS} units, among them {kinds}."
    return Estimate(
        estimate=found.estimate if found else _imputed(panel),
        low=found.low if found else None,
        high=found.high if found else None,
        p=found.p if found else None,
        scale="difference",
        design_level=plan.design_level,
        units_pilot=begin,
        units_comparison=never,
        method=METHOD,
        notes=() if enough else (note,),
        standard_error=found.standard_error if found else None,
        check_p=check.p if check else None,
        also=(_beside(check, panel),),
    )


def _beside(check: _Jackknifed | None, panel: _Panel) -> Beside:
    name = "two-way fixed effects"
    return Beside(name, check.estimate, check.low, check.high, check.p) if check else Beside(name, _two_way(panel))


def _panel(table: AnalysisTable, plan: Plan) -> _Panel:
    kept = table.balanced
    present, first = table.present[kept], table.first[kept]
    since = table.periods[None, :] - first[:, None]
    waiting = present & (since < 0)
    begun = present & (since >= plan.transition_periods)
    begun &= waiting.sum(axis=0) >= 2  # a period needs somebody to compare with, also when one unit is left out
    return _Panel(np.where(present, table.values[kept], 0.0), waiting, begun, first != NEVER)


def is_enough(begin: int, never: int) -> bool:
    """Whether so many units that begin and that never do give an interval."""
    return begin + never >= MINIMUM_UNITS and begin >= MINIMUM_TREATED and never >= MINIMUM_UNTREATED


def jackknife_of_many(
    values: Floats, periods: npt.NDArray[np.int64], first: npt.NDArray[np.int64], transition: int = 0
) -> tuple[Floats, Floats]:
    """Estimate and jackknife error of each of many complete panels (panels x units x periods) of one shape."""
    since = periods[None, :] - first[:, None]
    panel = _Panel(values, since < 0, since >= transition, first != NEVER)
    without = np.stack([_imputed_each(panel, unit) for unit in range(first.size)])
    squares = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    return _imputed_each(panel), np.sqrt((first.size - 1) / first.size * squares)


def _imputed(panel: _Panel, without: int | None = None) -> float:
    return float(_imputed_each(panel, without))


def _imputed_each(panel: _Panel, without: int | None = None) -> Floats:
    """Mean over begun cells of the value minus its unit's and its period's level among waiting cells."""
    kept = _others(panel, without)
    waiting, values, begun = panel.waiting[kept], panel.values[..., kept, :], panel.begun[kept]
    period = _period_effects(waiting, values)[..., None, :]
    number = waiting.sum(axis=1)
    level = np.where(waiting, values - period, 0.0).sum(axis=-1) / np.maximum(number, 1)
    left = values - level[..., None] - period
    chosen = begun & (number > 0)[:, None]
    mean: Floats = np.where(chosen, left, 0.0).sum(axis=(-2, -1)) / chosen.sum() if chosen.any() else np.array(np.nan)
    return mean


def _two_way(panel: _Panel, without: int | None = None) -> float:
    """The coefficient of having begun beside unit and period effects, over all cells."""
    kept = _others(panel, without)
    used, begun = panel.waiting[kept] | panel.begun[kept], panel.begun[kept].astype(float)
    number = np.maximum(used.sum(axis=1, keepdims=True), 1)
    centred = np.where(used, begun - (begun * used).sum(axis=1, keepdims=True) / number, 0.0)
    residual = np.where(used, centred - _period_effects(used, begun), 0.0)
    residual -= np.where(used, residual.sum(axis=1, keepdims=True) / number, 0.0)
    variation = float((residual * begun).sum())
    return float((residual * panel.values[kept]).sum()) / variation if variation > 1e-12 else np.nan


def _others(panel: _Panel, without: int | None) -> Mask:
    kept = np.ones(panel.begins.size, dtype=bool)
    if without is not None:
        kept[without] = False
    return kept


def _period_effects(cells: Mask, values: Floats) -> Floats:
    """Least-squares period effects beside unit effects, over the marked cells; they sum to zero.

    Either kind of effect can be taken out of the equations first, and both ways give the same: the more numerous is,
    because a year of hours would be a matrix of 8,760 by 8,760.
    """
    if cells.shape[1] <= cells.shape[0]:
        return _effects(cells, values)
    units = _effects(cells.T, np.swapaxes(values, -1, -2))
    seen = cells.any(axis=0)
    left = np.where(cells, values - units[..., :, None], 0.0).sum(axis=-2) / np.maximum(cells.sum(axis=0), 1)
    mean = left[..., seen].mean(axis=-1, keepdims=True)
    centred: Floats = np.where(seen, left - mean, 0.0)
    return centred


def _effects(cells: Mask, values: Floats) -> Floats:
    """Least-squares effects of the columns beside effects of the rows, over the marked cells; they sum to zero."""
    normal, right = _normal_equations(cells, values)
    size = normal.shape[0]
    unseen = ~cells.any(axis=0)
    normal[unseen, unseen] = 1.0
    effects: Floats = np.linalg.solve(normal + np.outer(~unseen, ~unseen) / size, right.reshape(-1, size).T).T
    return effects.reshape(right.shape)


def _normal_equations(cells: Mask, values: Floats) -> tuple[Floats, Floats]:
    marked = cells.astype(float)
    number = np.maximum(marked.sum(axis=1, keepdims=True), 1)
    normal = np.diag(marked.sum(axis=0)) - marked.T @ (marked / number)
    inside = values * marked
    right = (inside - marked * inside.sum(axis=-1, keepdims=True) / number).sum(axis=-2)
    return normal, right


def _is_connected(cells: Mask) -> bool:
    """Whether every two periods with a marked cell are joined by units that have both, or by a chain of such."""
    seen = cells.any(axis=0)
    reached = np.zeros(seen.size, dtype=bool)
    reached[seen.argmax()] = True
    size = 0
    while size < reached.sum():
        size = int(reached.sum())
        reached |= cells[(cells & reached).any(axis=1)].any(axis=0)
    return bool(seen.any() and reached[seen].all())


def _jackknife(panel: _Panel, estimator: Callable[..., float], plan: Plan) -> _Jackknifed | None:
    units = panel.begins.size
    found = estimator(panel)
    try:
        without = np.array([estimator(panel, unit) for unit in range(units)])
    except np.linalg.LinAlgError:  # one unit alone held two sets of periods together
        return None
    error = float(np.sqrt((units - 1) / units * ((without - without.mean()) ** 2).sum()))
    if not error > 0:  # also where leaving one out left nothing to compare
        return None
    reach = float(t_quantile(1 - plan.alpha_per_look / 2, units - 1)) * error
    return _Jackknifed(found, found - reach, found + reach, two_sided_p(found / error, units - 1), error)
