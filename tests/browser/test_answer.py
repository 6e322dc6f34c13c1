"""Every page of an answer, wide and narrow: axe finds nothing, nothing is cut off; and all works without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from audit import clock
from challenges.models import Amendment
from suppliers import actions, queries
from suppliers.models import Submission
from tests import factories
from tests.browser.steps import press, sign_in, without_second_factor
from tests.browser.watch import WIDE, Watch, faults_of
from tests.factories import pages, suppliers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "task-list": "", "answer": "answers/outcome/", "clause": "clauses/OD-01/", "clause-later": "clauses/OD-02/",
    "price": "price/", "preview": "preview/", "confidential": "confidential/", "check": "check/", "reuse": "reuse/",
    "reuse-text": "reuse/?section=answers/outcome", "reconfirm": "reconfirm/", "receipt": "receipt/",
    "withdraw": "withdraw/",
}  # fmt: skip


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def tab(request: pytest.FixtureRequest, chromium: Browser, watch: Watch, live_server: LiveServer) -> Iterator[Page]:
    context = chromium.new_context(viewport=WIDE, base_url=live_server.url, java_script_enabled=request.param)
    watch.follow(context)
    yield context.new_page()
    context.close()


def bring_in(context: BrowserContext, who: User, base: str) -> None:
    cookie = suppliers.signed_in(who).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])


def told() -> Submission:
    """A submission that was replaced once, names its firm, holds a confidential passage, and waits to be confirmed."""
    firm = suppliers.supplier("Lanternwick Cycles Ltd")
    challenge = pages.published_page(title="Streets where bicycles stay put").challenge
    suppliers.submitted(factories.open_challenge(), firm)
    texts = {"outcome": "At Lanternwick Cycles we count first.\n\nWe buy the sensors at half price."}
    submission = suppliers.drafted(challenge, firm, answers=texts, files={"method.txt": b"How we count"})
    actions.mark_confidential(
        submission=submission, section="answers/outcome", passage="at half price", reason="A trade secret",
        actor=suppliers.admin_of(firm), at=clock.now(),
    )  # fmt: skip
    suppliers.submit(submission)
    suppliers.save(submission, "answers/delivery", "In ten weeks, street by street")
    suppliers.submit(submission)
    Amendment.objects.create(
        challenge=challenge, number=1, made_at=clock.now(), made_by="user:1", reason="Two more streets take part.",
        difference={"streets": [10, 12]}, is_material=True,
    )  # fmt: skip
    return submission


def test_every_page_of_an_answer_is_accessible_and_narrow(
    chromium: Browser, watch: Watch, live_server: LiveServer, pictures: Path | None
) -> None:
    submission = told()
    context = chromium.new_context(viewport=WIDE, base_url=live_server.url)
    watch.follow(context)
    bring_in(context, suppliers.admin_of(submission.supplier), live_server.url)
    tab, faults = context.new_page(), []

    for name, page in PAGES.items():
        answer = tab.goto(f"/supplier/submissions/{submission.public_id}/{page}")
        assert (page, answer.status) == (page, 200)
        faults += faults_of(tab, f"own-{name}", pictures)
    context.close()

    assert faults == []
    assert watch.console == []


def test_an_answer_is_written_marked_and_saved_from_the_keyboard(tab: Page, live_server: LiveServer) -> None:
    """1. The section is saved with Enter on its button. 2. A passage is marked. 3. The preview shows the mark."""
    submission = suppliers.started(factories.open_challenge())
    home = f"/supplier/submissions/{submission.public_id}/"
    bring_in(tab.context, suppliers.admin_of(submission.supplier), live_server.url)

    tab.goto(f"{home}answers/outcome/")
    tab.get_by_label("Your answer").focus()
    tab.keyboard.type("We count first, at half price.")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Saved. Only your organisation can read it.")).to_be_visible()

    tab.goto(f"{home}confidential/")
    tab.get_by_label("Reach").focus()
    tab.keyboard.press("Space")
    tab.keyboard.press("Tab")
    tab.keyboard.type("at half price")
    tab.keyboard.press("Tab")
    tab.keyboard.type("A trade secret")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("The passage is marked.")).to_be_visible()

    tab.goto(f"{home}preview/")
    expect(tab.get_by_text("Confidential: “at half price” (A trade secret)")).to_be_visible()


def test_O3_what_is_sent_while_signed_out_comes_back(tab: Page, live_server: LiveServer) -> None:
    """1. The sign-in expires, the button is pressed. 2. After the sign-in the text is there. 3. It is saved."""
    submission = suppliers.started(factories.open_challenge())
    who = suppliers.admin_of(submission.supplier)
    bring_in(tab.context, who, live_server.url)
    tab.goto(f"/supplier/submissions/{submission.public_id}/answers/outcome/")
    tab.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    tab.get_by_label("Your answer").fill("Typed for an hour")
    press(tab.get_by_role("button", name="Save and go back"))
    sign_in(tab, without_second_factor(who))

    expect(tab.get_by_text("You had been signed out")).to_be_visible()
    expect(tab.get_by_label("Your answer")).to_have_value("Typed for an hour")
    press(tab.get_by_role("button", name="Save and go back"))
    expect(tab.get_by_text("Saved. Only your organisation can read it.")).to_be_visible()
    submission.refresh_from_db()
    assert queries.read_draft(submission, who).answer("outcome") == "Typed for an hour"
