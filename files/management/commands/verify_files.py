"""Compare every stored file with its row: after a restore, or when a disk is in doubt."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from files import queries


class Command(BaseCommand):
    help = "Check that every stored file is there and unchanged: exit 0, or 1 with the files that are not."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        checked, wrong = 0, []
        for stored in queries.every_file():
            checked += 1
            if reason := queries.what_is_wrong(stored):
                wrong.append(f"file {stored.public_id} of {stored.owner_type} {stored.owner_id}: {reason}")
        if wrong:
            raise CommandError("\n".join(wrong), returncode=1)
        self.stdout.write(f"{checked} files are there and unchanged.")
