"""The desk and the task list: what waits, for whom, at a fixed price in queries."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import CouncilRole, User
from audit import clock
from challenges.models import Challenge
from marketplace.dashboards.desk import rows_for
from tests import factories
from tests.factories import pages
from tests.factories.assessment import decided_challenge
from tests.factories.suppliers import admin_of, signed_in, supplier

pytestmark = pytest.mark.django_db


def waits(who: User) -> list[tuple[str, bool]]:
    return [(row.waiting, row.is_yours) for row in rows_for(who, clock.now())]


def test_approval_waits_for_the_lead_and_not_for_the_owner() -> None:
    page = pages.asked_page()

    assert waits(pages.lead_of(page)) == [("Approve it, or hand it back", True)]
    assert waits(page.challenge.owner) == [("Approve it, or hand it back", False)]


def test_a_draft_waits_for_who_writes_and_a_closed_call_for_two_people() -> None:
    page = pages.published_page()
    owner = page.challenge.owner
    auditor = factories.person(page.challenge.council, CouncilRole.AUDITOR)
    upcoming = waits(owner)
    factories.move_clock_to(page.challenge.closes_at)

    assert upcoming == [("Opens at its time. Set up the panel before", True)]
    assert waits(owner) == [("Closed: unseal the submissions", True)]
    assert waits(auditor) == [("Closed: unseal the submissions", False)]


def test_no_council_sees_another_councils_challenges() -> None:
    pages.asked_page()
    stranger = factories.person(factories.council(), CouncilRole.PROCUREMENT_LEAD)

    assert waits(stranger) == []
    assert waits(admin_of(supplier())) == []


def test_the_desk_costs_the_same_with_1_and_30_challenges() -> None:
    page = pages.asked_page()
    lead = signed_in(pages.lead_of(page))
    one = queries(lead)
    for number in range(29):
        Challenge.objects.create(
            council=page.challenge.council, title=f"Draft {number}", slug=f"draft-{number}",
            created_at=clock.now() + timedelta(seconds=number),
        )  # fmt: skip

    assert (one, queries(lead)) == (21, 21)


def queries(client: Client) -> int:
    client.get("/workspace/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/workspace/")
    return len(captured)


def test_a_person_without_any_role_is_shown_what_to_do() -> None:
    told = signed_in(factories.user()).get("/workspace/").content.decode()

    assert "Nothing waits for you yet" in told
    assert reverse("supplier_register") in told


@pytest.mark.parametrize("state", ["started", "published", "decided"])
def test_every_role_of_the_council_reads_the_task_list_and_each_of_its_lines_opens(state: str) -> None:
    page = pages.page_for(decided_challenge()) if state == "decided" else getattr(pages, f"{state}_page")()
    challenge = page.challenge
    path = reverse("challenge_workspace", args=[challenge.slug])
    for who in (challenge.owner, *(factories.person(challenge.council, role) for role in CouncilRole)):
        reader = signed_in(who)
        shown = BeautifulSoup(reader.get(path).content.decode(), "html.parser")
        lines = [line["href"] for line in shown.select(".pf-tasks a") if not line["href"].startswith("/cms/")]
        assert len(lines) > 1
        assert [(line, got) for line in lines if (got := reader.get(line, follow=True).status_code) != 200] == []


def test_pages_of_the_house_are_there(client: Client) -> None:
    assert [client.get(url).status_code for url in ("/", "/how-it-works/", "/accessibility/", "/components/")] == [
        200, 200, 200, 200,
    ]  # fmt: skip


def test_pictures_are_served_in_their_sizes_and_nothing_beside_them(client: Client) -> None:
    asked = ("none.png", f"{'a' * 5000}.png", "../keys/master.key", "%2e%2e/keys/master.key")

    assert [client.get(f"/media/images/{name}").status_code for name in asked] == [404, 404, 400, 400]
