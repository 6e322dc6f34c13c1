"""Devices that drift away from the others of their group, and whether the verdict hangs on them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pilots.statistics.autoregression import AutoregressiveModel, Mixture
from pilots.statistics.describing import holm
from pilots.statistics.plan import Gate, Plan
from pilots.statistics.table import AnalysisTable, Floats, Source

DRIFT_P = 0.05
LEAST_PEERS = 3
LEAST_PERIODS = 12
CHECKED = ("comparison", "one_series")


def drifting(table: AnalysisTable, plan: Plan) -> list[Source] | None:
    """Devices whose distance from the middle of their group's others has a slope (AR(1) likelihood, Holm over all).

    The device's own step at the start is allowed for. None where no group has four devices to compare.
    """
    arm_of = dict(zip(table.units, table.arms, strict=True))
    arms = np.array([arm_of[unit] for unit, _ in table.sources])
    judged: list[tuple[int, float]] = []
    for (times, _), group in _alike(arms, table).items():
        judged += _trend_ps(np.frombuffer(times, dtype=np.int64), group)
    if not judged:
        return None
    judged.sort()
    adjusted = holm([p for _, p in judged])
    return [table.sources[place] for (place, _), p in zip(judged, adjusted, strict=True) if p <= DRIFT_P]


def drift_gate(
    table: AnalysisTable, plan: Plan, verdict: str, judge_without: Callable[[list[Source], Plan], str]
) -> Gate | None:
    """Inconclusive only if leaving the drifting devices out changes the verdict, or more of a group drifts than may.

    `judge_without` gives the verdict without some devices. None for designs in which places may differ in trend.
    """
    if plan.design not in CHECKED or not table.sources:
        return None
    flagged = drifting(table, plan)
    if flagged is None:
        return Gate("drift", True, "Whether a device drifted could not be checked: it takes four in a group.")
    if not flagged:
        return Gate("drift", True, "No device drifted away from the others of its group.")
    return _judge(flagged, table, plan, verdict, judge_without)


def _judge(
    flagged: list[Source],
    table: AnalysisTable,
    plan: Plan,
    verdict: str,
    judge_without: Callable[[list[Source], Plan], str],
) -> Gate:
    names = ", ".join(device or unit for unit, device in flagged[:3])
    more = f" and {len(flagged) - 3} more" if len(flagged) > 3 else ""
    start = f"{names}{more} drifted away from the others"
    if _largest_share(flagged, table) > plan.limits.suspect:
        return Gate("drift", False, f"{start}: more than {plan.limits.suspect * 100:.3g}% of a group.")
    left = {unit for source in table.sources if source not in flagged for unit in source[:1]}
    lost = {unit for unit, _ in flagged} - left
    without = replace(plan, units=tuple(pair for pair in plan.units if pair[0] not in lost))
    other = judge_without(flagged, without)
    if other == verdict:
        return Gate("drift", True, f"{start}; without {_them(flagged)} the verdict is the same.")
    return Gate("drift", False, f"{start}, and without {_them(flagged)} the verdict would be {other}, not {verdict}.")


def _them(flagged: list[Source]) -> str:
    return "it" if len(flagged) == 1 else "them"


def _largest_share(flagged: list[Source], table: AnalysisTable) -> float:
    arm_of = dict(zip(table.units, table.arms, strict=True))
    groups = [arm_of[unit] for unit, _ in table.sources]
    drifted = [arm_of[unit] for unit, _ in flagged]
    return max(drifted.count(arm) / groups.count(arm) for arm in set(groups))


def _alike(arms: npt.NDArray[np.str_], table: AnalysisTable) -> dict[tuple[bytes, int], list[tuple[int, Floats]]]:
    """Each device's distance from its peers, together with those that reported in the same periods."""
    groups: dict[tuple[bytes, int], list[tuple[int, Floats]]] = defaultdict(list)
    for place in range(len(table.sources)):
        peers = arms == arms[place]
        peers[place] = False
        others = table.series[peers]
        seen = ~np.isnan(table.series[place]) & ((~np.isnan(others)).sum(axis=0) >= LEAST_PEERS)
        if seen.sum() >= LEAST_PERIODS:
            distance = table.series[place, seen] - np.nanmedian(others[:, seen], axis=0)
            groups[table.periods[seen].tobytes(), int(seen.sum())].append((place, distance))
    return groups


def _trend_ps(times: npt.NDArray[np.int64], group: list[tuple[int, Floats]]) -> list[tuple[int, float]]:
    columns = _columns(times)
    moving = [(place, distance) for place, distance in group if _varies(distance, columns)]
    if not moving:
        return []
    model = AutoregressiveModel(times, columns)
    found = model.profile(np.column_stack([distance for _, distance in moving]))
    return [(place, Mixture(found.of(number), model.degrees).p) for number, (place, _) in enumerate(moving)]


def _columns(times: npt.NDArray[np.int64]) -> Floats:
    """Constant, the device's own step where it can be told, and the slope."""
    moment = times.astype(float)
    step = (times >= 0).astype(float)
    parts = [np.ones_like(moment), moment / max(1.0, float(np.abs(moment).max()))]
    if 3 <= step.sum() <= step.size - 3:
        parts.insert(1, step)
    return np.column_stack(parts)


def _varies(distance: Floats, columns: Floats) -> bool:
    residual = distance - columns @ np.linalg.lstsq(columns, distance, rcond=None)[0]
    return bool(np.abs(residual).max() > 1e-9 * max(1e-300, float(np.abs(distance).max())))
