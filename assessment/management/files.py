"""What the commands that read a file share: reading it, and saying what is wrong with it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import OutputWrapper

from assessment import inputs
from assessment.scoring import Case, Problem, ScoringError, rank_case

WRONG_FILE = 2
SHOWN = 200


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


def complain(to: OutputWrapper, name: str, problems: Sequence[Problem]) -> int:
    """Write one line for each problem, with its place in the file; returns the exit code."""
    count = len(problems)
    to.write(f"{name}: {count} {'thing is' if count == 1 else 'things are'} wrong, and nothing was computed.")
    for problem in problems[:SHOWN]:
        to.write(f"  {problem.path or 'file'}: {problem.sentence}")
    if count > SHOWN:
        to.write(f"  and {count - SHOWN} more.")
    return WRONG_FILE
