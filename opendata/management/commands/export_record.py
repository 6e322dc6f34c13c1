"""The whole record as JSON lines."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from opendata.exports import to_file_or_screen, write_lines
from opendata.queries import all_events


class Command(BaseCommand):
    help = "Write every event with its link in the chain as JSON lines. It holds confidential events: keep it safe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", default="", help="the file to write; standard output when it is left out")

    def handle(self, *args: Any, **options: Any) -> None:
        count = to_file_or_screen(options["out"], lambda target: write_lines(all_events(), target))
        self.stderr.write(f"{count} events written.")
