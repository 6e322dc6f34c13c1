"""What goes into a ranking and what comes out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final, Literal

Number = Decimal | Fraction | int


class NotApplicable(Enum):
    """The type of the one value that stands for "this criterion does not apply"."""

    NOT_APPLICABLE = "not applicable"


NOT_APPLICABLE: Final = NotApplicable.NOT_APPLICABLE
Mark = Number | NotApplicable | None


class ScoringError(ValueError):
    """The inputs cannot be ranked; ``problems`` is the complete list of sentences, not the first one."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


@dataclass(frozen=True)
class Criterion:
    """One published criterion.

    ``weight`` is in points of 100. ``maximum`` and ``threshold`` (quality only) are marks on the criterion's own scale.
    A price criterion has a ``formula`` (None means the default, ``fixed``), the two published prices ``fixed`` needs,
    and may hold ``minimum_quality``: the share of all quality points, in per cent, below which no price is opened.
    """

    code: str
    kind: Literal["quality", "price"]
    weight: Number
    maximum: Number | None = None
    threshold: Number | None = None
    formula: str | None = None
    maximum_price: Number | None = None
    optimal_price: Number | None = None
    minimum_quality: Number | None = None


@dataclass(frozen=True)
class Entry:
    """One submission as moderated: a mark per quality criterion, its price, and why it was disregarded, if it was.

    A mark of None, or none at all, means *unscored* and blocks the ranking; it is never zero (A5).
    """

    id: str
    marks: Mapping[str, Mark] = field(default_factory=dict)
    price: Number | None = None
    disregarded: str | None = None


@dataclass(frozen=True)
class Ranked:
    """A place in the ranking. ``scores`` are points per criterion code; equal totals share a rank (A10)."""

    id: str
    rank: int
    total: Fraction
    scores: Mapping[str, Fraction]


@dataclass(frozen=True)
class Disregarded:
    """A submission that is listed but not ranked, with the reason (A8)."""

    id: str
    reason: str


@dataclass(frozen=True)
class Flag:
    """Something a person must look at. A flag never changes a rank (A12)."""

    id: str
    flag: str
    reason: str


@dataclass(frozen=True)
class Result:
    """A finished ranking.

    ``basis`` says what a total is: ``points`` of 100, highest first, or ``price_per_quality_point``, lowest first.
    ``weights`` are those used, after criteria that apply to nobody (``left_out``) were taken away.
    ``digest`` is a SHA-256 over inputs and result (A11).
    """

    basis: Literal["points", "price_per_quality_point"]
    ranking: tuple[Ranked, ...]
    disregarded: tuple[Disregarded, ...]
    flags: tuple[Flag, ...]
    weights: Mapping[str, Fraction]
    left_out: tuple[str, ...]
    digest: str = ""


def is_exact(value: object) -> bool:
    """Whether the value is a finite exact number: Decimal, Fraction or int, and not a float or a truth value."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, Fraction | int) and not isinstance(value, bool)


def exact(value: Number) -> Fraction:
    """The same number as a Fraction. Raises ScoringError for a float, whose decimal is not what was typed."""
    if not is_exact(value):
        raise ScoringError([f"{value!r} is not an exact number: use a decimal or a fraction."])
    return Fraction(value)


def in_words(value: Number) -> str:
    """A number as a person writes it: at most four decimals, no trailing zeros. For sentences, never for arithmetic."""
    text = f"{Decimal(round(exact(value) * 10_000)) / 10_000:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
