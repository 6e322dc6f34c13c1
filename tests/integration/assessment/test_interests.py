"""Declaring interests (A3)."""

from collections import Counter

import pytest

from assessment import actions, queries
from assessment.models import Assessment, InterestDeclaration
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from tests.factories import user
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    declare,
    declare_all,
    lead_of,
    mark_all,
    moderate_all,
    panel_for,
    round_in,
    save,
    write_marks,
)
from tests.factories.suppliers import unsealed_challenge

pytestmark = pytest.mark.django_db


def about_challenge(round_, who, has_interest=False, detail=""):
    return actions.declare_interest(round=round_, actor=who, at=clock.now(), has_interest=has_interest, detail=detail)


def about(round_, who, submission, detail):
    return actions.declare_interest(
        round=round_, actor=who, at=clock.now(), has_interest=bool(detail), detail=detail, submission=submission
    )


def round_with_three_assessors():
    challenge = unsealed_challenge(2)
    panel_for(challenge, assessors=3)
    round_ = actions.open_round(challenge=challenge, actor=lead_of(challenge), at=clock.now())
    return round_, queries.submissions_in(round_)


def test_A3_marking_begins_when_the_last_member_has_declared_everything():
    round_ = round_in("declaring", n=1)
    *others, last = [chair_of(round_), *assessors_of(round_)]
    for who in others:
        declare(round_, who)
    round_.refresh_from_db()
    assert round_.state == "declaring"

    declare(round_, last)

    round_.refresh_from_db()
    assert round_.state == "marking"


def test_A3_names_are_shown_only_after_the_declaration_about_the_challenge():
    round_ = round_in("declaring", n=2)
    seat = queries.member_of(round_, chair_of(round_))
    assert queries.supplier_names(round_, seat) == []

    about_challenge(round_, seat.user)

    expected = sorted(s.supplier.name for s in round_.challenge.submissions.all())
    assert [each.name for each in queries.supplier_names(round_, seat)] == expected


def test_A3_a_supplier_cannot_be_declared_about_before_the_challenge():
    round_ = round_in("declaring", n=1)

    with pytest.raises(Refused, match="challenge as a whole first"):
        about(round_, chair_of(round_), queries.submissions_in(round_)[0], "")


def test_A3_a_conflict_recuses_and_the_member_owes_no_mark_for_it():
    round_, (first, second) = round_with_three_assessors()
    conflicted = assessors_of(round_)[0]
    for who in [chair_of(round_), *assessors_of(round_)]:
        declare(round_, who, {first.pk: "My brother works there."} if who == conflicted else None)

    assert {pair.submission_id for pair in queries.my_pairs(queries.standing_of(round_, conflicted))} == {second.pk}
    with pytest.raises(NotPermitted, match="you take no part in judging it"):
        save(round_, conflicted, first, queries.quality_criteria(round_)[0])


def test_A3_a_late_conflict_voids_the_marks_and_keeps_them():
    round_, (first, second) = round_with_three_assessors()
    declare_all(round_)
    conflicted = assessors_of(round_)[0]
    write_marks(round_, conflicted)

    about(round_, conflicted, first, "A supplier of my household.")

    rows = Assessment.objects.filter(member__user=conflicted).values_list("submission_id", "voided_at")
    assert Counter((pk, voided is not None) for pk, voided in rows) == {(first.pk, True): 2, (second.pk, False): 2}


def test_A3_the_last_missing_marks_may_vanish_with_a_conflict_and_moderation_begins():
    round_, (first, second) = round_with_three_assessors()
    declare_all(round_)
    late, *others = assessors_of(round_)
    for who in others:
        write_marks(round_, who)
        actions.submit_marks(round=round_, actor=who, at=clock.now())
    for submission in (first, second):
        about(round_, late, submission, "I advise both.")

    round_.refresh_from_db()
    assert round_.state == "moderating"


def test_A3_a_moderation_that_counts_a_voided_mark_has_to_be_done_again():
    round_, (first, _) = round_with_three_assessors()
    declare_all(round_)
    mark_all(round_)
    moderate_all(round_)
    round_.refresh_from_db()
    assert queries.unmoderated(round_) == []

    about(round_, assessors_of(round_)[0], first, "I hold shares.")

    names = [criterion.name for criterion in queries.quality_criteria(round_)]
    assert queries.unmoderated(round_) == [f"{first.pseudonym}: {name}" for name in names]


def test_A3_a_recusal_is_not_taken_back():
    round_, (first, _) = round_with_three_assessors()
    who = assessors_of(round_)[0]
    about_challenge(round_, who)
    about(round_, who, first, "My former employer.")

    with pytest.raises(Refused, match="not taken back"):
        about(round_, who, first, "")


def test_A3_an_interest_in_the_whole_challenge_recuses_from_everything():
    round_, submissions = round_with_three_assessors()
    who = assessors_of(round_)[0]
    about_challenge(round_, who, has_interest=True, detail="I wrote the call.")

    looking = queries.standing_of(round_, who).viewer

    assert (looking.has_declared, looking.recused) == (True, {each.pk for each in submissions})


def test_A2_marking_waits_when_a_submission_is_left_without_two_assessors():
    round_ = round_in("declaring", n=1)
    submission = queries.submissions_in(round_)[0]
    conflicted = assessors_of(round_)[0]
    for who in [chair_of(round_), *assessors_of(round_)]:
        declare(round_, who, {submission.pk: "My sister's firm."} if who == conflicted else None)

    round_.refresh_from_db()
    assert round_.state == "declaring"


def test_an_interest_needs_its_words():
    round_ = round_in("declaring", n=1)

    with pytest.raises(Refused, match="Say what the interest is"):
        about_challenge(round_, chair_of(round_), has_interest=True)


def test_only_members_of_the_panel_declare():
    round_ = round_in("declaring", n=1)
    supplier = round_.challenge.submissions.get().supplier

    for outsider in (user(), lead_of(round_.challenge), supplier.members.get().user):
        with pytest.raises(NotPermitted):
            about_challenge(round_, outsider)


def test_declaring_twice_keeps_one_row_and_two_events():
    round_ = round_in("declaring", n=1)
    chair = chair_of(round_)

    about_challenge(round_, chair)
    about_challenge(round_, chair)

    assert InterestDeclaration.objects.filter(member__user=chair).count() == 1
    assert Event.objects.filter(verb="interest.declared", actor_key=chair.actor_key).count() == 2


def test_nothing_is_declared_once_quality_is_frozen():
    round_ = round_in("prices", n=1)

    with pytest.raises(Refused, match="this needs the step"):
        about_challenge(round_, chair_of(round_), has_interest=True, detail="Too late.")
