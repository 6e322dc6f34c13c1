"""Files of readings, turned into rows. Pure: bytes or text in, rows out, or one sentence about the whole file."""

import json
from typing import Any

ROW_CAP = 10_000
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
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileRefusedError(f"The body is not JSON: {error}.") from None
    if not isinstance(rows, list):
        raise FileRefusedError("The body has to be a JSON list of readings.")
    return within_cap(rows)


def ndjson_rows(text: str) -> list[Any]:
    """Rows of newline-delimited JSON; a line that is not JSON is kept as text, so that only this row is refused."""
    return within_cap([_line(line) for line in text.splitlines() if line.strip()])


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line


def within_cap(rows: list[Any]) -> list[Any]:
    """The rows, unless there are none or more than one request may carry."""
    if not rows:
        raise FileRefusedError("There are no readings in it.")
    if len(rows) > ROW_CAP:
        raise TooManyRowsError(f"{len(rows):,} rows are more than one request may carry: send at most {ROW_CAP:,}.")
    return rows
