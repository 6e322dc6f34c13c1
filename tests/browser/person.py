"""A person at Chromium: the journey's own browser, with real pages, fields and clicks."""

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from playwright.sync_api import APIResponse, BrowserContext, Locator, Response
from playwright.sync_api import Browser as Program

from marketplace.journey.browser import Browser, Seen, SeenOtherwise
from tests.browser import editor
from tests.browser.steps import press
from tests.browser.watch import WIDE, Watch, is_editor

FILES = (".json", ".csv", ".jsonl", ".pem")
SUBMIT = "button[type=submit], button:not([type]), input[type=submit]"
UNSENDABLE = "form => form.noValidate || form.checkValidity() ? '' : form.querySelector(':invalid').name"


class Answer:
    """An answer of the server, in the shape in which the journey reads one."""

    def __init__(self, method: str, response: Response | APIResponse, text: str | None = None) -> None:
        self.request = SimpleNamespace(method=method)
        self.status_code, self.url = response.status, response.url
        self.text = response.text() if text is None else text
        self._response = response

    @property
    def content(self) -> bytes:
        return self._response.body()

    def json(self) -> Any:
        return json.loads(self.text)


class Requests:
    """Requests outside the page with the person's own cookies: files, and forms sent without looking at them."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie["name"]: cookie["value"] for cookie in self._context.cookies()}

    def get(self, url: str, **how: Any) -> Answer:
        return Answer("GET", self._context.request.get(url))

    def post(self, url: str, *, data: dict[str, Any], headers: dict[str, str], files: Any = None, **how: Any) -> Answer:
        assert not files, "Files are chosen in the page."
        sent = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        return Answer("POST", self._context.request.post(url, data=urlencode(data, doseq=True), headers=sent))


class Person(Browser):
    """One person with a browser context of their own, in which one tab is open."""

    def __init__(self, base: str, name: str, *, chromium: Program, watch: Watch) -> None:
        self.base, self.name, self.watch = base, name, watch
        self.context = chromium.new_context(viewport=WIDE, locale="en-GB", service_workers="block")
        watch.follow(self.context)
        self.session = Requests(self.context)
        self.tab = self.context.new_page()
        self.in_front: Seen | None = None

    def get(self, path: str, *, expect: int = 200) -> Seen:
        """Open a page in the tab; a file is fetched beside it."""
        if urlsplit(path).path.endswith(FILES):
            return super().get(path, expect=expect)
        return self._arrived("GET", self.tab.goto(urljoin(self.base, path)), expect)

    def submit(
        self, page: Seen, values: dict[str, Any] | None = None, *, to: str = "", files: Any = None, expect: int = 200
    ) -> Seen:
        """Fill in the form's fields and press its button; a page no longer in the tab is sent again as it was."""
        if page is not self.in_front:
            return super().submit(page, values, to=to, files=files, expect=expect)
        form = self._form_in_tab(page, to)
        if is_editor(page.url):
            values = editor.build_story(self.tab, values or {})
        button = self._fill_in(form, values or {}, files or {})
        if invalid := form.evaluate(UNSENDABLE):
            raise SeenOtherwise(f"{page.url}: the browser does not send the form because of “{invalid}”.")
        return self._arrived("POST", press(button), expect)

    def _arrived(self, method: str, response: Response | None, expect: int) -> Seen:
        assert response is not None
        is_page = "html" in response.headers.get("content-type", "")
        answer = Answer(method, response, self.tab.content() if is_page else None)
        if is_page:
            self.watch.look(self.tab, response.status)
        self.in_front = self._seen(answer, expect)
        return self.in_front

    def _form_in_tab(self, page: Seen, to: str) -> Locator:
        wanted, where = str(self._form(page, to)), "main form" if page.soup.select("main form") else "form"
        return self.tab.locator(where).nth([str(form) for form in page.soup.select(where)].index(wanted))

    def _fill_in(self, form: Locator, values: dict[str, Any], files: dict[str, tuple[str, bytes, str]]) -> Locator:
        """Fill in the fields by name; returns the button to press, which may be one of the values."""
        button = form.locator(SUBMIT).first
        for name, value in values.items():
            button = self._fill_in_one(form, name, value) or button
        for name, (called, content, kind) in files.items():
            chosen = {"name": called, "mimeType": kind, "buffer": content}
            form.locator(f'input[type=file][name="{name}"]').set_input_files(chosen)
        return button

    def _fill_in_one(self, form: Locator, name: str, value: Any) -> Locator | None:
        fields = form.locator(f'[name="{name}"]')
        if not fields.count():
            raise SeenOtherwise(f"{self.tab.url}: the form has no field “{name}”.")
        kind = fields.first.evaluate("field => field.type")
        if kind in ("submit", "button"):
            return form.locator(f'[name="{name}"][value="{value}"]')
        if kind in ("radio", "checkbox"):
            _choose(fields, [str(one) for one in (value if isinstance(value, list) else [value])])
        elif kind == "hidden":
            raise SeenOtherwise(f"{self.tab.url}: nobody can fill in “{name}”, which is hidden.")
        elif kind.startswith("select"):
            fields.select_option(value)
        else:
            fields.fill(str(value))
            if is_editor(self.tab.url):
                editor.close_calendar(self.tab, fields)
        return None


def _choose(fields: Locator, values: list[str]) -> None:
    """Tick what is wanted and nothing else; “on” ticks a lone box whatever its value is."""
    options = fields.all()
    known = [str(option.get_attribute("value") or "on") for option in options]
    wanted = known if values == ["on"] and len(known) == 1 else values
    if missing := set(wanted) - set(known):
        raise SeenOtherwise(f"There is nothing to choose for {sorted(missing)}, only {known}.")
    for option, value in zip(options, known, strict=True):
        if value in wanted:
            option.check()
        elif option.get_attribute("type") == "checkbox":
            option.uncheck()
