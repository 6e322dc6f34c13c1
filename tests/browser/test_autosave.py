"""A section of an answer that saves itself: after a crash, signed out, without a connection, and beside a colleague."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from suppliers import queries
from suppliers.models import Submission
from tests import factories
from tests.browser.conftest import Open
from tests.browser.steps import press, saved, sign_in, without_second_factor
from tests.browser.watch import Watch, faults_of
from tests.factories import suppliers as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def section(submission: Submission) -> str:
    return f"/supplier/submissions/{submission.public_id}/answers/outcome/"


def stored(submission: Submission) -> str:
    submission.refresh_from_db()
    return queries.read_draft(submission, make.admin_of(submission.supplier)).answer("outcome")


def text_of(tab: Page) -> str:
    return tab.get_by_label("Your answer").input_value()


def test_O3_a_crash_loses_nothing_that_was_saved_by_itself(open_for: Open) -> None:
    """1. A person types before the scripts are all there, and reads when it was saved. 2. The browser dies.
    3. Another one shows the text."""
    submission = make.started(factories.open_challenge())
    who = make.admin_of(submission.supplier)
    context, slow = open_for(who), []
    tab = context.new_page()
    tab.route("**/autosave*.js", lambda route: slow.append(route))
    with tab.expect_request("**/autosave*.js"):
        tab.goto(section(submission))

    tab.get_by_label("Your answer").press_sequentially("We would count first")
    slow[0].continue_()
    saved(tab)
    context.close()
    tab = open_for(who).new_page()
    tab.goto(section(submission))

    assert text_of(tab) == "We would count first"


def test_O3_typing_goes_on_while_it_saves_and_the_button_saves_the_rest(open_for: Open) -> None:
    submission = make.started(factories.open_challenge())
    tab = open_for(make.admin_of(submission.supplier)).new_page()
    tab.goto(section(submission))

    tab.get_by_label("Your answer").press_sequentially("One ")
    saved(tab)
    with tab.expect_response(lambda response: response.request.method == "POST"):
        tab.get_by_label("Your answer").press_sequentially("two ")
    tab.get_by_label("Your answer").press_sequentially("three")
    press(tab.get_by_role("button", name="Save and go back"))

    expect(tab.get_by_role("heading", name="Your answer", exact=True)).to_be_visible()
    assert stored(submission) == "One two three"


def test_O3_an_expired_sign_in_keeps_what_was_typed(open_for: Open) -> None:
    """1. The sign-in expires. 2. The page says so, and where to sign in. 3. Back on the page it is there and saved."""
    submission = make.started(factories.open_challenge())
    who = make.admin_of(submission.supplier)
    context = open_for(who)
    tab = context.new_page()
    tab.goto(section(submission))
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    tab.get_by_label("Your answer").press_sequentially("Typed for an hour")
    press(tab.get_by_role("link", name="Sign in and go on"))
    sign_in(tab, without_second_factor(who))

    expect(tab.get_by_text("You had been signed out")).to_be_visible()
    assert text_of(tab) == "Typed for an hour"
    saved(tab)
    assert stored(submission) == "Typed for an hour"


def test_O3_signing_in_again_in_a_second_tab_lets_the_first_go_on(open_for: Open) -> None:
    submission = make.started(factories.open_challenge())
    who = make.admin_of(submission.supplier)
    context = open_for(who)
    first = context.new_page()
    first.goto(section(submission))
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    second = context.new_page()
    second.goto("/accounts/login/")
    sign_in(second, without_second_factor(who))

    first.get_by_label("Your answer").press_sequentially("Still here")

    saved(first)
    assert stored(submission) == "Still here"


def test_O3_without_a_connection_the_page_says_so_and_saves_later(open_for: Open, watch: Watch) -> None:
    submission = make.started(factories.open_challenge())
    context = open_for(make.admin_of(submission.supplier))
    tab = context.new_page()
    tab.goto(section(submission))
    context.set_offline(True)

    tab.get_by_label("Your answer").press_sequentially("On a train")
    expect(tab.get_by_role("status").filter(has_text="Not saved: the marketplace does not answer")).to_be_visible()
    context.set_offline(False)

    saved(tab)
    assert stored(submission) == "On a train"


def test_O3_two_members_meet_and_put_their_texts_together(open_for: Open, watch: Watch, pictures: Path | None) -> None:
    """1. Both open a section. 2. The first's text is saved. 3. The later is told, sees both, and saves them as one."""
    submission = make.started(factories.open_challenge())
    one, other = make.admin_of(submission.supplier), make.colleague(submission.supplier)
    first, later = open_for(one).new_page(), open_for(other).new_page()
    for tab in (first, later):
        tab.goto(section(submission))
    first.get_by_label("Your answer").press_sequentially("The first text")
    saved(first)

    later.get_by_label("Your answer").press_sequentially("The later text")
    expect(later.get_by_text(f"{one} saved this part after you opened it")).to_be_visible()
    press(later.get_by_role("link", name="See both texts"))

    expect(later.get_by_role("heading", name="Saved now")).to_be_visible()
    expect(later.get_by_text("The first text")).to_be_visible()
    assert text_of(later) == "The later text"
    assert faults_of(later, "two-texts", pictures) == []
    later.get_by_label("Your answer").fill("The first and the later text")
    press(later.get_by_role("button", name="Save the two as one"))
    expect(later.get_by_role("heading", name="Your answer", exact=True)).to_be_visible()
    assert stored(submission) == "The first and the later text"
    assert watch.console == []


def test_nothing_of_an_answer_stays_in_the_browser(open_for: Open) -> None:
    submission = make.started(factories.open_challenge())
    tab = open_for(make.admin_of(submission.supplier)).new_page()
    tab.goto(section(submission))

    tab.get_by_label("Your answer").press_sequentially("Kept on the server alone")
    saved(tab)

    assert tab.evaluate("localStorage.length + sessionStorage.length") == 0
