"""What is watched on every page that a test opens in Chromium: hosts, console, accessibility, width."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

AXE = Axe()
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
EDITOR = "/cms/"  # Wagtail's own admin: its console and its accessibility are Wagtail's
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth
  const over = [...document.querySelectorAll('main *, header *, footer *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
  return wide <= innerWidth ? '' : `${wide} px wide: ` + over.map((e) => e.outerHTML.slice(0, 120)).join(' | ')
}"""


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
        """Listen to every request and every console message of this context's pages."""
        context.on("request", self._note_host)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.console.append(f"{error.page and error.page.url}: {error.error}"))

    def look(self, page: Page, status: int) -> None:
        """Check a page's accessibility and its width on a small screen, whenever it shows something new."""
        if is_editor(page.url) or not self._is_new(page, status):
            return
        self.looks += 1
        where = f"{urlsplit(page.url).path} ({status})"
        self.inaccessible += [f"{where}: {line}" for line in violations(page)]
        page.set_viewport_size(NARROW)
        if over := page.evaluate(TOO_WIDE):
            self.too_wide.append(f"{where}: {over}")
        page.set_viewport_size(WIDE)

    def faults(self) -> list[str]:
        """All that was wrong, one line each."""
        return [*self.inaccessible, *self.too_wide, *self.console]

    def _is_new(self, page: Page, status: int) -> bool:
        """Whether this page shows an element or a class that pages of its kind have not shown yet."""
        shows = {
            f"{tag.name}.{name}"
            for tag in BeautifulSoup(page.content(), "html.parser").select("body, body *")
            for name in tag.get_attribute_list("class") or [""]
        }
        known = self.seen[kind_of(page.url), status]
        is_new = bool(shows - known)
        known |= shows
        return is_new

    def _note_host(self, request: Request) -> None:
        if request.url.startswith(("http:", "https:", "ws:", "wss:")):
            self.hosts.add(str(urlsplit(request.url).hostname))

    def _note_console(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        is_status = message.text.startswith("Failed to load resource") and message.page and where == message.page.url
        if message.type == "error" and not is_status and not is_editor(where):
            self.console.append(f"{where}: {message.text}")


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, one line per element."""
    found = AXE.run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} – {node['failureSummary']}".replace("\n", " ")
        for rule in found
        for node in rule["nodes"]
    ]


def kind_of(url: str) -> str:
    """The address pattern a page was served by."""
    path = urlsplit(url).path
    try:
        return resolve(path).route
    except Resolver404:
        return path


def is_editor(url: str) -> bool:
    return urlsplit(url).path.startswith(EDITOR)


def photograph(page: Page, folder: Path, name: str) -> Path:
    """The whole page as a picture."""
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
