"""What is due for deletion by the schedule of marketplace/retention.py. It deletes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from audit import clock
from marketplace.retention import due


class Command(BaseCommand):
    help = "Print, for each kind of record, how long it is kept and how many are past their time. Deletes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, number in due(clock.now()):
            self.stdout.write(f"{number:>9,}  {kind.name}: {kind.until}.")
