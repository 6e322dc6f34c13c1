"""Marks: one's own, written as often as one likes, submitted once (A4, A5, A7)."""

from decimal import Decimal

import pytest

from assessment import actions, queries
from assessment.models import Assessment
from audit import clock
from audit.transitions import NotPermitted, Refused
from tests.factories import user
from tests.factories.assessment import assessors_of, chair_of, lead_of, round_in, save, write_marks

pytestmark = pytest.mark.django_db


def marking(n=1):
    round_ = round_in("marking", n=n)
    return round_, queries.submissions_in(round_), queries.quality_criteria(round_)


def submit(round_, who):
    return actions.submit_marks(round=round_, actor=who, at=clock.now())


def test_A5_a_mark_may_be_saved_without_its_reason_but_not_submitted():
    round_, (submission,), (outcome, delivery) = marking()
    who = assessors_of(round_)[0]
    save(round_, who, submission, outcome, Decimal(0), "")

    with pytest.raises(Refused) as refused:
        submit(round_, who)

    assert refused.value.sentences == [
        f"{submission.pseudonym}, {outcome.name}: no reason for the mark.",
        f"{submission.pseudonym}, {delivery.name}: no mark.",
    ]


def test_A5_zero_is_a_mark_and_unscored_is_not_zero():
    round_, (submission,), criteria = marking()
    who = assessors_of(round_)[0]
    for criterion in criteria:
        save(round_, who, submission, criterion, Decimal(0))

    assert submit(round_, who) == 2


@pytest.mark.parametrize("mark", ["-0.01", "5.01", "60"])
def test_A5_a_mark_outside_the_scale_is_refused(mark):
    round_, (submission,), (outcome, _) = marking()

    with pytest.raises(Refused, match="is not between 0 and 5"):
        save(round_, assessors_of(round_)[0], submission, outcome, Decimal(mark))

    assert not Assessment.objects.exists()


def test_the_price_is_not_marked():
    round_, (submission,), _ = marking()
    price = round_.challenge.criteria.get(kind="price")

    with pytest.raises(Refused, match="not a criterion that the panel judges"):
        save(round_, assessors_of(round_)[0], submission, price)


def test_A2_only_assessors_of_the_panel_mark():
    round_, (submission,), (outcome, _) = marking()
    of_supplier = submission.supplier.members.get().user

    for outsider in (user(), chair_of(round_), lead_of(round_.challenge), of_supplier):
        with pytest.raises(NotPermitted):
            save(round_, outsider, submission, outcome)


def test_an_assessor_of_another_panel_does_not_mark_here():
    round_, (submission,), (outcome, _) = marking()
    other, _, _ = marking()

    with pytest.raises(NotPermitted):
        save(round_, assessors_of(other)[0], submission, outcome)


def test_a_submission_of_another_challenge_is_not_part_of_the_round():
    round_, _, (outcome, _) = marking()
    _, (foreign,), _ = marking()

    with pytest.raises(Refused, match="not part of the round"):
        save(round_, assessors_of(round_)[0], foreign, outcome)


def test_A4_submitted_marks_are_immutable_and_submitting_twice_is_refused():
    round_, (submission,), (outcome, _) = marking()
    who = assessors_of(round_)[0]
    write_marks(round_, who)
    submit(round_, who)

    with pytest.raises(Refused, match="can no longer be changed"):
        save(round_, who, submission, outcome, Decimal(1))
    with pytest.raises(Refused, match="already submitted"):
        submit(round_, who)


def test_A4_one_sees_only_ones_own_marks_until_ones_own_are_all_in():
    round_, _, _ = marking()
    first, second = assessors_of(round_)
    write_marks(round_, first)
    write_marks(round_, second)
    submit(round_, second)

    before = {mark.assessor for mark in queries.individual_marks(queries.standing_of(round_, first))}
    chairs = queries.individual_marks(queries.standing_of(round_, chair_of(round_)))
    submit(round_, first)
    round_.refresh_from_db()
    after = {mark.assessor for mark in queries.individual_marks(queries.standing_of(round_, first))}

    assert (before, chairs, after) == ({"Assessor 1"}, [], {"Assessor 1", "Assessor 2"})


def test_A7_moderation_begins_with_the_last_submitted_mark_and_not_before():
    round_, _, _ = marking()
    first, second = assessors_of(round_)
    write_marks(round_, first)
    write_marks(round_, second)
    submit(round_, first)
    round_.refresh_from_db()
    assert round_.state == "marking"

    submit(round_, second)

    round_.refresh_from_db()
    assert round_.state == "moderating"


def test_no_mark_before_and_none_after_marking():
    declaring = round_in("declaring", n=1)
    moderating = round_in("moderating", n=1)

    for round_ in (declaring, moderating):
        submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]
        with pytest.raises(Refused, match="this needs the step “marking”"):
            save(round_, assessors_of(round_)[0], submission, criterion)


def test_two_tabs_keep_one_row():
    round_, (submission,), (outcome, _) = marking()
    who = assessors_of(round_)[0]

    save(round_, who, submission, outcome, Decimal(2))
    save(round_, who, submission, outcome, Decimal(3), "Second thoughts.")

    assert list(Assessment.objects.values_list("mark", "rationale")) == [(Decimal(3), "Second thoughts.")]
