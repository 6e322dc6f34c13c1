"""A round for scoring: the case and the spreads from few queries, clause grades where they count."""

from decimal import Decimal
from fractions import Fraction

import pytest

from assessment import actions, queries, scoring
from assessment.models import FindingVerdict
from audit import clock
from audit.transitions import Refused
from challenges.actions import terms_hash
from clauses.models import Due, Mode
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    find_all,
    moderate_all,
    open_prices,
    round_in,
    write_marks,
)
from tests.factories.suppliers import unsealed_challenge

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("n", [1, 12])
def test_a_round_is_read_in_three_queries(n, django_assert_num_queries):
    round_ = queries.round_by_slug(round_in("ranked", n=n).challenge.slug)

    with django_assert_num_queries(3):
        sheet = queries.score_sheet(round_)

    assert scoring.rank_case(sheet.case).digest == round_.ranking.digest


def test_A14_the_spreads_are_those_of_the_marks_widest_first():
    round_ = round_in("marking", n=2)
    for who, marks in zip(assessors_of(round_), ([Decimal(5), Decimal(3)], [Decimal(2), Decimal(3)]), strict=True):
        write_marks(round_, who, marks)
        actions.submit_marks(round=round_, actor=who, at=clock.now())
    first, second = queries.submissions_in(round_)

    spreads = queries.score_sheet(round_).spreads

    assert [(s.submission_ids, s.low, s.high, s.share, s.is_mandatory) for s in spreads] == [
        *[((first.pk,), 2, 5, Fraction(3, 5), True)] * 2,
        *[((second.pk,), 3, 3, 0, False)] * 2,
    ]


def test_A14_marks_that_are_not_submitted_have_no_spread():
    round_ = round_in("marking", n=1)
    write_marks(round_, assessors_of(round_)[0])

    assert queries.score_sheet(round_).spreads == ()


def with_clause_criterion(n=2):
    """A round in moderation of a challenge whose price weight is shared with clause grades."""
    challenge = unsealed_challenge(n)
    challenge.criteria.filter(code="price").update(weight=20)
    challenge.criteria.create(code="clauses", name="Clauses", kind="clauses", weight=10, maximum=100, position=9)
    challenge.clause_requirements.filter(mode=Mode.SCORED).update(due=Due.BID)
    challenge.terms_hash = terms_hash(challenge)
    challenge.save(update_fields=["terms_hash"])
    round_ = round_in("moderating", challenge)
    moderate_all(round_)
    find_all(round_)
    return round_


def grade(round_, submission, value):
    for requirement in round_.challenge.clause_requirements.filter(mode=Mode.SCORED):
        finding = actions.Finding(requirement, FindingVerdict.MET, "What the evidence shows.", value)
        actions.record_finding(
            round=round_, submission=submission, finding=finding, actor=chair_of(round_), at=clock.now()
        )


def test_A5_quality_is_not_frozen_while_a_counted_clause_has_no_grade():
    round_ = with_clause_criterion(1)
    codes = round_.challenge.clause_requirements.filter(mode=Mode.SCORED).values_list("code", flat=True)

    with pytest.raises(Refused, match="Grades of clauses are still missing") as refused:
        actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())

    assert f"Submission 1: {sorted(codes)[0]}" in refused.value.sentences[0]


def test_clause_grades_count_in_the_ranking_and_can_be_recomputed():
    round_ = with_clause_criterion()
    for submission, value in zip(queries.submissions_in(round_), (4, 2), strict=True):
        grade(round_, submission, value)
    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())
    round_.refresh_from_db()

    open_prices(round_)

    scores = {row["id"]: row["scores"]["clauses"] for row in round_.ranking.result["ranking"]}
    assert scores == {"Submission 1": "10.0000", "Submission 2": "5.0000"}
    assert round_.ranking.inputs["clauses"]
