"""A person at a browser without JavaScript: gets pages, fills in their forms, and says what it saw."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from bs4 import BeautifulSoup, Tag

TIMEOUT = 30
TYPING = 8.0  # seconds; a code is taken until the next one comes, and no longer
UNSENT = ("submit", "button", "image", "reset", "file")


class SeenOtherwise(Exception):  # noqa: N818 - it says what it is: the page was not what the step expects
    """A page or status that a step did not expect."""


@dataclass
class Seen:
    """One answer of the server."""

    status: int
    url: str
    text: str
    response: requests.Response

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "html.parser")

    @property
    def words(self) -> str:
        """The page's text with its white space folded."""
        return " ".join(self.soup.get_text(" ").split())

    def heading(self) -> str:
        found = self.soup.find("h1")
        return " ".join(found.get_text(" ").split()) if found else ""

    def says(self, sentence: str) -> "Seen":
        """Check that the page says so."""
        if sentence not in self.words:
            raise SeenOtherwise(f"{self.url} ({self.status}) does not say “{sentence}”: {self.complaints()}")
        return self

    def says_not(self, sentence: str) -> "Seen":
        """Check that the page, in all its markup, does not hold this text."""
        if sentence in self.text:
            raise SeenOtherwise(f"{self.url} says “{sentence}”, which it must not.")
        return self

    def complaints(self) -> str:
        """The page's error summary, or its heading and first words."""
        summary = self.soup.select_one(".govuk-error-summary")
        words = summary.get_text(" ") if summary else self.words
        return " ".join(words.split())[:600]


class Browser:
    """One person's session, by name."""

    password = ""

    def __init__(self, base: str, name: str) -> None:
        self.base, self.name = base, name
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, *, expect: int = 200) -> Seen:
        """Open a page; following redirects."""
        return self._seen(self.session.get(urljoin(self.base, path), timeout=TIMEOUT), expect)

    def post(self, path: str, data: dict[str, Any] | None = None, *, expect: int = 200, files: Any = None) -> Seen:
        """Send a form that is not looked at first, with the session's own token."""
        token = self.session.cookies.get("csrftoken", "")
        sent = {"csrfmiddlewaretoken": token, **(data or {})}
        headers = {"Referer": self.base}
        answer = self.session.post(urljoin(self.base, path), data=sent, files=files, headers=headers, timeout=TIMEOUT)
        return self._seen(answer, expect)

    def submit(
        self, page: Seen, values: dict[str, Any] | None = None, *, to: str = "", files: Any = None, expect: int = 200
    ) -> Seen:
        """Fill in and send a form of the page: by `#id`, or the first whose action holds `to`."""
        form = self._form(page, to)
        data = _fields(form)
        for name, value in (values or {}).items():
            data[name] = value
        action = urljoin(page.url, str(form.get("action") or page.url))
        answer = self.session.post(action, data=data, files=files, headers={"Referer": page.url}, timeout=TIMEOUT)
        return self._seen(answer, expect)

    def open_and_submit(
        self, path: str, values: dict[str, Any] | None = None, *, to: str = "", files: Any = None, expect: int = 200
    ) -> Seen:
        return self.submit(self.get(path), values, to=to, files=files, expect=expect)

    def submit_and_confirm(self, path: str, *, to: str = "") -> Seen:
        """Open a page and send its form; where it is asked again who is there, answer with the password."""
        page = self.open_and_submit(path, to=to)
        if "reauthenticate" in page.path:
            page = self.submit(page, {"password": self.password}, to="reauthenticate")
        return page

    def sign_in(self, email: str, password: str, secret: str = "") -> Seen:
        """Sign in, with the second factor where the account asks for one."""
        self.password = password
        page = self.open_and_submit("/accounts/login/", {"login": email, "password": password}, to="login")
        if secret:
            page = self.submit(page, {"code": code_of(secret)}, to="authenticate")
        if "/accounts/login" in page.path or "/2fa/authenticate" in page.path:
            raise SeenOtherwise(f"{self.name} could not sign in: {page.complaints()}")
        return page

    def _form(self, page: Seen, to: str) -> Tag:
        soup = page.soup
        forms = soup.select("main form") or soup.select("form")
        for form in [form for form in forms if not to.startswith("#") or f"#{form.get('id')}" == to]:
            action = str(form.get("action") or page.path)
            if str(form.get("method", "get")).lower() == "post" and (to.startswith("#") or to in action):
                return form
        raise SeenOtherwise(f"{page.url} ({page.status}) has no form to “{to}”: {page.complaints()}")

    def _seen(self, answer: requests.Response, expect: int) -> Seen:
        seen = Seen(answer.status_code, answer.url, answer.text, answer)
        if answer.status_code != expect:
            raise SeenOtherwise(
                f"{answer.request.method} {seen.url} answered {answer.status_code}, not {expect}: {seen.complaints()}"
            )
        return seen


def code_of(secret: str, *, typing: float = TYPING) -> str:
    """The second factor's code, as the person's own device shows it; one that is about to change is waited for."""
    left = app_settings.TOTP_PERIOD - time.time() % app_settings.TOTP_PERIOD
    if left < typing:
        time.sleep(left + 0.01)
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2])))


def _fields(form: Tag) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in form.select("input, textarea, select"):
        name = str(field.get("name") or "")
        if name and not field.has_attr("disabled"):
            _add(data, name, field)
    return data


def _add(data: dict[str, Any], name: str, field: Tag) -> None:
    kind = str(field.get("type", "text"))
    if field.name == "select":
        chosen = [str(option.get("value", "")) for option in field.select("option[selected]")]
        first = field.select_one("option")
        data[name] = chosen[-1] if chosen else str(first.get("value", "")) if first else ""
    elif field.name == "textarea":
        data[name] = field.get_text().removeprefix("\n")
    elif kind in ("checkbox", "radio"):
        if field.has_attr("checked"):
            data.setdefault(name, [])
            data[name] = [*data[name], str(field.get("value", "on"))]
    elif kind not in UNSENT:
        data[name] = str(field.get("value", ""))
