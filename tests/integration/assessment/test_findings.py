"""Clause findings: judged against the published words with the evidence beside; the rest waits for the pilot."""

import re

import pytest
from django.test import Client

from assessment import actions, queries
from assessment.models import ClauseFinding
from audit import clock
from audit.models import Event
from audit.transitions import Refused
from clauses.models import Due, Mode
from tests.factories.assessment import chair_of, decided_challenge, round_in
from tests.integration.assessment.browsing import client_of, urls

pytestmark = pytest.mark.django_db


def judging():
    """A round whose one submission claimed level 3 of a graded clause that was due with it."""
    round_ = round_in("marking", n=1)
    graded = round_.challenge.clause_requirements.get(code="OD-03")
    graded.due = Due.BID
    graded.save()
    queries.submissions_in(round_)[0].clause_responses.create(requirement=graded, level=3, text="As documented.")
    return round_, client_of(chair_of(round_)), urls(round_)["clauses"]


def seen(page, code):
    found = re.search(rf'name="seen-{code}" value="([^"]*)"', page)
    return found.group(1) if found else ""


def test_A8_the_page_shows_what_is_asked_answered_and_published_and_asks_only_about_what_is_due():
    round_, client, url = judging()
    asked = list(round_.challenge.clause_requirements.all())
    graded = next(each for each in asked if each.mode == Mode.SCORED and each.due == Due.BID)

    page = client.get(url).content.decode()

    due = {
        f"{'verdict' if each.mode == Mode.MANDATORY else 'grade'}-{each.code}" for each in asked if each.due == Due.BID
    }
    assert set(re.findall(r'name="((?:verdict|grade)-[^"]+)"', page)) == due
    assert [words for words in graded.descriptors.values() if words not in page] == []
    assert page.count("Due before start") == sum(each.due == Due.BEFORE_PILOT_START for each in asked)


def test_what_is_due_later_is_recorded_so_and_stands_open_in_the_pilot():
    challenge = decided_challenge(1)
    later = ClauseFinding.objects.filter(requirement__due=Due.BEFORE_PILOT_START)

    assert {row.verdict for row in later} == {"due_later"}
    assert later.exists()
    assert challenge.state == "assessed"


def test_a_grade_that_is_not_the_level_claimed_needs_its_reason_and_the_claimed_one_does_not():
    _, client, url = judging()

    refused = client.post(url, {"verdict-OD-01": "met", "grade-OD-03": "1", "rationale-OD-01": "TYPED"})
    assert "OD-03: the grade is not the level claimed, so say what the evidence shows." in refused.content.decode()
    assert ("TYPED" in refused.content.decode(), ClauseFinding.objects.count()) == (True, 0)
    assert client.post(url, {"verdict-OD-01": "met", "grade-OD-03": "3"}).status_code == 302

    found = dict(ClauseFinding.objects.values_list("requirement__code", "verdict"))
    assert found == {"OD-01": "met", "OD-03": "met", "OD-02": "due_later", "SE-02": "due_later", "SE-03": "due_later"}
    assert ClauseFinding.objects.get(requirement__code="OD-03").grade == 3


def test_two_tabs_of_the_chair_the_later_is_told_what_was_found_and_nothing_typed_is_lost():
    _, client, url = judging()
    client.post(url, {"verdict-OD-01": "met", "seen-OD-01": ""})

    late = client.post(url, {"verdict-OD-01": "not_met", "rationale-OD-01": "It rules it out.", "seen-OD-01": ""})
    page = late.content.decode()
    assert ("OD-01 was judged in another tab after you opened this page: met." in page, "It rules it out." in page) == (
        True,
        True,
    )
    assert ClauseFinding.objects.get(requirement__code="OD-01").verdict == "met"
    again = {"verdict-OD-01": "not_met", "rationale-OD-01": "It rules it out.", "seen-OD-01": seen(page, "OD-01")}
    assert client.post(url, again).status_code == 302

    assert ClauseFinding.objects.get(requirement__code="OD-01").verdict == "not_met"


def test_recording_the_same_again_adds_nothing_to_the_record():
    _, client, url = judging()
    client.post(url, {"verdict-OD-01": "met"})
    count = Event.objects.filter(verb="clause.found").count()

    client.post(url, {"verdict-OD-01": "met"})

    assert Event.objects.filter(verb="clause.found").count() == count


def test_a_sign_in_that_expired_keeps_the_findings_that_were_typed():
    round_, _, url = judging()
    browser = Client()
    browser.post(url, {"verdict-OD-01": "not_met", "rationale-OD-01": "An hour of reading"})
    browser.force_login(chair_of(round_))

    page = browser.get(url).content.decode()

    assert ("You had been signed out" in page, "An hour of reading" in page) == (True, True)
    assert not ClauseFinding.objects.exists()


def test_a_finding_about_a_clause_of_another_challenge_is_refused():
    round_, _, _ = judging()
    other, _, _ = judging()
    foreign = actions.Finding(other.challenge.clause_requirements.get(code="OD-01"), "met")

    with pytest.raises(Refused, match="not a clause of this challenge"):
        actions.record_finding(
            round=round_, submission=queries.submissions_in(round_)[0], finding=foreign, actor=chair_of(round_),
            at=clock.now(),
        )  # fmt: skip
