"""What the commands that read a file share: reading it, and saying what is wrong with it."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import OutputWrapper

from assessment import inputs
from assessment.scoring import Case, Problem, ScoringError, rank_case

WRONG_FILE = 2
SHOWN = 100


def load(name: str) -> Any:
    """The parsed content of a file, or of standard input for “-”. Raises inputs.MalformedError."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(inputs.LARGEST + 1)
        else:
            with Path(name).open("rb") as opened:
                data = opened.read(inputs.LARGEST + 1)
    except OSError as error:
        raise inputs.MalformedError([Problem("", f"The file cannot be read: {error.strerror}.")]) from error
    return inputs.parse(data)


def case_in(document: Any) -> Case:
    """The case of a parsed document, sound in shape and in itself. Raises inputs.MalformedError."""
    case = inputs.read(document)
    try:
        rank_case(case)
    except ScoringError as error:
        raise inputs.MalformedError(error.located) from error
    return case


def complain(said: OutputWrapper, to_people: OutputWrapper, name: str, problems: Sequence[Problem]) -> int:
    """Say what is wrong with a file; returns the exit code.

    One JSON document on `said` (docs/formats/problems.schema.json), as `evaluate` writes it, and for people one line
    each. At most SHOWN are listed, and how many more there are.
    """
    shown = [*problems[:SHOWN]]
    if more := len(problems) - SHOWN:
        shown += [Problem("", f"{more:,} more things are wrong in the same file.")] if more > 0 else []
    for problem in shown:
        to_people.write(f"{name}{f', {problem.path}' if problem.path else ''}: {problem.sentence}")
    rows = [
        {"file": "assessment", "line": None, "key": problem.path or None, "sentence": problem.sentence}
        for problem in shown
    ]
    said.write(json.dumps({"problems": rows}, indent=2, ensure_ascii=False))
    return WRONG_FILE
