"""Groups, scales, clause grades, joint panels, corrected prices, contributions, robustness: each by itself."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from assessment.scoring import (
    NOT_APPLICABLE,
    Case,
    Clause,
    Criterion,
    Entry,
    Group,
    PanelMarks,
    PriceLine,
    ScoringError,
    Step,
    canonical,
    contributions,
    corrected_price,
    rank,
    rank_case,
    robustness,
)
from challenges.scales import SCALES


def quality(code, weight, maximum=5, **more):
    return Criterion(code, "quality", weight, maximum, **more)


def price(weight, formula="relative", **more):
    return Criterion("price", "price", weight, formula=formula, **more)


def totals(result):
    return {row.id: row.total for row in result.ranking}


def reasons(result):
    return {row.id: row.reason for row in result.disregarded}


def problems(*case, **more):
    with pytest.raises(ScoringError) as refusal:
        rank(*case, **more)
    return [(problem.path, problem.sentence) for problem in refusal.value.located]


# Groups

GROUPED = [
    quality("reach", 30, group="service"), quality("care", 10, group="service"), quality("plan", 20), price(40),
]  # fmt: skip


def test_a_group_sums_its_criteria_and_has_a_threshold_of_its_own():
    entries = [
        Entry("A", {"reach": 4, "care": 0, "plan": 5}, 100),
        Entry("B", {"reach": 2, "care": 5, "plan": 5}, 50),
        Entry("C", {"reach": 5, "care": 5, "plan": 0}, 100),
    ]

    result = rank(GROUPED, entries, groups=[Group("service", 60)])

    assert {row.id: row.groups for row in result.ranking} == {"A": {"service": 24}, "C": {"service": 40}}
    assert reasons(result) == {"B": "service: 55 per cent is below the threshold of 60 per cent"}
    assert totals(result) == {"A": 84, "C": 80}


def test_a_group_is_a_tie_break():
    entries = [Entry("A", {"reach": 5, "care": 0, "plan": 0}, 1), Entry("B", {"reach": 0, "care": 5, "plan": 5}, 1)]

    result = rank(GROUPED, entries, ["service"], groups=[Group("service")])

    assert [(row.id, row.rank) for row in result.ranking] == [("A", 1), ("B", 2)]


def test_what_is_wrong_with_groups_is_told_with_its_place():
    criteria = [
        quality("fit", 50, group="other"), Criterion("price", "price", 50, formula="relative", group="service"),
    ]  # fmt: skip

    assert problems(criteria, (), groups=[Group("service", 101), Group("fit"), Group("fit")]) == [
        ("groups[2].code", "Group fit appears 2 times."),
        ("criteria[0].group", "Criterion fit belongs to the group other, which is not listed."),
        ("criteria[1].group", "Criterion price: a price belongs to no group; groups sum quality."),
        ("groups[0].threshold", "Group service: its threshold 101 is not between 0 and 100 per cent."),
        ("groups[1].code", "Group fit holds no criterion."),
        ("groups[1].code", "Group fit has the code of a criterion."),
        ("groups[2].code", "Group fit holds no criterion."),
        ("groups[2].code", "Group fit has the code of a criterion."),
    ]


# Scales


def scale(code):
    return tuple(Step(Decimal(mark), label, words) for mark, label, words in SCALES[code][1])


@pytest.mark.parametrize(
    ("code", "marks"),
    [
        ("0-4", "0 1 2 3 4"), ("0-5", "0 1 2 3 4 5"), ("0-10", "0 1 2 3 4 5 6 7 8 9 10"), ("pass-fail", "0 1"),
        ("0-5-half", "0 0.5 1 1.5 2 2.5 3 3.5 4 4.5 5"),
    ],
)  # fmt: skip
def test_the_usual_scales_are_data_and_every_mark_on_them_counts(code, marks):
    steps = scale(code)
    criterion = quality("fit", 100, steps[-1].mark, scale=steps)

    result = rank([criterion], [Entry(mark, {"fit": Decimal(mark)}) for mark in marks.split()])

    assert [str(step.mark) for step in steps] == marks.split()
    assert all(step.label and step.descriptor for step in steps)
    assert totals(result) == {mark: Fraction(mark) * 100 / Fraction(marks.split()[-1]) for mark in marks.split()}


def test_a_mark_between_the_steps_of_a_scale_is_refused():
    criterion = quality("fit", 100, 5, scale=scale("0-5"))

    assert problems([criterion], [Entry("A", {"fit": Decimal("3.5")})]) == [
        ("submissions[0].marks.fit", "Submission A: its mark 3.5 for fit is not on the scale (0, 1, 2, 3, 4, 5).")
    ]


def test_pass_or_fail_is_a_scale_with_a_threshold():
    criteria = [quality("safe", 10, 1, threshold=1, scale=scale("pass-fail")), quality("fit", 90)]

    result = rank(criteria, [Entry("A", {"safe": 1, "fit": 4}), Entry("B", {"safe": 0, "fit": 5})])

    assert totals(result) == {"A": 82}
    assert reasons(result) == {"B": "safe: 0 is below the threshold of 1"}


def test_a_scale_that_does_not_fit_its_criterion_is_refused():
    steps = (Step(-1), Step(3), Step(3))

    assert [path for path, _ in problems([quality("fit", 100, 5, scale=steps)], ())] == ["criteria[0].scale"] * 3


# Clause grades

FOLDED = [quality("fit", 50), Criterion("clauses", "clauses", 20), price(30)]
CLAUSES = [Clause("SE-01", "mandatory"), Clause("OD-03", "scored", 6), Clause("SE-05", "scored", 2, threshold=1)]


def answered(key, se_01, od_03, se_05, amount=100):
    return Entry(key, {"fit": 5}, amount, findings={"SE-01": se_01, "OD-03": od_03, "SE-05": se_05})


def test_clause_grades_share_their_criterions_weight_normalised_over_the_clauses_selected():
    result = rank(FOLDED, [answered("A", "met", 4, 2), answered("B", "due later", 2, 4)], clauses=CLAUSES)

    assert {row.id: row.scores["clauses"] for row in result.ranking} == {
        "A": 20 * (Fraction(6, 8) + Fraction(2, 8) / 2),
        "B": 20 * (Fraction(6, 8) / 2 + Fraction(2, 8)),
    }


def test_fewer_clauses_selected_share_the_same_weight():
    only = [Clause("OD-03", "scored", 6)]

    result = rank(FOLDED, [Entry("A", {"fit": 5}, 100, findings={"OD-03": 3})], clauses=only)

    assert result.ranking[0].scores["clauses"] == 15


def test_A8_a_mandatory_clause_not_met_disregards_and_so_does_a_grade_below_its_threshold():
    entries = [answered("A", "met", 4, 1), answered("B", "not met", 4, 4, 1), answered("C", "met", 4, 0, 1)]

    result = rank(FOLDED, entries, clauses=CLAUSES)

    assert reasons(result) == {
        "B": "failed clause SE-01",
        "C": "clause SE-05: grade 0 is below the threshold of 1",
    }
    assert result.ranking[0].scores["price"] == 30


def test_A5_a_clause_that_applies_to_nobody_is_left_out_of_the_shares():
    result = rank(FOLDED, [answered("A", "met", NOT_APPLICABLE, 3)], clauses=CLAUSES)

    assert result.ranking[0].scores["clauses"] == 15


def test_A5_where_no_graded_clause_applies_the_criterion_is_left_out():
    result = rank(FOLDED, [answered("A", "met", NOT_APPLICABLE, NOT_APPLICABLE)], clauses=CLAUSES)

    assert result.left_out == ("clauses",)
    assert totals(result) == {"A": 100}


def test_what_is_wrong_with_findings_is_told_with_its_place():
    entries = [
        Entry("A", {"fit": 5}, 1, findings={"OD-03": 5, "XX-99": "met", "SE-05": NOT_APPLICABLE}),
        answered("B", "met", 1, 1),
    ]

    assert problems(FOLDED, entries, clauses=CLAUSES) == [
        (
            "submissions[0].clause_findings.XX-99",
            "Submission A has a finding on clause XX-99, which this challenge did not select.",
        ),
        (
            "submissions[0].clause_findings.SE-01",
            "Submission A: clause SE-01 needs a finding: met, not met, due later.",
        ),
        (
            "submissions[0].clause_findings.OD-03",
            "Submission A: its grade 5 for clause OD-03 is not a number from 0 to 4.",
        ),
        (
            "submissions[0].clause_findings.SE-05",
            "Clause SE-05 is marked not applicable for A only: it applies to every submission or to none.",
        ),
    ]


def test_A5_a_graded_clause_without_a_grade_is_not_zero():
    assert problems(FOLDED, [answered("A", "met", None, 1)], clauses=CLAUSES) == [
        ("submissions[0].clause_findings.OD-03", "Submission A has no grade for clause OD-03.")
    ]


def test_what_is_wrong_with_clauses_is_told_with_its_place():
    clauses = [
        Clause("A", "scored", -1), Clause("A", "beautiful"), Clause("B", "scored", maximum=0),
        Clause("C", "scored", threshold=5),
    ]  # fmt: skip
    folds = [Criterion("one", "clauses", 50, maximum=4), Criterion("two", "clauses", 50)]

    assert [path for path, _ in problems(folds, (), clauses=clauses)] == [
        "criteria[1].kind", "criteria[0].kind", "criteria[0].maximum", "clauses[1].code", "clauses[0].weight",
        "clauses[1].mode", "clauses[2].maximum", "clauses[3].threshold",
    ]  # fmt: skip


# Joint panels


def test_a_joint_panel_counts_the_mean_of_the_organisations_means():
    marks = PanelMarks({"North": (5, 5, 5), "South": (2,)})

    result = rank([quality("fit", 100)], [Entry("A", {"fit": marks})])

    assert marks.mean() == Fraction(7, 2)
    assert totals(result) == {"A": 70}


@pytest.mark.parametrize("marks", [{}, {"North": ()}, {"North": (6,)}])
def test_a_joint_panel_needs_sound_marks_of_every_organisation(marks):
    found = problems([quality("fit", 100)], [Entry("A", {"fit": PanelMarks(marks)})])

    assert [path for path, _ in found] == ["submissions[0].marks.fit"]


# Prices done again


def test_A12_unit_prices_prevail_and_both_figures_are_kept():
    lines = [PriceLine(40, 1800), PriceLine(1, 20000)]

    found = corrected_price(90200, lines)

    assert (found.stated, found.corrected, found.is_changed) == (90200, 92000, True)
    assert found.reason == "The lines sum to 92000, not to the 90200 that was stated: unit prices prevail."


def test_A12_right_sums_and_missing_lines_correct_nothing():
    assert corrected_price(92000, [PriceLine(40, 1800), PriceLine(1, 20000)]).is_changed is False
    assert corrected_price(92000, []).corrected == 92000


# Contributions


def test_contributions_add_up_to_the_total_heaviest_criterion_first():
    result = rank([quality("fit", 30), quality("plan", 50), price(20)], [Entry("A", {"fit": 5, "plan": 4}, 10)])

    parts = contributions(result)["A"]

    assert [(part.code, part.points, part.possible) for part in parts] == [
        ("plan", 40, 50), ("fit", 30, 30), ("price", 20, 20),
    ]  # fmt: skip
    assert sum(part.points for part in parts) == result.ranking[0].total


def test_a_price_for_each_point_has_no_parts():
    result = rank([quality("fit", 60), price(40, "price_per_quality_point")], [Entry("A", {"fit": 5}, 10)])

    assert contributions(result) == {}


# How firmly a ranking stands: A15

FLIPPING = [Entry("A", {"fit": 4}, 100), Entry("B", {"fit": 5}, 130), Entry("low", {"fit": 0}, 50)]


def test_A15_a_losing_low_price_that_decides_the_winner_is_found():
    case = Case([quality("fit", 50), price(50)], FLIPPING)

    with_it, found = rank(case.criteria, case.entries), robustness(case)

    assert [row.id for row in with_it.ranking] == ["B", "A", "low"]
    assert [row.id for row in rank(case.criteria, FLIPPING[:2]).ranking] == ["A", "B"]
    assert found.winner == ("B",)
    assert [(each.without, each.first, each.winner_changes) for each in found.changes] == [("low", ("A",), True)]


def test_A15_published_prices_make_a_ranking_that_no_loser_can_change():
    rule = price(50, "fixed", maximum_price=250, optimal_price=50)

    found = robustness(Case([quality("fit", 50), rule], FLIPPING))

    assert (found.checked, found.changes) == (2, ())


def test_A15_the_smallest_change_of_weights_brings_the_rival_level():
    criteria = [quality("fit", 60), quality("plan", 40)]
    entries = [Entry("A", {"fit": 5, "plan": 2}), Entry("B", {"fit": 3, "plan": 4})]

    change = robustness(Case(criteria, entries)).weight_change

    assert (change.rival, change.points, change.weights) == ("B", 10, {"fit": 50, "plan": 50})


def test_A15_a_winner_that_leads_everywhere_cannot_be_overtaken_by_weights():
    criteria = [quality("fit", 60), quality("plan", 40)]

    found = robustness(Case(criteria, [Entry("A", {"fit": 5, "plan": 4}), Entry("B", {"fit": 3, "plan": 3})]))

    assert found.weight_change is None


def test_A15_a_shared_first_place_needs_no_change_at_all():
    found = robustness(Case([quality("fit", 100)], [Entry("A", {"fit": 5}), Entry("B", {"fit": 5})]))

    assert (found.winner, found.checked, found.weight_change.points) == (("A", "B"), 0, 0)


def test_A11_the_text_that_is_hashed_is_canonical_json_whatever_its_codes_and_marks():
    awkward = [quality('a "quoted" é', 30), quality("a", 20), quality("a b", 20), price(30)]
    marks = {"a b": Decimal("4.0"), "a": PanelMarks({"One": (Decimal(3), Decimal(1))}), 'a "quoted" é': Decimal(2)}
    entries = [
        Entry("Submission 2", marks=marks, price=Decimal(100)),
        Entry("Submission 10", marks=dict(reversed(marks.items())), price=Decimal(120)),
        Entry("Out", disregarded="failed a clause"),
    ]
    case = Case(awkward, entries)

    text = canonical(case, rank_case(case))

    same = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text == same
    assert '"marks":{"a":{"One":["1","3"]},"a \\"quoted\\" é":"2","a b":"4"}' in text
