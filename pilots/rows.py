"""Rows of readings as they arrive, judged one by one. Pure: a row is good, unusable, or out of range, with a sentence.

Rows are mappings with `device`, `metric`, `taken_at`, `value` and `unit`. Row numbers start at 1.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from challenges.timetable import in_words

COLUMNS = ("device", "metric", "taken_at", "value", "unit")
# Why a row is not taken: what judges it alone says all but the last two.
REASONS = (
    "shape", "device", "metric", "unit", "time", "value", "range", "future", "window", "conflict", "late",
)  # fmt: skip
LONDON = ZoneInfo("Europe/London")
CLOCK_TOLERANCE = timedelta(minutes=2)
LARGEST = 1e15  # an analysis reads no larger number, and sums of them stay finite
LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Measure:
    """What a metric's values may look like; `lowest` and `highest` are in `unit`, None where there is no bound."""

    pk: int
    unit: str
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What this pilot takes in now: devices and metrics by code, days (London) from `first` to `last` inclusive.

    `starts_on` begins the pilot period; its readings are taken only when the pilot `is_running`.
    """

    devices: Mapping[str, int]
    metrics: Mapping[str, Measure]
    first: date
    starts_on: date
    last: date
    is_running: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Good:
    number: int
    device: int
    metric: int
    taken_at: datetime
    value: float

    @property
    def key(self) -> tuple[int, int, datetime]:
        return self.device, self.metric, self.taken_at


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in a batch for a row that could not be read at all; the sentence says where and why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken: its number, a short reason for machines, and the sentence for people."""

    number: int
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Judged:
    """All rows of a batch. `out_of_range` rows are refused too; they are kept aside to be counted."""

    good: tuple[Good, ...]
    refused: tuple[Refusal, ...]
    out_of_range: tuple[Good, ...]


class _Unusable(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


def judge_rows(rows: Iterable[Any], expected: Expected) -> Judged:
    """Judge each row on its own; a bad one never costs the others."""
    return judge_numbered(enumerate(rows, start=1), expected)


def judge_numbered(rows: Iterable[tuple[int, Any]], expected: Expected) -> Judged:
    """`judge_rows` for rows that bring their number."""
    good, refused, out_of_range = [], [], []
    for number, row in rows:
        try:
            reading = _read(number, row, expected)
        except _Unusable as unusable:
            refused.append(Refusal(number, unusable.reason, unusable.sentence))
            continue
        sentence = _range_problem(row, reading, expected)
        if sentence:
            refused.append(Refusal(number, "range", sentence))
            out_of_range.append(reading)
        else:
            good.append(reading)
    return Judged(tuple(good), tuple(refused), tuple(out_of_range))


def moment_in_time(text: str, expected: Expected) -> datetime | None:
    """The instant (UTC) that a text names, None where it cannot be read or no reading of it is taken."""
    try:
        taken_at = _instant(text)
        _check_time(taken_at, expected)
    except _Unusable:
        return None
    return taken_at


def instant_of(text: Any) -> datetime | None:
    """The instant (UTC) that a text names, whether or not a reading of it is taken; None where it cannot be read."""
    try:
        return _instant(text)
    except _Unusable:
        return None


def _read(number: int, row: Any, expected: Expected) -> Good:
    _check_shape(row)
    device = _look_up(row["device"], expected.devices, "device", "is not a device of this pilot")
    measure = _look_up(row["metric"], expected.metrics, "metric", "is not a metric of this pilot")
    if str(row["unit"]).strip() != measure.unit:
        raise _Unusable(
            "unit", f"“{shown(row['unit'])}” is not the unit of {row['metric']}: it is measured in {measure.unit}."
        )
    value, taken_at = _number(row["value"]), _instant(row["taken_at"])
    _check_time(taken_at, expected)
    return Good(number, device, measure.pk, taken_at, value)


def _check_shape(row: Any) -> None:
    if isinstance(row, Unreadable):
        raise _Unusable("shape", row.sentence)
    if not isinstance(row, Mapping):
        raise _Unusable("shape", f"A row is an object with {', '.join(COLUMNS)}.")
    missing = [column for column in COLUMNS if row.get(column) in (None, "")]
    if missing:
        raise _Unusable("shape", f"The row gives no {' and no '.join(missing)}.")
    for column in COLUMNS:
        if isinstance(row[column], list | dict):
            raise _Unusable("shape", f"{column} is a list or an object; it has to be text or a number.")


def _look_up(code: Any, known: Mapping[str, Any], reason: str, complaint: str) -> Any:
    found = known.get(str(code).strip())
    if found is None:
        raise _Unusable(reason, f"“{shown(code)}” {complaint}.")
    return found


def _number(value: Any) -> float:
    is_odd = isinstance(value, str) and ("_" in value or not value.isascii())  # Python takes 1_000 and ١ for numbers
    try:
        number = math.nan if isinstance(value, bool) else float("" if is_odd else value)
    except (TypeError, ValueError, OverflowError):
        raise _Unusable("value", f"“{shown(value)}” is not a number; write it with a point, as in 3.5.") from None
    if not math.isfinite(number):
        raise _Unusable("value", f"“{shown(value)}” is not a finite number.")
    if abs(number) > LARGEST:
        raise _Unusable("value", f"“{shown(value)}” is too large to calculate with; choose a larger unit.")
    return number


def shown(value: Any, longest: int = LONGEST_SHOWN) -> str:
    """What a stranger sent, as a sentence can carry it: not at any length, and nothing that a database refuses."""
    text = str(value)
    text = text if len(text) <= longest else f"{text[:longest]}…"
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _instant(text: Any) -> datetime:
    example = "write it as 2026-06-01T09:30:00+01:00, with its zone, or as a date alone"
    try:
        moment = text if isinstance(text, datetime) else datetime.fromisoformat(str(text).strip())
        is_date_alone = isinstance(text, str) and len(text.strip()) == len("2026-06-01")
        if is_date_alone:
            moment = datetime.combine(moment.date(), time(), LONDON)
        if moment.tzinfo is None:
            raise _Unusable("time", _without_zone(text, moment, example))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Unusable("time", f"“{shown(text)}” is not a time we can read; {example}.") from None


def _without_zone(text: Any, moment: datetime, example: str) -> str:
    there = moment.replace(tzinfo=LONDON)
    if there.utcoffset() == there.replace(fold=1).utcoffset():
        return f"“{shown(text)}” does not say its time zone; {example}."
    how_often = "never" if there.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != moment else "twice"
    return f"“{shown(text)}” comes {how_often} in London, where the clocks change that night; {example}."


def _check_time(taken_at: datetime, expected: Expected) -> None:
    day = taken_at.astimezone(LONDON).date()
    for is_wrong, reason, sentence in _TIMES:
        if is_wrong(taken_at, day, expected):
            raise _Unusable(reason, sentence(day, expected))


_Wrong = Callable[[datetime, date, Expected], bool]
_Sentence = Callable[[date, Expected], str]
_TIMES: tuple[tuple[_Wrong, str, _Sentence], ...] = (
    (
        lambda taken_at, day, expected: taken_at > expected.now + CLOCK_TOLERANCE,
        "future",
        lambda day, expected: f"{in_words(day)} lies in the future: a reading cannot come before its time.",
    ),
    (
        lambda taken_at, day, expected: day < expected.first,
        "window",
        lambda day, expected: (
            f"{in_words(day)} lies before the registered baseline, which begins {in_words(expected.first)}."
        ),
    ),
    (
        lambda taken_at, day, expected: day > expected.last,
        "window",
        lambda day, expected: f"{in_words(day)} lies after the last day of the pilot, {in_words(expected.last)}.",
    ),
    (
        lambda taken_at, day, expected: day >= expected.starts_on and not expected.is_running,
        "window",
        lambda day, expected: f"{in_words(day)} belongs to the pilot period, and the pilot has not been started.",
    ),
)


def _range_problem(row: Mapping[str, Any], reading: Good, expected: Expected) -> str | None:
    measure = expected.metrics[str(row["metric"]).strip()]
    if measure.lowest is not None and reading.value < measure.lowest:
        return f"{reading.value:g} is below {measure.lowest:g} {measure.unit}, the lowest value that is possible."
    if measure.highest is not None and reading.value > measure.highest:
        return f"{reading.value:g} is above {measure.highest:g} {measure.unit}, the highest value that is possible."
    return None
