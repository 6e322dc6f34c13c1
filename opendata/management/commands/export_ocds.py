"""Everything published, as one OCDS release package."""

import json
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandParser

from audit import clock
from opendata.exports import to_file_or_screen
from opendata.models import Release
from opendata.packages import all_releases


class Command(BaseCommand):
    help = "Write every release as one OCDS release package."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", default="", help="the file to write; standard output when it is left out")

    def handle(self, *args: Any, **options: Any) -> None:
        count = to_file_or_screen(options["out"], _write)
        self.stderr.write(f"{count} releases written.")


def _write(target: TextIO) -> int:
    package = all_releases(Release.objects.order_by("pk"), at=clock.now())
    target.write(json.dumps(package, ensure_ascii=False, indent=1) + "\n")
    return len(package["releases"])
