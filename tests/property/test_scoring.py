"""What holds for every ranking: prices (A9), exactness and shared ranks (A10), order and the disregarded (A11)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from assessment.scoring import (
    FORMULAS,
    NOT_APPLICABLE,
    Case,
    Clause,
    Criterion,
    Entry,
    PanelMarks,
    ScoringError,
    rank,
    robustness,
    spread,
)

ALL_FORMULAS = sorted(FORMULAS)
POINTS_FORMULAS = sorted(set(FORMULAS) - {"price_per_quality_point"})
QUALITY_CODES = ("fit", "plan", "data")
tenths = st.integers(0, 50).map(lambda tenth: Decimal(tenth) / 10)
prices = st.one_of(st.just(Decimal(0)), st.integers(1, 500_000).map(lambda pence: Decimal(pence) / 100))


@st.composite
def weights(draw, count):
    cuts = sorted(draw(st.lists(st.integers(0, 1000), min_size=count - 1, max_size=count - 1)))
    return [Decimal(b - a) / 10 for a, b in zip([0, *cuts], [*cuts, 1000], strict=True)]


@st.composite
def criteria(draw, formulas=None):
    shares = draw(weights(len(QUALITY_CODES) + 1))
    formula = draw(st.sampled_from(formulas or ALL_FORMULAS))
    assume(formula != "price_per_quality_point" or any(shares[:-1]))
    thresholds = [draw(st.one_of(st.none(), st.integers(0, 3))) for _ in QUALITY_CODES]
    quality = [
        Criterion(code, "quality", share, 5, threshold)
        for code, share, threshold in zip(QUALITY_CODES, shares, thresholds, strict=False)
    ]
    fixed = {"maximum_price": Decimal(4000), "optimal_price": Decimal(1000)}
    return [*quality, Criterion("price", "price", shares[-1], formula=formula, **fixed)]


@st.composite
def entries(draw, smallest=0):
    count = draw(st.integers(smallest, 6))
    return [Entry(f"S{place}", {code: draw(tenths) for code in QUALITY_CODES}, draw(prices)) for place in range(count)]


tie_breaks = st.lists(st.sampled_from([*QUALITY_CODES, "quality", "price"]), unique=True, max_size=3)


def without_thresholds(rules):
    return [replace(rule, threshold=None) for rule in rules]


@given(criteria(), entries(), tie_breaks, st.randoms())
def test_A11_the_order_of_submissions_and_criteria_never_matters(rules, submissions, breaks, random):
    shuffled = random.sample(submissions, len(submissions))

    assert rank(random.sample(rules, len(rules)), shuffled, breaks) == rank(rules, submissions, breaks)


@given(criteria(), entries(), prices, st.dictionaries(st.sampled_from(QUALITY_CODES), tenths))
def test_A11_adding_a_disregarded_submission_changes_nothing(rules, submissions, amount, marks):
    before = rank(rules, submissions)

    after = rank(rules, [*submissions, Entry("late", marks, amount, "received after the deadline")])

    assert (after.ranking, after.flags, after.weights) == (before.ranking, before.flags, before.weights)
    assert [row.id for row in after.disregarded] == sorted(["late", *(row.id for row in before.disregarded)])


@given(criteria(), entries(), prices)
def test_A8_A9_a_submission_below_a_threshold_changes_no_other_result(rules, submissions, amount):
    rules = [replace(rules[0], threshold=1), *rules[1:]]
    failing = Entry("failing", dict.fromkeys(QUALITY_CODES, Decimal(0)), amount)

    before, after = rank(rules, submissions), rank(rules, [*submissions, failing])

    assert (after.ranking, after.flags) == (before.ranking, before.flags)


@given(criteria(), entries(), tie_breaks)
def test_every_submission_is_either_ranked_or_disregarded_with_a_reason(rules, submissions, breaks):
    result = rank(rules, submissions, breaks)

    listed = [row.id for row in result.ranking] + [row.id for row in result.disregarded]
    assert sorted(listed) == sorted(entry.id for entry in submissions)
    assert all(row.reason for row in result.disregarded)


@given(criteria(), entries())
def test_A10_equal_totals_share_a_rank_and_the_next_rank_counts_them_all(rules, submissions):
    result = rank(rules, submissions)

    sign = 1 if result.basis == "points" else -1
    for row in result.ranking:
        better = [other for other in result.ranking if sign * other.total > sign * row.total]
        assert row.rank == len(better) + 1


@given(criteria(), entries(), tie_breaks)
def test_A10_a_tie_break_only_orders_equal_totals(rules, submissions, breaks):
    plain = {row.id: row.rank for row in rank(rules, submissions).ranking}

    broken = {row.id: row.rank for row in rank(rules, submissions, breaks).ranking}

    for one in broken:
        for other in broken:
            assert plain[one] >= plain[other] or broken[one] < broken[other]


@given(criteria(POINTS_FORMULAS), entries())
def test_A10_totals_are_exact_sums_within_the_scale(rules, submissions):
    result = rank(rules, submissions)

    for row in result.ranking:
        assert isinstance(row.total, Fraction)
        assert row.total == sum(row.scores.values())
        assert all(0 <= row.scores[code] <= weight for code, weight in result.weights.items())


@given(criteria(POINTS_FORMULAS), entries(smallest=2))
def test_A9_a_lower_price_never_gets_fewer_points(rules, submissions):
    result = rank(without_thresholds(rules), submissions)

    price = {entry.id: entry.price for entry in submissions}
    points = [row.scores["price"] for row in sorted(result.ranking, key=lambda row: price[row.id])]
    assert points == sorted(points, reverse=True)


@given(criteria(POINTS_FORMULAS), entries(smallest=1), st.sampled_from(QUALITY_CODES))
def test_a_better_mark_never_costs_a_rank(rules, submissions, code):
    rules = without_thresholds(rules)
    first = submissions[0]
    better = Entry(first.id, {**first.marks, code: Decimal(5)}, first.price)

    before = {row.id: row.rank for row in rank(rules, submissions).ranking}
    after = {row.id: row.rank for row in rank(rules, [better, *submissions[1:]]).ranking}

    assert after[first.id] <= before[first.id]


@given(criteria(POINTS_FORMULAS), entries(smallest=1))
def test_A5_a_criterion_left_out_ranks_as_if_it_had_never_been(rules, submissions):
    rest = sum(rule.weight for rule in rules if rule.code != "data")
    assume(rest > 0)
    without = [replace(r, weight=Fraction(r.weight) * 100 / Fraction(rest)) for r in rules if r.code != "data"]
    bare = [Entry(e.id, {c: m for c, m in e.marks.items() if c != "data"}, e.price) for e in submissions]
    marked = [Entry(e.id, {**e.marks, "data": NOT_APPLICABLE}, e.price) for e in submissions]

    assert rank(rules, marked).ranking == rank(without, bare).ranking


@given(criteria(), entries(smallest=1), st.sampled_from(QUALITY_CODES), st.booleans())
def test_A5_unscored_is_never_zero(rules, submissions, code, is_missing):
    marks = {**submissions[0].marks, code: None}
    if is_missing:
        del marks[code]

    with pytest.raises(ScoringError) as refusal:
        rank(rules, [Entry(submissions[0].id, marks, submissions[0].price), *submissions[1:]])

    assert refusal.value.problems == [f"Submission S0 has no mark for {code}."]


@given(st.lists(tenths, min_size=1), st.randoms())
def test_A11_the_order_of_assessors_never_matters(marks, random):
    assert spread(random.sample(marks, len(marks)), 5) == spread(marks, 5)
    assert 0 <= spread(marks, 5) <= 1


LEVEL_WITHOUT_QUALITY = (
    [
        *(Criterion(code, "quality", weight, 5) for code, weight in zip(QUALITY_CODES, (0, 0, 1), strict=True)),
        Criterion("price", "price", 99, formula="price_per_quality_point"),
    ],
    [Entry(f"S{price}", {"fit": 0, "plan": 0, "data": 1}, Decimal(price)) for price in (0, 1)],
)


@example(*LEVEL_WITHOUT_QUALITY, Fraction(1, 2)).via("level only where nobody has any quality points")
@given(criteria(), entries(smallest=2), st.fractions(Fraction(1, 100), Fraction(99, 100)))
def test_A15_just_less_than_the_smallest_change_of_weights_changes_no_winner(rules, submissions, part):
    rules = without_thresholds(rules)
    found = robustness(Case(rules, submissions))
    assume(found.weight_change is not None)
    change = found.weight_change
    published = rank(rules, submissions).weights
    half_way = {code: weight + (change.weights[code] - weight) * part for code, weight in published.items()}

    level, before = (
        {row.id: row for row in rank(reweighted(rules, weights), submissions).ranking}
        for weights in (change.weights, half_way)
    )

    winner = found.winner[0]
    assert change.points == sum(max(0, change.weights[code] - weight) for code, weight in published.items())
    assert level[change.rival].total == level[winner].total
    if change.points:
        assert before[winner].rank == 1


def reweighted(rules, weights):
    """The same rules with other weights; under price per point the price's own weight counts for nothing."""
    if "price" in weights:
        return [replace(rule, weight=weights[rule.code]) for rule in rules]
    return [replace(rule, weight=weights.get(rule.code, 0)) for rule in rules]


@given(criteria(), entries(smallest=1))
def test_A15_leaving_out_a_loser_is_what_ranking_without_it_gives(rules, submissions):
    found = robustness(Case(rules, submissions))
    ranking = rank(rules, submissions).ranking
    told = {each.without: each.first for each in found.changes}

    for loser in [row.id for row in ranking if row.rank > 1]:
        again = rank(rules, [entry for entry in submissions if entry.id != loser]).ranking
        first = tuple(row.id for row in again if row.rank == 1)
        assert told.get(loser, found.winner) == first
        if loser not in told:
            assert order(again) == order([row for row in ranking if row.id != loser])


def order(ranking):
    places = {}
    for row in ranking:
        places.setdefault(row.rank, []).append(row.id)
    return list(places.values())


@given(criteria(), entries(smallest=1), prices, st.dictionaries(st.sampled_from(QUALITY_CODES), tenths))
def test_A15_A11_a_disregarded_submission_changes_nothing_about_robustness(rules, submissions, amount, marks):
    late = Entry("late", marks, amount, "received after the deadline")

    assert robustness(Case(rules, [*submissions, late])) == robustness(Case(rules, submissions))


@given(criteria(), entries(), st.lists(st.lists(tenths, min_size=1, max_size=4), min_size=1, max_size=3), st.randoms())
def test_A11_the_order_of_organisations_and_of_their_assessors_never_matters(rules, submissions, panel, random):
    named = {f"Council {number}": tuple(marks) for number, marks in enumerate(panel)}
    mixed = {
        name: tuple(random.sample(named[name], len(named[name]))) for name in random.sample(sorted(named), len(named))
    }
    one, other = ([joint(entry, marks) for entry in submissions] for marks in (named, mixed))

    assert rank(rules, one) == rank(rules, other)


def joint(entry, marks):
    return replace(entry, marks={**entry.marks, "fit": PanelMarks(marks)})


@given(criteria(POINTS_FORMULAS), entries(), st.lists(st.integers(0, 4), min_size=6, max_size=6))
def test_A10_clause_grades_stay_within_their_weight_and_order_never_matters(rules, submissions, grades):
    rules = [replace(rules[0], kind="clauses", maximum=None, threshold=None), *rules[1:]]
    clauses = [Clause("OD-01", "scored", 3), Clause("OD-02", "scored", Decimal("1.5")), Clause("SE-01", "mandatory")]
    answered = [
        replace(
            entry,
            marks={code: mark for code, mark in entry.marks.items() if code != "fit"},
            findings={"OD-01": grades[n], "OD-02": grades[-n], "SE-01": "met"},
        )
        for n, entry in enumerate(submissions)
    ]

    result = rank(rules, answered, clauses=clauses)

    assert rank(rules, answered[::-1], clauses=clauses[::-1]) == result
    assert all(0 <= row.scores["fit"] <= result.weights["fit"] for row in result.ranking)
