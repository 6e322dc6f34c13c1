"""What a ranking refuses, as complete lists of sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from assessment.scoring.prices import DEFAULT_FORMULA, FORMULAS
from assessment.scoring.shapes import NOT_APPLICABLE, Criterion, Entry, ScoringError, exact, in_words, is_exact

HUNDRED = Fraction(100)


def refuse_invalid(criteria: Sequence[Criterion], entries: Sequence[Entry], tie_breaks: Sequence[str]) -> None:
    """Raise ScoringError with everything that is wrong. The marks of a disregarded submission are not read."""
    _refuse([*_problems_with_criteria(criteria), *_problems_with_tie_breaks(criteria, tie_breaks)])
    _refuse([*_repeated("Submission", (e.id for e in entries)), *_problems_with_marks(criteria, entries)])


def refuse_missing_prices(criteria: Sequence[Criterion], admissible: Sequence[Entry]) -> None:
    """Raise ScoringError where an admissible submission has no price to open, or an impossible one."""
    if any(c.kind == "price" for c in criteria):
        _refuse([problem for entry in admissible for problem in _problems_with_price(entry)])


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ScoringError(problems)


def _repeated(what: str, names: Iterable[str]) -> list[str]:
    return [f"{what} {name} appears {count} times." for name, count in Counter(names).items() if count > 1]


def _problems_with_criteria(criteria: Sequence[Criterion]) -> list[str]:
    inexact = [problem for criterion in criteria for problem in _inexact_fields(criterion)]
    if inexact:
        return inexact
    return [
        *_repeated("Criterion", (c.code for c in criteria)),
        *_problems_with_weights(criteria),
        *_problems_with_kinds(criteria),
        *(problem for c in criteria if c.kind == "quality" for problem in _problems_with_quality(c)),
        *(problem for c in criteria if c.kind == "price" for problem in _problems_with_price_criterion(c)),
    ]


def _inexact_fields(criterion: Criterion) -> Iterator[str]:
    optional = ("maximum", "threshold", "maximum_price", "optimal_price", "minimum_quality")
    given = [name for name in optional if getattr(criterion, name) is not None]
    for name in ("weight", *given):
        if not is_exact(getattr(criterion, name)):
            yield f"Criterion {criterion.code}: {name} {getattr(criterion, name)!r} is not an exact number."


def _problems_with_weights(criteria: Sequence[Criterion]) -> Iterator[str]:
    for criterion in criteria:
        if criterion.weight < 0:
            yield f"Criterion {criterion.code}: its weight {in_words(criterion.weight)} is below zero."
    total = sum((exact(c.weight) for c in criteria), Fraction(0))
    if total != HUNDRED:
        parts = ", ".join(f"{c.code} {in_words(c.weight)}" for c in criteria) or "no criteria"
        yield f"The weights total {in_words(total)}, not 100: {parts}."


def _problems_with_kinds(criteria: Sequence[Criterion]) -> Iterator[str]:
    for criterion in criteria:
        if criterion.kind not in ("quality", "price"):
            yield f"Criterion {criterion.code}: its kind is {criterion.kind!r}, not quality or price."
    prices = [c for c in criteria if c.kind == "price"]
    if len(prices) > 1:
        codes = ", ".join(c.code for c in prices)
        yield f"There are {len(prices)} price criteria ({codes}): a submission has one price."
    per_point = any(c.formula == "price_per_quality_point" for c in prices)
    if per_point and not any(c.weight > 0 for c in criteria if c.kind == "quality"):
        yield "Price per quality point needs at least one quality criterion with a weight."


def _problems_with_quality(criterion: Criterion) -> Iterator[str]:
    name = f"Criterion {criterion.code}"
    if criterion.formula is not None:
        yield f"{name}: only a price criterion has a formula."
    if criterion.maximum is None or criterion.maximum <= 0:
        yield f"{name}: its highest mark must be above zero."
    elif criterion.threshold is not None and not 0 <= criterion.threshold <= criterion.maximum:
        threshold, maximum = in_words(criterion.threshold), in_words(criterion.maximum)
        yield f"{name}: its threshold {threshold} is not between 0 and {maximum}."


def _problems_with_price_criterion(criterion: Criterion) -> Iterator[str]:
    name = f"Criterion {criterion.code}"
    formula = criterion.formula or DEFAULT_FORMULA
    if formula not in FORMULAS:
        yield f"{name}: there is no price formula {formula!r}; there are {', '.join(FORMULAS)}."
    if formula == "fixed":
        yield from _problems_with_fixed_prices(criterion)
    if criterion.threshold is not None:
        yield f"{name}: a price has no threshold; state the least quality as minimum_quality."
    if criterion.minimum_quality is not None and not 0 <= criterion.minimum_quality <= HUNDRED:
        yield f"{name}: its minimum quality {in_words(criterion.minimum_quality)} is not between 0 and 100 per cent."


def _problems_with_fixed_prices(criterion: Criterion) -> Iterator[str]:
    maximum, optimal = criterion.maximum_price, criterion.optimal_price
    if maximum is None or optimal is None:
        yield f"Criterion {criterion.code}: the formula fixed needs a maximum price and an optimal price."
    elif not 0 <= optimal < maximum:
        yield (
            f"Criterion {criterion.code}: the optimal price {in_words(optimal)} must be at least zero "
            f"and below the maximum price {in_words(maximum)}."
        )


def _problems_with_tie_breaks(criteria: Sequence[Criterion], tie_breaks: Sequence[str]) -> Iterator[str]:
    known = {c.code for c in criteria} | {c.kind for c in criteria}
    for name in tie_breaks:
        if name not in known:
            yield f"The tie-break {name!r} is neither a criterion of this challenge nor quality or price."


def _problems_with_marks(criteria: Sequence[Criterion], entries: Sequence[Entry]) -> Iterator[str]:
    quality = {c.code: c for c in criteria if c.kind == "quality"}
    assessed = [e for e in entries if e.disregarded is None]
    for entry in assessed:
        for code in sorted(set(entry.marks) - set(quality)):
            yield f"Submission {entry.id} has a mark for {code}, which is not a quality criterion."
        for criterion in quality.values():
            yield from _problems_with_mark(entry, criterion)
    for code in quality:
        yield from _partly_applicable(code, assessed)


def _problems_with_mark(entry: Entry, criterion: Criterion) -> Iterator[str]:
    mark = entry.marks.get(criterion.code)
    name, code = f"Submission {entry.id}", criterion.code
    if mark is None:
        yield f"{name} has no mark for {code}."
    elif mark is NOT_APPLICABLE:
        return
    elif not is_exact(mark):
        yield f"{name}: its mark {mark!r} for {code} is not an exact number."
    elif criterion.maximum is not None and not 0 <= exact(mark) <= exact(criterion.maximum):
        yield f"{name}: its mark {in_words(mark)} for {code} is not between 0 and {in_words(criterion.maximum)}."


def _partly_applicable(code: str, assessed: Sequence[Entry]) -> Iterator[str]:
    without = [e.id for e in assessed if e.marks.get(code) is NOT_APPLICABLE]
    if without and len(without) < len(assessed):
        yield (
            f"{code} is marked not applicable for {', '.join(sorted(without))} only: "
            "it applies to every submission or to none."
        )


def _problems_with_price(entry: Entry) -> Iterator[str]:
    if entry.price is None:
        yield f"Submission {entry.id} has no price."
    elif not is_exact(entry.price):
        yield f"Submission {entry.id}: its price {entry.price!r} is not an exact number."
    elif entry.price < 0:
        yield f"Submission {entry.id}: its price {in_words(entry.price)} is below zero."
