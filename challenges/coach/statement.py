"""What the coach reads, and what it says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal


@dataclass(frozen=True)
class Figure:
    """A number of the present: "bicycles reported stolen, 1,200, a year, 31 December 2025"."""

    label: str
    value: Decimal | int | str | None
    unit: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Measure:
    """How success will be told: what is measured, in which unit, and the least change that would be worth having."""

    label: str
    unit: str = ""
    threshold: Decimal | int | str | None = None


@dataclass(frozen=True)
class PastChallenge:
    """A challenge already published on the same need, by any council, with what came of it (found by a search)."""

    title: str
    council: str
    outcome: str = ""


@dataclass(frozen=True)
class Statement:
    """A problem statement as plain texts and numbers. Empty means not written yet."""

    title: str = ""
    strapline: str = ""
    why_it_matters: str = ""
    numbers: tuple[Figure, ...] = ()
    response_now: str = ""
    falls_short: str = ""
    aim: str = ""
    good_answer: str = ""
    if_it_works: str = ""
    owner: str = ""
    budget_line: str = ""
    measures: tuple[Measure, ...] = ()
    money: Decimal | int | None = None
    closes_on: date | None = None
    already_published: tuple[PastChallenge, ...] = ()


TEXT_FIELDS: Final = (
    "title",
    "strapline",
    "why_it_matters",
    "response_now",
    "falls_short",
    "aim",
    "good_answer",
    "if_it_works",
)
"""The fields that make up the page a supplier reads, in its order."""


def texts(statement: Statement) -> dict[str, str]:
    """The written fields by name, stripped; empty ones left out."""
    written = {name: str(getattr(statement, name)).strip() for name in TEXT_FIELDS}
    return {name: text for name, text in written.items() if text}


@dataclass(frozen=True)
class Finding:
    """One remark. ``must`` blocks publication, ``should`` is advice.

    ``passage`` is the text meant, exactly as written (empty where something is missing); ``sentence`` says what is
    the matter and ``suggestion`` what to do or ask instead.
    """

    level: Literal["must", "should"]
    field: str
    passage: str
    sentence: str
    suggestion: str
