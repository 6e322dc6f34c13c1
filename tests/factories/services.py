"""A pilot's service on this machine, registered by the real action; what it answers can be changed while it runs."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.test import override_settings

from audit import clock
from pilots import actions
from pilots.models import Pilot, ServiceRegistration
from tests.factories.pilots import manager_of
from tests.services import Listening, answer, serving

FEED = b"device,taken_at,value\np1a,2026-11-22T11:00:00+00:00,7\n"


class Service:
    """Answers by path; `pages` maps a path to a body and a media type, and 404 answers the rest."""

    def __init__(self, seen: Listening | None = None) -> None:
        self.pages: dict[str, tuple[bytes, str]] = {"/feed.csv": (FEED, "text/csv")}
        self.seen = seen

    def reply(self, connection: socket.socket, asked: bytes) -> None:
        path = asked.split(b" ", 2)[1].decode()
        body, media = self.pages.get(path, (b"", "text/plain"))
        status = "200 OK" if path in self.pages else "404 Not Found"
        answer(body, status=status, headers=(f"Content-Type: {media}",))(connection, asked)

    def url(self, path: str = "/feed.csv") -> str:
        assert self.seen is not None
        return f"http://127.0.0.1:{self.seen.port}{path}"


@contextmanager
def service() -> Iterator[Service]:
    """A running service that the settings let the fetcher ask."""
    made = Service()
    with serving(made.reply) as seen, override_settings(FETCH_LOOPBACK=[f"{seen.port}/"]):
        made.seen = seen
        yield made


def registered_at(
    pilot: Pilot, addresses: dict[str, str], at: datetime | None = None, **stated: Any
) -> ServiceRegistration:
    """The service of a pilot registered by its manager, on this machine."""
    return actions.register_service(
        pilot=pilot,
        hosts=["127.0.0.1"],
        addresses=addresses,
        stated=stated,
        actor=manager_of(pilot),
        at=at or clock.now(),
    )
