"""Two at once, on two connections: one outcome, and the other is told."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from assessment import actions, queries
from assessment.models import Assessment, FindingVerdict, Moderation, Round
from audit import clock
from audit.models import Event
from audit.transitions import Refused
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    find_all,
    lead_of,
    moderate_all,
    owner_of,
    round_in,
    write_marks,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


def at_once(*steps):
    """Run each step in a thread of its own; returns what each gave or how it was refused, in order."""
    found = [None] * len(steps)
    gate = threading.Barrier(len(steps))

    def run(place, step):
        gate.wait()
        try:
            found[place] = step()
        except Refused as refusal:
            found[place] = str(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_two_chairs_freezing_at_the_same_moment_give_one_freeze_and_one_refusal():
    round_ = round_in("moderating", n=2)
    moderate_all(round_)
    find_all(round_)
    chair = chair_of(round_)

    def freeze():
        return actions.freeze_quality(round=Round.objects.get(pk=round_.pk), actor=chair, at=clock.now())

    found = at_once(freeze, freeze)

    assert sorted(str(each) for each in found) == [
        "None", "The round stands at “Quality frozen, prices to be opened” already: nothing is left to do here.",
    ]  # fmt: skip
    assert Event.objects.filter(verb="submission.admitted").count() == 2


def test_two_officers_agreeing_at_the_same_moment_open_the_prices_once():
    round_ = round_in("prices", n=1)
    people = [owner_of(round_.challenge), lead_of(round_.challenge)]

    def consent(who):
        return lambda: actions.consent_to_open_prices(
            round=Round.objects.select_related("challenge").get(pk=round_.pk), actor=who, at=clock.now()
        )

    found = at_once(*(consent(who) for who in people))

    assert sorted(found) == [False, True]
    assert Event.objects.filter(verb="round.ranked").count() == 1


def test_A7_a_late_moderation_against_a_freeze_is_in_it_or_refused_and_the_freeze_stands_once():
    round_ = round_in("moderating", n=1)
    moderate_all(round_)
    find_all(round_)
    chair, [submission] = chair_of(round_), queries.submissions_in(round_)
    criterion = queries.quality_criteria(round_)[0]
    late = actions.Judgement(submission, criterion, Decimal(1), "Late, and below the threshold.")

    def moderate():
        fresh = Round.objects.get(pk=round_.pk)
        attended = queries.members(fresh)
        return actions.moderate(round=fresh, judgement=late, attended=attended, actor=chair, at=clock.now()).rationale

    def freeze():
        return actions.freeze_quality(round=Round.objects.get(pk=round_.pk), actor=chair, at=clock.now())

    given, frozen = at_once(moderate, freeze)

    submission.refresh_from_db()
    row = Moderation.objects.get(criterion=criterion)
    assert frozen is None
    if given == "Late, and below the threshold.":
        assert (submission.state, row.mark) == ("disregarded", 1)
    else:
        assert "this needs the step “moderating”" in given
        assert (submission.state, row.mark) == ("admitted", 4)


def test_a_late_mark_against_the_submission_of_marks_is_in_it_or_refused():
    round_ = round_in("marking", n=1)
    who = assessors_of(round_)[0]
    write_marks(round_, who)
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]

    def save():
        judgement = actions.Judgement(submission, criterion, Decimal(1), "Late.")
        fresh = Round.objects.get(pk=round_.pk)
        return actions.save_mark(round=fresh, judgement=judgement, actor=who, at=clock.now()).rationale

    def submit():
        return actions.submit_marks(round=Round.objects.get(pk=round_.pk), actor=who, at=clock.now())

    saved, count = at_once(save, submit)

    row = Assessment.objects.get(criterion=criterion)
    assert (count, row.submitted_at is None) == (2, False)
    assert row.rationale == ("Late." if saved == "Late." else "Because of what the answer shows.")
    assert saved in ("Late.", "Your marks are submitted and can no longer be changed.")


def test_two_tabs_of_one_assessor_at_the_same_moment_keep_both_texts():
    round_ = round_in("marking", n=1)
    who = assessors_of(round_)[0]
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]

    def tab(words):
        judgement = actions.Judgement(submission, criterion, Decimal(3), words)
        return lambda: (
            actions.save_mark(
                round=Round.objects.get(pk=round_.pk), judgement=judgement, actor=who, at=clock.now(), version=0
            ).rationale
        )

    found = at_once(tab("One"), tab("Other"))

    row = Assessment.objects.get()
    [aside] = row.paper.aside.values()
    assert sorted([row.rationale, aside["value"]["rationale"]]) == ["One", "Other"]
    assert sum(each in ("One", "Other") for each in found) == 1


def test_A8_a_late_finding_and_a_reopening_against_a_freeze_leave_one_outcome_that_fits():
    round_ = round_in("moderating", n=1)
    moderate_all(round_)
    find_all(round_)
    chair, [submission] = chair_of(round_), queries.submissions_in(round_)
    seat = next(each for each in queries.members(round_) if each.role == "assessor")
    row = round_.clause_findings.filter(requirement__due="bid").get()
    late = actions.Finding(row.requirement, FindingVerdict.NOT_MET, "Late: the response rules it out.")

    def fresh():
        return Round.objects.get(pk=round_.pk)

    def find():
        actions.record_finding(round=fresh(), submission=submission, finding=late, actor=chair, at=clock.now())
        return "found"

    def reopen():
        return actions.reopen_marks(
            round=fresh(), seat=seat, submission=None, reason="The wrong page was read.", actor=chair, at=clock.now()
        )

    def freeze():
        return actions.freeze_quality(round=fresh(), actor=chair, at=clock.now())

    found, reopened, frozen = at_once(find, reopen, freeze)

    round_.refresh_from_db()
    submission.refresh_from_db()
    row.refresh_from_db()
    assert (frozen is None, reopened == 2, round_.state) in [(True, False, "prices"), (False, True, "marking")]
    assert row.verdict == ("not_met" if found == "found" else "met")
    if frozen is None:
        assert submission.state == ("disregarded" if found == "found" else "admitted")
