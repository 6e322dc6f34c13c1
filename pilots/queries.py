"""Reads about pilots: the analysis table, clause checks that stand, and what stands in the way of a contract."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Council, User
from clauses.models import Due
from pilots.models import (
    CheckVerdict,
    ClauseCheck,
    EvaluationKind,
    Metric,
    OutOfRangeReading,
    Pilot,
    PilotEvaluation,
    PilotQuerySet,
    PilotState,
    Reading,
)
from pilots.rules import DECIDERS, LONDON
from pilots.statistics import Plan, UnitPeriod, is_in_window, period_index, period_start

SIGNIFICANT_DIGITS = 9
STANDING = (CheckVerdict.MET, CheckVerdict.WAIVED)


@dataclass(frozen=True)
class ClauseState:
    """A clause that this pilot owes, and the last thing found about it (None: not looked at yet)."""

    requirement: Any
    check: ClauseCheck | None

    @property
    def is_settled(self) -> bool:
        return self.check is not None and self.check.verdict in STANDING


@dataclass(frozen=True)
class DayOfDevice:
    """One device's readings of one metric on one day (London): their sum and number."""

    site: str
    arm: str
    device: int
    day: date
    total: float
    count: int


def for_list(pilots: PilotQuerySet) -> PilotQuerySet:
    """What a card shows, in one query."""
    return pilots.select_related("challenge__council", "supplier", "gate").order_by("-registered_at", "-pk")


def undecided_of(user: User, council_id: int) -> PilotQuerySet:
    """The pilots of a council in whose plans this person is named to decide, and which are not decided yet."""
    ahead = (PilotState.REGISTERED, PilotState.RUNNING, PilotState.EVALUATING)
    mine = Pilot.objects.filter(decider=user, challenge__council=council_id, state__in=ahead)
    return mine.select_related("challenge", "supplier").order_by("pk")


def duties_in_council(user: User, council: Council, roles: frozenset[str]) -> list[str]:
    """What the person decides and could not decide with only these roles, one sentence each."""
    if roles & frozenset(DECIDERS):
        return []
    return [
        f"{user} is named to decide the pilot of {pilot.supplier} in “{pilot.challenge}”."
        for pilot in undecided_of(user, council.pk)
    ]


def for_page(pilots: PilotQuerySet) -> PilotQuerySet:
    """What a pilot's own pages show of the pilot itself, in one query."""
    return pilots.select_related("challenge__council", "supplier", "decider", "gate__decided_by")


def days_of(metric: Metric) -> list[DayOfDevice]:
    """Every device's daily sums of a metric, oldest first."""
    rows = (
        Reading.objects.filter(metric=metric)
        .annotate(day=TruncDate("taken_at", tzinfo=LONDON))
        .values_list("device__site__code", "device__site__arm", "device_id", "day")
        .annotate(total=Sum("value"), number=Count("pk"))
        .order_by("day", "device_id")
    )
    return [DayOfDevice(*row) for row in rows]


def analysis_rows(days: Iterable[DayOfDevice], plan: Plan) -> list[UnitPeriod]:
    """One row per site and period: the mean over the site's devices of each device's mean; readings never count (P4).

    Means are rounded to nine significant digits: the order in which a database adds floats must not change a hash.
    """
    cells: dict[tuple[str, str, int], dict[int, tuple[float, int]]] = defaultdict(dict)
    for each in days:
        if is_in_window(plan, each.day):
            cell = cells[each.site, each.arm, period_index(plan, each.day)]
            total, count = cell.get(each.device, (0.0, 0))
            cell[each.device] = (total + each.total, count + each.count)
    return [
        UnitPeriod(site, arm, period_start(plan, period).date(), _mean_of_devices(cell.values()))  # type: ignore[arg-type]
        for (site, arm, period), cell in sorted(cells.items())
    ]


def out_of_range_share(metric: Metric, readings: int) -> float:
    """Share (0-1) of what was sent for a metric that was beyond its possible values."""
    beyond = OutOfRangeReading.objects.filter(metric=metric).count()
    return beyond / (beyond + readings) if beyond else 0.0


def clause_states(pilot: Pilot, *dues: str) -> list[ClauseState]:
    """Each clause that falls due at these times (all but the submission's when none is named) with its last check."""
    wanted = dues or (Due.BEFORE_PILOT_START, Due.DURING_PILOT, Due.BEFORE_AWARD)
    last = {check.requirement_id: check for check in pilot.clause_checks.order_by("checked_at", "pk")}
    requirements = pilot.challenge.clause_requirements.filter(due__in=wanted)
    return [ClauseState(requirement, last.get(requirement.pk)) for requirement in requirements]


def open_clauses(pilot: Pilot, *dues: str) -> list[str]:
    """Codes of the clauses due at these times that are neither met nor waived."""
    return [state.requirement.code for state in clause_states(pilot, *dues) if not state.is_settled]


def registered_evaluation(pilot: Pilot) -> PilotEvaluation | None:
    """The registered result, None before it was computed."""
    return pilot.evaluations.filter(kind=EvaluationKind.REGISTERED).order_by("due_at").last()


def registered_evaluations(pilots: Iterable[Pilot]) -> dict[int, PilotEvaluation]:
    """The registered results of several pilots by the pilot's id, the last of each: one query."""
    found = PilotEvaluation.objects.filter(pilot__in=pilots, kind=EvaluationKind.REGISTERED).order_by("due_at")
    return {evaluation.pilot_id: evaluation for evaluation in found}


def last_monitoring(pilot: Pilot, number: int = 8) -> list[PilotEvaluation]:
    """The latest looks between analysis dates, newest first: indicators, never results (P3)."""
    return list(pilot.evaluations.filter(kind=EvaluationKind.MONITORING).order_by("-due_at")[:number])


def readings_of(pilot: Pilot) -> QuerySet[Reading]:
    """All readings of a pilot."""
    return Reading.objects.filter(metric__pilot=pilot)


def readings_for_download(pilot: Pilot) -> Iterator[tuple[Any, ...]]:
    """Site, arm, device, metric, unit, instant and value of each reading, in the order of time."""
    columns = (
        "device__site__code",
        "device__site__arm",
        "device__code",
        "metric__code",
        "metric__unit",
        "taken_at",
        "value",
    )
    rows = readings_of(pilot).order_by("taken_at", "device_id", "metric_id").values_list(*columns)
    return rows.iterator(chunk_size=2000)


def _mean_of_devices(devices: Iterable[tuple[float, int]]) -> float:
    means = [total / count for total, count in devices]
    return _rounded(math.fsum(means) / len(means))


def _rounded(number: float) -> float:
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")
