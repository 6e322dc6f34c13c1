"""The marking screen in a browser: passages quoted by selecting them, keys, two tabs, and a page that saves itself."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assessment.models import Assessment
from tests.browser.conftest import Open
from tests.browser.steps import press, saved
from tests.browser.watch import Watch, faults_of
from tests.factories.assessment import assessors_of, round_in
from tests.integration.assessment.browsing import urls

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SELECT = """([from, to]) => {
    const range = document.createRange()
    const text = document.querySelector('[data-pf-quotable]').firstChild
    range.setStart(text, from); range.setEnd(text, to)
    document.getSelection().removeAllRanges(); document.getSelection().addRange(range)
}"""


def test_an_assessor_marks_by_key_quotes_by_selecting_and_meets_their_own_other_tab(
    open_for: Open, watch: Watch, pictures: Path | None
) -> None:
    """1. Keys do nothing before they are switched on, and nothing inside a field. 2. A passage is selected and quoted.
    3. The page saves itself. 4. An older tab saves too: both texts wait to be put together, and are."""
    round_ = round_in("marking", n=2)
    context = open_for(assessors_of(round_)[0])
    page = urls(round_)["mark"]
    older, tab = context.new_page(), context.new_page()
    older.goto(page)
    tab.goto(page)

    mark_and_quote(tab)
    row = Assessment.objects.get()
    assert (row.mark, row.rationale) == (4, "Because 3 passages")
    assert row.quotes == [{"source": "answer", "start": 4, "end": 12, "text": "we reach"}]

    type_in_the_older(older)
    assert [*faults_of(tab, "marking", pictures), *faults_of(older, "marking-two-tabs", pictures)] == []
    put_together(older)
    tab.reload()
    tab.locator("h1").click()
    tab.keyboard.press("n")
    expect(tab.get_by_role("heading", level=1, name="How it would be delivered")).to_be_visible()
    assert Assessment.objects.get().rationale == "Both texts as one"
    assert watch.console == []


def mark_and_quote(tab: Page) -> None:
    tab.keyboard.press("4")
    expect(tab.get_by_label("4 Good")).not_to_be_checked()
    tab.get_by_text("Keyboard shortcuts").click()
    tab.get_by_role("button", name="Use shortcuts").click()
    tab.keyboard.press("4")
    expect(tab.get_by_label("4 Good")).to_be_checked()
    tab.keyboard.press("r")
    tab.get_by_label("Why this mark").press_sequentially("Because 3 passages")
    expect(tab.get_by_label("4 Good")).to_be_checked()
    tab.evaluate(SELECT, [4, 13])
    tab.get_by_role("button", name="Quote the selected passage").click()
    expect(tab.get_by_label("“we reach”")).to_be_checked()
    saved(tab)


def type_in_the_older(older: Page) -> None:
    older.get_by_label("Why this mark").press_sequentially("Typed in the older tab")
    expect(older.get_by_text("You saved this mark in another tab")).to_be_visible()
    press(older.get_by_role("link", name="See both texts"))
    expect(older.get_by_role("heading", name="Saved now")).to_be_visible()


def put_together(older: Page) -> None:
    older.get_by_label("4 Good").check()
    older.get_by_label("Why this mark").fill("Both texts as one")
    press(older.get_by_role("button", name="Save the two as one"))
    expect(older.get_by_text("Saved: ")).to_be_visible()
