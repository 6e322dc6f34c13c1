"""The shapes of an evaluation: the registered plan, a row of the analysis table, an estimate and a gate."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args

from pilots.statistics.sharing import Sharing, share_of

Arm = Literal["pilot", "comparison"]
DesignName = Literal["comparison", "one_series", "counts", "before_after", "staggered", "synthetic_control"]
Direction = Literal["increase", "decrease"]
Period = Literal["hour", "day", "week", "month", "year"]
Scale = Literal["difference", "rate_ratio"]

COMPARED: tuple[DesignName, ...] = ("comparison", "staggered", "synthetic_control")
MOST_PERIODS = 20_000
_LEVELS: dict[DesignName, int] = {
    "before_after": 1, "one_series": 2, "counts": 2, "comparison": 3, "staggered": 3, "synthetic_control": 4,
}  # fmt: skip


class PlanError(ValueError):
    """The plan cannot be evaluated; `problems` lists everything that is wrong with it, one sentence each.

    `keys` are those of the document, in the same order.
    """

    def __init__(self, problems: tuple[str, ...], keys: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems, self.keys = problems, keys


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """One value of one unit. `at` is any date or instant within its period; None or a non-finite value is missing.

    Several rows inside a period are averaged for each device of the unit, then over its devices (added up, with their
    exposures, for counts). `arm` says what the unit is; in a staggered start, what it is at that time.
    """

    unit: str
    arm: Arm
    at: date
    value: float | None
    exposure: float | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How bad data may be before they carry no verdict; `completeness_floor` of the plan stands beside these.

    Shares (0-1) of an arm's units that may be lost, by which completeness may differ between arms and windows, of
    readings out of range, and of a group's devices or values that may drift or be marked; hours of one same value.
    """

    units_lost: float = 0.20
    difference: float = 0.10
    out_of_range: float = 0.01
    suspect: float = 0.20
    flat_hours: int = 24


USUAL_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Plan:
    """What was registered. Effects are in the metric's unit; for counts they are relative changes (0.1 = 10 %).

    Periods are counted from `start`, so that none straddles it; `end` is the last day that counts. `units` lists the
    registered (unit, arm) pairs: a unit that never reports is then missed, and rows of any other unit are left out.
    `season_length` is in periods; `harmonics` pairs of it are fitted. `strict` asks the low end to reach the minimum.
    `look` is which of the `looks` this is (0: the last), `sharing` how they share alpha.
    `starts` lists (unit, first day) of a staggered start; without it the arm of the rows says when a unit began.
    """

    design: DesignName
    direction: Direction
    minimum_worthwhile_effect: float
    baseline_start: date
    start: date
    end: date
    harm_limit: float = 0.0
    alpha: float = 0.05
    period: Period = "week"
    transition_periods: int = 0
    seed: int = 1
    completeness_floor: float = 0.75
    looks: int = 1
    randomised: bool = False
    harmonics: int = 0
    season_length: float = 52.18
    bootstraps: int = 1999
    strict: bool = False
    units: tuple[tuple[str, Arm], ...] = ()
    starts: tuple[tuple[str, date], ...] = ()
    metric: str = "the measure"
    unit_of_measure: str = ""
    limits: Limits = USUAL_LIMITS
    sharing: Sharing = "equal"
    look: int = 0

    def __post_init__(self) -> None:
        found = [(sentence, key) for is_wrong, sentence, key in _CHECKS if is_wrong(self)]
        if found:
            raise PlanError(tuple(sentence for sentence, _ in found), tuple(key for _, key in found))

    @property
    def alpha_per_look(self) -> float:
        """The share of alpha that this registered look may spend."""
        return share_of(self.alpha, self.looks, self.look or self.looks, self.sharing)

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is better."""
        return 1 if self.direction == "increase" else -1

    @property
    def scale(self) -> Scale:
        return "rate_ratio" if self.design == "counts" else "difference"

    @property
    def design_level(self) -> int:
        """Nesta level of what the design can show: 3 and above can show cause; one uncontrolled series never can."""
        if self.design in COMPARED:
            return 5 if self.randomised else _LEVELS[self.design]
        return _LEVELS[self.design]


_CHECKS: tuple[tuple[Callable[[Plan], bool], str, str], ...] = (
    (lambda plan: plan.design not in get_args(DesignName), "The design is not one we know how to analyse.", "design"),
    (
        lambda plan: plan.direction not in get_args(Direction),
        "The direction is neither increase nor decrease.",
        "metric.direction",
    ),
    (lambda plan: plan.period not in get_args(Period), "The period is not hour, day, week, month or year.", "period"),
    (
        lambda plan: not plan.baseline_start < plan.start,
        "The baseline must begin before the pilot starts.",
        "baseline_start",
    ),
    (lambda plan: not plan.start <= plan.end, "The pilot cannot end before it starts.", "end"),
    (
        lambda plan: not plan.minimum_worthwhile_effect > 0,
        "The minimum worthwhile effect must be above zero.",
        "minimum_worthwhile_effect",
    ),
    (
        lambda plan: not plan.harm_limit >= 0,
        "The harm limit cannot be negative: it is the size of a loss.",
        "harm_limit",
    ),
    (lambda plan: not 0 < plan.alpha < 1, "Alpha must lie between 0 and 1.", "alpha"),
    (
        lambda plan: not 0 < plan.completeness_floor <= 1,
        "The completeness floor must lie above 0 and at most at 1.",
        "completeness_floor",
    ),
    (
        lambda plan: not _are_limits(plan.limits),
        "The limits of the quality gates are no shares from 0 to 1 and hours.",
        "quality_gates",
    ),
    (lambda plan: not 0 <= plan.look <= plan.looks, "There is no such look.", "looks"),
    (lambda plan: plan.sharing not in get_args(Sharing), "Looks share alpha equally, or late.", "sharing"),
    (lambda plan: plan.looks < 1, "There must be at least one registered look.", "looks"),
    (
        lambda plan: plan.transition_periods < 0,
        "The number of transition periods cannot be negative.",
        "transition_periods",
    ),
    (
        lambda plan: plan.harmonics < 0 or plan.season_length <= 0,
        "The seasonality is not a count and a length.",
        "seasonality",
    ),
    (
        lambda plan: 2 * plan.harmonics > plan.season_length,
        "There are more harmonics than the season has periods.",
        "seasonality.harmonics",
    ),
    (lambda plan: _is_endless(plan), f"There are more than {MOST_PERIODS:,} periods: choose a longer one.", "period"),
    (
        lambda plan: plan.bootstraps < 1 / plan.alpha if plan.alpha > 0 else False,
        "Too few bootstraps for this alpha.",
        "bootstraps",
    ),
    (lambda plan: len({unit for unit, _ in plan.units}) < len(plan.units), "A unit is registered twice.", "units"),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure printed beside the estimate, on the same scale unless `name` says otherwise."""

    name: str
    estimate: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect on its raw scale (`direction` is not applied), None where it could not be computed.

    `check_p` is the check by another method, `rho` how much one period resembles the next (series), `spread` the
    standard deviation of a unit's change (comparison), `fit` the pilot's misfit before the start in times of others'
    (synthetic control); `also` are further figures that describe and decide nothing.
    """

    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    scale: Scale
    design_level: int
    units_pilot: int
    units_comparison: int
    method: str
    notes: tuple[str, ...] = ()
    standard_error: float | None = None
    check_p: float | None = None
    rho: float | None = None
    spread: float | None = None
    fit: float | None = None
    also: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    name: str
    passed: bool
    sentence: str


def period_index(plan: Plan, at: date) -> int:
    """The period of `at`, counted from the start of the pilot: 0 is its first period, -1 the last of the baseline."""
    if plan.period == "hour":
        return (instant(at) - instant(plan.start)) // timedelta(hours=1)
    day, start = instant(at).date(), instant(plan.start).date()
    if plan.period in {"day", "week"}:
        return (day - start).days // (7 if plan.period == "week" else 1)
    return _months_between(start, day) // (12 if plan.period == "year" else 1)


def instant(at: date) -> datetime:
    """A date as its first instant, a time without zone as UTC: rows compare whatever they were given as."""
    if isinstance(at, datetime):
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.combine(at, time(), UTC)


def is_in_window(plan: Plan, at: date) -> bool:
    """Whether `at` counts: within the registered dates (the last day included) and outside the transition."""
    day = instant(at).date()
    if not instant(plan.baseline_start).date() <= day <= instant(plan.end).date():
        return False
    return plan.design == "staggered" or not 0 <= period_index(plan, at) < plan.transition_periods


def window_periods(plan: Plan) -> list[int]:
    """Every period that should have a value: the baseline ones (negative), then the pilot ones after the transition."""
    last_instant = instant(plan.end).replace(hour=23)
    baseline = range(period_index(plan, plan.baseline_start), 0)
    left_out = 0 if plan.design == "staggered" else plan.transition_periods  # there, each unit has its own
    return [*baseline, *range(left_out, period_index(plan, last_instant) + 1)]


def _are_limits(limits: Limits) -> bool:
    shares = (limits.units_lost, limits.difference, limits.out_of_range, limits.suspect)
    return all(0 <= share <= 1 for share in shares) and limits.flat_hours >= 1


def _is_endless(plan: Plan) -> bool:
    if plan.period not in get_args(Period):
        return False
    return period_index(plan, plan.end) - period_index(plan, plan.baseline_start) > MOST_PERIODS


def _months_between(start: date, day: date) -> int:
    months = (day.year - start.year) * 12 + day.month - start.month
    is_last_of_month = day.day == monthrange(day.year, day.month)[1]
    return months if day.day >= start.day or is_last_of_month else months - 1


def period_start(plan: Plan, index: int) -> datetime:
    """The first instant (UTC) of a period, for labels and charts; the inverse of `period_index`."""
    start = instant(plan.start)
    if plan.period in _STEP:
        return start + index * _STEP[plan.period]
    months = start.year * 12 + start.month - 1 + index * (12 if plan.period == "year" else 1)
    year, month = divmod(months, 12)
    return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))


_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
