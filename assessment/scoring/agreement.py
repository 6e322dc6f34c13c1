"""How far the assessors of one submission differ on one criterion (A14). Never changes a rank."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from assessment.scoring.shapes import Number, Problem, ScoringError, exact

MODERATION_FROM: Final = Fraction(40, 100)


def spread(marks: Iterable[Number], maximum: Number) -> Fraction:
    """Highest less lowest mark, as a share of the scale 0..maximum. Raises ScoringError without marks or scale."""
    numbers = [exact(mark) for mark in marks]
    if not numbers or exact(maximum) <= 0:
        raise ScoringError([Problem("", "A spread needs at least one mark and a highest mark above zero.")])
    return (max(numbers) - min(numbers)) / exact(maximum)


def needs_moderation(marks: Iterable[Number], maximum: Number) -> bool:
    """Whether assessors differ by 40 % of the scale or more, which makes moderating this criterion mandatory."""
    return spread(marks, maximum) >= MODERATION_FROM
