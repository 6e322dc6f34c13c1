"""What a service answers, read as a table; and which of its columns hold what. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pilots.mappings import Columns, guess
from pilots.reading_files import ROW_CAP, FileRefusedError, TooManyRowsError
from pilots.rows import COLUMNS
from pilots.tables import MOST_COLUMNS, Table, read_table

_BEGINNINGS = (b"[", b"{")


def read_answer(body: bytes) -> Table:
    """A JSON list of objects, one object a line, CSV or a workbook; told by its content, not by what it is called."""
    if not body.strip():
        raise FileRefusedError("The answer is empty.")
    if body.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise FileRefusedError("A web page came instead of readings: a sign-in, perhaps.")
    return _of_objects(_objects(body)) if body.lstrip().startswith(_BEGINNINGS) else read_table(body)


def columns_of(
    table: Table, named: Mapping[str, str], zone: str, metrics: Sequence[tuple[str, str]], devices: Sequence[str]
) -> Columns:
    """What was said about the columns, and else what their names tell; FileRefusedError where that is too little."""
    guessed = guess(table, metrics, devices)
    said = {ours: theirs.lower() for ours, theirs in named.items() if theirs}
    absent = sorted(theirs for theirs in said.values() if theirs not in table.header)
    if absent:
        raise FileRefusedError(f"The answer has no column {', '.join(absent)}; it names {', '.join(table.header)}.")
    columns = replace(guessed, named={**guessed.named, **said}, zone=zone)
    missing = [ours for ours in COLUMNS if ours not in columns.named and ours not in columns.fixed]
    if missing:
        wanted, names = ", ".join(missing), ", ".join(table.header)
        raise FileRefusedError(f"We cannot tell which column holds {wanted}; the answer names {names}.")
    return columns


def _objects(body: bytes) -> list[Any]:
    try:
        text = body.decode("utf-8-sig")
        found = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in _lines(text)]
    except (ValueError, RecursionError):
        raise FileRefusedError("The answer is not JSON that can be read, nor one object a line.") from None
    if len(found) > ROW_CAP:
        raise TooManyRowsError(f"There are more than {ROW_CAP:,} rows: offer only the last days at this address.")
    if not found or not all(isinstance(each, dict) for each in found):
        raise FileRefusedError("The answer has to be a list of objects, each with one reading.")
    return found


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _of_objects(rows: Sequence[Mapping[str, Any]]) -> Table:
    names = list(dict.fromkeys(name for row in rows for name in row))[: MOST_COLUMNS + 1]
    if len(names) > MOST_COLUMNS:
        raise FileRefusedError(f"An object has more than {MOST_COLUMNS} names.")
    lines = tuple(tuple("" if row.get(name) is None else str(row[name]) for name in names) for row in rows)
    return Table(tuple(name.strip().lower() for name in names), lines)
