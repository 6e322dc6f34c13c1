"""What the fault tests of submitting share: one running web server, many firms, and their raw requests."""

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests
from django.conf import settings
from django.db import connection
from django.test import Client

from audit import clock
from challenges.models import Challenge
from marketplace.supervisor import Services
from marketplace.supervisor.processes import group_of
from suppliers import drafts, queries
from suppliers.completeness import GRADED
from suppliers.models import Submission
from tests import databases
from tests.factories import suppliers as make

CSRF = "c" * 32
SLOW_REPLY = "tests.faults.slow_reply:application"


@dataclass
class Web:
    """The web server as a real process group, on the test's own database."""

    services: Services

    def workers(self) -> set[int]:
        leader = self.services.web.pid
        return set(group_of(leader)) - {leader}


@contextmanager
def running_web(label: str, **env: str) -> Iterator[Web]:
    """A fresh database and a web server on it, whose replies can be held back; the old database comes back after."""
    databases.use_fresh_copy("faults")
    shutil.rmtree(settings.PRIVATE_FILES_ROOT, ignore_errors=True)  # left by tests whose rows were rolled back
    services = Services(settings.DATA_DIR, env={"DATABASE_URL": databases.address(), **env})
    services.web.command[-1] = SLOW_REPLY
    try:
        services.open()
        services.run(services.web)
        services.wait_until_healthy()
        yield Web(services)
    finally:
        services.stop()
        databases.drop_copy()
        databases.use_fresh_copy(label)


@dataclass
class Answer:
    """A reply, with the marketplace's time when its request left and when it was there."""

    status: int
    location: str
    text: str
    sent: float
    done: float


@dataclass
class Firm:
    """A supplier's administrator with a session, and the submission they work on."""

    url: str
    submission: Submission
    session: str
    key: str = field(default_factory=lambda: uuid4().hex)

    def post(
        self, page: str, data: dict[str, Any], *, files: Any = None, hold: bool = False, ahead: float = 0
    ) -> Answer:
        """One POST to a page of the submission, on a connection of its own; redirects are not followed."""
        sent = time.time() + ahead
        reply = requests.post(
            f"{self.url}/supplier/submissions/{self.submission.public_id}/{page}",
            data={**data, "csrfmiddlewaretoken": CSRF}, files=files, allow_redirects=False, timeout=120,
            cookies={"sessionid": self.session, "csrftoken": CSRF}, headers={"X-Hold-Reply": "yes"} if hold else {},
        )  # fmt: skip
        return Answer(reply.status_code, reply.headers.get("Location", ""), reply.text, sent, time.time() + ahead)

    def submit(self, *, version: int | None = None, **how: Any) -> Answer:
        """The form of the page “Check and submit”, sent with this firm's key."""
        seen = self.submission.draft_version if version is None else version
        return self.post("submit/", {"version": seen, "accepts_terms": "on", "request_key": self.key}, **how)

    def retry(self, patience: float = 60) -> Answer:
        """The same form again, as often as the connection breaks."""
        until = time.monotonic() + patience
        while True:
            try:
                return self.submit()
            except requests.ConnectionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def receipt(self) -> dict[str, Any]:
        """The receipt's file, as the firm downloads it."""
        page = f"{self.url}/supplier/submissions/{self.submission.public_id}/receipt.json"
        found: dict[str, Any] = requests.get(page, cookies={"sessionid": self.session}, timeout=60).json()
        return found


def firms(web: Web, challenge: Challenge, count: int) -> list[Firm]:
    """So many firms, each with a draft in which nothing is missing."""
    asked = queries.questionnaire(challenge)
    return [Firm(web.services.url, submission, _session(submission)) for submission in _drafts(challenge, asked, count)]


def ahead_of_this_machine() -> float:
    """How many seconds the marketplace's clock is ahead of `time.time()`."""
    return clock.now().timestamp() - time.time()


def _drafts(challenge: Challenge, asked: queries.Questionnaire, count: int) -> Iterable[Submission]:
    for _ in range(count):
        submission = make.started(challenge)
        draft = drafts.read(submission)
        for criterion in asked.criteria:
            draft.set(drafts.answer_section(criterion.code), f"How we reach {criterion.name}.", 1)
        for clause in asked.clauses:
            choice = {"level": 3} if clause.response_type == GRADED else {"accepted": True}
            draft.set(drafts.clause_section(clause.code), {**drafts.EMPTY_CLAUSE, **choice, "text": "We do."}, 1)
        price = {"pilot": "50000.00", "contract": "400000.00", "vat_treatment": "standard"}
        draft.set(drafts.PRICE, price, 1)
        drafts.write(submission, draft, clock.now())
        yield submission


def _session(submission: Submission) -> str:
    client = Client()
    client.force_login(make.admin_of(submission.supplier))
    connection.close()  # the next writer of SQLite's file is another process
    return client.cookies["sessionid"].value
