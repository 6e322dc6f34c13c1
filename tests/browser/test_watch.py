"""The watch over the pages does see faults: on a page that has one of each."""

import pytest
from playwright.sync_api import Browser

from tests.browser.watch import WIDE, Watch

pytestmark = pytest.mark.browser
ADDRESS = "http://127.0.0.1:9/challenges/"
FAULTY = """<!DOCTYPE html><html lang="en"><head><title>Faulty</title></head><body><main>
<img src="http://elsewhere.example/picture.png"><p style="width: 900px">Wide.</p>
<script>console.error("Something went wrong."); nowhere()</script></main></body></html>"""


def test_each_fault_is_seen(chromium: Browser, watch: Watch) -> None:
    context = chromium.new_context(viewport=WIDE)
    watch.follow(context)
    context.route("**/*", lambda route: route.abort())
    context.route(ADDRESS, lambda route: route.fulfill(body=FAULTY, content_type="text/html"))
    page = context.new_page()

    page.goto(ADDRESS)
    watch.look(page, 200)
    watch.look(page, 200)

    assert watch.hosts == {"127.0.0.1", "elsewhere.example"}
    assert [line.split(" ", 2)[:2] for line in watch.inaccessible] == [["/challenges/", "(200):"]]
    assert [line.partition(": ")[2].partition(":")[0] for line in watch.inaccessible] == ["image-alt"]
    assert len(watch.too_wide) == 1
    assert sorted(line.partition(": ")[2].splitlines()[0] for line in watch.console) == [
        "Failed to load resource: net::ERR_FAILED", "Something went wrong.", "nowhere is not defined",
    ]  # fmt: skip
    context.close()
