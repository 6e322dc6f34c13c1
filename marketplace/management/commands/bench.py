"""`manage.py bench NAME`: measure one thing on this data folder, which must be fresh. `./run bench` calls it."""

import json
import sys
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.bench.reports import Report
from marketplace.supervisor import Services, StartError
from marketplace.supervisor.preparation import SEED, prepare_database, run_manage

BENCHES = ("page", "pilots", "ranking", "ingest")


class Command(BaseCommand):
    help = "Measure; progress goes to standard error, the figures to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", default=BENCHES[0], choices=BENCHES)
        parser.add_argument("--json", action="store_true", help="print the figures as one JSON document")
        parser.add_argument("--raw-days", type=int, help="pilots: how many days come over HTTP as raw readings")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        given = {} if options["raw_days"] is None else {"raw_days": options["raw_days"]}
        if given and name != "pilots":
            raise CommandError("--raw-days is of the bench “pilots”.")
        try:
            report = self._measure(name, given)
        except StartError as error:
            sys.exit(str(error))
        self.stdout.write(json.dumps(report.document(), indent=2) if options["json"] else report.text())

    def _measure(self, name: str, given: dict[str, int]) -> Report:
        bench = import_module(f"marketplace.bench.{name}")
        services = Services(settings.DATA_DIR, say=self._say)
        try:
            services.open()
            if getattr(bench, "NEEDS_DATABASE", True):
                prepare_database(self._say)
            if getattr(bench, "NEEDS_SERVERS", True):
                self._say("Telling the demonstration.")
                run_manage(services, SEED)
                services.start()
            report: Report = bench.measure(services, **given)
        finally:
            services.stop()
        return report

    def _say(self, line: str) -> None:
        self.stderr.write(line)
        self.stderr.flush()
