"""The public pages, wide and narrow: axe finds nothing, nothing is cut off, nothing is asked of another host.

`SCREENSHOTS=DIR` keeps the pictures that these tests take, for somebody to look at.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from audit import clock
from audit.actions import append_links
from awards.models import AwardKind
from challenges.models import Challenge
from opendata.actions import publish_due_notices
from pilots.actions import Asked, open_survey
from pilots.models import Milestone, Pilot, Survey
from pilots.rules import local_day
from tests import factories
from tests.browser.conftest import Open
from tests.browser.watch import WIDE, Watch, faults_of
from tests.factories import assessment, awards, pages, pilots, suppliers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EMPTY = {
    "home": "/",
    "challenges": "/challenges/",
    "challenges-none-fit": "/challenges/?text=bicycles",
    "pilots": "/pilots/",
    "record": "/record/",
    "opendata": "/opendata/",
    "how-it-works": "/how-it-works/",
    "accessibility": "/accessibility/",
    "retention": "/retention/",
    "components": "/components/",
    "verify-receipt": "/receipts/verify/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "forgotten-password": "/accounts/password/reset/",
    "not-found": "/nowhere/",
}
WORK = (
    "", "dashboard/", "gates/", "gates/operations/", "tokens/", "register/", "register/?design=staggered_start",
    "sites/", "devices/", "devices/take-back/", "feeds/", "readings/typed/", "beside/", "residents/", "people/",
    "people/note/", "people/survey/", "evaluations/", "milestones/", "milestones/1/", "incidents/", "incidents/new/",
    "incidents/1/",
    "recall/", "close/",
)  # fmt: skip


@pytest.fixture
def tab(chromium: Browser, watch: Watch, live_server: LiveServer) -> Iterator[Page]:
    context = chromium.new_context(viewport=WIDE, base_url=live_server.url)
    watch.follow(context)
    yield context.new_page()
    context.close()


def look(tab: Page, addresses: Mapping[str, str], pictures: Path | None) -> list[str]:
    """Open each page, wide and narrow; returns all faults."""
    faults: list[str] = []
    for name, address in addresses.items():
        tab.goto(address)
        faults += faults_of(tab, name, pictures)
    return faults


def test_nothing_is_published_yet(tab: Page, watch: Watch, live_server: LiveServer, pictures: Path | None) -> None:
    faults = look(tab, {f"empty-{name}": address for name, address in EMPTY.items()}, pictures)

    assert faults == []
    assert watch.console == []
    assert watch.hosts == {urlsplit(live_server.url).hostname}


def test_a_whole_procedure_is_public(
    tab: Page, watch: Watch, live_server: LiveServer, pictures: Path | None, open_for: Open
) -> None:
    concluded, open_now, upcoming = told()
    scaled, stopped = Pilot.objects.filter(challenge=concluded).order_by("-pk")
    addresses = {
        "home": "/",
        "challenges": "/challenges/",
        "concluded": f"/challenges/{concluded.slug}/",
        "open": f"/challenges/{open_now.slug}/",
        "upcoming": f"/challenges/{upcoming.slug}/",
        "questions": f"/challenges/{concluded.slug}/questions/",
        "no-questions": f"/challenges/{open_now.slug}/questions/",
        "council": str(concluded.page.get_parent().url),
        "pilots": "/pilots/",
        "scaled": f"/pilots/{scaled.slug}/",
        "stopped": f"/pilots/{stopped.slug}/",
        "record": "/record/",
        "opendata": "/opendata/",
        "overview": "/pilots/overview/",
        "said": f"/pilots/{scaled.slug}/people/",
        "checked": f"/pilots/{scaled.slug}/clauses/",
    }

    faults = look(tab, addresses, pictures)
    look_at_work(open_for(pilots.manager_of(scaled)).new_page(), scaled, watch)

    assert faults == []
    assert watch.faults() == []
    assert watch.hosts == {urlsplit(live_server.url).hostname}


def look_at_work(tab: Page, pilot: Pilot, watch: Watch) -> None:
    """The working pages of a pilot that the journey does not come by, each as its manager sees it."""
    money = {"title": "Counters stand", "amount": 5000, "due_on": pilot.starts_on}
    Milestone.objects.create(pilot=pilot, number=1, **money)
    pilots.incident_of(pilot)
    survey = survey_of(pilot)
    desk = f"/workspace/pilots/{pilot.slug}/"
    for address in ("/workspace/pilots/", *[desk + page for page in WORK],
                    f"{desk}people/surveys/{survey.pk}/", f"{desk}people/surveys/{survey.pk}/print/",
                    f"/take-part/{survey.code}/"):  # fmt: skip
        response = tab.goto(address)
        assert response is not None
        assert response.status == 200, address
        watch.look(tab, response.status)


def survey_of(pilot: Pilot) -> Survey:
    asked = Asked(
        title="How is it in your street?", questions=({"text": "Is it better?", "options": ["Yes", "No"]},),
        controller="Exampleton", lawful_basis="Public task", contact="The streets team",
        keep_until=local_day(clock.now()) + timedelta(days=90),
    )  # fmt: skip
    return open_survey(pilot=pilot, asked=asked, actor=pilots.manager_of(pilot), at=clock.now())


def test_the_error_summary_takes_the_focus(tab: Page) -> None:
    tab.goto("/accounts/login/")
    tab.locator("main").get_by_role("button", name="Sign in", exact=True).click()

    expect(tab.locator(".govuk-error-summary")).to_be_focused()


def told() -> tuple[Challenge, Challenge, Challenge]:
    """A concluded challenge with a proven and a stopped pilot, an open one, and one that is only announced."""
    concluded = opened("Streets where bicycles stay put")
    awards.ask_and_answer(concluded)
    awards.extend(concluded)
    for _ in range(3):
        suppliers.submitted(concluded)
    suppliers.unseal(concluded)
    assessment.round_in("decided", concluded)
    pilots.decide(pilots.pilot_in("evaluating", challenge=concluded, effect=0.0), "stop")
    scaled = pilots.pilot_in("decided", challenge=concluded, effect=-2.0)
    awards.award_in("contracted", kind=AwardKind.CONTRACT, pilot=scaled)
    open_now = opened("Nobody waits alone for a bus at night")
    while append_links() or publish_due_notices():
        pass
    return concluded, open_now, pages.published_page(title="Warm homes without a draught").challenge


def opened(title: str) -> Challenge:
    """A challenge with its page, open for answers."""
    challenge = pages.published_page(title=title).challenge
    factories.move_clock_to(challenge.opens_at + timedelta(minutes=1))
    return challenge
