"""The arithmetic of a ranking: the published cases exactly, and each refusal and edge by itself."""

import json
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from assessment.scoring import (
    FORMULAS,
    NOT_APPLICABLE,
    Criterion,
    Disregarded,
    Entry,
    ScoringError,
    needs_moderation,
    rank,
    spread,
    to_document,
    to_json_number,
)

REFERENCE = Path(os.environ.get("REFERENCE_DIR", Path(__file__).parents[4] / "shared"))


@pytest.fixture(scope="module")
def cases():
    path = REFERENCE / "data" / "scoring_cases.json"
    if not path.exists():
        pytest.skip("The worked scoring cases are not on this machine.")
    document = json.loads(path.read_text(), parse_float=Decimal)
    return {case["id"]: case for case in document["cases"]}


def quality(code, weight, maximum=5, threshold=None):
    return Criterion(code, "quality", weight, maximum, threshold)


def price(weight, formula="relative", **parameters):
    return Criterion("price", "price", weight, formula=formula, **parameters)


def ranks(result):
    return [[row.id, row.rank] for row in result.ranking]


def totals(result):
    return {row.id: row.total for row in result.ranking}


def to_four_places(numbers):
    return {key: Decimal(to_json_number(Fraction(value)).decimal) for key, value in numbers.items()}


def scores(result, code):
    return {row.id: row.scores[code] for row in result.ranking}


def price_points(prices, formula, **parameters):
    """The points of 100 of each price under a formula, prices alone deciding."""
    result = rank([price(100, formula, **parameters)], [Entry(key, {}, value) for key, value in prices.items()])
    return totals(result)


# The worked cases


def test_S1_points_by_their_percentages(cases):
    inputs, expected = cases["S1"]["inputs"], cases["S1"]["expected"]
    scale = inputs["max_points"]
    criteria = [
        quality(code, Fraction(points * 100, sum(scale.values())), points)
        for code, points in scale.items()
        if code != "price"
    ]
    criteria.append(price(Fraction(scale["price"] * 100, sum(scale.values()))))
    entries = [
        Entry(key, {code: mark for code, mark in bid.items() if code != "price"}, bid["price"])
        for key, bid in inputs["bids"].items()
    ]

    result = rank(criteria, entries)

    assert totals(result) == expected["percent"]
    assert {key: total * 2 for key, total in totals(result).items()} == expected["total"]
    assert {key: points * 2 for key, points in scores(result, "price").items()} == expected["price_points"]
    assert ranks(result) == expected["ranking"]


def test_S3_relative_price_alone(cases):
    inputs, expected = cases["S3"]["inputs"], cases["S3"]["expected"]

    result = rank([price(inputs["max_points"])], [Entry(key, {}, amount) for key, amount in inputs["bids"].items()])

    assert to_four_places(totals(result)) == expected["price_score"]
    assert {key: round(total) for key, total in totals(result).items()} == expected["price_score_rounded"]
    assert ranks(result) == expected["ranking"]


@pytest.fixture
def goldilocks(cases):
    bids = cases["S5"]["inputs"]["bids"]
    return [Entry(key, {"quality": bid["quality"]}, bid["price"]) for key, bid in bids.items()]


def test_S5_A10_equal_totals_share_a_rank(cases, goldilocks):
    expected = cases["S5"]["expected"]

    result = rank([quality("quality", 50, 100), price(50)], goldilocks)

    assert to_four_places(totals(result)) == expected["total"]
    assert ranks(result) == expected["ranking_without_tie_break"]


def test_S5_a_published_tie_break_tells_them_apart(cases, goldilocks):
    result = rank([quality("quality", 50, 100), price(50)], goldilocks, ["quality"])

    assert ranks(result) == cases["S5"]["expected"]["ranking_with_tie_break_quality"]


def test_S5_price_per_quality_point_is_a_three_way_tie(cases, goldilocks):
    result = rank([quality("quality", 50, 100), price(50, "price_per_quality_point")], goldilocks)

    assert result.basis == "price_per_quality_point"
    assert totals(result) == cases["S5"]["expected"]["price_per_quality_point"]
    assert ranks(result) == [["A", 1], ["B", 1], ["C", 1]]


@pytest.fixture
def full_process(cases):
    """S7 after admission: who was late or failed pass/fail is disregarded, the one arithmetic error is corrected."""
    inputs = cases["S7"]["inputs"]
    corrected = {"Alder": sum(number * rate for number, rate in inputs["bids"]["Alder"]["lines"])}
    refused = {"Dogwood": "received after the deadline", "Fir": "failed: insurance"}
    entries = [
        Entry(key, inputs["consensus"].get(key, {}), corrected.get(key, bid["price_stated"]), refused.get(key))
        for key, bid in inputs["bids"].items()
    ]
    criteria = [
        quality(code, weight, 5, inputs["min_score"].get(code))
        for code, weight in inputs["weights"].items()
        if code != "price"
    ]
    return [*criteria, price(inputs["weights"]["price"])], entries


def test_S7_full_process(cases, full_process):
    expected = cases["S7"]["expected"]

    result = rank(*full_process)

    assert to_four_places(totals(result)) == expected["total"]
    assert to_four_places(scores(result, "price")) == expected["price_points"]
    assert {row.id: row.total - row.scores["price"] for row in result.ranking} == expected["quality"]
    assert ranks(result) == expected["ranking"]


def test_S7_A8_a_threshold_disregards_before_prices_are_compared(full_process):
    result = rank(*full_process)

    assert result.disregarded == (
        Disregarded("Cedar", "open_data: 1 is below the threshold of 2"),
        Disregarded("Dogwood", "received after the deadline"),
        Disregarded("Fir", "failed: insurance"),
    )


def test_S7_A14_marks_that_need_moderation(cases):
    individual = cases["S7"]["inputs"]["individual"]

    found = [
        [key, code] for key, marks in individual.items() for code, given in marks.items() if needs_moderation(given, 5)
    ]

    assert found == cases["S7"]["expected"]["variance_flags"]


def test_S9_quality_and_cost_with_a_minimum(cases):
    inputs, expected = cases["S9"]["inputs"], cases["S9"]["expected"]
    weights = {name: share * 100 for name, share in inputs["weights"].items()}
    criteria = [
        quality("technical", weights["technical"], 100, inputs["min_technical"]),
        price(weights["financial"], "qcbs"),
    ]
    entries = [Entry(key, {"technical": mark}, inputs["price"][key]) for key, mark in inputs["technical"].items()]

    result = rank(criteria, entries)

    financial = {key: points * 100 / 30 for key, points in scores(result, "price").items()}
    assert totals(result) == expected["total"]
    assert to_four_places(financial) == expected["financial_score"]
    assert ranks(result) == expected["ranking"]
    assert sorted(totals(result)) == expected["financial_envelope_opened"]
    assert [row.id for row in result.disregarded] == expected["unopened"]


# Price formulas


def test_relative_gives_everything_to_a_price_of_zero():
    """A9: a price of zero is defined."""
    assert price_points({"A": 0, "B": 10}, "relative") == {"A": 100, "B": 0}


def test_fixed_measures_against_the_published_prices_only():
    points = price_points({"A": 50, "B": 75, "C": 100, "D": 120, "E": 40}, "fixed", maximum_price=100, optimal_price=50)

    assert points == {"A": 100, "B": 50, "C": 0, "D": 0, "E": 100}


def test_fixed_is_the_formula_where_none_is_named():
    assert price_points({"A": 75}, None, maximum_price=100, optimal_price=50) == {"A": 50}


def test_mean_gives_half_at_the_mean_and_stays_within_the_weight():
    assert price_points({"A": 90, "B": 110, "C": 100}, "mean") == {"A": 60, "B": 40, "C": 50}
    assert price_points({"A": 10, "B": 190}, "mean") == {"A": 100, "B": 0}
    assert price_points({"A": 0, "B": 0}, "mean") == {"A": 50, "B": 50}


def test_linear_from_lowest_ends_at_double_the_lowest():
    points = price_points({"A": 100, "B": 150, "C": 200, "D": 300}, "linear_from_lowest")

    assert points == {"A": 100, "B": 50, "C": 0, "D": 0}


def test_linear_from_lowest_with_a_price_of_zero():
    assert price_points({"A": 0, "B": 10}, "linear_from_lowest") == {"A": 100, "B": 0}


def test_price_per_quality_point_ranks_the_lowest_first():
    criteria = [quality("fit", 30, 10), quality("plan", 30, 10), price(40, "price_per_quality_point")]
    entries = [
        Entry("A", {"fit": 10, "plan": 10}, 2000),
        Entry("B", {"fit": 5, "plan": 3}, 600),
        Entry("C", {"fit": 0, "plan": 0}, 10),
    ]

    result = rank(criteria, entries)

    assert [(row.id, row.rank, row.total) for row in result.ranking] == [("B", 1, 15), ("A", 2, 20)]
    assert result.ranking[0].scores == {"fit": 25, "plan": 15, "price": 15}
    assert result.disregarded == (Disregarded("C", "no quality points, so there is no price per quality point"),)


def test_a_criterion_of_no_weight_gives_nothing_and_keeps_its_threshold():
    """A9: a weight of zero is defined."""
    criteria = [quality("fit", 100, 10), quality("safety", 0, 5, 3), price(0)]

    result = rank(criteria, [Entry("A", {"fit": 5, "safety": 5}, 10), Entry("B", {"fit": 10, "safety": 2}, 5)])

    assert [row.scores for row in result.ranking] == [{"fit": 50, "safety": 0, "price": 0}]
    assert [row.id for row in result.disregarded] == ["B"]


def test_minimum_quality_closes_a_price():
    criteria = [quality("fit", 40, 10), quality("plan", 20, 10), price(40, minimum_quality=Decimal(50))]
    entries = [Entry("A", {"fit": 5, "plan": 5}, 100), Entry("B", {"fit": 5, "plan": 4}, None)]

    result = rank(criteria, entries)

    assert ranks(result) == [["A", 1]]
    assert result.disregarded == (Disregarded("B", "quality: 46.6667 per cent is below the minimum of 50 per cent"),)


# Not applicable, ties, flags


def test_A5_a_criterion_that_applies_to_nobody_is_left_out_and_the_others_grow():
    criteria = [quality("fit", 40, 10), quality("data", 20, 5), price(40)]
    entries = [
        Entry("A", {"fit": 10, "data": NOT_APPLICABLE}, 100),
        Entry("B", {"fit": 5, "data": NOT_APPLICABLE}, 50),
        Entry("C", {}, 1, "failed a mandatory clause"),
    ]

    result = rank(criteria, entries)

    assert result.left_out == ("data",)
    assert result.weights == {"fit": 50, "price": 50}
    assert totals(result) == {"A": 75, "B": 75}


def test_tie_breaks_apply_in_their_published_order():
    criteria = [quality("fit", 25, 10), quality("plan", 25, 10), price(50, "fixed", maximum_price=100, optimal_price=0)]
    entries = [
        Entry("A", {"fit": 6, "plan": 4}, 50),
        Entry("B", {"fit": 4, "plan": 6}, 50),
        Entry("C", {"fit": 3, "plan": 3}, 30),
    ]

    assert ranks(rank(criteria, entries)) == [["A", 1], ["B", 1], ["C", 1]]
    assert ranks(rank(criteria, entries, ["price", "plan"])) == [["C", 1], ["B", 2], ["A", 3]]
    assert ranks(rank(criteria, entries, ["quality"])) == [["A", 1], ["B", 1], ["C", 3]]
    assert ranks(rank(criteria, entries, ["fit"])) == [["A", 1], ["B", 2], ["C", 3]]


def test_quality_breaks_no_tie_where_price_is_alone():
    entries = [Entry("A", {}, 50), Entry("B", {}, 50), Entry("C", {}, 60)]

    assert ranks(rank([price(100)], entries, ["quality"])) == [["A", 1], ["B", 1], ["C", 3]]
    assert problems([quality("fit", 100, 10)], tie_breaks=["quality", "price"]) == [
        "The tie-break 'price' is neither a criterion of this challenge nor quality or price."
    ]


def test_A12_an_abnormally_low_price_is_flagged_and_still_ranked():
    entries = [Entry("A", {}, 50), Entry("B", {}, 100), Entry("C", {}, 110), Entry("D", {}, 500)]

    result = rank([price(100)], entries)

    assert ranks(result)[0] == ["A", 1]
    assert [(flag.id, flag.flag) for flag in result.flags] == [("A", "abnormally_low_price")]
    assert result.flags[0].reason == (
        "The price 50 is 42.3 % below the mean of the prices without the highest (86.6667) "
        "and 50 % below the next price (100)."
    )


@pytest.mark.parametrize(
    ("amounts", "flagged"),
    [
        ([50, 100], []),
        ([85, 100, 115, 200], []),
        ([84, 101, 115, 200], ["0"]),
        ([Decimal("84.9"), 85, Decimal("130.1"), 200], []),
        ([40, 41, 200, 210, 220], ["0", "1"]),
        ([0, 0, 0], []),
    ],
)
def test_A12_the_limits_of_the_screen(amounts, flagged):
    result = rank([price(100)], [Entry(str(place), {}, amount) for place, amount in enumerate(amounts)])

    assert [flag.id for flag in result.flags] == flagged


def test_A12_a_disregarded_price_never_enters_the_screen():
    entries = [Entry("A", {}, 100), Entry("B", {}, 110), Entry("C", {}, 120), Entry("D", {}, 1, "failed a clause")]

    assert rank([price(100)], entries).flags == ()


# What is refused


def problems(criteria, entries=(), tie_breaks=()):
    with pytest.raises(ScoringError) as refusal:
        rank(criteria, entries, tie_breaks)
    return refusal.value.problems


def test_A5_an_unscored_mark_blocks_and_names_submission_and_criterion():
    criteria = [quality("fit", 60), quality("plan", 40)]

    found = problems(
        criteria, [Entry("A", {"fit": 3, "plan": None}), Entry("B", {"plan": 2}), Entry("C", {}, None, "late")]
    )

    assert found == ["Submission A has no mark for plan.", "Submission B has no mark for fit."]


def test_A5_not_applicable_is_for_all_or_none():
    found = problems([quality("fit", 100)], [Entry("A", {"fit": NOT_APPLICABLE}), Entry("B", {"fit": 2})])

    assert found == ["fit is marked not applicable for A only: it applies to every submission or to none."]


def test_a_challenge_of_which_nothing_applies_is_refused():
    found = problems([quality("fit", 100)], [Entry("A", {"fit": NOT_APPLICABLE})])

    assert found == ["Nothing is left to score: every criterion with a weight is marked not applicable."]


def test_A1_weights_total_exactly_one_hundred():
    found = problems([quality("fit", Decimal("60.01")), price(40)])

    assert found == ["The weights total 100.01, not 100: fit 60.01, price 40."]


def test_A10_a_float_is_refused_wherever_it_appears():
    assert problems([quality("fit", 100.0)]) == ["Criterion fit: weight 100.0 is not an exact number."]
    assert problems([quality("fit", 100)], [Entry("A", {"fit": 0.1})]) == [
        "Submission A: its mark 0.1 for fit is not an exact number."
    ]
    assert problems([price(100)], [Entry("A", {}, 0.1)]) == ["Submission A: its price 0.1 is not an exact number."]


def test_every_fault_of_the_criteria_is_listed_at_once():
    criteria = [
        Criterion("fit", "quality", 50, 5, 6),
        Criterion("fit", "quality", -10, 0),
        Criterion("plan", "quality", 20, 5, formula="mean"),
        Criterion("cost", "price", 30, formula="lottery", threshold=2, minimum_quality=101),
        Criterion("fee", "price", 20),
        Criterion("extra", "price", 20, maximum_price=5, optimal_price=5),
        Criterion("look", "beauty", 5),
    ]

    assert problems(criteria, tie_breaks=["name"]) == [
        "Criterion fit appears 2 times.",
        "Criterion fit: its weight -10 is below zero.",
        "The weights total 135, not 100: fit 50, fit -10, plan 20, cost 30, fee 20, extra 20, look 5.",
        "Criterion look: its kind is 'beauty', not quality, price or clauses.",
        "There are 3 price criteria (cost, fee, extra): a submission has one price.",
        "Criterion fit: its threshold 6 is not between 0 and 5.",
        "Criterion fit: its highest mark must be above zero.",
        "Criterion plan: only a price criterion has a formula.",
        "Criterion cost: there is no price formula 'lottery'; there are " + ", ".join(FORMULAS) + ".",
        "Criterion cost: a price has no threshold; state the least quality as minimum_quality.",
        "Criterion cost: its minimum quality 101 is not between 0 and 100 per cent.",
        "Criterion fee: the formula fixed needs a maximum price and an optimal price.",
        "Criterion extra: the optimal price 5 must be at least zero and below the maximum price 5.",
        "The tie-break 'name' is neither a criterion of this challenge nor quality or price.",
    ]


def test_price_per_quality_point_needs_quality():
    assert problems([price(100, "price_per_quality_point")]) == [
        "Price per quality point needs at least one quality criterion with a weight."
    ]


def test_every_fault_of_the_submissions_is_listed_at_once():
    entries = [Entry("A", {"fit": 6}), Entry("A", {"fit": -1}), Entry("B", {"fit": 1, "charm": 5})]

    assert problems([quality("fit", 100)], entries) == [
        "Submission A appears 2 times.",
        "Submission A: its mark 6 for fit is not between 0 and 5.",
        "Submission A: its mark -1 for fit is not between 0 and 5.",
        "Submission B has a mark for charm, which is not a quality criterion.",
    ]


def test_a_price_is_needed_only_of_the_admissible():
    criteria = [quality("fit", 50, 5, 3), price(50)]
    entries = [Entry("A", {"fit": 3}), Entry("B", {"fit": 4}, -5), Entry("C", {"fit": 1})]

    assert problems(criteria, entries) == ["Submission A has no price.", "Submission B: its price -5 is below zero."]


def test_nothing_submitted_is_an_empty_ranking():
    result = rank([price(100)], [])

    assert (result.ranking, result.disregarded, result.flags) == ((), (), ())


# Digest and documents


def test_A11_the_digest_ignores_order_and_how_a_number_was_typed():
    criteria = [quality("fit", 60), price(40)]
    entries = [Entry("A", {"fit": Decimal("4.0")}, 100), Entry("B", {"fit": 3}, Decimal("90.00"))]
    again = [Entry("B", {"fit": Fraction(3)}, 90), Entry("A", {"fit": 4}, Decimal(100))]

    assert rank(criteria, entries).digest == rank(criteria[::-1], again).digest


def test_A11_the_digest_notices_every_change_of_the_inputs():
    criteria = [quality("fit", 60, 5, 1), price(40)]
    entries = [Entry("A", {"fit": 4}, 100), Entry("B", {"fit": 3}, 90)]
    variants = [
        rank(criteria, entries),
        rank(criteria, entries, ["price"]),
        rank(criteria, [Entry("A", {"fit": 4}, 101), entries[1]]),
        rank(criteria, [*entries, Entry("C", {}, None, "late")]),
        rank([quality("fit", 60, 5, 2), price(40)], entries),
        rank([quality("fit", 60, 5, 1), price(40, "linear_from_lowest")], entries),
    ]

    assert len({result.digest for result in variants}) == len(variants)


def test_A8_the_price_of_a_disregarded_submission_is_not_even_in_the_digest():
    criteria = [quality("fit", 60, 5, 3), price(40)]

    digests = {
        rank(criteria, [Entry("A", {"fit": 4}, 100), Entry("B", {"fit": 1}, amount)]).digest for amount in (None, 1, 2)
    }

    assert len(digests) == 1


def test_the_document_of_a_result():
    criteria = [quality("experience", 65, 60, 30), price(35)]
    entries = [
        Entry("A", {"experience": 40}, 10000),
        Entry("B", {"experience": 32}, 8000, "failed clause SE-01"),
    ]

    result = rank(criteria, entries, ["quality"])

    assert to_document(result) == {
        "basis": "points",
        "ranking": [
            {
                "id": "A",
                "rank": 1,
                "total": "78.3333",
                "exact": "235/3",
                "scores": {"experience": "43.3333", "price": "35.0000"},
            }
        ],
        "disregarded": [{"id": "B", "reason": "failed clause SE-01"}],
        "flags": [],
        "weights": {"experience": "65.0000", "price": "35.0000"},
        "left_out": [],
        "hash": result.digest,
    }


@pytest.mark.parametrize(
    ("value", "decimal", "text"),
    [
        (Fraction(250, 3), "83.3333", "250/3"),
        (Fraction(82), "82.0000", "82"),
        (Fraction(1, 20000), "0.0001", "1/20000"),
        (Fraction(-1, 20001), "0.0000", "-1/20001"),
        (Fraction(-5, 2), "-2.5000", "-5/2"),
    ],
)
def test_a_json_number_is_rounded_and_exact(value, decimal, text):
    assert to_json_number(value) == (decimal, text)


# Agreement


def test_A14_the_spread_is_a_share_of_the_scale():
    assert spread([5, 5, 2], 5) == Fraction(3, 5)
    assert spread([Decimal("3.5"), 3], 10) == Fraction(1, 20)
    assert spread([4], 5) == 0


def test_A14_moderation_is_mandatory_from_forty_per_cent():
    assert needs_moderation([1, 3], 5) is True
    assert needs_moderation([Decimal("1.1"), 3], 5) is False


def test_a_spread_of_nothing_is_refused():
    with pytest.raises(ScoringError, match="at least one mark"):
        spread([], 5)
