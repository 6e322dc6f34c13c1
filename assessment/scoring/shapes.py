"""What goes into a ranking and what comes out of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final, Literal

Number = Decimal | Fraction | int
EXACT: Final = frozenset({Decimal, Fraction, int})


class NotApplicable(Enum):
    """The type of the one value that stands for "this criterion does not apply"."""

    NOT_APPLICABLE = "not applicable"


NOT_APPLICABLE: Final = NotApplicable.NOT_APPLICABLE


@dataclass(frozen=True)
class PanelMarks:
    """Individual marks by organisation, for a joint challenge that published their mean instead of a moderated mark.

    ``mean`` is the mean of the organisations' means, so that an organisation with more assessors has no more say.
    """

    by_organisation: Mapping[str, tuple[Number, ...]]

    def mean(self) -> Fraction:
        """Exact. Raises ScoringError without a mark of each organisation."""
        means = [_mean([exact(mark) for mark in marks]) for marks in self.by_organisation.values()]
        return _mean(means)


Mark = Number | PanelMarks | NotApplicable | None
Finding = Number | NotApplicable | Literal["met", "not met", "due later"] | None
Basis = Literal["points", "price_per_quality_point"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a sentence, and where in a document of `docs/formats` it is (``criteria[0].weight``)."""

    path: str
    sentence: str


class ScoringError(ValueError):
    """The inputs cannot be ranked; ``located`` is the complete list of what is wrong, not the first thing."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.located = list(problems)
        super().__init__(" ".join(self.problems))

    @property
    def problems(self) -> list[str]:
        """The sentences alone."""
        return [problem.sentence for problem in self.located]


@dataclass(frozen=True)
class Step:
    """One mark of a published scale, and what it means."""

    mark: Number
    label: str = ""
    descriptor: str = ""


@dataclass(frozen=True)
class Criterion:
    """One published criterion.

    ``weight`` is in points of 100. ``maximum`` and ``threshold`` (quality only) are marks on the criterion's own scale;
    ``scale`` lists the marks that may be given, if only some may (`challenges/scales.py` has the usual ones). ``group``
    names a group whose points are also summed.
    A price criterion has a ``formula`` (None means the default, ``fixed``), the two published prices ``fixed`` needs,
    and may hold ``minimum_quality``: the share of all quality points, in per cent, below which no price is opened.
    A criterion of kind ``clauses`` has neither scale nor marks: its share is that of the graded clauses (`clauses.py`).
    """

    code: str
    kind: Literal["quality", "price", "clauses"]
    weight: Number
    maximum: Number | None = None
    threshold: Number | None = None
    formula: str | None = None
    maximum_price: Number | None = None
    optimal_price: Number | None = None
    minimum_quality: Number | None = None
    group: str | None = None
    scale: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Group:
    """Criteria that belong together; ``threshold`` is the per cent of the group's points that a submission needs."""

    code: str
    threshold: Number | None = None


@dataclass(frozen=True)
class Clause:
    """A clause that the challenge selected: ``mandatory`` ones are met or not, ``scored`` ones graded 0..``maximum``.

    Weights count among the scored clauses of one challenge only and need not total anything (they are normalised).
    A grade below ``threshold`` disregards, as a mandatory clause that is not met does.
    """

    code: str
    mode: Literal["mandatory", "scored"]
    weight: Number = 0
    maximum: Number = 4
    threshold: Number | None = None


@dataclass(frozen=True)
class Entry:
    """One submission as moderated: a mark per quality criterion, its price, and why it was disregarded, if it was.

    A mark of None, or none at all, means *unscored* and blocks the ranking; it is never zero (A5). ``findings`` go by
    the clause's code. Where the price was corrected, ``stated_price`` keeps the figure that was handed in.
    """

    id: str
    marks: Mapping[str, Mark] = field(default_factory=dict)
    price: Number | None = None
    disregarded: str | None = None
    findings: Mapping[str, Finding] = field(default_factory=dict)
    stated_price: Number | None = None


@dataclass(frozen=True)
class Case:
    """Everything that one ranking is computed from."""

    criteria: Sequence[Criterion]
    entries: Sequence[Entry]
    tie_breaks: Sequence[str] = ()
    groups: Sequence[Group] = ()
    clauses: Sequence[Clause] = ()


@dataclass(frozen=True)
class Ranked:
    """A place in the ranking. ``scores`` are points by criterion, ``groups`` by group; equal totals share a rank."""

    id: str
    rank: int
    total: Fraction
    scores: Mapping[str, Fraction]
    groups: Mapping[str, Fraction] = field(default_factory=dict)


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

    basis: Basis
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
        raise ScoringError([Problem("", f"{value!r} is not an exact number: use a decimal or a fraction.")])
    return Fraction(value)


def in_words(value: Number) -> str:
    """A number as a person writes it: at most four decimals, no trailing zeros. For sentences, never for arithmetic."""
    text = f"{Decimal(round(exact(value) * 10_000)) / 10_000:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _mean(numbers: list[Fraction]) -> Fraction:
    if not numbers:
        raise ScoringError([Problem("", "A mean needs at least one mark of each organisation.")])
    return sum(numbers, Fraction(0)) / len(numbers)
