"""An e-mail service reports over a real connection to the real server: in any of the ways in which HTTP is spoken."""

import base64
import http.client
import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from notifications.models import TroubledAddress
from tests import factories
from tests.faults.submitting import Web, running_web

pytestmark = pytest.mark.faults
SECRET = "reports:a-long-shared-secret"
SERVICE = {
    "MAIL_SERVICE": "postmark", "MAIL_SERVICE_SETTINGS": '{"POSTMARK_SERVER_TOKEN": "x"}',
    "MAIL_REPORTS_SECRET": SECRET,
}  # fmt: skip
WHERE = "/mail/reports/"


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Web]:
    label = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock(), running_web(label, **SERVICE) as running:
        yield running


def headers(secret: str = SECRET) -> dict[str, str]:
    shown = base64.b64encode(secret.encode()).decode()
    return {"Authorization": f"Basic {shown}", "Content-Type": "application/json"}


def bounce(address: str) -> bytes:
    told = {
        "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "Email": address, "MessageID": "m",
        "BouncedAt": "2026-03-01T10:00:00Z", "Description": "It came back", "Details": "550 No such user",
    }  # fmt: skip
    return json.dumps(told).encode()


def troubled() -> set[str]:
    return set(TroubledAddress.objects.values_list("address", flat=True))


def send(connection: http.client.HTTPConnection, body: Any, secret: str = SECRET) -> int:
    connection.request("POST", WHERE, body, headers(secret))
    answer = connection.getresponse()
    answer.read()
    return answer.status


@contextmanager
def said(web: Web, framing: str, body: bytes) -> Iterator[socket.socket]:
    """A connection over which a request was sent in one piece: whoever refuses it early finds nothing more coming."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers().items())
    with socket.create_connection(("127.0.0.1", web.services.port), timeout=60) as connection:
        connection.sendall(f"POST {WHERE} HTTP/1.1\r\nHost: localhost\r\n{head}{framing}\r\n\r\n".encode() + body)
        yield connection


def answer_to(web: Web, framing: str, body: bytes) -> int:
    with said(web, framing, body) as connection:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status


def test_reports_arrive_over_one_connection_and_what_is_not_from_the_service_changes_nothing(web: Web) -> None:
    first, second, third = (factories.user() for _ in range(3))

    with closing(http.client.HTTPConnection("127.0.0.1", web.services.port, timeout=30)) as connection:
        taken = [send(connection, bounce(who.email)) for who in (first, second, first)]
        strange = [
            send(connection, bounce(third.email), secret="reports:wrong"), send(connection, b"\xff\xfe no JSON"),
        ]  # fmt: skip

    assert (taken, strange) == ([200, 200, 200], [400, 400])
    assert troubled() == {first.email, second.email}


def test_a_report_that_breaks_off_is_too_large_or_comes_in_pieces_leaves_the_door_as_it_was(web: Web) -> None:
    who, before = factories.user(), troubled()
    report = bounce(who.email)
    with said(web, "Content-Length: 5000", report[:20]):
        pass

    large = answer_to(web, "Content-Length: 24000000", b" " * 24_000_000)
    in_pieces = answer_to(web, "Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (len(report), report))
    then = troubled()
    whole = answer_to(web, f"Content-Length: {len(report)}", report)

    assert (large, in_pieces, whole) == (413, 411, 200)
    assert (then, troubled() - before) == (before, {who.email})
