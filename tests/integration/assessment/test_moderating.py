"""Moderation, clause findings and the freeze (A7, A8, A14)."""

from decimal import Decimal

import pytest

from assessment import actions, queries
from assessment.models import Assessment, FindingVerdict, Moderation, Round
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from clauses.models import Due, Mode
from suppliers.models import PriceOffer
from tests.factories import user
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    confirm_all,
    find_all,
    moderate,
    moderate_all,
    round_in,
    seats_of,
    write_marks,
)
from tests.integration.assessment.browsing import client_of, urls

pytestmark = pytest.mark.django_db


def moderating(n=1):
    round_ = round_in("moderating", n=n)
    return round_, queries.submissions_in(round_), queries.quality_criteria(round_)


def moderate_as(round_, actor, **changes):
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]
    given = {"mark": Decimal(3), "rationale": "Agreed.", "attended": seats_of(round_)} | changes
    judgement = actions.Judgement(submission, criterion, given["mark"], given["rationale"])
    return actions.moderate(round=round_, judgement=judgement, attended=given["attended"], actor=actor, at=clock.now())


def test_A7_a_moderated_mark_keeps_who_attended_and_the_difference_from_each_mark():
    round_ = round_in("marking", n=1)
    for who, mark in zip(assessors_of(round_), (Decimal(5), Decimal(2)), strict=True):
        write_marks(round_, who, [mark])
        actions.submit_marks(round=round_, actor=who, at=clock.now())
    confirm_all(round_)
    seats = seats_of(round_)

    row = moderate_as(round_, chair_of(round_))

    _, first, second = seats
    assert row.differences == {str(first.pk): "-2", str(second.pk): "1"}
    assert row.attended == sorted(seat.pk for seat in seats)
    assert set(Assessment.objects.values_list("mark", flat=True)) == {Decimal(5), Decimal(2)}


def test_A7_moderation_is_the_chairs_with_a_reason_and_somebody_there():
    round_, _, _ = moderating()
    chair = chair_of(round_)

    with pytest.raises(NotPermitted, match="Only the chair"):
        moderate_as(round_, assessors_of(round_)[0])
    with pytest.raises(Refused, match="Write down why"):
        moderate_as(round_, chair, rationale="  ")
    with pytest.raises(Refused, match="average is never put in its place"):
        moderate_as(round_, chair, mark=None)
    with pytest.raises(Refused, match="who attended"):
        moderate_as(round_, chair, attended=[])
    with pytest.raises(Refused, match="not between 0 and 5"):
        moderate_as(round_, chair, mark=Decimal(6))
    assert not Moderation.objects.exists()


def test_moderating_again_replaces_the_mark_and_the_record_keeps_both():
    round_, _, _ = moderating()

    moderate_as(round_, chair_of(round_), mark=Decimal(3))
    moderate_as(round_, chair_of(round_), mark=Decimal(4))

    assert list(Moderation.objects.values_list("mark", flat=True)) == [Decimal(4)]
    events = Event.objects.filter(verb="mark.moderated").order_by("pk")
    assert [event.data["mark"] for event in events] == ["3", "4"]


def test_A14_a_spread_of_40_per_cent_is_mandatory_and_comes_first():
    round_ = round_in("marking", n=3)
    for who, marks in zip(assessors_of(round_), ((3, 4, 5), (3, 2, 4)), strict=True):
        write_marks(round_, who, [Decimal(mark) for mark in marks])
        actions.submit_marks(round=round_, actor=who, at=clock.now())
    round_.refresh_from_db()

    found = [
        (t.pseudonym[-1], t.spread_percent, t.is_mandatory)
        for t in queries.topics(queries.standing_of(round_, chair_of(round_)))
    ]

    assert found == [("2", 40, True)] * 2 + [("3", 20, False)] * 2 + [("1", 0, False)] * 2


def test_A14_nobody_but_the_chair_sees_the_spread_and_the_chair_only_when_marks_are_locked():
    round_ = round_in("marking", n=1)
    for who in assessors_of(round_):
        write_marks(round_, who)
    assert queries.topics(queries.standing_of(round_, chair_of(round_))) == []
    for who in assessors_of(round_):
        actions.submit_marks(round=round_, actor=who, at=clock.now())
    round_.refresh_from_db()

    assert len(queries.topics(queries.standing_of(round_, chair_of(round_)))) == 2
    assert [queries.topics(queries.standing_of(round_, who)) for who in (*assessors_of(round_), user())] == [[], [], []]


def test_A7_A8_freezing_waits_for_every_topic_and_every_mandatory_clause():
    round_, (submission,), criteria = moderating()

    with pytest.raises(Refused) as refused:
        actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())

    names = ", ".join(f"{submission.pseudonym}: {criterion.name}" for criterion in criteria)
    assert refused.value.sentences == [
        f"Still to be moderated (2): {names}.",
        f"Clause findings are still missing (1): {submission.pseudonym}: OD-01.",
    ]


def test_A8_below_a_threshold_and_failing_a_clause_disregard_with_reasons_and_the_rest_is_admitted():
    round_, (first, second, third), _ = moderating(3)
    moderate_all(round_, [Decimal(4), Decimal(1), Decimal(2)])
    find_all(round_, failing=1)

    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())

    for each in (first, second, third):
        each.refresh_from_db()
    assert [(each.state, each.disregard_reason) for each in (first, second, third)] == [
        ("admitted", ""),
        ("disregarded", "Reach: 1 is below the threshold of 2"),
        ("disregarded", "failed clause OD-01: The response rules it out."),
    ]
    assert not PriceOffer.objects.exists()


def test_two_chairs_freezing_at_once_the_second_is_refused_and_nothing_happens_twice():
    round_, _, _ = moderating()
    moderate_all(round_)
    find_all(round_)
    first, second = Round.objects.get(pk=round_.pk), Round.objects.get(pk=round_.pk)

    actions.freeze_quality(round=first, actor=chair_of(round_), at=clock.now())
    with pytest.raises(Refused, match="already: nothing is left to do here"):
        actions.freeze_quality(round=second, actor=chair_of(round_), at=clock.now())

    assert Event.objects.filter(verb="round.quality_frozen").count() == 1
    assert Event.objects.filter(verb="submission.admitted").count() == 1


def test_a_late_moderation_or_finding_against_a_freeze_is_refused():
    round_ = round_in("prices", n=1)
    requirement = round_.challenge.clause_requirements.filter(mode=Mode.MANDATORY).first()
    submission = queries.submissions_in(round_)[0]

    with pytest.raises(Refused, match="this needs the step “moderating”"):
        moderate(round_, submission, queries.quality_criteria(round_)[0])
    with pytest.raises(Refused, match="this needs the step"):
        actions.record_finding(
            round=round_, submission=submission, finding=actions.Finding(requirement, FindingVerdict.MET),
            actor=chair_of(round_), at=clock.now(),
        )  # fmt: skip


def find(round_, code, verdict, actor=None, **more):
    finding = actions.Finding(round_.challenge.clause_requirements.get(code=code), FindingVerdict(verdict), **more)
    return actions.record_finding(
        round=round_, submission=queries.submissions_in(round_)[0], finding=finding, actor=actor or chair_of(round_),
        at=clock.now(),
    )  # fmt: skip


def test_only_the_chair_records_findings_and_a_failure_needs_its_reason():
    round_ = round_in("marking", n=1)

    with pytest.raises(NotPermitted, match="Only the chair"):
        find(round_, "OD-01", "met", actor=assessors_of(round_)[0])
    with pytest.raises(Refused, match="OD-01: say why the clause is not met"):
        find(round_, "OD-01", "not_met")
    with pytest.raises(Refused, match="OD-01: a grade from 0 to 4 is for graded clauses only"):
        find(round_, "OD-01", "met", grade=3)


def test_a_clause_due_with_the_submission_cannot_be_due_later():
    round_ = round_in("marking", n=1)
    due = round_.challenge.clause_requirements.filter(due=Due.BID).first()

    with pytest.raises(Refused, match="it is met or not met"):
        find(round_, due.code, "due_later")


def test_two_tabs_of_the_chair_the_later_is_told_and_both_texts_wait_to_be_put_together():
    round_, _, _ = moderating()
    client, url = client_of(chair_of(round_)), urls(round_)["moderate"]
    seats = [str(seat.pk) for seat in queries.members(round_)]
    first = {"mark": "4", "rationale": "The first tab", "attended": seats, "version": "0"}
    later = first | {"mark": "2", "rationale": "The later tab"}
    assert client.post(url, first).status_code == 302

    told = client.post(url, later)
    page = client.get(url).content.decode()

    assert told.status_code == 409
    for text in (told.content.decode(), page):
        assert [word for word in ("The first tab", "The later tab", "Saved now") if word not in text] == []
    row = Moderation.objects.get()
    assert (row.mark, row.rationale) == (4, "The first tab")
    with pytest.raises(NotPermitted):
        drop(round_, next(iter(row.aside)), assessors_of(round_)[0])
    both = later | {"rationale": "Both", "version": "1", "merges": next(iter(row.aside))}
    assert client.post(url, both).status_code == 302

    row.refresh_from_db()
    assert (row.mark, row.rationale, row.aside) == (2, "Both", {})


def drop(round_, key, actor):
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]
    actions.drop_late_moderation(
        round=round_, judgement=actions.Judgement(submission, criterion, None, ""), key=key, actor=actor, at=clock.now()
    )


def test_a_moderation_that_comes_after_the_freeze_is_refused_and_stays_on_the_page():
    round_, _, _ = moderating()
    moderate_all(round_)
    find_all(round_)
    client, url = client_of(chair_of(round_)), urls(round_)["moderate"]
    client.get(url)
    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())
    seats = [str(seat.pk) for seat in queries.members(round_)]

    page = client.post(url, {"mark": "1", "rationale": "Too late, and long", "attended": seats, "version": "1"})

    words = ("this needs the step", "What you typed was not recorded", "Too late, and long")
    assert page.status_code == 409
    assert [word for word in words if word not in page.content.decode()] == []


def test_A14_the_board_shows_who_differs_with_a_picture_and_mandatory_topics_first():
    round_ = round_in("marking", n=2)
    for who, marks in zip(assessors_of(round_), ([Decimal(1), Decimal(4)], [Decimal(4), Decimal(4)]), strict=True):
        write_marks(round_, who, marks)
        actions.submit_marks(round=round_, actor=who, at=clock.now())

    page = client_of(chair_of(round_)).get(urls(round_)["moderation"]).content.decode()

    assert page.index("Must be discussed") < page.index("Submission 1") < page.index("Submission 2")
    assert page.count("Assessor 1 and Assessor 2, 3 apart") == 2
    assert page.count('aria-label="Marks of 0 to 5: A 1, B 4"') == 2
    assert page.count("Nobody: all marks are the same.") == 2
