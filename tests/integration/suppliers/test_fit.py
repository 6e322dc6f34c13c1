"""The fit check: public, without an account; reasons for not answering are counted and nothing else is kept."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import Refused
from challenges.models import Challenge, ClauseRequirement
from suppliers import actions, queries
from suppliers.models import Reason, ReasonCount
from tests.factories import (
    closed_challenge,
    council,
    draft_challenge,
    member_with,
    open_challenge,
    pages,
    person,
    published_challenge,
)
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db


def fit_of(challenge: Challenge) -> str:
    return f"/challenges/{challenge.slug}/fit/"


def council_page(challenge: Challenge) -> str:
    return f"/workspace/challenges/{challenge.slug}/fit/"


def counts() -> dict[str, int]:
    return dict(ReasonCount.objects.values_list("reason", "count"))


def test_anybody_reads_what_is_asked_when_proof_is_due_and_what_is_paid() -> None:
    challenge = open_challenge()
    asked = queries.questionnaire(challenge)

    page = Client().get(fit_of(challenge))

    text = unescape(page.content.decode())
    assert page.status_code == 200
    assert [f"{each.name}: at most {each.word_limit} words" in text for each in asked.criteria] == [True, True]
    assert [each.title in text for each in (*asked.clauses, *asked.later)] == [True] * 5
    assert [moment.when in text for moment in queries.due_later(asked)] == [True] * len(queries.due_later(asked))
    assert queries.effort_of(asked).words in text.lower()
    assert ("£60,000" in text, "£900,000" in text) == (True, True)
    assert "share code" not in text


def test_a_call_above_the_threshold_says_that_it_asks_for_the_share_code() -> None:
    challenge = open_challenge()
    Challenge.objects.filter(pk=challenge.pk).update(is_above_threshold=True)

    assert "your share code on the central digital platform" in Client().get(fit_of(challenge)).content.decode()


def test_a_draft_has_no_fit_check_and_a_closed_call_takes_no_reasons() -> None:
    closed = closed_challenge()

    page = Client().get(fit_of(closed))
    late = Client().post(fit_of(closed), {"reasons": ["time"]})

    assert Client().get(fit_of(draft_challenge())).status_code == 404
    assert ("This call takes no more answers" in page.content.decode(), "Why not?" in page.content.decode()) == (
        True, False,
    )  # fmt: skip
    assert (late.status_code, counts()) == (409, {})


def test_an_upcoming_call_can_be_read_and_takes_no_reasons_yet() -> None:
    challenge = published_challenge()

    page = Client().get(fit_of(challenge))

    assert (page.status_code, "It opens" in page.content.decode()) == (200, True)
    with pytest.raises(Refused, match="Reasons are collected while the call is open"):
        actions.tell_reasons(challenge=challenge, reasons=["time"], at=clock.now())


def test_reasons_are_counted_once_for_each_browser() -> None:
    challenge, browser = open_challenge(), Client()

    told = browser.post(fit_of(challenge), {"reasons": ["time", "money"]})
    thanks = browser.get(told.url).content.decode()
    again = browser.post(fit_of(challenge), {"reasons": ["time"]})
    other = Client().post(fit_of(challenge), {"reasons": ["money"]})

    assert (told.status_code, told.url, other.status_code) == (302, fit_of(challenge), 302)
    assert ("nothing about you was kept" in thanks, "Tell the council why not" in thanks) == (True, False)
    assert (again.status_code, "You told your reasons" in again.content.decode()) == (409, True)
    assert counts() == {"time": 1, "money": 2}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [({}, "Choose at least one reason."), ({"reasons": ["because"]}, "Select a valid choice.")],
)
def test_no_reason_or_an_unknown_one_is_told(form: dict[str, list[str]], sentence: str) -> None:
    page = Client().post(fit_of(open_challenge()), form)

    assert (page.status_code, sentence in page.content.decode(), counts()) == (422, True, {})


def test_nothing_of_whoever_told_is_kept_anywhere() -> None:
    """A signed-in person tells from a known address: no table gains anything but the count."""
    challenge, firm = open_challenge(), make.supplier()
    client = make.signed_in(make.admin_of(firm))
    client.get(fit_of(challenge))
    events, before = Event.objects.count(), rows_of_every_table()

    client.post(fit_of(challenge), {"reasons": ["time"]}, REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="canaryagent")

    grown = {table for table, rows in rows_of_every_table().items() if rows != before[table]}
    everything = str(list(rows_of_every_table().values()))
    assert grown <= {"suppliers_reasoncount", "work_cache"}
    assert Event.objects.count() == events
    assert [word for word in ("203.0.113.77", "canaryagent") if word in everything] == []
    assert {field.name for field in ReasonCount._meta.get_fields()} == {"id", "challenge", "reason", "count"}


def rows_of_every_table() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(str, cursor.fetchall()))
    return found


def test_one_hour_takes_only_so_many_and_the_next_goes_on() -> None:
    challenge, now = open_challenge(), (clock.now() + timedelta(hours=1)).replace(minute=0)
    for _ in range(60):
        actions.tell_reasons(challenge=challenge, reasons=["time"], at=now)

    with pytest.raises(Refused, match="Very many reasons came in within this hour"):
        actions.tell_reasons(challenge=challenge, reasons=["time"], at=now)
    actions.tell_reasons(challenge=challenge, reasons=["time"], at=now + timedelta(hours=1))

    assert counts() == {"time": 61}


def test_the_council_sees_counts_in_which_no_single_firm_can_be_found() -> None:
    challenge = open_challenge()
    for number in range(7):
        actions.tell_reasons(
            challenge=challenge, reasons=["money"] if number < 4 else ["money", "time"], at=clock.now()
        )  # fmt: skip

    page = make.signed_in(member_with(challenge.council, CouncilRole.OWNER)).get(council_page(challenge))

    told = queries.reasons_told(challenge)
    assert (told[0].words, told[0].shown) == (str(Reason.MONEY.label), "5 or more")
    assert {each.shown for each in told[1:]} == {"fewer than 5"}
    shown = re.sub(r"\s+", " ", page.content.decode())
    assert ("5 or more" in shown, ">7<" in shown, ">3<" in shown) == (True, False, False)


def test_nobody_but_the_council_reads_the_reasons() -> None:
    challenge = open_challenge()
    others = [person(council(), CouncilRole.PROCUREMENT_LEAD), make.admin_of(make.supplier())]

    assert [make.signed_in(who).get(council_page(challenge)).status_code for who in others] == [403, 403]
    assert Client().get(council_page(challenge)).status_code == 302


def test_the_challenge_the_start_of_an_answer_and_the_workspace_lead_there() -> None:
    challenge = open_challenge()
    pages.page_for(challenge)
    owner = make.signed_in(member_with(challenge.council, CouncilRole.OWNER))
    firm = make.signed_in(make.admin_of(make.supplier()))

    assert fit_of(challenge) in Client().get(f"/challenges/{challenge.slug}/").content.decode()
    assert fit_of(challenge) in firm.get(f"/challenges/{challenge.slug}/answer/").content.decode()
    assert council_page(challenge) in owner.get(f"/workspace/challenges/{challenge.slug}/").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_fit_check_asks_the_same_number_of_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    challenge = open_challenge()
    row = challenge.clause_requirements.first()
    for number in range(count - 1):
        row.pk, row.code = None, f"X-{number}"
        ClauseRequirement.objects.bulk_create([row])

    with django_assert_num_queries(5):
        page = Client().get(fit_of(challenge))

    assert page.content.decode().count("X-") >= count - 1
