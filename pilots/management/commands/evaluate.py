"""`./run manage evaluate --plan PLAN.json --readings FILE.csv`: repeat an analysis without a database.

Standard output holds one JSON document and nothing else. Exit 0: a result, also an inconclusive one; 2: the plan or the
file is wrong, and the document lists what (so does standard error, for people).
"""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pilots.formats import DocumentError, Problem, evaluate_documents, read_plan, read_readings

WRONG = 2


class Command(BaseCommand):
    help = "Analyse a pilot's readings as its plan says; the result is JSON (docs/formats/)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", type=Path, required=True, help="the plan, JSON")
        parser.add_argument("--readings", type=Path, required=True, help="the readings, CSV")

    def handle(self, *args: Any, plan: Path, readings: Path, **options: Any) -> None:
        try:
            document = read_plan(_json(plan))
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


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse_constant)
    except OSError as error:
        sentence, line = f"The file cannot be read: {error.strerror or error}.", None
    except UnicodeDecodeError:
        sentence, line = "The file is not UTF-8 text.", None
    except json.JSONDecodeError as error:
        sentence, line = f"The file is not JSON: {error.msg}.", error.lineno
    except (ValueError, RecursionError) as error:
        sentence, line = f"The file is not JSON: {error}.", None
    raise DocumentError([Problem("plan", sentence, line)])


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
