"""`manage.py rank FILE.json`: rank an assessment described in `docs/formats/assessment.md`; needs no database."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from assessment import inputs
from assessment.management.files import case_in, complain, load


class Command(BaseCommand):
    help = "Rank the submissions of a JSON file and print the result as JSON. Exit 2 lists what is wrong with the file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            answer = inputs.answer(case_in(load(file)))
        except inputs.MalformedError as error:
            sys.exit(complain(self.stdout, self.stderr, file, error.problems))
        self.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False))
