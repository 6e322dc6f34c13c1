"""`manage.py load_clauses`: take the clause library's files into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import clock
from clauses.actions import load_library
from clauses.models import Clause
from clauses.reading import LibraryError


class Command(BaseCommand):
    help = "Load the clause library; changed texts become new versions."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = load_library(at=clock.now())
        except LibraryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{Clause.objects.values('code').distinct().count()} clauses, {written} new versions")
