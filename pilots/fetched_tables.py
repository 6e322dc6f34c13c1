"""What a service answers, read as a table; and which of its columns hold what. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pilots.mappings import Columns, Shape, guess
from pilots.reading_files import ROW_CAP, FileRefusedError, TooManyRowsError
from pilots.rows import COLUMNS
from pilots.tables import MOST_COLUMNS, Table, read_table

DEEPEST = 4
_BEGINNINGS = (b"[", b"{")
_NOT_JSON = "The answer is not JSON that can be read, nor one object a line."


def read_answer(body: bytes, rows_at: str = "") -> Table:
    """A JSON list of objects, or one object that holds it at `rows_at` (as data.items; empty: its only list of objects,
    or the least deep); one object a line; CSV or a workbook. Told by its content, not by what it is called."""
    if not body.strip():
        raise FileRefusedError("The answer is empty.")
    if body.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise FileRefusedError("A web page came instead of readings: a sign-in, perhaps.")
    if not body.lstrip().startswith(_BEGINNINGS):
        return read_table(body)
    try:
        return _of_objects(_objects(body, rows_at))
    except (UnicodeDecodeError, RecursionError):
        raise FileRefusedError(_NOT_JSON) from None


def columns_of(table: Table, shape: Shape, metrics: Sequence[tuple[str, str]], devices: Sequence[str]) -> Columns:
    """What was said about the columns, and else what their names tell; FileRefusedError where that is too little."""
    guessed = guess(table, metrics, devices)
    said = {ours: theirs.lower() for ours, theirs in shape.named.items() if theirs}
    absent = sorted(theirs for theirs in said.values() if theirs not in table.header)
    if absent:
        raise FileRefusedError(f"The answer has no column {', '.join(absent)}; it names {', '.join(table.header)}.")
    columns = replace(
        guessed, named={**guessed.named, **said}, zone=shape.zone, dates=shape.dates, decimal=shape.decimal
    )
    missing = [ours for ours in COLUMNS if ours not in columns.named and ours not in columns.fixed]
    if missing:
        wanted, names = ", ".join(missing), ", ".join(table.header)
        raise FileRefusedError(f"We cannot tell which column holds {wanted}; the answer names {names}.")
    return columns


def _objects(body: bytes, rows_at: str) -> list[Any]:
    found = _rows(_parsed(body.decode("utf-8-sig")), rows_at)
    if len(found) > ROW_CAP:
        raise TooManyRowsError(f"There are more than {ROW_CAP:,} rows: offer only the last days at this address.")
    if not found or not all(isinstance(each, dict) for each in found):
        raise FileRefusedError("The answer has to be a list of objects, each with one reading.")
    return found


def _parsed(text: str) -> Any:
    """One JSON value, or the values of its lines."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in _lines(text)]
    except ValueError:
        raise FileRefusedError(_NOT_JSON) from None


def _rows(value: Any, rows_at: str) -> list[Any]:
    """The list of rows inside one value; an object without any list is one row."""
    for name in rows_at.split(".") if rows_at else ():
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list):
        return value
    if rows_at or not isinstance(value, dict):
        raise FileRefusedError(f"The answer has no list at “{rows_at}”.")
    lists = _lists(value)
    if len(lists) > 1:
        raise FileRefusedError(f"The answer holds several lists ({', '.join(lists)}): say which one has the readings.")
    return next(iter(lists.values()), [value])


def _lists(value: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The lists of objects that lie least deep, by their ways: data.items."""
    level = dict(value)
    for _ in range(DEEPEST):
        if found := {way: each for way, each in level.items() if _is_of_objects(each)}:
            return found
        level = {
            f"{way}.{name}": inner
            for way, each in level.items() if isinstance(each, dict)
            for name, inner in each.items()
        }  # fmt: skip
    return {}


def _is_of_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _of_objects(found: Sequence[Mapping[str, Any]]) -> Table:
    rows = [dict(_flat(row)) for row in found]
    names = list(dict.fromkeys(name for row in rows for name in row))[: MOST_COLUMNS + 1]
    if len(names) > MOST_COLUMNS:
        raise FileRefusedError(f"An object has more than {MOST_COLUMNS} names.")
    lines = tuple(tuple("" if row.get(name) is None else str(row[name]) for name in names) for row in rows)
    return Table(tuple(name.strip().lower() for name in names), lines)


def _flat(row: Mapping[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The fields of an object and of those inside it, named by their way: properties.level."""
    for name, value in row.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _flat(value, f"{above}{name}.", depth + 1)
        else:
            yield f"{above}{name}", value
