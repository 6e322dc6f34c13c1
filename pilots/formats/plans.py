"""A plan as a JSON document, turned into the plan that the statistics read; everything wrong with it at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pilots.formats import values
from pilots.formats.problems import DocumentError, Problem
from pilots.statistics import Plan, PlanError
from pilots.statistics.plan import MOST_PERIODS, USUAL_LIMITS, DesignName, Direction, Limits, Period
from pilots.statistics.sharing import Sharing

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
    second look at a pilot; one that the first plan did not foresee marks its result. `earlier_looks` are the analysis
    dates before the last one; `look` is the one of them that the document was cut to (`at_look`).
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
    earlier_looks: tuple[date, ...] = ()
    look: date | None = None

    def measures(self) -> dict[str, Plan]:
        """The plan of every measure by its code, the primary one first."""
        return {self.code: self.plan, **self.guardrails, **self.secondaries}


class _Reader:
    """Takes keys out of a JSON object, and notes what is wrong instead of stopping."""

    def __init__(self, content: Mapping[str, Any], problems: list[Problem], prefix: str = "") -> None:
        self._content, self.problems, self._prefix = content, problems, prefix
        self._seen: set[str] = set()
        self._inner: list[_Reader] = []

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
        found = self.take(key, values.an_object, default)
        return None if found is None else self.beneath(found, key)

    def beneath(self, content: Mapping[str, Any], place: str) -> "_Reader":
        """A reader of an object inside this one, whose unknown keys are this one's, too."""
        self._inner.append(_Reader(content, self.problems, f"{self._prefix}{place}."))
        return self._inner[-1]

    def complain(self, key: str, sentence: str) -> None:
        self.problems.append(Problem("plan", sentence, key=f"{self._prefix}{key}"))

    def left(self) -> tuple[str, ...]:
        own = (f"{self._prefix}{key}" for key in self._content if key not in self._seen)
        return (*own, *(key for inner in self._inner for key in inner.left()))


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
    others = {kind: reader.take(kind, values.a_list, []) or [] for kind in ("guardrails", "secondaries")}
    if problems:
        raise DocumentError(problems)
    exposure, extension = _exposure(reader), _extension(reader)
    earlier = reader.take("earlier_looks", values.days, ())
    problems += [*_bounds_problems(primary), *_look_problems(earlier or (), fields)]
    if fields["sharing"] != "equal":  # then it matters which of the looks it is; the last one that is named comes last
        fields["look"] = fields["looks"] if extension is not None else 1 + len(earlier or ())
    plan = _plan(fields | {name: primary[name] for name in ("direction", "metric", "unit_of_measure")}, problems)
    measures = {kind: _measures(kind, entries, plan, reader) for kind, entries in others.items()}
    problems += _code_problems(primary["code"], others)
    if exposure and not any(exposure in found for found in measures.values()):
        problems.append(Problem("plan", f"“{exposure}” is no other measure of the plan.", key="exposure.code"))
    if problems or plan is None:
        raise DocumentError(problems)
    ignored = tuple(key for key in reader.left() if key not in REGISTERED_KEYS)
    return PlanDocument(
        plan, primary["code"], primary["lowest"], primary["highest"], measures["guardrails"], measures["secondaries"],
        ignored, exposure, extension is not None, extension is not False, earlier or (),
    )  # fmt: skip


def _exposure(reader: _Reader) -> str:
    found = reader.inside("exposure", None)
    if found is None:
        return ""
    for words in ("name", "unit", "direction"):
        found.take(words, values.text, "")
    return found.take("code", values.text) or ""


def _extension(reader: _Reader) -> bool | None:
    """Whether the second look was foreseen; None in a plan that is no extension."""
    found = reader.inside("extension", None)
    if found is None:
        return None
    for words in ("first_end", "first_look"):
        found.take(words, values.text, "")
    return bool(found.take("foreseen", values.yes_or_no))


def _fields(reader: _Reader) -> dict[str, Any]:
    period = reader.take("period", values.one_of(Period))
    season = reader.inside("seasonality", {})
    found = {
        "design": reader.take("design", values.one_of(DesignName)),
        "period": period,
        "baseline_start": reader.take("baseline_start", values.day),
        "start": reader.take("start", values.day),
        "end": reader.take("end", values.day),
        "minimum_worthwhile_effect": reader.take("minimum_worthwhile_effect", values.number),
        "harm_limit": reader.take("harm_limit", values.number, 0.0),
        "alpha": reader.take("alpha", values.number, 0.05),
        "seed": reader.take("seed", values.whole(0, 2**63), 1),
        "harmonics": season.take("harmonics", values.whole(0, 20), 0) if season else 0,
        "season_length": season.take("length", values.number, _SEASONS.get(period, 1.0)) if season else 1.0,
        "transition_periods": reader.take("transition_periods", values.whole(0, 1000), 0),
        "completeness_floor": reader.take("completeness_floor", values.number, 0.75),
        "looks": reader.take("looks", values.whole(1, 100), 1),
        "bootstraps": reader.take("bootstraps", values.whole(1, 20_000), 1999),
        "randomised": reader.take("randomised", values.yes_or_no, False),
        "strict": reader.take("strict", values.yes_or_no, False),
        "units": reader.take("units", values.units_of, ()),
        "starts": reader.take("starts", values.starts_of, ()),
        "limits": _limits(reader),
        "sharing": reader.take("sharing", values.one_of(Sharing), "equal"),
    }
    reader.take("format", values.one_version, 1)
    return found


def _limits(reader: _Reader) -> Limits:
    found = reader.inside("quality_gates", {})
    if found is None:
        return USUAL_LIMITS
    shares = {
        name: found.take(name, values.number, getattr(USUAL_LIMITS, name))
        for name in ("units_lost", "difference", "out_of_range", "suspect")
    }
    hours = found.take("flat_hours", values.whole(1, MOST_PERIODS), USUAL_LIMITS.flat_hours)
    return Limits(**shares, flat_hours=hours)


def _metric(reader: _Reader) -> dict[str, Any]:
    return {
        "code": reader.take("code", values.text, ""),
        "metric": reader.take("name", values.text),
        "unit_of_measure": reader.take("unit", values.text, ""),
        "direction": reader.take("direction", values.one_of(Direction)),
        "lowest": reader.take("lowest", values.number, None),
        "highest": reader.take("highest", values.number, None),
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
        pairs = zip(error.problems, error.keys, strict=True)
        problems += [Problem("plan", sentence, key=key) for sentence, key in pairs]
    return None


def _look_problems(earlier: tuple[date, ...], fields: Mapping[str, Any]) -> Iterator[Problem]:
    """Earlier analysis dates lie inside the pilot, and each takes its share of alpha."""
    if any(not fields["start"] < day <= fields["end"] for day in earlier):
        yield Problem("plan", "Each lies after the start and at most at the end.", key="earlier_looks")
    if len(set(earlier)) < len(earlier):
        yield Problem("plan", "A day is there more than once.", key="earlier_looks")
    if fields["looks"] <= len(earlier):
        yield Problem("plan", f"It has to count the last analysis and {len(earlier)} earlier.", key="looks")


def _measures(kind: str, entries: list[Any], plan: Plan | None, above: _Reader) -> dict[str, Plan]:
    found: dict[str, Plan] = {}
    problems = above.problems
    for number, entry in enumerate(entries if plan else ()):
        if not isinstance(entry, Mapping):
            problems.append(Problem("plan", "Each has to be a JSON object.", key=f"{kind}[{number}]"))
            continue
        reader = above.beneath(entry, f"{kind}[{number}]")
        before = len(problems)
        given = {
            "design": reader.take("design", values.one_of(DesignName), plan.design if plan else ""),
            "direction": reader.take("direction", values.one_of(Direction)),
            "metric": reader.take("name", values.text),
            "unit_of_measure": reader.take("unit", values.text, ""),
            "minimum_worthwhile_effect": reader.take(
                "minimum_worthwhile_effect", values.number, plan.minimum_worthwhile_effect if plan else 1.0
            ),
            "harm_limit": reader.take("harm_limit", values.number, 0.0),
        }
        code = reader.take("code", values.text)
        if plan and len(problems) == before:
            other = _other(plan, given, reader)
            if other is not None:
                found[code] = other
    return found


def _other(plan: Plan, given: Mapping[str, Any], reader: _Reader) -> Plan | None:
    try:
        return replace(plan, **given)
    except PlanError as error:
        for sentence, key in zip(error.problems, error.keys, strict=True):
            reader.complain(key, sentence)
    return None
