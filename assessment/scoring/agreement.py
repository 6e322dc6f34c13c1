"""How far the assessors of one submission differ on one criterion (A14). Never changes a rank."""

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from statistics import median
from typing import Final, TypeVar

from assessment.scoring.shapes import Number, Problem, ScoringError, exact

MODERATION_FROM: Final = Fraction(40, 100)
Who = TypeVar("Who", bound=Hashable)


def spread(marks: Iterable[Number], maximum: Number) -> Fraction:
    """Highest less lowest mark, as a share of the scale 0..maximum. Raises ScoringError without marks or scale."""
    numbers = [exact(mark) for mark in marks]
    if not numbers or exact(maximum) <= 0:
        raise ScoringError([Problem("", "A spread needs at least one mark and a highest mark above zero.")])
    return (max(numbers) - min(numbers)) / exact(maximum)


def needs_moderation(marks: Iterable[Number], maximum: Number) -> bool:
    """Whether assessors differ by 40 % of the scale or more, which makes moderating this criterion mandatory."""
    return spread(marks, maximum) >= MODERATION_FROM


def furthest(marks: Mapping[Who, Number]) -> dict[Who, Fraction]:
    """Who differs most from the middle of all others, and by how much (above: positive); empty where nobody differs.

    The middle is the median of the others' marks. Of two who differ, each is as far from the other.
    """
    numbers = {who: exact(mark) for who, mark in marks.items()}
    apart = {
        who: mark - median([other for each, other in numbers.items() if each != who])
        for who, mark in numbers.items()
        if len(numbers) > 1
    }
    most = max((abs(by) for by in apart.values()), default=Fraction(0))
    return {who: by for who, by in apart.items() if most and abs(by) == most}
