"""`./run manage evaluate --plan PLAN.json --readings FILE.csv`: repeat an analysis without a database.

Standard output holds one JSON document and nothing else. Exit 0: a result, also an inconclusive one; 2: the plan or the
file is wrong, and the document lists what (so does standard error, for people).
"""

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pilots.formats import (
    DocumentError,
    PlanDocument,
    Problem,
    at_look,
    evaluate_documents,
    read_plan,
    read_readings,
    with_lines,
)

WRONG = 2


class Command(BaseCommand):
    help = "Analyse a pilot's readings as its plan says; the result is JSON (docs/formats/)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", type=Path, required=True, help="the plan, JSON")
        parser.add_argument("--readings", type=Path, required=True, help="the readings, CSV")
        parser.add_argument("--look", default="", help="an earlier analysis date of the plan, 2026-06-01")

    def handle(self, *args: Any, plan: Path, readings: Path, look: str = "", **options: Any) -> None:
        try:
            document = _cut(_plan(plan), look)
            found = evaluate_documents(document, read_readings(readings, document))
        except DocumentError as error:
            self._refuse(error)
        self._print(found)

    def _refuse(self, error: DocumentError) -> None:
        for problem in error.problems:
            self.stderr.write(str(problem))
        fields = ("file", "line", "key", "sentence")
        self._print({"problems": [{name: getattr(each, name) for name in fields} for each in error.problems]})
        sys.exit(WRONG)

    def _print(self, content: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def _cut(document: PlanDocument, look: str) -> PlanDocument:
    """The plan as it is analysed on the look asked for; without one, on its last analysis date."""
    if not look:
        return document
    try:
        day = date.fromisoformat(look)
    except ValueError:
        raise DocumentError([Problem("plan", f"--look “{look}” is not a date; write it as 2026-06-01.")]) from None
    return at_look(document, day)


def _plan(path: Path) -> PlanDocument:
    """The plan; what is wrong with it has the line of its key."""
    text = ""
    try:
        text = _text(path)
        return read_plan(_json(text))
    except DocumentError as error:
        raise DocumentError(with_lines(error.problems, text)) from None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        sentence = f"The file cannot be read: {error.strerror or error}."
    except UnicodeDecodeError:
        sentence = "The file is not UTF-8 text."
    raise DocumentError([Problem("plan", sentence)])


def _json(text: str) -> Any:
    try:
        found = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_members)
        json.dumps(found, ensure_ascii=False).encode()  # half a character could be read, and never be printed
        return found
    except DocumentError:
        raise
    except UnicodeEncodeError:
        sentence, line = "The file holds half a character (a lone surrogate).", None
    except RecursionError:
        sentence, line = "The file is nested too deeply.", None
    except json.JSONDecodeError as error:
        sentence, line = f"The file is not JSON: {error.msg}.", error.lineno
    except ValueError as error:
        sentence, line = f"The file is not JSON: {error}.", None
    raise DocumentError([Problem("plan", sentence, line)])


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that is there twice would let one of two registered numbers win unseen."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = sorted(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise DocumentError([Problem("plan", "This key is there more than once.", key=name) for name in twice])
    return found
