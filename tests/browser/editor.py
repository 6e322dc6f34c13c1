"""The Wagtail editor, worked as an officer works it: blocks are inserted, then their fields are filled in."""

import re
from typing import Any

from playwright.sync_api import Page

SCRIPTED = re.compile(r"-(count|deleted|order|type|id)$")  # hidden fields that the editor's own script keeps
TYPE = re.compile(r"story-\d+-type$")


def build_story(tab: Page, values: dict[str, Any]) -> dict[str, Any]:
    """Insert the story's blocks and list items; returns the values that are left to fill in, all visible."""
    raise NotImplementedError
