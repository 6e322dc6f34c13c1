"""Wrap every sealing key with the current master key, or with a new one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import clock
from audit.transitions import Refused
from suppliers import actions, sealing


class Command(BaseCommand):
    help = "Wrap every challenge's sealing keys with the current master key; --new makes a new one first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="make a new master key first (or finish a broken run)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = actions.rotate_master_key(new=options["new"], at=clock.now(), tell=self.stderr.write)
        except (Refused, sealing.CannotOpenError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"Every sealing key is wrapped by master key {done.key_id}; {done.wrapped} were wrapped again. "
            "Keep the keys from before: backups made until now need them."
        )
