"""The work of a round done through its pages: what is kept, what is refused with which sentence."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment import queries
from assessment.models import Assessment, ClauseFinding, Decision, InterestDeclaration, Moderation, Round
from audit import clock
from clauses.models import Mode
from suppliers.models import Submission
from tests.factories import open_challenge, user
from tests.factories import suppliers as supply
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    lead_of,
    owner_of,
    round_in,
    second_lead,
    write_marks,
)
from tests.integration.assessment.browsing import client_of, urls

pytestmark = pytest.mark.django_db


def test_a_mark_is_saved_through_the_screen_and_leads_to_the_next():
    round_ = round_in("marking", n=2)
    who = assessors_of(round_)[0]
    client = client_of(who)
    base = f"/assess/{round_.challenge.slug}/submissions/submission-1"

    page = client.post(f"{base}/outcome/", {"mark": "4", "rationale": "Clear.", "next": "1"})

    assert page["Location"] == f"{base}/delivery/"
    assert list(Assessment.objects.values_list("mark", "rationale")) == [(Decimal(4), "Clear.")]
    page = client.get(f"{base}/outcome/").content.decode()
    assert re.search(r'value="4"[^>]*checked', page) is not None


def test_A5_a_mark_off_the_scale_is_refused_and_the_reason_stays_typed():
    round_ = round_in("marking", n=1)
    client = client_of(assessors_of(round_)[0])

    page = client.post(urls(round_, "submission-1")["mark"], {"mark": "9", "rationale": "Half a page of text."})

    assert (page.status_code, Assessment.objects.get().mark) == (422, None)
    assert [
        words for words in ("There is a problem", "Half a page of text.") if words not in page.content.decode()
    ] == []


def test_A4_submitting_through_the_page_twice_is_refused_with_a_sentence():
    round_ = round_in("marking", n=1)
    who = assessors_of(round_)[0]
    write_marks(round_, who)
    client, url = client_of(who), f"/assess/{round_.challenge.slug}/submit/"

    assert client.post(url).status_code == 302
    again = client.post(url)

    assert (again.status_code, "already submitted" in again.content.decode()) == (409, True)
    assert client.get(url).status_code == 405


def test_the_chair_moderates_finds_and_freezes_through_the_pages():
    round_ = round_in("moderating", n=1)
    client = client_of(chair_of(round_))
    seats = [str(seat.pk) for seat in queries.members(round_)]
    base = f"/assess/{round_.challenge.slug}"
    for criterion in queries.quality_criteria(round_):
        page = client.get(f"{base}/moderation/submission-1/{criterion.code}/").content.decode()
        assert [box for box in re.findall(r'<input[^>]+name="attended"[^>]*>', page) if "checked" in box] == []
        data = {"mark": "4", "rationale": "Agreed.", "attended": seats}
        assert client.post(f"{base}/moderation/submission-1/{criterion.code}/", data).status_code == 302
    asked = round_.challenge.clause_requirements.all()
    findings = {f"verdict-{each.code}": "met" for each in asked}
    assert client.post(f"{base}/clauses/submission-1/", findings).status_code == 302

    assert client.post(f"{base}/freeze/").status_code == 302

    round_.refresh_from_db()
    found = ClauseFinding.objects.filter(requirement__mode=Mode.MANDATORY).count()
    assert (round_.state, Moderation.objects.count(), found) == ("prices", 2, 4)
    assert client.post(f"{base}/freeze/").status_code == 409


def test_a_clause_not_met_needs_its_reason_on_the_page():
    round_ = round_in("marking", n=1)
    client = client_of(chair_of(round_))
    findings = {f"verdict-{each.code}": "met" for each in round_.challenge.clause_requirements.all()}

    page = client.post(urls(round_, "submission-1")["clauses"], findings | {"verdict-OD-01": "not_met"})

    assert "OD-01: say why the clause is not met." in page.content.decode()
    assert not ClauseFinding.objects.exists()


def test_A9_two_officers_open_the_prices_through_the_page():
    round_ = round_in("prices", n=1)
    url = urls(round_, "x")["prices"]
    owner, lead = client_of(owner_of(round_.challenge)), client_of(lead_of(round_.challenge))

    assert owner.post(url).status_code == 302
    assert owner.post(url).status_code == 409
    assert lead.post(url).status_code == 302

    assert Round.objects.get(pk=round_.pk).state == "ranked"
    assert "£50,000" not in owner.get(url).content.decode()


def test_no_admissible_submission_leads_to_a_clear_page_and_on_to_the_conclusion():
    round_ = round_in("prices", n=1, failing=1)

    page = client_of(owner_of(round_.challenge)).get(urls(round_, "x")["prices"]).content.decode()

    assert "No submission was admitted" in page
    assert f'href="/workspace/challenges/{round_.challenge.slug}/conclude/"' in page


def test_nothing_submitted_leads_to_the_conclusion_from_the_panel_page():
    challenge = supply.unseal(open_challenge())

    page = client_of(owner_of(challenge)).get(f"/workspace/challenges/{challenge.slug}/panel/").content.decode()

    assert "Nothing was submitted" in page
    assert f'href="/workspace/challenges/{challenge.slug}/conclude/"' in page


def test_the_panel_is_named_through_the_page_and_unknown_people_are_named_in_the_error():
    challenge = supply.unsealed_challenge(1)
    client = client_of(owner_of(challenge))
    url = f"/workspace/challenges/{challenge.slug}/panel/"
    chair, first, second = user(), user(), user()

    page = client.post(
        url, {"chair": chair.email, "assessors": f"{first.email}\nnobody@nowhere.example"}
    ).content.decode()
    assert ("Nobody signs in here with nobody@nowhere.example" in page, first.email in page) == (True, True)
    assert client.post(url, {"chair": chair.email, "assessors": f"{first.email}\n{second.email}"}).status_code == 302
    assert client.post(f"{url}open/").status_code == 302

    assert Round.objects.get().state == "declaring"
    assert client.post(f"{url}open/").status_code == 409


def test_D1_the_decision_page_keeps_what_was_typed_when_too_many_are_selected():
    round_ = round_in("ranked", n=3)
    lead = second_lead(round_.challenge)
    client = client_of(lead)
    client.post(f"/workspace/challenges/{round_.challenge.slug}/decision/interests/", {"interest": "none"})
    rows = {f"select-submission-{n}": "on" for n in (1, 2, 3)} | {
        f"reason-submission-{n}": f"Why {n}" for n in (1, 2, 3)
    }

    page = client.post(urls(round_, "x")["decision"], rows | {"reasons": "All good."}).content.decode()

    assert [
        words for words in ("You selected 3. At most 2 go into a pilot", "Why 2", "All good.") if words not in page
    ] == []
    assert not Decision.objects.exists()


def test_home_tells_what_waits_and_is_empty_for_others():
    round_ = round_in("marking", n=1)

    mine = client_of(chair_of(round_)).get("/assess/").content.decode()
    others = client_of(user()).get("/assess/").content.decode()

    assert f'href="/assess/{round_.challenge.slug}/"' in mine
    assert "No assessment is open for you" in others


def query_count(who, url):
    client = client_of(who)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("n", "name"), [(1, "submission-1"), (30, "submission-01")])
def test_an_assessors_list_and_screen_take_the_same_few_queries_for_one_and_for_thirty_submissions(n, name):
    round_ = round_in("marking", n=n)
    who, pages = assessors_of(round_)[0], urls(round_, name)
    write_marks(round_, who)

    counts = {page: query_count(who, pages[page]) for page in ("round", "submission", "mark")}
    counts["chair"] = query_count(chair_of(round_), pages["round"])

    assert counts == {"round": 9, "submission": 15, "mark": 10, "chair": 13}


def test_a_list_of_sixty_submissions_takes_twelve_queries_and_sixty_kilobytes_at_most():
    round_ = round_in("marking", n=1)
    who = assessors_of(round_)[0]
    supplied = Submission.objects.get()
    for number in range(2, 61):
        extra = supplied.supplier
        extra.pk, extra.public_id, extra.company_number = None, uuid4(), f"9{number:07}"
        extra.save()
        supplied.pk, supplied.public_id, supplied.pseudonym = None, uuid4(), f"Submission {number}"
        supplied.supplier = extra
        supplied.save()
        for member in round_.panel.members.all():
            InterestDeclaration.objects.create(
                member=member, round=round_, submission=supplied, has_interest=False, declared_at=clock.now()
            )
    url = urls(round_)["round"]

    body = client_of(who).get(url).content

    assert (body.count(b"Read all of it"), len(body) <= 60_000) == (60, True), len(body)
    assert query_count(who, url) <= 12


@pytest.mark.parametrize("n", [1, 30])
def test_the_moderation_board_takes_the_same_few_queries_for_one_and_for_thirty_submissions(n):
    round_ = round_in("moderating", n=n)

    assert query_count(chair_of(round_), urls(round_)["moderation"]) == 28


@pytest.mark.parametrize("n", [1, 30])
def test_the_result_takes_the_same_few_queries_for_one_and_for_thirty_submissions(n):
    round_ = round_in("ranked", n=n)

    assert query_count(chair_of(round_), urls(round_)["result"]) == 20
