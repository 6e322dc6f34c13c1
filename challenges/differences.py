"""What an amendment changes, from its stored difference to lines that people read. Pure: no Django.

A difference is a mapping from a key to the pair [was, now], as plain JSON: `closes_at`, `pilot_budget`,
`criteria.outcome.weight`, `pilot_criteria.fit.weight`, `outcomes.12.target_value`, `clauses.OD-01` (true where it is
asked), `words.aim`, `story.picture.<id>` (the whole part, see `challenges.stories`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from challenges import stories
from challenges.money import money

LONDON: Final = ZoneInfo("Europe/London")
Difference = Mapping[str, Any]

DATES: Final = ("questions_close_at", "answers_due_at", "closes_at")
MONEY: Final = ("pilot_budget", "contract_ceiling", "optimal_price", "maximum_price")
WORDS: Final = ("title", "strapline", "if_it_works")
LABELS: Final[Mapping[str, str]] = {
    "questions_close_at": "Questions close",
    "answers_due_at": "Questions are answered by",
    "closes_at": "Closes",
    "pilot_starts_on": "Pilots start on or about",
    "pilot_weeks": "Weeks that each pilot runs",
    "pilot_budget": "Money for each pilot, without VAT",
    "contract_ceiling": "The contract’s ceiling, without VAT",
    "max_pilots": "Pilots at most",
    "title": "The title",
    "strapline": "The line below the title",
    "if_it_works": "What happens if the pilot works",
    "weight": "weight, in per cent",
    "threshold": "lowest mark to stay in",
    "word_limit": "words an answer may have",
    "description": "what assessors look for",
    "optimal_price": "price that gets all the points",
    "maximum_price": "price that gets none",
    "baseline_value": "today’s figure",
    "baseline_on": "date of today’s figure",
    "target_value": "the figure hoped for",
    "minimum_worthwhile_effect": "the smallest change worth paying for",
    "harm_limit": "the change that would be harm",
    "why_it_matters": "Why it matters",
    "response_now": "What we do now",
    "falls_short": "Why it falls short",
    "aim": "The aim",
}


@dataclass(frozen=True)
class Proposal:
    """What an officer wants to stand from now on; what equals the present changes nothing.

    `criteria` are fields by code (so are `pilot_criteria`, for finished pilots), `outcomes` fields by id, `clauses` all
    codes that are asked (None: as they are), `words` texts of the story that live on its page, each as (was, now), and
    `story` its parts in the same way (None: as they are).
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    criteria: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pilot_criteria: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outcomes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    clauses: Collection[str] | None = None
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    story: tuple[Sequence[stories.Part], Sequence[stories.Part]] | None = None
    is_material: bool = False


@dataclass(frozen=True)
class Names:
    """What criteria (by code), measures (by id, as text) and clauses (by code) are called."""

    criteria: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    pilot_criteria: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One change as people read it: what, what it was, what it is now; of a picture, its number too."""

    label: str
    was: str
    now: str
    was_picture: int | None = None
    now_picture: int | None = None


def lines(difference: Difference, names: Names) -> list[Line]:
    """A difference as lines, in the order of its keys; a key that is not known is shown as it stands."""
    return [_line(key, pair, names) for key, pair in difference.items()]


def is_material(keys: Iterable[str]) -> bool:
    """Whether these changes are material by rule: anything but later dates and the telling of the story (C2)."""
    return any(key not in DATES and not is_wording(key) for key in keys)


def is_wording(key: str) -> bool:
    """Whether a change touches the story only; whether it is material is then for the council to say."""
    if stories.is_part(key):
        return not stories.is_asked_of_answers(key)
    return key in WORDS or key.startswith("words.")


def compared(prefix: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The part of a difference that these values make: only what is not the same, as plain JSON.

    Instants are compared to the minute, because forms know no seconds; texts without regard to line ends.
    """
    changed = ((name, was[name], value) for name, value in now.items() if not _is_same(was[name], value))
    return {f"{prefix}{name}": [_json(before), _json(value)] for name, before, value in changed}


def _is_same(was: Any, now: Any) -> bool:
    if isinstance(was, datetime) and isinstance(now, datetime):
        return was.replace(second=0, microsecond=0) == now.replace(second=0, microsecond=0)
    if isinstance(was, str) and isinstance(now, str):
        return was.split() == now.split() and was.strip().splitlines() == now.strip().splitlines()
    return bool(was == now)


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _line(key: str, pair: Any, names: Names) -> Line:
    was, now = pair
    if stories.is_part(key):
        pictures = (stories.picture_in(key, was), stories.picture_in(key, now))
        return Line(stories.label(key), stories.said(key, was) or "none", stories.said(key, now) or "none", *pictures)
    return Line(_label(key, names), _said(key, was), _said(key, now))


def _label(key: str, names: Names) -> str:
    part, _, rest = key.partition(".")
    if part == "clauses":
        return f"Clause {rest} {names.clauses.get(rest, '')}".strip()
    named = {
        "criteria": names.criteria, "pilot_criteria": names.pilot_criteria, "outcomes": names.outcomes,
    }.get(part)  # fmt: skip
    if named is not None:
        code, _, name = rest.rpartition(".")
        stage = "Finished pilots, " if part == "pilot_criteria" else ""
        return f"{stage}{named.get(code, code)}: {LABELS.get(name, name)}"
    name = rest or part
    return LABELS.get(name, name)


def _said(key: str, value: Any) -> str:
    name = key.rpartition(".")[2]
    if key.startswith("clauses."):
        return "asked" if value else "not asked"
    if value is None or value == "":
        return "none"
    if name in DATES:
        return _instant(str(value))
    if name in MONEY:
        return money(str(value))
    return _day(value) if name.endswith("_on") else _plain(value)


def _plain(value: Any) -> str:
    text = str(value)
    return f"{Decimal(text).normalize():f}" if text.replace(".", "", 1).lstrip("-").isdigit() else text


def _instant(text: str) -> str:
    here = datetime.fromisoformat(text).astimezone(LONDON)
    return f"{here:%A} {here.day} {here:%B %Y}, {here:%H:%M} {here.tzname()}"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"
