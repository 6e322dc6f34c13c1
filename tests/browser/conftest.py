"""Chromium, for the tests of this folder; without it they are skipped."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser.watch import PATIENCE, WIDE, Watch
from tests.factories.suppliers import signed_in

Open = Callable[[User], BrowserContext]
# The same engine without a window around it opens a page for half the work.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIETLY = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


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
def pictures() -> Path | None:
    """Where pictures of pages go: the folder that SCREENSHOTS names; without it none are taken."""
    if not (name := os.environ.get("SCREENSHOTS")):
        return None
    Path(name).mkdir(parents=True, exist_ok=True)
    return Path(name)


@pytest.fixture
def open_for(chromium: Browser, watch: Watch, live_server: LiveServer) -> Iterator[Open]:
    """A browser in which this person is signed in."""
    opened: list[BrowserContext] = []

    def browser(who: User) -> BrowserContext:
        context = chromium.new_context(viewport=WIDE, base_url=live_server.url)
        watch.follow(context)
        cookie = signed_in(who).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        opened.append(context)
        return context

    yield browser
    for context in opened:
        context.close()
