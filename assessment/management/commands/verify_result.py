"""`manage.py verify_result EXPORT.json`: compute an exported round again and compare; needs no database."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand

from assessment import inputs
from assessment.inputs import differences
from assessment.management.files import case_in, complain, load
from assessment.scoring import Case, Problem

DIFFERS = 1


class Command(BaseCommand):
    help = (
        "Compute the result of an exported assessment again. Exit 0: the same to the hash. 1: what differs is listed. "
        "2: the file is malformed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the exported file, or - for standard input")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            export = load(file)
            case = case_in(export)
            _require_result(export)
        except inputs.MalformedError as error:
            sys.exit(complain(self.stdout, self.stderr, file, error.problems))
        answer = inputs.answer(case)
        if found := [*_hashes(export, answer), *_results(export, answer), *_moderations(export, case)]:
            self.stdout.write(f"{file}: the result does not follow from the file's own inputs.")
            for problem in found:
                self.stdout.write(f"  {problem.path}: {problem.sentence}")
            sys.exit(DIFFERS)
        ranked, left = len(answer["ranking"]), len(answer["disregarded"])
        self.stdout.write(
            f"{file}: recomputed to the same hash, {answer['hash']}; {ranked} ranked, {left} disregarded."
        )


def _require_result(export: Any) -> None:
    missing = [name for name, kind in (("hash", str), ("result", dict)) if not isinstance(export.get(name), kind)]
    if missing:
        raise inputs.MalformedError([Problem(name, "is missing: there is no result to verify.") for name in missing])


def _hashes(export: Any, answer: dict[str, Any]) -> Iterator[Problem]:
    if export["hash"] != answer["hash"]:
        yield Problem("hash", f"the file says {export['hash']}, recomputed it is {answer['hash']}.")


def _results(export: Any, answer: dict[str, Any]) -> Iterator[Problem]:
    """Every figure of the stated result, and of the robustness where it is given."""
    stated = export["result"]
    yield from differences(stated, {key: answer[key] for key in answer if key in stated or key in REQUIRED}, "result")
    if "robustness" in export:
        yield from differences(export["robustness"], answer["robustness"], "robustness")


def _moderations(export: Any, case: Case) -> Iterator[Problem]:
    """A moderated mark that is not the one that was counted."""
    counted = {entry.id: entry.marks for entry in case.entries}
    rows = export.get("moderations", [])
    for n, row in enumerate(rows if isinstance(rows, list) else []):
        if not isinstance(row, dict):
            continue
        mark = counted.get(str(row.get("submission")), {}).get(str(row.get("criterion")))
        if isinstance(mark, Decimal) and inputs.plain(mark) != row.get("mark"):
            words = f"the moderated mark is {row.get('mark')}, but {inputs.plain(mark)} was counted."
            yield Problem(f"moderations[{n}].mark", words)


REQUIRED = ("ranking", "disregarded", "flags", "hash")
