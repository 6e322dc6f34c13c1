"""What is watched on every page that a test opens in Chromium: hosts, console, accessibility, width."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, expect

AXE = Axe()
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
PATIENCE = 60_000  # milliseconds; a loaded machine is slow
expect.set_options(timeout=PATIENCE)
EDITOR = "/cms/"  # Wagtail's own admin: its console and its accessibility are Wagtail's
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth
  const over = [...document.querySelectorAll('main *, header *, footer *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
  return wide <= innerWidth ? '' : `${wide} px wide: ` + over.map((e) => e.outerHTML.slice(0, 120)).join(' | ')
}"""

SHOWN = """() => [...document.querySelectorAll('body *')]
  .flatMap((element) => [element.localName, ...[...element.classList].map((name) => `${element.localName}.${name}`)])"""


@dataclass
class Watch:
    """Everything that was wrong on any page, and where anything was asked for."""

    hosts: set[str] = field(default_factory=set)
    console: list[str] = field(default_factory=list)
    inaccessible: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    looks: int = 0
    seen: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))

    def follow(self, context: BrowserContext) -> None:
        """Be patient with this context's pages, and listen to every request and every console message of them."""
        context.set_default_timeout(PATIENCE)
        context.on("request", self._note_host)
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)

    def look(self, page: Page, status: int) -> None:
        """Check a page's accessibility and its width on a small screen, whenever it shows something new."""
        if is_editor(page.url) or is_of_django(page) or not self._is_new(page, status):
            return
        self.looks += 1
        where = f"{urlsplit(page.url).path} ({status})"
        self.inaccessible += [f"{where}: {line}" for line in violations(page)]
        page.set_viewport_size(NARROW)
        self.too_wide += [f"{where}: {line}" for line in too_wide(page)]
        page.set_viewport_size(WIDE)

    def faults(self) -> list[str]:
        """All that was wrong, one line each."""
        return [*self.inaccessible, *self.too_wide, *self.console]

    def _is_new(self, page: Page, status: int) -> bool:
        """Whether this page shows an element or a class that pages of its kind have not shown yet."""
        shows = set(page.evaluate(SHOWN))
        known = self.seen[kind_of(page.url), status]
        is_new = bool(shows - known)
        known |= shows
        return is_new

    def _note_host(self, request: Request) -> None:
        if request.url.startswith(("http:", "https:", "ws:", "wss:")):
            self.hosts.add(str(urlsplit(request.url).hostname))

    def _note_console(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        page = message.page.url if message.page else where
        if message.type == "error" and not is_editor(page) and not _is_a_status(message.text, where, page):
            self.console.append(f"{where}: {message.text}")

    def _note_error(self, error: WebError) -> None:
        where = error.page.url if error.page else ""
        if not is_editor(where):
            self.console.append(f"{where}: {error.error}")


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, one line per element."""
    found = AXE.run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} – {node['failureSummary']}".replace("\n", " ")
        for rule in found
        for node in rule["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """How far the page reaches over its window's side, and what does; empty when nothing does."""
    over = str(page.evaluate(TOO_WIDE))
    return [over] if over else []


def kind_of(url: str) -> str:
    """The address pattern a page was served by."""
    path = urlsplit(url).path
    try:
        return resolve(path).route
    except Resolver404:
        return path


def is_editor(url: str) -> bool:
    return urlsplit(url).path.startswith(EDITOR)


def is_of_django(page: Page) -> bool:
    """Whether this is what Django shows developers in place of our own 404 (the clock only moves while DEBUG is on)."""
    return page.title().startswith("Page not found at /")


def faults_of(page: Page, name: str, pictures: Path | None) -> list[str]:
    """What axe finds and what is cut off on an open page, wide and narrow; its pictures go to the folder, if any."""
    faults: list[str] = []
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        faults += [f"{name} at {size['width']} px: {fault}" for fault in [*violations(page), *too_wide(page)]]
        if pictures:
            page.screenshot(path=pictures / f"{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(WIDE)
    return faults


def _is_a_status(text: str, where: str, page: str) -> bool:
    """Whether Chromium only says that a page came with its status, or that Django's own pages name no icon."""
    return text.startswith("Failed to load resource") and (where == page or urlsplit(where).path == "/favicon.ico")
