"""The awards pages: who may open them, what they say, and a repeated click."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import CouncilRole
from audit import clock
from awards.models import Award, AwardKind, AwardState
from challenges.timetable import day_of
from tests.factories import council, open_challenge, person, settle_interests, user
from tests.factories.assessment import decided_challenge, verify
from tests.factories.awards import award_in, lead_of, let_standstill_pass, proposer_of, settle_clauses, walked
from tests.factories.pilots import pilot_in
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
STEPS = ("award", "award_approve", "award_contract", "award_claim", "award_lift", "award_withdraw")


def url_of(award, name="award"):
    return reverse(name, args=[award.public_id])


def test_a_challenge_without_pilots_says_what_will_be_here():
    challenge = open_challenge()

    page = signed_in(lead_of(challenge)).get(reverse("challenge_awards", args=[challenge.slug])).content.decode()

    assert "There is nothing to award yet" in page


def test_the_awards_page_shows_what_can_be_proposed_and_what_stands_in_the_way():
    pilot = pilot_in("registered")
    address = reverse("challenge_awards", args=[pilot.challenge.slug])
    client = signed_in(proposer_of(pilot.challenge))

    assert "has not been checked again for this award" in client.get(address).content.decode()
    verify(pilot.submission)
    page = client.get(address).content.decode()

    assert reverse("award_propose", args=[pilot.challenge.slug, pilot.slug, "pilot"]) in page
    assert reverse("award_propose", args=[pilot.challenge.slug, pilot.slug, "contract"]) not in page


def test_the_awards_page_names_obstacles_of_the_contract():
    pilot = pilot_in("decided", effect=0.0, choice="stop")

    page = signed_in(proposer_of(pilot.challenge)).get(reverse("challenge_awards", args=[pilot.challenge.slug]))

    assert "The gate decided “Stop”: a contract follows only from “Scale”." in page.content.decode()


@pytest.mark.parametrize(("pilots", "queries"), [(1, 13), (2, 15)])
def test_the_awards_page_reads_a_bounded_number_of_queries(pilots, queries, django_assert_num_queries):
    challenge = decided_challenge()
    for _ in range(pilots):
        pilot_in("registered", challenge=challenge)
    client = signed_in(lead_of(challenge))

    with django_assert_num_queries(queries):
        response = client.get(reverse("challenge_awards", args=[challenge.slug]))

    assert response.status_code == 200


def test_the_whole_way_of_a_pilot_award_by_its_pages():
    pilot = pilot_in("registered")
    verify(pilot.submission)
    owner, lead = signed_in(proposer_of(pilot.challenge)), signed_in(lead_of(pilot.challenge))

    owner.post(reverse("award_propose", args=[pilot.challenge.slug, pilot.slug, "pilot"]), {"value": "48000"})
    award = Award.objects.get(pilot=pilot)
    lead.post(url_of(award, "award_approve"), {"text": "Best ranked."})
    settle_interests(award.challenge)
    lead.post(url_of(award, "award_notify"))
    award.refresh_from_db()
    let_standstill_pass(award)
    settle_interests(award.challenge)
    today = day_of(clock.now())
    form = {
        "reference": "HW/2026/7", "signed_on": today.isoformat(), "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=90)).isoformat(), "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0",
        "form-0-name": "Thefts", "form-0-unit": "a week", "form-0-target": "7",
    }  # fmt: skip
    lead.post(url_of(award, "award_contract"), form)

    award.refresh_from_db()
    assert (award.state, award.contract.reference) == (AwardState.CONTRACTED, "HW/2026/7")
    assert list(award.contract.indicators.values_list("name", flat=True)) == ["Thefts"]


def test_D4_the_page_counts_the_standstill_day_by_day():
    award = award_in("standstill")

    page = signed_in(lead_of(award.challenge)).get(url_of(award)).content.decode()

    assert "working day 1" in page
    assert "working day 8" in page
    assert "not counted, weekend" in page
    assert "Record the contract" not in page


def test_D4_the_contract_page_is_refused_during_the_standstill():
    award = award_in("standstill")

    response = signed_in(lead_of(award.challenge)).get(url_of(award, "award_contract"))

    assert response.status_code == 409
    assert "The standstill runs to the end of" in response.content.decode()


def test_a_repeated_click_changes_nothing():
    award = award_in("approved")
    lead = signed_in(lead_of(award.challenge))
    lead.post(url_of(award, "award_notify"))
    award.refresh_from_db()
    first = (award.state, award.notified_at)

    again = lead.post(url_of(award, "award_notify"))

    award.refresh_from_db()
    assert again.status_code == 409
    assert (award.state, award.notified_at) == first


def test_a_refused_proposal_keeps_what_was_typed_and_says_why():
    pilot = pilot_in("registered")
    address = reverse("award_propose", args=[pilot.challenge.slug, pilot.slug, "pilot"])

    response = signed_in(proposer_of(pilot.challenge)).post(address, {"value": "60001"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "£60,001 is more than the money published for each pilot, £60,000." in page
    assert 'value="60001"' in page


@pytest.mark.parametrize("value", ["", "a lot", "0"])
def test_a_bad_value_is_refused_at_its_field(value):
    pilot = pilot_in("registered")
    address = reverse("award_propose", args=[pilot.challenge.slug, pilot.slug, "pilot"])

    response = signed_in(proposer_of(pilot.challenge)).post(address, {"value": value})

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert not Award.objects.exists()


def test_bad_terms_keep_what_was_typed():
    award = award_in("over")
    today = day_of(clock.now())
    form = {
        "reference": "HW/9", "signed_on": today.isoformat(), "starts_on": today.isoformat(),
        "ends_on": today.isoformat(), "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "Thefts",
        "form-0-unit": "", "form-0-target": "",
    }  # fmt: skip
    lead = signed_in(lead_of(award.challenge))

    incomplete = lead.post(url_of(award, "award_contract"), form)
    wrong = lead.post(url_of(award, "award_contract"), form | {"form-0-name": ""})

    assert (incomplete.status_code, wrong.status_code) == (422, 422)
    assert "Give this indicator a name, a unit and a target" in incomplete.content.decode()
    assert "The contract must end after it starts." in wrong.content.decode()
    assert 'value="HW/9"' in wrong.content.decode()


@pytest.mark.parametrize("name", STEPS)
def test_other_councils_and_suppliers_open_nothing(name):
    award = award_in("standstill")
    outsider, stranger = user(), person(council(), CouncilRole.PROCUREMENT_LEAD)

    found = [signed_in(who).get(url_of(award, name)).status_code for who in (outsider, stranger)]

    assert found == [403, 403]
    assert Client().get(url_of(award, name)).status_code == 302


@pytest.mark.parametrize("name", ["award_approve", "award_claim", "award_withdraw"])
def test_an_auditor_reads_but_takes_no_step(name):
    award = award_in("proposed")
    auditor = signed_in(person(award.challenge.council, CouncilRole.AUDITOR))

    read, taken = auditor.get(url_of(award)), auditor.post(url_of(award, name), {"text": "Because."})

    assert (read.status_code, taken.status_code) == (200, 403)


@pytest.mark.parametrize("state", ["proposed", "approved", "standstill", "over", "contracted"])
def test_every_state_has_its_page(state):
    award = award_in(state)

    assert signed_in(lead_of(award.challenge)).get(url_of(award)).status_code == 200


def test_the_form_of_a_full_contract_starts_with_the_published_measures():
    pilot = pilot_in("decided")
    settle_clauses(pilot)
    proposed = award_in("proposed", kind=AwardKind.CONTRACT, pilot=pilot)
    before = signed_in(lead_of(proposed.challenge)).get(url_of(proposed)).content.decode()
    assert ("Is it fit to run?" in before, "Operations accept it" in before) == (True, True)
    award = walked(proposed, "over")

    page = signed_in(lead_of(award.challenge)).get(url_of(award, "award_contract")).content.decode()
    assert "Is it fit to run?" not in signed_in(lead_of(award.challenge)).get(url_of(award)).content.decode()

    assert 'value="Bicycles reported stolen"' in page
    assert "This concludes the challenge" in page
