"""The short forms of a draft: what they refuse, what they keep, who may open them (T4, T5, A1, C1)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from challenges.models import Challenge
from challenges.timetable import LONDON
from tests import factories
from tests.factories import pages
from tests.factories.suppliers import admin_of, signed_in, supplier

pytestmark = pytest.mark.django_db
FORMS = ("procedure", "timetable", "criteria", "clauses", "measures")


@pytest.fixture
def draft() -> Challenge:
    return pages.started_page().challenge


@pytest.fixture
def owner(draft: Challenge) -> Client:
    return signed_in(draft.owner)


def url(draft: Challenge, form: str) -> str:
    return reverse(f"challenge_{form}", args=[draft.slug])


def criteria(*rows: tuple[str, str, str]) -> dict[str, str]:
    """The criteria form as a browser posts it: name, kind, weight of each row."""
    posted = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0", "price-formula": "relative"}
    for number, (name, kind, weight) in enumerate(rows):
        posted |= {f"form-{number}-name": name, f"form-{number}-kind": kind, f"form-{number}-weight": weight}
    return posted


def local(instant: datetime) -> str:
    return instant.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M")


def dates(**days: float) -> dict[str, str]:
    """The dates form, each date so many days from now."""
    told = {"opens_at": 1, "questions_close_at": 14, "answers_due_at": 21, "closes_at": 35} | days
    return {name: local(clock.now() + timedelta(days=count)) for name, count in told.items()}


def test_A1_weights_that_do_not_total_100_are_refused_and_kept(owner: Client, draft: Challenge) -> None:
    posted = criteria(("Reach", "quality", "40"), ("Price", "price", "55"))

    answer = owner.post(url(draft, "criteria"), posted)

    told = answer.content.decode()
    assert answer.status_code == 422
    assert "The weights total 95, not 100. Change them until they total exactly 100." in told
    assert ('value="Reach"' in told, 'value="55"' in told) == (True, True)
    assert draft.criteria.count() == 0


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "Fill in at least one criterion"),
        ([("Price", "price", "100")], "At least one criterion must be judged by the panel."),
        ([("A", "quality", "40"), ("B", "price", "30"), ("C", "price", "30")],
         "Price is one criterion: put its whole weight in one row."),
        ([("Reach", "quality", "60"), ("reach", "quality", "40")], "Two criteria are called “Reach”"),
        ([("A", "quality", "100"), ("B", "quality", "")],
         "Give this criterion both a name and a weight, or leave both empty."),
        ([("A", "quality", "-20"), ("B", "quality", "120")], "Criterion 1: Weight, in per cent: Give 0.001 or more."),
    ],
)  # fmt: skip
def test_A1_other_faults_of_criteria_have_their_own_sentence(
    owner: Client, draft: Challenge, rows: list[tuple[str, str, str]], sentence: str
) -> None:
    answer = owner.post(url(draft, "criteria"), criteria(*rows))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert draft.criteria.count() == 0


def test_A1_thirds_of_a_hundred_are_added_exactly(owner: Client, draft: Challenge) -> None:
    thirds = [("A", "quality", "33.333"), ("B", "quality", "33.333"), ("C", "price", "33.334")]

    answer = owner.post(url(draft, "criteria"), criteria(*thirds))

    assert answer.status_code == 302
    assert [row.weight for row in draft.criteria.all()] == [Decimal("33.333"), Decimal("33.333"), Decimal("33.334")]


def test_posting_the_criteria_twice_gives_the_same_rows(owner: Client, draft: Challenge) -> None:
    posted = criteria(("Reach", "quality", "70"), ("Price", "price", "30"))

    owner.post(url(draft, "criteria"), posted)
    owner.post(url(draft, "criteria"), posted)

    assert list(draft.criteria.values_list("code", "weight")) == [("reach", 70), ("price", 30)]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"questions_close_at": 22}, "Answers are due before questions close."),
        ({"answers_due_at": 36}, "The call must close after answers are due."),
        ({"opens_at": -40, "questions_close_at": -30, "answers_due_at": -20, "closes_at": -1},
         "The closing time has already passed."),
        ({"questions_close_at": 3, "answers_due_at": 5, "closes_at": 9},
         "Route A leaves suppliers at least 15 days after the day of publication"),
    ],
)  # fmt: skip
def test_T4_dates_out_of_order_past_or_too_short_are_refused_and_kept(
    owner: Client, draft: Challenge, days: dict[str, float], sentence: str
) -> None:
    posted = dates(**days)

    answer = owner.post(url(draft, "timetable"), posted)

    told = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in told
    assert [f'value="{value}"' in told for value in posted.values()] == [True] * 4
    assert Challenge.objects.get(pk=draft.pk).closes_at is None


def test_an_empty_date_is_named(owner: Client, draft: Challenge) -> None:
    answer = owner.post(url(draft, "timetable"), dates() | {"closes_at": ""})

    assert answer.status_code == 422
    assert "Closes: Give the day and the time." in answer.content.decode()


def test_T2_an_hour_that_the_clocks_leave_out_is_told_and_kept(owner: Client, draft: Challenge) -> None:
    answer = owner.post(url(draft, "timetable"), dates() | {"closes_at": "2027-03-28T01:30"})

    told = answer.content.decode()
    assert (answer.status_code, 'value="2027-03-28T01:30"' in told) == (422, True)
    assert "Closes: Choose another time than 01:30: on 28 March 2027 the clocks go forward" in told


def test_pilots_do_not_start_before_the_call_has_closed(owner: Client, draft: Challenge) -> None:
    closes_on = dates()["closes_at"][:10]

    answer = owner.post(url(draft, "timetable"), dates() | {"pilot_starts_on": closes_on})

    assert answer.status_code == 422
    assert "Pilots cannot start before the call has closed." in answer.content.decode()


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"pilot_budget": "£900,000.50", "contract_ceiling": "60000"}, "must be more than the money for one pilot"),
        ({"pilot_budget": "-5", "contract_ceiling": "60000"}, "Money for each pilot: Give more than zero."),
        ({"max_pilots": "0"}, "Pilots at most: Give more than zero."),
        ({"max_pilots": "two"}, "Pilots at most: Write a whole number in digits, such as 12."),
    ],
)
def test_money_that_makes_no_sense_is_refused(
    owner: Client, draft: Challenge, posted: dict[str, str], sentence: str
) -> None:
    answer = owner.post(url(draft, "procedure"), {"route": "A", "max_pilots": "2"} | posted)

    told = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert sentence in told
    assert Challenge.objects.get(pk=draft.pk).route == ""


THEFTS = {
    "form-0-role": "primary", "form-0-name": "Thefts", "form-0-unit": "a week", "form-0-direction": "decrease",
    "form-0-baseline_value": "10", "form-0-baseline_on": "2026-01-01", "form-0-target_value": "8",
    "form-0-minimum_worthwhile_effect": "1", "form-0-harm_limit": "0", "form-0-design": "matched_comparison",
    "form-0-period": "week",
}  # fmt: skip


def test_one_measure_decides_and_rows_left_as_they_are_shown_are_passed_over(owner: Client, draft: Challenge) -> None:
    page = BeautifulSoup(owner.get(url(draft, "measures")).content, "html.parser")
    shown = {field["name"]: field.get("value", "") for field in page.select("main form input[name^=form-]")}
    shown |= {each["name"]: each.select_one("[selected]")["value"] for each in page.select("main form select")}

    answer = owner.post(url(draft, "measures"), shown | THEFTS)

    assert [shown[f"form-{row}-role"] for row in range(3)] == ["primary", "secondary", "secondary"]
    assert (answer.status_code, list(draft.outcomes.values_list("name", flat=True))) == (302, ["Thefts"])


def test_a_measure_hoped_to_get_worse_is_refused(owner: Client, draft: Challenge) -> None:
    posted = THEFTS | {
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-target_value": "12",
        "form-0-minimum_worthwhile_effect": "0",
    }  # fmt: skip

    answer = owner.post(url(draft, "measures"), posted)

    told = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert "The figure hoped for must be better than today's." in told
    assert "Give a change greater than zero." in told
    assert draft.outcomes.count() == 0


def test_a_challenge_without_an_outcome_is_not_started(owner: Client) -> None:
    before = Challenge.objects.count()

    answer = owner.post(reverse("challenge_start"), {"title": ""})

    assert answer.status_code == 422
    assert Challenge.objects.count() == before


def test_clauses_are_copied_from_the_chosen_set(owner: Client, draft: Challenge) -> None:
    factories.clause_library()

    answer = owner.post(url(draft, "clauses"), {"clause_set": "standard-pilot", "codes": ["OD-01", "SE-02"]})

    assert answer.status_code == 302
    assert list(draft.clause_requirements.values_list("code", flat=True)) == ["OD-01", "SE-02"]


@pytest.mark.parametrize("form", FORMS)
def test_who_may_open_a_short_form(form: str, draft: Challenge) -> None:
    factories.clause_library()
    council, other = draft.council, factories.council()
    people = {
        "owner": factories.member_with(council, CouncilRole.OWNER),
        "lead": factories.person(council, CouncilRole.PROCUREMENT_LEAD),
        "pilot manager": factories.person(council, CouncilRole.PILOT_MANAGER),
        "auditor": factories.person(council, CouncilRole.AUDITOR),
        "other council's lead": factories.person(other, CouncilRole.PROCUREMENT_LEAD),
        "supplier": admin_of(supplier()),
    }

    seen = {name: signed_in(who).get(url(draft, form)).status_code for name, who in people.items()}

    assert seen == {
        "owner": 200, "lead": 200, "pilot manager": 403, "auditor": 403, "other council's lead": 403, "supplier": 403,
    }  # fmt: skip
    assert Client().get(url(draft, form)).status_code == 302


@pytest.mark.parametrize("form", FORMS)
def test_C1_no_short_form_changes_what_is_published(form: str) -> None:
    page = pages.published_page()
    challenge, before = page.challenge, page.challenge.terms_hash
    events = Event.objects.count()

    answer = signed_in(pages.lead_of(page)).post(url(challenge, form), criteria(("A", "quality", "100")))

    assert answer.status_code == 403
    assert (Event.objects.count(), Challenge.objects.get(pk=challenge.pk).terms_hash) == (events, before)
