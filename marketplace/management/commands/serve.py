"""`manage.py serve`: the whole installation in one terminal. `./run` calls it."""

import os
import signal
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from marketplace.supervisor import Services, StartError
from marketplace.supervisor.installation import is_taken
from marketplace.supervisor.preparation import demonstration_logins, prepare_database, seed_once


class Command(BaseCommand):
    help = "Migrate, tell the demonstration once, and run Valkey, worker, beat and web server until stopped."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGINT, _end)
        try:
            self._serve()
        except StartError as error:
            sys.exit(str(error))
        except KeyboardInterrupt:
            sys.exit(0)

    def _serve(self) -> None:
        services = Services(settings.DATA_DIR, port=_port(), say=_say)
        try:
            services.open()
            _refuse_taken(services.port)
            prepare_database(_say)
            logins = self._demonstration(services) if settings.DEMONSTRATION else ""
            connection.close()
            services.start()
            self.stdout.write(f"\nProblem First runs at {services.url}\n\n{logins}")
            self.stdout.flush()
            _say("Ctrl-C stops everything.")
            threading.Event().wait()
        finally:
            services.stop()

    def _demonstration(self, services: Services) -> str:
        seed_once(services)
        return demonstration_logins()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _refuse_taken(port: int) -> None:
    if is_taken(port):
        raise StartError(
            f"Port {port} is already taken: stop the program that uses it, "
            f"or choose another port with PORT={port + 1} ./run"
        )


def _port() -> int:
    text = os.environ.get("PORT", "") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise StartError(f"PORT must be a number from 1 to 65535, not “{text}”.")
    return int(text)


def _end(number: int, frame: object) -> None:
    for each in (signal.SIGTERM, signal.SIGINT):  # a second Ctrl-C must not leave processes behind
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
