"""`manage.py verify_record`: check the record's chain; exit 1 naming the first broken row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.actions import append_links, first_broken_link
from audit.models import ChainLink


class Command(BaseCommand):
    help = "Recompute the hash chain of the record and name the first broken row."

    def handle(self, *args: Any, **options: Any) -> None:
        while append_links():
            pass
        if broken := first_broken_link():
            raise CommandError(f"The record is broken. {broken}", returncode=1)
        last = ChainLink.objects.order_by("-position").first()
        self.stdout.write(f"{last.position if last else 0} events, chain unbroken, head {last.hash if last else '-'}")
