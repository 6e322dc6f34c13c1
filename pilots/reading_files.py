"""Files of readings, turned into rows. Pure: bytes or text in, rows out, or one sentence about the whole file."""

import json
from typing import Any

from pilots.rows import COLUMNS, Unreadable

ROW_CAP = 10_000
LONGEST_WHOLE = 300
TOO_DEEP = "lists and objects lie too deep in each other"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = {chr(number) for number in range(32)} - set("\t\n\v\f\r")  # what no text has, whatever its encoding
BEGINNINGS_OF_OTHERS = ((b"%PDF", "a PDF"), (b"MZ", "a program"))


class FileRefusedError(ValueError):
    """The file or body as a whole cannot be read; its text says why and what to do."""


class TooManyRowsError(FileRefusedError):
    """More rows than one request may carry."""


def decode(content: bytes) -> str:
    """Text of an uploaded file: UTF-8 or UTF-16 with its mark, UTF-8 without one, else as Windows writes the West."""
    for beginning, name in BEGINNINGS_OF_OTHERS:
        if content.startswith(beginning):
            raise FileRefusedError(f"This is {name}, not a table. Save it as CSV (UTF-8) or .xlsx and send that.")
    text = _decoded(content)
    if set(text) & _NO_TEXT:
        raise FileRefusedError("The file holds binary data and is not a CSV file.")
    return text


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefusedError("The file is not UTF-8 text. Save it as “CSV UTF-8” and send it again.")


def json_rows(text: str) -> list[Any]:
    """Rows of a JSON list."""
    try:
        rows = _parsed(text) if text.strip() else []
    except json.JSONDecodeError as error:
        hint = " For one object a line, say application/x-ndjson." if error.msg == "Extra data" else ""
        where = f"line {error.lineno}, near column {error.colno}"
        raise FileRefusedError(f"The body is not JSON: {where}: {_spoken(error)}.{hint}") from None
    except RecursionError:
        raise FileRefusedError(f"The body is not JSON that can be read: {TOO_DEEP}.") from None
    if not isinstance(rows, list):
        raise FileRefusedError("The body has to be a JSON list of readings.")
    return within_cap(rows)


def ndjson_rows(text: str) -> list[Any]:
    """Rows of newline-delimited JSON, blank lines passed over; a line that gives none is an Unreadable, so that the
    others are kept."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    return [_row_of(number, line) for number, line in within_cap(lines)]


def _row_of(number: int, line: str) -> Any:
    try:
        row = _parsed(line)
    except json.JSONDecodeError as error:
        return Unreadable(f"Line {number} is not JSON, near column {error.colno}: {_spoken(error)}.")
    except RecursionError:
        return Unreadable(f"Line {number} is not JSON that can be read: {TOO_DEEP}.")
    if isinstance(row, list):
        return Unreadable(f"Line {number} is a list, not an object: a whole list is sent as application/json.")
    if not isinstance(row, dict):
        return Unreadable(f"Line {number} is not an object with {', '.join(COLUMNS)}.")
    return row


def _parsed(text: str) -> Any:
    return json.loads(text, parse_int=_whole)


def _whole(digits: str) -> int | float:
    """Python refuses to read thousands of digits; as a float they are too large for a reading, which says so."""
    return int(digits) if len(digits) <= LONGEST_WHOLE else float(digits)


def _spoken(error: json.JSONDecodeError) -> str:
    if "BOM" in error.msg:
        return "a byte order mark stands there, which only a whole body may begin with"
    return error.msg[:1].lower() + error.msg[1:].removesuffix(" at")


def within_cap(rows: list[Any]) -> list[Any]:
    """The rows, unless there are none or more than one request may carry."""
    if not rows:
        raise FileRefusedError("There are no readings in it.")
    if len(rows) > ROW_CAP:
        raise TooManyRowsError(f"{len(rows):,} rows are more than one request may carry: send at most {ROW_CAP:,}.")
    return rows
