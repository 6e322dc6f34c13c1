"""Files of what was published, for the commands: to a path, or to standard output."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

Write = Callable[[TextIO], int]


def write_lines(rows: Iterator[Mapping[str, Any]], target: TextIO) -> int:
    """Write rows as JSON lines; returns how many."""
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is returned
        target.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def to_file_or_screen(out: str, write: Write) -> int:
    """Call `write` with the file at `out`, or with standard output where `out` is empty; returns its count."""
    if not out:
        return write(sys.stdout)
    with Path(out).open("w", encoding="utf-8") as target:
        return write(target)
