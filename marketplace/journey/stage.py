"""The stage of a journey: running processes, the people in front of it, the clock, and the list of checked steps."""

import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import connection

from accounts.actions import found_council, give_role
from accounts.models import Council, CouncilRole
from audit import clock
from audit.actors import SYSTEM
from marketplace.demonstration.making import People
from marketplace.journey.browser import Browser, SeenOtherwise
from marketplace.supervisor import Services

Step = Callable[["Stage"], str]
LINK = re.compile(r"https?://\S+/accounts/confirm-email/\S+/")


@dataclass
class Stage:
    """What the steps of a journey share. `seen` carries what one step found for the next ones.

    `opens` makes a person's browser from the address and their name: another kind of browser may stand in.
    """

    services: Services
    opens: Callable[[str, str], Browser] = Browser
    out: TextIO = field(default_factory=lambda: sys.stdout)
    people: People = field(default_factory=People)
    browsers: dict[str, Browser] = field(default_factory=dict)
    seen: dict[str, object] = field(default_factory=dict)
    steps: int = 0
    failed: int = 0

    def play(self, steps: list[tuple[str, Step]]) -> None:
        """Play the steps in order, one line each; the first that fails ends the journey."""
        for title, step in steps:
            self.steps += 1
            started = time.monotonic()
            try:
                said = step(self)
            except Exception as error:  # noqa: BLE001 - whatever went wrong is this step's failure
                self.failed += 1
                kind = "" if isinstance(error, SeenOtherwise) else f"{type(error).__name__}: "
                self.tell(f"{self.steps:3} FAILED {title}: {kind}{error}")
                return
            self.tell(f"{self.steps:3} ok {title}: {said} ({time.monotonic() - started:.1f} s)")

    def tell(self, line: str) -> None:
        print(line, file=self.out, flush=True)

    def browser(self, name: str) -> Browser:
        """This person's browser; a new session the first time."""
        if name not in self.browsers:
            self.browsers[name] = self.opens(self.services.url, name)
        return self.browsers[name]

    def found_council(self) -> Council:
        """A council and its people, each with a password and, where the role needs it, a second factor."""
        at = clock.now()
        council = found_council(
            name="Exampleton Borough Council", slug="exampleton", identifier="DEMO-EXA",
            contact_email="challenges@exampleton.example", is_demonstration=True, actor=SYSTEM, at=at,
        )  # fmt: skip
        for role in CouncilRole:
            user = self._person(role.value, needs_second_factor=True)
            give_role(council=council, user=user, role=role, actor=SYSTEM, at=at)  # type: ignore[arg-type]
        for name in ("chair", "assessor one", "assessor two", "assessor three"):
            self._person(name, needs_second_factor=False)
        return council

    def sign_in(self, name: str) -> Browser:
        """Sign this person in, with everything their role asks for."""
        login = next(login for login in self.people.logins if login["who"] == name)
        browser = self.browser(name)
        browser.sign_in(login["email"], login["password"], login["totp_secret"])
        return browser

    def move_clock_to(self, instant: datetime) -> None:
        """Move the marketplace's clock; every process asks the same database for the time."""
        clock.move_to(instant)

    def confirmation_link(self, email: str) -> str:
        """The link in the newest mail to this address."""
        for path in sorted(Path(settings.EMAIL_FILE_PATH).glob("*"), key=lambda path: path.stat().st_mtime_ns)[::-1]:
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if email in str(mail["To"]):
                body = mail.get_body(("plain",))
                found = LINK.search(body.get_content() if body else "")
                if found:
                    return found.group(0)
        raise SeenOtherwise(f"No mail with a confirmation link was sent to {email}.")

    def wait_for(self, what: str, is_there: Callable[[], bool], *, patience: float = 40.0) -> float:
        """Wait until the worker and beat have done something; returns the seconds waited."""
        started = time.monotonic()
        while not is_there():
            if time.monotonic() - started > patience:
                raise SeenOtherwise(f"{what} did not happen within {patience:.0f} seconds.")
            connection.close()
            time.sleep(0.25)
        return time.monotonic() - started

    def _person(self, name: str, *, needs_second_factor: bool) -> object:
        email = f"{name.replace(' ', '.').replace('_', '.')}@exampleton.example"
        title = name.replace("_", " ").capitalize()
        return self.people.make(
            name=f"{title} of Exampleton", email=email, what=name, needs_second_factor=needs_second_factor
        )
