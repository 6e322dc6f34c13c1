"""Quality: points of every submission from its marks, and what disregards it before any price is read (A8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from assessment.scoring.clauses import clause_failures
from assessment.scoring.shapes import (
    NOT_APPLICABLE,
    Basis,
    Case,
    Criterion,
    Entry,
    Group,
    Mark,
    Number,
    PanelMarks,
    Problem,
    ScoringError,
    exact,
    in_words,
)

ZERO, HUNDRED = Fraction(0), Fraction(100)


@dataclass(frozen=True)
class Rules:
    """The rules as they apply to one case: clause grades folded in, criteria that apply to nobody left out."""

    judged: tuple[Criterion, ...]
    price: Criterion | None
    groups: tuple[Group, ...]
    weights: Mapping[str, Fraction]
    left_out: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True)
class Judged:
    """One submission's quality: points by criterion and by group, their sum, and the criteria below their threshold."""

    entry: Entry
    scores: Mapping[str, Fraction]
    total: Fraction
    groups: Mapping[str, Fraction] = field(default_factory=dict)
    below: tuple[Criterion, ...] = ()


def rules_of(case: Case) -> Rules:
    """What applies in a (folded and checked) case. Raises ScoringError when nothing with a weight applies.

    The weights of the criteria that stay, price included, grow in proportion to 100 again, so that the published
    importance of any two of them is unchanged; under ``price_per_quality_point`` only quality has weights.
    """
    price = next((c for c in case.criteria if c.kind == "price"), None)
    per_point = price is not None and price.formula == "price_per_quality_point"
    assessed = [e for e in case.entries if e.disregarded is None]
    judged = [c for c in case.criteria if c.kind != "price"]
    left_out = sorted(c.code for c in judged if any(e.marks[c.code] is NOT_APPLICABLE for e in assessed))
    kept = [c for c in case.criteria if c.code not in left_out and not (per_point and c.kind == "price")]
    total = sum((exact(c.weight) for c in kept), ZERO)
    if not total:
        words = "Nothing is left to score: every criterion with a weight is marked not applicable."
        raise ScoringError([Problem("criteria", words)])
    return Rules(
        judged=tuple(c for c in judged if c.code not in left_out),
        price=price,
        groups=tuple(case.groups),
        weights={c.code: exact(c.weight) * HUNDRED / total for c in kept},
        left_out=tuple(left_out),
        basis="price_per_quality_point" if per_point else "points",
    )


def judge(rules: Rules, entries: Sequence[Entry]) -> list[Judged]:
    """The quality points of these submissions, none of them disregarded beforehand; in the order given.

    Sums are done in whole numbers of a common unit: a mark on a scale comes up again and again, and its points are
    worked out once.
    """
    columns = {c.code: [_settled(entry.marks[c.code]) for entry in entries] for c in rules.judged}
    points = {
        c.code: {mark: rules.weights[c.code] * exact(mark) / _number(c.maximum) for mark in set(columns[c.code])}
        for c in rules.judged
    }
    unit = lcm(*(value.denominator for column in points.values() for value in column.values()))
    whole = {
        code: {mark: value.numerator * (unit // value.denominator) for mark, value in column.items()}
        for code, column in points.items()
    }
    sums = [0] * len(entries)
    for code, column in columns.items():
        sums = [total + whole[code][mark] for total, mark in zip(sums, column, strict=True)]
    low = {c: {mark for mark in points[c.code] if _is_below(c, mark)} for c in sorted(rules.judged, key=_code)}
    judged = []
    for n, entry in enumerate(entries):
        own = {code: points[code][column[n]] for code, column in columns.items()}
        below = tuple(c for c, marks in low.items() if marks and columns[c.code][n] in marks)
        judged.append(Judged(entry, own, Fraction(sums[n], unit), _groups(rules, own), below))
    return judged


def share_of(entry: Entry, criterion: Criterion) -> Fraction:
    """What a submission reached of a criterion that is judged, from 0 to 1."""
    return _number(entry.marks[criterion.code]) / _number(criterion.maximum)


def share_of_group(criteria: Sequence[Criterion], marks: Mapping[str, Number]) -> Fraction:
    """What marks reach of a group's points, in per cent: of these criteria, each by its weight."""
    possible = sum((exact(c.weight) for c in criteria), ZERO)
    reached = sum((exact(c.weight) * exact(marks[c.code]) / _number(c.maximum) for c in criteria), ZERO)
    return reached * HUNDRED / possible


def failures(rules: Rules, row: Judged, case: Case) -> list[str]:
    """Why this submission is disregarded: clauses, thresholds of criteria, of groups, of quality as a whole."""
    return [
        *clause_failures(row.entry, case.clauses),
        *(_below_threshold(criterion, row.entry) for criterion in row.below),
        *_below_group_thresholds(rules, row),
        *_below_overall(rules, row),
    ]


def _number(mark: Mark) -> Fraction:
    return exact(_settled(mark))


def _settled(mark: Mark) -> Number:
    """The one number that counts; what was typed as a number stays as it is, because that is the quick way."""
    if isinstance(mark, Number):
        return mark
    if isinstance(mark, PanelMarks):
        return mark.mean()
    raise ScoringError([Problem("", f"{mark!r} is not a mark.")])


def _groups(rules: Rules, scores: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {
        group.code: sum((scores[c.code] for c in rules.judged if c.group == group.code), ZERO) for group in rules.groups
    }


def _code(criterion: Criterion) -> str:
    return criterion.code


def _is_below(criterion: Criterion, mark: Number) -> bool:
    return criterion.threshold is not None and exact(mark) < exact(criterion.threshold)


def _below_threshold(criterion: Criterion, entry: Entry) -> str:
    mark, threshold = in_words(_number(entry.marks[criterion.code])), in_words(criterion.threshold or 0)
    return f"{criterion.code}: {mark} is below the threshold of {threshold}"


def _below_group_thresholds(rules: Rules, row: Judged) -> list[str]:
    found = []
    for group in sorted(rules.groups, key=lambda group: group.code):
        possible = sum((rules.weights[c.code] for c in rules.judged if c.group == group.code), ZERO)
        if group.threshold is not None and row.groups[group.code] * HUNDRED < exact(group.threshold) * possible:
            share = in_words(row.groups[group.code] * HUNDRED / possible)
            found.append(
                f"{group.code}: {share} per cent is below the threshold of {in_words(group.threshold)} per cent"
            )
    return found


def _below_overall(rules: Rules, row: Judged) -> list[str]:
    if rules.basis == "price_per_quality_point" and not row.total:
        return ["no quality points, so there is no price per quality point"]
    minimum = rules.price.minimum_quality if rules.price else None
    if minimum is None:
        return []
    possible = sum((rules.weights[c.code] for c in rules.judged), ZERO)
    if row.total * HUNDRED >= exact(minimum) * possible:
        return []
    share = in_words(row.total * HUNDRED / possible)
    return [f"quality: {share} per cent is below the minimum of {in_words(minimum)} per cent"]
