"""A plan as a JSON document, turned into the plan that the statistics read; everything wrong with it at once."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, get_args

from pilots.formats.problems import DocumentError, Problem
from pilots.statistics import Plan, PlanError
from pilots.statistics.plan import Arm, DesignName, Direction, Period

HUGE = 1e15
DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_MISSING = object()
_SEASONS = {"hour": 24.0, "day": 365.25, "week": 52.18, "month": 12.0, "year": 1.0}
REGISTERED_KEYS = frozenset(
    (
        "pilot", "challenge", "design_words", "analysis_on", "decision_on", "decider", "decision_rule", "published",
        "foreseen", "replaces", "assignment",
    )
)  # fmt: skip


@dataclass(frozen=True)
class PlanDocument:
    """A plan that was read: the primary measure's plan, those of guardrails and secondaries by code, what was ignored.

    `lowest` and `highest` bound the primary measure's possible values; None where there is no bound. `exposure` is the
    code of the measure that counts are counted against; empty where it is the number of readings. An extension is the
    second look at a pilot; one that the first plan did not foresee marks its result.
    """

    plan: Plan
    code: str
    lowest: float | None = None
    highest: float | None = None
    guardrails: Mapping[str, Plan] = field(default_factory=dict)
    secondaries: Mapping[str, Plan] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    exposure: str = ""
    is_extension: bool = False
    was_foreseen: bool = True

    def measures(self) -> dict[str, Plan]:
        """The plan of every measure by its code, the primary one first."""
        return {self.code: self.plan, **self.guardrails, **self.secondaries}


class _Reader:
    """Takes keys out of a JSON object, and notes what is wrong instead of stopping."""

    def __init__(self, content: Mapping[str, Any], problems: list[Problem], prefix: str = "") -> None:
        self._content, self.problems, self._prefix = content, problems, prefix
        self._seen: set[str] = set()

    def take(self, key: str, read: Callable[[Any], Any], default: Any = _MISSING) -> Any:
        self._seen.add(key)
        value = self._content.get(key, _MISSING)
        if value is _MISSING or (value is None and default is not _MISSING):
            if default is _MISSING:
                self.complain(key, "is missing.")
                return None
            return default
        try:
            return read(value)
        except (ValueError, TypeError, OverflowError) as error:
            self.complain(key, str(error))
            return None

    def inside(self, key: str, default: Any = _MISSING) -> "_Reader | None":
        found = self.take(key, _object, default)
        return None if found is None else _Reader(found, self.problems, f"{self._prefix}{key}.")

    def complain(self, key: str, sentence: str) -> None:
        self.problems.append(Problem("plan", sentence, key=f"{self._prefix}{key}"))

    def left(self) -> tuple[str, ...]:
        return tuple(f"{self._prefix}{key}" for key in self._content if key not in self._seen)


def read_plan(content: Any) -> PlanDocument:
    """Read a plan document (docs/formats/plan.schema.json). Raises DocumentError with everything that is wrong.

    Unknown keys are ignored and named in `ignored`, so that a mistyped one does not go unnoticed.
    """
    problems: list[Problem] = []
    if not isinstance(content, Mapping):
        raise DocumentError([Problem("plan", "The plan has to be a JSON object.")])
    reader = _Reader(content, problems)
    fields = _fields(reader)
    metric = reader.inside("metric")
    primary = _metric(metric) if metric else {}
    others = {kind: reader.take(kind, _list, []) or [] for kind in ("guardrails", "secondaries")}
    if problems:
        raise DocumentError(problems)
    exposure, extension = _exposure(reader), _extension(reader)
    problems += _bounds_problems(primary)
    plan = _plan(fields | {name: primary[name] for name in ("direction", "metric", "unit_of_measure")}, problems)
    measures = {kind: _measures(kind, entries, plan, problems) for kind, entries in others.items()}
    problems += _code_problems(primary["code"], others)
    if exposure and not any(exposure in found for found in measures.values()):
        problems.append(Problem("plan", f"“{exposure}” is no other measure of the plan.", key="exposure.code"))
    if problems or plan is None:
        raise DocumentError(problems)
    ignored = tuple(key for key in reader.left() if key not in REGISTERED_KEYS) + (metric.left() if metric else ())
    return PlanDocument(
        plan, primary["code"], primary["lowest"], primary["highest"], measures["guardrails"], measures["secondaries"],
        ignored, exposure, extension is not None, extension is not False,
    )  # fmt: skip


def _exposure(reader: _Reader) -> str:
    found = reader.inside("exposure", None)
    if found is None:
        return ""
    for words in ("name", "unit", "direction"):
        found.take(words, _text, "")
    return found.take("code", _text) or ""


def _extension(reader: _Reader) -> bool | None:
    """Whether the second look was foreseen; None in a plan that is no extension."""
    found = reader.inside("extension", None)
    return None if found is None else bool(found.take("foreseen", _yes_or_no))


def _fields(reader: _Reader) -> dict[str, Any]:
    period = reader.take("period", _one_of(Period))
    season = reader.inside("seasonality", {})
    found = {
        "design": reader.take("design", _one_of(DesignName)),
        "period": period,
        "baseline_start": reader.take("baseline_start", _day),
        "start": reader.take("start", _day),
        "end": reader.take("end", _day),
        "minimum_worthwhile_effect": reader.take("minimum_worthwhile_effect", _number),
        "harm_limit": reader.take("harm_limit", _number, 0.0),
        "alpha": reader.take("alpha", _number, 0.05),
        "seed": reader.take("seed", _whole(0, 2**63), 1),
        "harmonics": season.take("harmonics", _whole(0, 20), 0) if season else 0,
        "season_length": season.take("length", _number, _SEASONS.get(period, 1.0)) if season else 1.0,
        "transition_periods": reader.take("transition_periods", _whole(0, 1000), 0),
        "completeness_floor": reader.take("completeness_floor", _number, 0.75),
        "looks": reader.take("looks", _whole(1, 100), 1),
        "bootstraps": reader.take("bootstraps", _whole(1, 20_000), 1999),
        "randomised": reader.take("randomised", _yes_or_no, False),
        "strict": reader.take("strict", _yes_or_no, False),
        "units": reader.take("units", _units, ()),
        "starts": reader.take("starts", _starts, ()),
    }
    reader.take("format", _one_version, 1)
    return found


def _metric(reader: _Reader) -> dict[str, Any]:
    return {
        "code": reader.take("code", _text, ""),
        "metric": reader.take("name", _text),
        "unit_of_measure": reader.take("unit", _text, ""),
        "direction": reader.take("direction", _one_of(Direction)),
        "lowest": reader.take("lowest", _number, None),
        "highest": reader.take("highest", _number, None),
    }


def _bounds_problems(primary: Mapping[str, Any]) -> Iterator[Problem]:
    lowest, highest = primary["lowest"], primary["highest"]
    if lowest is not None and highest is not None and lowest > highest:
        yield Problem("plan", "The lowest possible value lies above the highest.", key="metric.lowest")


def _code_problems(primary: str, others: Mapping[str, list[Any]]) -> Iterator[Problem]:
    """Codes tell the rows of one measure from another's, so none is there twice or empty."""
    taken = {primary, ""}
    for kind, entries in others.items():
        for number, entry in enumerate(entries):
            code = entry.get("code") if isinstance(entry, Mapping) else None
            if isinstance(code, str):
                if code in taken:
                    words = f"“{code}” is the code of another measure." if code else "It is empty."
                    yield Problem("plan", words, key=f"{kind}[{number}].code")
                taken.add(code)


def _plan(fields: Mapping[str, Any], problems: list[Problem]) -> Plan | None:
    try:
        return Plan(**fields)
    except PlanError as error:
        problems += [Problem("plan", sentence) for sentence in error.problems]
    return None


def _measures(kind: str, entries: list[Any], plan: Plan | None, problems: list[Problem]) -> dict[str, Plan]:
    found: dict[str, Plan] = {}
    for number, entry in enumerate(entries if plan else ()):
        if not isinstance(entry, Mapping):
            problems.append(Problem("plan", "Each has to be a JSON object.", key=f"{kind}[{number}]"))
            continue
        reader = _Reader(entry, problems, f"{kind}[{number}].")
        before = len(problems)
        given = {
            "design": reader.take("design", _one_of(DesignName), plan.design if plan else ""),
            "direction": reader.take("direction", _one_of(Direction)),
            "metric": reader.take("name", _text),
            "unit_of_measure": reader.take("unit", _text, ""),
            "minimum_worthwhile_effect": reader.take(
                "minimum_worthwhile_effect", _number, plan.minimum_worthwhile_effect if plan else 1.0
            ),
            "harm_limit": reader.take("harm_limit", _number, 0.0),
        }
        code = reader.take("code", _text)
        if plan and len(problems) == before:
            other = _other(plan, given, problems)
            if other is not None:
                found[code] = other
    return found


def _other(plan: Plan, given: Mapping[str, Any], problems: list[Problem]) -> Plan | None:
    try:
        return replace(plan, **given)
    except PlanError as error:
        problems += [Problem("plan", sentence) for sentence in error.problems]
    return None


def _one_of(kinds: Any) -> Callable[[Any], Any]:
    names = get_args(kinds)

    def read(value: Any) -> Any:
        if value not in names:
            raise ValueError(f"“{value}” is none of {', '.join(names)}.")
        return value

    return read


def _number(value: Any) -> float:
    """JSON numbers, and decimals as text: plans are exact."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and DECIMAL.fullmatch(value)):
        raise ValueError(f"“{value}” is not a number.")
    number = float(str(value))  # of a text, so that a whole number of any length is too large and no error
    if not abs(number) <= HUGE:
        raise ValueError(f"“{value}” is not a number between -{HUGE:.0e} and {HUGE:.0e}.")
    return number


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = _number(value)
        if number != int(number) or not least <= number < most:
            raise ValueError(f"“{value}” is not a whole number of at least {least} and below {most}.")
        return int(number)

    return read


def _day(value: Any) -> date:
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"“{value}” is not a date; write it as 2026-06-01.") from None
    if found.isoformat() != value:  # a week (2026-W23-1) or a day without dashes is one too, and this format has one
        raise ValueError(f"“{value}” is not a date; write it as 2026-06-01.")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"“{value}” is not text.")
    return value


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"“{value}” is neither true nor false.")
    return value


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("It has to be a JSON object.")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("It has to be a JSON list.")
    return value


def _one_version(value: Any) -> int:
    if value != 1:
        raise ValueError(f"“{value}” is a format that this version does not know; it knows 1.")
    return 1


def _units(value: Any) -> tuple[tuple[str, Arm], ...]:
    return tuple((_text(_key(each, "unit")), _one_of(Arm)(_key(each, "arm"))) for each in _list(value))


def _starts(value: Any) -> tuple[tuple[str, date], ...]:
    """An object {unit: first day}."""
    return tuple(sorted((unit, _day(day)) for unit, day in _object(value).items()))


def _key(entry: Any, name: str) -> Any:
    found = _object(entry)
    if name not in found:
        raise ValueError(f"Each entry needs “{name}”.")
    return found[name]
