"""The arithmetic: thresholds, points, totals, shared ranks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from assessment.scoring.checks import HUNDRED, refuse_invalid, refuse_missing_prices
from assessment.scoring.documents import digest
from assessment.scoring.prices import DEFAULT_FORMULA, FORMULAS, ZERO, PriceCase, abnormally_low
from assessment.scoring.shapes import (
    NOT_APPLICABLE,
    Criterion,
    Disregarded,
    Entry,
    Number,
    Ranked,
    Result,
    ScoringError,
    exact,
    in_words,
)

Basis = Literal["points", "price_per_quality_point"]


@dataclass(frozen=True)
class _Scored:
    """A submission with its points, on the way to a rank."""

    id: str
    total: Fraction
    quality: Fraction
    price: Fraction
    scores: Mapping[str, Fraction]


def rank(criteria: Sequence[Criterion], entries: Sequence[Entry], tie_breaks: Sequence[str] = ()) -> Result:
    """Rank submissions by their moderated marks and prices, exactly (A8-A11).

    - Thresholds come first; only the prices of what is left are read, for points, screen and digest alike.
    - A criterion that is not applicable to every submission is left out, and the weights of all others, price included,
      grow in proportion to 100 again; so the published importance of any two remaining criteria is unchanged.
    - Equal totals share a rank (1, 1, 3) unless a published tie-break tells them apart: a criterion's code (more
      points first; for the price criterion the lower price), ``quality`` or ``price``.
    - Under ``price_per_quality_point`` the quality weights grow to 100, a total is money per point, the lowest is
      first, and a submission without a single quality point is disregarded.

    Raises ScoringError with the list of everything wrong: weights not totalling 100, an unscored mark, a float.
    """
    refuse_invalid(criteria, entries, tie_breaks)
    basis, left_out = _basis(criteria), _left_out(criteria, entries)
    weights = _weights(criteria, left_out, basis)
    disregarded = _disregarded(criteria, entries, weights, basis)
    admissible = [entry for entry in entries if entry.id not in disregarded]
    refuse_missing_prices(criteria, admissible)
    scored = _scored(criteria, admissible, weights, basis)
    result = Result(
        basis=basis,
        ranking=_ranking(scored, _tie_break_keys(criteria, tie_breaks), basis),
        disregarded=tuple(Disregarded(key, disregarded[key]) for key in sorted(disregarded)),
        flags=abnormally_low({s.id: s.price for s in scored}) if _price_criterion(criteria) else (),
        weights=weights,
        left_out=left_out,
    )
    return replace(result, digest=digest(criteria, entries, tie_breaks, result))


def _price_criterion(criteria: Sequence[Criterion]) -> Criterion | None:
    return next((c for c in criteria if c.kind == "price"), None)


def _basis(criteria: Sequence[Criterion]) -> Basis:
    price = _price_criterion(criteria)
    return "price_per_quality_point" if price and price.formula == "price_per_quality_point" else "points"


def _left_out(criteria: Sequence[Criterion], entries: Sequence[Entry]) -> tuple[str, ...]:
    assessed = [e for e in entries if e.disregarded is None]
    codes = sorted(c.code for c in criteria if c.kind == "quality")
    return tuple(code for code in codes if any(e.marks[code] is NOT_APPLICABLE for e in assessed))


def _weights(criteria: Sequence[Criterion], left_out: Sequence[str], basis: Basis) -> dict[str, Fraction]:
    kept = [c for c in criteria if c.code not in left_out and (basis == "points" or c.kind == "quality")]
    total = sum((exact(c.weight) for c in kept), ZERO)
    if not total:
        raise ScoringError(["Nothing is left to score: every criterion with a weight is marked not applicable."])
    return {c.code: exact(c.weight) * HUNDRED / total for c in kept}


def _points(entry: Entry, criteria: Sequence[Criterion], weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {
        c.code: weights[c.code] * _number(entry.marks[c.code]) / _number(c.maximum)
        for c in criteria
        if c.kind == "quality" and c.code in weights
    }


def _number(value: object) -> Fraction:
    if not isinstance(value, Number):
        raise ScoringError([f"{value!r} is not a mark."])
    return exact(value)


def _disregarded(
    criteria: Sequence[Criterion], entries: Sequence[Entry], weights: Mapping[str, Fraction], basis: Basis
) -> dict[str, str]:
    reasons = {}
    for entry in entries:
        if entry.disregarded is not None:
            reasons[entry.id] = entry.disregarded
        elif failures := _failures(entry, criteria, weights, basis):
            reasons[entry.id] = "; ".join(failures)
    return reasons


def _failures(entry: Entry, criteria: Sequence[Criterion], weights: Mapping[str, Fraction], basis: Basis) -> list[str]:
    failures = [
        f"{c.code}: {in_words(_number(entry.marks[c.code]))} is below the threshold of {in_words(c.threshold)}"
        for c in sorted(criteria, key=lambda c: c.code)
        if c.threshold is not None and c.code in weights and _number(entry.marks[c.code]) < exact(c.threshold)
    ]
    return failures + _failures_overall(entry, criteria, weights, basis)


def _failures_overall(
    entry: Entry, criteria: Sequence[Criterion], weights: Mapping[str, Fraction], basis: Basis
) -> list[str]:
    quality = sum(_points(entry, criteria, weights).values(), ZERO)
    if basis == "price_per_quality_point" and not quality:
        return ["no quality points, so there is no price per quality point"]
    price = _price_criterion(criteria)
    possible = sum((weights[c.code] for c in criteria if c.kind == "quality" and c.code in weights), ZERO)
    if price is None or price.minimum_quality is None or quality * HUNDRED >= exact(price.minimum_quality) * possible:
        return []
    share = in_words(quality * HUNDRED / possible)
    return [f"quality: {share} per cent is below the minimum of {in_words(price.minimum_quality)} per cent"]


def _scored(
    criteria: Sequence[Criterion], admissible: Sequence[Entry], weights: Mapping[str, Fraction], basis: Basis
) -> list[_Scored]:
    criterion = _price_criterion(criteria)
    prices = tuple(exact(e.price) for e in admissible if e.price is not None)
    scored = []
    for entry in admissible:
        scores = _points(entry, criteria, weights)
        quality, price = sum(scores.values(), ZERO), ZERO
        if criterion is not None:
            price = exact(entry.price if entry.price is not None else 0)
            scores[criterion.code] = _price_score(criterion, weights, PriceCase(price, prices, quality))
        total = sum(scores.values(), ZERO)
        if criterion is not None and basis == "price_per_quality_point":
            total = scores[criterion.code]
        scored.append(_Scored(entry.id, total, quality, price, scores))
    return scored


def _price_score(criterion: Criterion, weights: Mapping[str, Fraction], case: PriceCase) -> Fraction:
    name = criterion.formula or DEFAULT_FORMULA
    if criterion.maximum_price is not None and criterion.optimal_price is not None:
        case = replace(case, maximum_price=exact(criterion.maximum_price), optimal_price=exact(criterion.optimal_price))
    return FORMULAS[name](case) * weights.get(criterion.code, Fraction(1))


def _tie_break_keys(criteria: Sequence[Criterion], tie_breaks: Sequence[str]) -> list[tuple[str, str]]:
    kinds = {c.code: c.kind for c in criteria}
    return [(kinds.get(name, name), name if kinds.get(name) == "quality" else "") for name in tie_breaks]


def _tie_break_value(row: _Scored, kind: str, code: str) -> Fraction:
    if kind == "price":
        return -row.price
    return row.scores.get(code, ZERO) if code else row.quality


def _ranking(scored: Sequence[_Scored], keys: Sequence[tuple[str, str]], basis: Basis) -> tuple[Ranked, ...]:
    sign = 1 if basis == "points" else -1
    strength = {row.id: (sign * row.total, *(_tie_break_value(row, *key) for key in keys)) for row in scored}
    ordered = sorted(strength.values(), reverse=True)
    places = {value: place for place, value in reversed(list(enumerate(ordered, start=1)))}
    # Inside a shared rank the list follows the pseudonym, which says nothing about who is better.
    rows = sorted(scored, key=lambda row: (places[strength[row.id]], row.id))
    return tuple(Ranked(row.id, places[strength[row.id]], row.total, row.scores) for row in rows)
