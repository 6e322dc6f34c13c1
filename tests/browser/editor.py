"""The Wagtail editor, worked as an officer works it: blocks are inserted, then their fields are filled in."""

import re
from itertools import count
from typing import Any

from playwright.sync_api import Locator, Page

SCRIPTED = re.compile(r"story-(.+-)?(count|deleted|order|type|id)$")  # hidden fields that the editor's own script keeps
LIST = re.compile(r"(story-.+)-count$")


def build_story(tab: Page, values: dict[str, Any]) -> dict[str, Any]:
    """Insert the story's blocks and list items; returns the values that are left to fill in, all visible."""
    for number in count():
        if f"story-{number}-type" not in values:
            break
        _insert_block(tab, number, values[f"story-{number}-type"])
    for name in values:
        if found := LIST.match(name):
            _add_items(tab, found[1], int(values[name]))
    return {name: value for name, value in values.items() if not SCRIPTED.match(name)}


def close_calendar(tab: Page, field: Locator) -> None:
    """A date's field opens a calendar, which stays over the buttons until somebody presses elsewhere."""
    if field.locator("xpath=ancestor::*[contains(@class, 'admin_date_input')]").count():
        calendar = tab.locator(".xdsoft_datetimepicker:visible")
        calendar.first.wait_for()
        tab.locator("body").dispatch_event("mousedown")
        calendar.first.wait_for(state="hidden")


def _insert_block(tab: Page, number: int, kind: str) -> None:
    if tab.locator(f'[name="story-{number}-type"]').count():
        return
    tab.get_by_title("Insert a block").last.click()
    label = kind.replace("_", " ").capitalize()
    tab.locator(".w-combobox__option").filter(has_text=re.compile(rf"^\s*{label}\s*$")).click()
    tab.locator(f'[name="story-{number}-type"][value="{kind}"]').wait_for(state="attached")


def _add_items(tab: Page, prefix: str, wanted: int) -> None:
    """A new list has one item; its last plus sign adds another below."""
    listed = tab.locator(f'[name="{prefix}-count"]').locator("xpath=..")
    for number in range(1, wanted):
        if not tab.locator(f'[name="{prefix}-{number}-order"]').count():
            listed.locator("[data-streamfield-list-add]").last.click()
            tab.locator(f'[name="{prefix}-{number}-order"]').wait_for(state="attached")
