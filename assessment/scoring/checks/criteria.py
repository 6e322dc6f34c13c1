"""What is wrong with the published rules: criteria, weights, formula, groups, clauses, tie-breaks (A1)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from assessment.scoring.prices import DEFAULT_FORMULA, FORMULAS
from assessment.scoring.shapes import Clause, Criterion, Group, Problem, exact, in_words, is_exact

HUNDRED = Fraction(100)
KINDS = ("quality", "price", "clauses")
NUMBERS = ("maximum", "threshold", "maximum_price", "optimal_price", "minimum_quality")
Placed = Sequence[tuple[str, Criterion]]


def problems_with_criteria(
    criteria: Sequence[Criterion], tie_breaks: Sequence[str], groups: Sequence[Group], clauses: Sequence[Clause]
) -> list[Problem]:
    """Everything wrong with the rules; where a number cannot be read, only that."""
    placed = [(f"criteria[{n}]", criterion) for n, criterion in enumerate(criteria)]
    inexact = [problem for path, criterion in placed for problem in _inexact_fields(path, criterion)]
    inexact += [problem for n, clause in enumerate(clauses) for problem in _inexact_clause(f"clauses[{n}]", clause)]
    inexact += [
        Problem(f"groups[{n}].threshold", f"Group {group.code}: threshold {group.threshold!r} is not an exact number.")
        for n, group in enumerate(groups)
        if group.threshold is not None and not is_exact(group.threshold)
    ]
    if inexact:
        return inexact
    return [
        *repeated("Criterion", "criteria", "code", [c.code for c in criteria]),
        *_problems_with_weights(placed),
        *_problems_with_kinds(placed, clauses),
        *(problem for path, c in placed if c.kind == "quality" for problem in _problems_with_quality(path, c)),
        *(problem for path, c in placed if c.kind == "price" for problem in _problems_with_price(path, c)),
        *(problem for path, c in placed if c.kind == "clauses" for problem in _problems_with_fold(path, c)),
        *_problems_with_groups(placed, groups),
        *_problems_with_clauses(clauses),
        *_problems_with_tie_breaks(criteria, tie_breaks, groups),
    ]


def repeated(what: str, path: str, key: str, names: Sequence[str]) -> Iterator[Problem]:
    """A problem for each name that occurs more than once, placed where it comes up again."""
    for name, count in Counter(names).items():
        if count > 1:
            again = [n for n, other in enumerate(names) if other == name][1]
            yield Problem(f"{path}[{again}].{key}", f"{what} {name} appears {count} times.")


def _inexact_fields(path: str, criterion: Criterion) -> Iterator[Problem]:
    given = [name for name in NUMBERS if getattr(criterion, name) is not None]
    for name in ("weight", *given):
        if not is_exact(value := getattr(criterion, name)):
            yield Problem(f"{path}.{name}", f"Criterion {criterion.code}: {name} {value!r} is not an exact number.")
    for n, step in enumerate(criterion.scale):
        if not is_exact(step.mark):
            words = f"Criterion {criterion.code}: scale mark {step.mark!r} is not an exact number."
            yield Problem(f"{path}.scale[{n}].mark", words)


def _inexact_clause(path: str, clause: Clause) -> Iterator[Problem]:
    for name in ("weight", "maximum", *(["threshold"] if clause.threshold is not None else [])):
        if not is_exact(value := getattr(clause, name)):
            yield Problem(f"{path}.{name}", f"Clause {clause.code}: {name} {value!r} is not an exact number.")


def _problems_with_weights(placed: Placed) -> Iterator[Problem]:
    for path, criterion in placed:
        if criterion.weight < 0:
            words = f"Criterion {criterion.code}: its weight {in_words(criterion.weight)} is below zero."
            yield Problem(f"{path}.weight", words)
    total = sum((exact(c.weight) for _, c in placed), Fraction(0))
    if total != HUNDRED:
        parts = ", ".join(f"{c.code} {in_words(c.weight)}" for _, c in placed) or "no criteria"
        yield Problem("criteria", f"The weights total {in_words(total)}, not 100: {parts}.")


def _problems_with_kinds(placed: Placed, clauses: Sequence[Clause]) -> Iterator[Problem]:
    for path, criterion in placed:
        if criterion.kind not in KINDS:
            words = f"Criterion {criterion.code}: its kind is {criterion.kind!r}, not quality, price or clauses."
            yield Problem(f"{path}.kind", words)
    prices = [(path, c) for path, c in placed if c.kind == "price"]
    if len(prices) > 1:
        codes = ", ".join(c.code for _, c in prices)
        words = f"There are {len(prices)} price criteria ({codes}): a submission has one price."
        yield Problem(f"{prices[1][0]}.kind", words)
    judged = any(c.weight > 0 for _, c in placed if c.kind != "price")
    for path, criterion in prices:
        if criterion.formula == "price_per_quality_point" and not judged:
            words = "Price per quality point needs at least one quality criterion with a weight."
            yield Problem(f"{path}.formula", words)
    yield from _problems_with_folds(placed, clauses)


def _problems_with_folds(placed: Placed, clauses: Sequence[Clause]) -> Iterator[Problem]:
    folds = [(path, c) for path, c in placed if c.kind == "clauses"]
    if len(folds) > 1:
        codes = ", ".join(c.code for _, c in folds)
        words = f"There are {len(folds)} criteria for clause grades ({codes}): one takes them all."
        yield Problem(f"{folds[1][0]}.kind", words)
    if folds and not any(clause.mode == "scored" and clause.weight > 0 for clause in clauses):
        path, criterion = folds[0]
        words = f"Criterion {criterion.code} counts clause grades, but no graded clause with a weight is selected."
        yield Problem(f"{path}.kind", words)


def _problems_with_quality(path: str, criterion: Criterion) -> Iterator[Problem]:
    name = f"Criterion {criterion.code}"
    if criterion.formula is not None:
        yield Problem(f"{path}.formula", f"{name}: only a price criterion has a formula.")
    if criterion.maximum is None or criterion.maximum <= 0:
        yield Problem(f"{path}.maximum", f"{name}: its highest mark must be above zero.")
        return
    maximum = in_words(criterion.maximum)
    if criterion.threshold is not None and not 0 <= criterion.threshold <= criterion.maximum:
        threshold = in_words(criterion.threshold)
        yield Problem(f"{path}.threshold", f"{name}: its threshold {threshold} is not between 0 and {maximum}.")
    marks = [exact(step.mark) for step in criterion.scale]
    if marks and max(marks) != criterion.maximum:
        words = f"{name}: its scale ends at {in_words(max(marks))}, not at its highest mark {maximum}."
        yield Problem(f"{path}.scale", words)
    if any(mark < 0 for mark in marks):
        yield Problem(f"{path}.scale", f"{name}: its scale has a mark below zero.")
    if len(set(marks)) != len(marks):
        yield Problem(f"{path}.scale", f"{name}: its scale has a mark twice.")


def _problems_with_price(path: str, criterion: Criterion) -> Iterator[Problem]:
    name = f"Criterion {criterion.code}"
    formula = criterion.formula or DEFAULT_FORMULA
    if formula not in FORMULAS:
        words = f"{name}: there is no price formula {formula!r}; there are {', '.join(FORMULAS)}."
        yield Problem(f"{path}.formula", words)
    if formula == "fixed":
        yield from _problems_with_fixed_prices(path, criterion)
    if criterion.threshold is not None:
        words = f"{name}: a price has no threshold; state the least quality as minimum_quality."
        yield Problem(f"{path}.threshold", words)
    if criterion.minimum_quality is not None and not 0 <= criterion.minimum_quality <= HUNDRED:
        least = in_words(criterion.minimum_quality)
        words = f"{name}: its minimum quality {least} is not between 0 and 100 per cent."
        yield Problem(f"{path}.minimum_quality", words)


def _problems_with_fixed_prices(path: str, criterion: Criterion) -> Iterator[Problem]:
    maximum, optimal = criterion.maximum_price, criterion.optimal_price
    if maximum is None or optimal is None:
        words = f"Criterion {criterion.code}: the formula fixed needs a maximum price and an optimal price."
        yield Problem(f"{path}.{'maximum_price' if maximum is None else 'optimal_price'}", words)
    elif not 0 <= optimal < maximum:
        words = (
            f"Criterion {criterion.code}: the optimal price {in_words(optimal)} must be at least zero "
            f"and below the maximum price {in_words(maximum)}."
        )
        yield Problem(f"{path}.optimal_price", words)


def _problems_with_fold(path: str, criterion: Criterion) -> Iterator[Problem]:
    for field in ("maximum", "threshold", "formula"):
        if getattr(criterion, field) is not None:
            words = f"Criterion {criterion.code}: clause grades have their own scales, so it has no {field}."
            yield Problem(f"{path}.{field}", words)


def _problems_with_groups(placed: Placed, groups: Sequence[Group]) -> Iterator[Problem]:
    known = {group.code for group in groups}
    yield from repeated("Group", "groups", "code", [group.code for group in groups])
    for path, criterion in placed:
        if criterion.group is not None and criterion.group not in known:
            words = f"Criterion {criterion.code} belongs to the group {criterion.group}, which is not listed."
            yield Problem(f"{path}.group", words)
        elif criterion.group is not None and criterion.kind == "price":
            words = f"Criterion {criterion.code}: a price belongs to no group; groups sum quality."
            yield Problem(f"{path}.group", words)
    used, codes = {c.group for _, c in placed}, {c.code for _, c in placed}
    for n, group in enumerate(groups):
        if group.code not in used:
            yield Problem(f"groups[{n}].code", f"Group {group.code} holds no criterion.")
        if group.code in codes:
            yield Problem(f"groups[{n}].code", f"Group {group.code} has the code of a criterion.")
        if group.threshold is not None and not 0 <= group.threshold <= HUNDRED:
            least = in_words(group.threshold)
            words = f"Group {group.code}: its threshold {least} is not between 0 and 100 per cent."
            yield Problem(f"groups[{n}].threshold", words)


def _problems_with_clauses(clauses: Sequence[Clause]) -> Iterator[Problem]:
    yield from repeated("Clause", "clauses", "code", [clause.code for clause in clauses])
    for n, clause in enumerate(clauses):
        if clause.mode not in ("mandatory", "scored"):
            words = f"Clause {clause.code}: its mode is {clause.mode!r}, not mandatory or scored."
            yield Problem(f"clauses[{n}].mode", words)
        if clause.weight < 0:
            words = f"Clause {clause.code}: its weight {in_words(clause.weight)} is below zero."
            yield Problem(f"clauses[{n}].weight", words)
        if clause.maximum <= 0:
            yield Problem(f"clauses[{n}].maximum", f"Clause {clause.code}: its highest grade must be above zero.")
        elif clause.threshold is not None and not 0 <= clause.threshold <= clause.maximum:
            words = (
                f"Clause {clause.code}: its threshold {in_words(clause.threshold)} is not between "
                f"0 and {in_words(clause.maximum)}."
            )
            yield Problem(f"clauses[{n}].threshold", words)


def _problems_with_tie_breaks(
    criteria: Sequence[Criterion], tie_breaks: Sequence[str], groups: Sequence[Group]
) -> Iterator[Problem]:
    known = {c.code for c in criteria} | {group.code for group in groups}
    known |= {"quality"} | {"price" for c in criteria if c.kind == "price"}  # quality tells nobody apart on price alone
    for n, name in enumerate(tie_breaks):
        if name not in known:
            words = f"The tie-break {name!r} is neither a criterion of this challenge nor quality or price."
            yield Problem(f"tie_breaks[{n}]", words)
