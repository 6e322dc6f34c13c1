"""Every page works without JavaScript and from the keyboard."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from challenges.models import Challenge
from suppliers import queries
from suppliers.models import Supplier
from tests import factories
from tests.browser.steps import press, sign_in
from tests.browser.watch import WIDE, Watch
from tests.factories import pages, suppliers
from tests.factories.accounts import confirmed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLE = "Streets where bicycles stay put"


@pytest.fixture
def tab(chromium: Browser, watch: Watch, live_server: LiveServer) -> Iterator[Page]:
    """A tab in which no script runs."""
    context = chromium.new_context(viewport=WIDE, java_script_enabled=False, base_url=live_server.url)
    watch.follow(context)
    yield context.new_page()
    context.close()


def published(title: str = TITLE) -> Challenge:
    """A challenge with its page, open for answers."""
    challenge = pages.published_page(title=title).challenge
    factories.move_clock_to(challenge.opens_at + timedelta(minutes=1))
    return challenge


def enter(tab: Page, who: User) -> None:
    tab.goto("/accounts/login/")
    sign_in(tab, who)


def focused(tab: Page) -> str:
    """The words of what has the focus."""
    return tab.locator(":focus").inner_text().strip()


def test_the_list_is_filtered(tab: Page) -> None:
    published()
    published("Nobody waits alone for a bus at night")

    tab.goto("/challenges/")
    if not tab.get_by_label("Words").is_visible():
        tab.get_by_text("Filter the challenges").first.click()
    tab.get_by_label("Words").fill("bicycles")
    press(tab.get_by_role("button", name="Show challenges"))

    expect(tab.locator(".pf-cards h3")).to_have_text([TITLE])


def test_somebody_signs_in(tab: Page) -> None:
    enter(tab, factories.user("Kim Solver"))

    expect(tab.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_wrong_password_is_told_and_the_address_kept(tab: Page) -> None:
    who = confirmed(factories.user("Kim Solver"))
    tab.goto("/accounts/login/")
    tab.get_by_label("Email").fill(who.email)
    tab.get_by_label("Password").fill("not the right one")
    press(tab.locator("main").get_by_role("button", name="Sign in", exact=True))

    expect(tab.get_by_role("alert")).to_contain_text("There is a problem")
    expect(tab.get_by_label("Email")).to_have_value(who.email)


def test_a_firm_registers(tab: Page) -> None:
    enter(tab, factories.user("Kim Solver"))

    tab.goto("/supplier/register/")
    tab.get_by_label("Registered name").fill("Lanternwick Cycles")
    tab.get_by_label("Companies House number").fill("00990001")
    tab.get_by_label("Micro").check()
    tab.get_by_label("Where you are based").fill("Leeds")
    press(tab.get_by_role("button", name="Register"))

    assert list(Supplier.objects.values_list("name", flat=True)) == ["Lanternwick Cycles"]


def test_too_many_words_are_refused_and_kept(tab: Page) -> None:
    submission = suppliers.started(published())
    enter(tab, suppliers.admin_of(submission.supplier))
    criterion = queries.criteria_asked(submission.challenge)[0]
    words = " ".join(["lantern"] * (criterion.word_limit + 5))

    tab.goto(f"/supplier/submissions/{submission.public_id}/answers/{criterion.code}/")
    tab.locator("textarea").fill(words)
    press(tab.get_by_role("button", name="Save and go back"))

    expect(tab).to_have_title(f"Error: {criterion.name} – Problem First")
    expect(tab.locator("textarea")).to_have_value(words)
    expect(tab.locator(".govuk-error-summary a")).to_have_count(1)
    tab.locator(".govuk-error-summary a").click()
    expect(tab.locator("textarea")).to_be_focused()


def test_the_first_tab_reaches_the_skip_link(tab: Page) -> None:
    tab.goto("/challenges/")

    tab.keyboard.press("Tab")
    assert focused(tab) == "Skip to main content"
    tab.keyboard.press("Enter")
    expect(tab.locator("main")).to_be_focused()


def test_the_error_summary_comes_first_in_the_page(tab: Page) -> None:
    tab.goto("/accounts/login/")
    press(tab.locator("main").get_by_role("button", name="Sign in", exact=True))

    first = tab.locator("main :is(a[href], button, input:not([type=hidden]), select, textarea)").first
    assert first.evaluate("link => link.closest('.govuk-error-summary') !== null")
