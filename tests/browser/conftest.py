"""Chromium, for the tests of this folder; without it they are skipped."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests.browser.watch import Watch

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIETLY = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 60_000  # milliseconds; a loaded machine is slow


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("There is no Chromium on this machine (on Debian: apt-get install chromium).")
    # While Playwright's loop runs in this thread, Django keeps other connections than before: leave none open to a
    # database that is replaced meanwhile.
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, so Django takes every query for one inside a coroutine.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIETLY), timeout=PATIENCE)
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures of pages go: the folder that SCREENSHOTS names, which keeps them, or a temporary one."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
