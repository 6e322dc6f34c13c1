"""`./run journey`: the whole way from a problem to a contract, over HTTP, as the real people, on a faster clock."""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from marketplace.journey.script import STEPS
from marketplace.journey.stage import Stage
from marketplace.supervisor import Services


class Command(BaseCommand):
    help = "Play the whole journey against this data folder, which must be fresh."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, help="leave here what the journey produced")

    def handle(self, *args: Any, out: Path | None = None, **options: Any) -> None:
        if not settings.CLOCK_MAY_MOVE:
            raise CommandError(
                "The journey moves the clock: run it with DEBUG and CLOCK_MAY_MOVE on (`./run journey`)."
            )
        if out:
            _make(out)
        self.stderr.write("Making a fresh database.")
        call_command("migrate", verbosity=0)
        with Services(settings.DATA_DIR, say=self.stderr.write) as services:
            stage = Stage(services)
            stage.seen["out"] = out
            stage.play(STEPS)
            connection.close()
        self.stdout.write(f"journey: {stage.steps} steps, {stage.failed} failed")
        if stage.failed:
            sys.exit(1)


def _make(folder: Path) -> None:
    """Said before the minutes that it takes to fill it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"The folder {folder} for --out cannot be made ({error.strerror}): choose another."
        ) from None
    if not os.access(folder, os.W_OK):
        raise CommandError(f"Nothing can be written into {folder}: choose another folder for --out.")
