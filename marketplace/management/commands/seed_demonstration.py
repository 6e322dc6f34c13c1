"""`manage.py seed_demonstration`: tell the demonstration, once per data folder."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import clock
from audit.actions import append_links
from challenges.models import Challenge
from marketplace.demonstration import feed
from marketplace.demonstration.telling import tell
from opendata.actions import publish_due_notices
from work.models import DueWork


class Command(BaseCommand):
    help = "Play the six challenges of the demonstration up to today; does nothing where they are already told."

    def handle(self, *args: Any, **options: Any) -> None:
        if Challenge.objects.exists():
            self.stderr.write("The demonstration is already here.")
            return
        if not settings.CLOCK_MAY_MOVE:
            raise CommandError("Telling the demonstration moves the clock: it needs DEBUG and CLOCK_MAY_MOVE.")
        cast = tell()
        while append_links():
            pass
        while publish_due_notices():
            pass
        feeds = feed.begin(clock.now())
        if failed := DueWork.objects.exclude(last_error="").first():
            raise CommandError(f"Work of the demonstration failed: {failed}: {failed.last_error}")
        self.stderr.write(f"{len(cast.demonstration.challenges)} challenges told, {feeds} pilots with a live feed.")
