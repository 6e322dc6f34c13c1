"""Sign receipts with a new key; the old ones stay verifiable."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import clock
from audit.transitions import Refused
from suppliers import actions


class Command(BaseCommand):
    help = "Make a new key that signs receipts. Receipts of the keys before it stay verifiable."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key_id = actions.rotate_signing_key(at=clock.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Receipts are signed with the key {key_id} from now on. Publish platform-key.pem again.")
