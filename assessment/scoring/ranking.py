"""The arithmetic: what is disregarded, points, totals, shared ranks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from assessment.scoring.checks import refuse_invalid, refuse_missing_prices
from assessment.scoring.clauses import fold
from assessment.scoring.digests import digest
from assessment.scoring.judging import Judged, Rules, failures, judge, rules_of
from assessment.scoring.prices import DEFAULT_FORMULA, FORMULAS, ZERO, abnormally_low, price_field
from assessment.scoring.shapes import Basis, Case, Clause, Criterion, Disregarded, Entry, Group, Ranked, Result, exact

FINE = 64
Key = Callable[["Scored"], Fraction]


@dataclass(frozen=True)
class Scored:
    """A submission with its points, on the way to a rank."""

    entry: Entry
    total: Fraction
    quality: Fraction
    price: Fraction
    scores: Mapping[str, Fraction]
    groups: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.entry.id


@dataclass(frozen=True)
class Worked:
    """A case worked out up to the totals: what applies, who is disregarded why, and the points of the others."""

    rules: Rules
    tie_breaks: tuple[str, ...]
    disregarded: Mapping[str, str]
    scored: tuple[Scored, ...]


def rank(
    criteria: Sequence[Criterion],
    entries: Sequence[Entry],
    tie_breaks: Sequence[str] = (),
    groups: Sequence[Group] = (),
    clauses: Sequence[Clause] = (),
) -> Result:
    """Rank submissions by their moderated marks and prices, exactly (A8-A11).

    - Clauses and thresholds come first; only the prices of what is left are read, for points, screen and digest alike.
    - Clause grades count as one criterion of kind ``clauses``, their weights normalised over the clauses selected.
    - A criterion that is not applicable to every submission is left out, and the weights of all others, price included,
      grow in proportion to 100 again; so the published importance of any two remaining criteria is unchanged.
    - Equal totals share a rank (1, 1, 3) unless a published tie-break tells them apart: a criterion's or a group's code
      (more points first; for the price criterion the lower price), ``quality`` or ``price``.
    - Under ``price_per_quality_point`` the quality weights grow to 100, a total is money per point, the lowest is
      first, and a submission without a single quality point is disregarded.

    Raises ScoringError with the list of everything wrong: weights not totalling 100, an unscored mark, a float.
    """
    return rank_case(Case(criteria, entries, tie_breaks, groups, clauses))


def rank_case(case: Case) -> Result:
    """`rank` for a case in one piece."""
    worked = work_out(case)
    result = Result(
        basis=worked.rules.basis,
        ranking=placed(worked, worked.scored),
        disregarded=tuple(Disregarded(key, worked.disregarded[key]) for key in sorted(worked.disregarded)),
        flags=abnormally_low({row.id: row.price for row in worked.scored}) if worked.rules.price else (),
        weights=worked.rules.weights,
        left_out=worked.rules.left_out,
    )
    return replace(result, digest=digest(case, result))


def work_out(case: Case) -> Worked:
    """Everything up to the totals. Raises ScoringError with everything wrong."""
    refuse_invalid(case)
    criteria, entries = fold(case.criteria, case.entries, case.clauses)
    folded = replace(case, criteria=criteria, entries=entries)
    rules = rules_of(folded)
    judged = judge(rules, [entry for entry in entries if entry.disregarded is None])
    disregarded = {entry.id: entry.disregarded for entry in entries if entry.disregarded is not None}
    disregarded |= {row.entry.id: "; ".join(found) for row in judged if (found := failures(rules, row, case))}
    refuse_missing_prices(case, disregarded)
    admissible = [row for row in judged if row.entry.id not in disregarded]
    return Worked(rules, tuple(case.tie_breaks), disregarded, priced(rules, admissible))


def priced(rules: Rules, rows: Iterable[Judged]) -> tuple[Scored, ...]:
    """The submissions with the points of their prices, worked out among these and no others (A9)."""
    known = list(rows)
    if rules.price is None or not known:
        return tuple(Scored(row.entry, row.total, row.total, ZERO, row.scores, row.groups) for row in known)
    prices = [exact(row.entry.price or 0) for row in known]
    shares = price_shares(rules.price, prices, [row.total for row in known])
    return tuple(_with_price(rules, *each) for each in zip(known, prices, shares, strict=True))


def price_shares(criterion: Criterion, prices: Sequence[Fraction], quality: Sequence[Fraction]) -> list[Fraction]:
    """What each price is worth beside the others: a share of the weight, or money per point of quality."""
    formula = FORMULAS[criterion.formula or DEFAULT_FORMULA]
    among = price_field(prices, criterion.maximum_price, criterion.optimal_price)
    return [formula(*each, among) for each in zip(prices, quality, strict=True)]


def placed(worked: Worked, scored: Sequence[Scored]) -> tuple[Ranked, ...]:
    """These submissions in order, with their ranks."""
    keys = [_tie_break(worked.rules, name) for name in worked.tie_breaks]
    strength = {row.id: _strength(worked.rules.basis, keys, row) for row in scored}
    ordered = sorted(scored, key=lambda row: strength[row.id], reverse=True)
    places: dict[str, int] = {}
    for place, row in enumerate(ordered, start=1):
        before = ordered[place - 2] if place > 1 else None
        is_level = before is not None and strength[before.id] == strength[row.id]
        places[row.id] = places[before.id] if before is not None and is_level else place
    # Inside a shared rank the list follows the pseudonym, which says nothing about who is better.
    rows = sorted(scored, key=lambda row: (places[row.id], row.id))
    return tuple(Ranked(row.id, places[row.id], row.total, row.scores, row.groups) for row in rows)


def _with_price(rules: Rules, row: Judged, price: Fraction, share: Fraction) -> Scored:
    code = rules.price.code if rules.price else ""
    if rules.basis == "price_per_quality_point":
        points = total = share
    else:
        points = share * rules.weights[code]
        total = row.total + points
    return Scored(row.entry, total, row.total, price, {**row.scores, code: points}, row.groups)


def _strength(basis: Basis, keys: Sequence[Key], row: Scored) -> tuple[int | Fraction, ...]:
    """What a rank goes by, better is more. The rounded total in front saves comparing fractions; it decides nothing."""
    total = row.total if basis == "points" else -row.total
    return ((total.numerator << FINE) // total.denominator, total, *(key(row) for key in keys))


def _tie_break(rules: Rules, name: str) -> Key:
    """How a published tie-break tells two submissions apart: a criterion, a group, the price, or quality as a whole."""
    if rules.price is not None and name in (rules.price.code, "price"):
        return lambda row: -row.price
    if name in {c.code for c in rules.judged} or name in rules.left_out:
        return lambda row: row.scores.get(name, ZERO)
    if name in {group.code for group in rules.groups}:
        return lambda row: row.groups[name]
    return lambda row: row.quality
