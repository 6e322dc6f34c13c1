"""Tables that people send: CSV or a workbook, read as lines of text. Pure: bytes in, a table or one sentence out.

A workbook is somebody else's zip file of XML. It is looked at before it is opened, never calculated, and nothing in it
is followed.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pilots.headings import MOST_ABOVE, heading_at
from pilots.reading_files import ROW_CAP, FileRefusedError, TooManyRowsError, decode

MOST_PARTS, MOST_UNPACKED, MOST_COLUMNS, MOST_SHEETS = 500, 60_000_000, 60, 12
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PARTS = (
    ("vbaproject.bin", "holds macros. Save it as a workbook without macros (.xlsx)"),
    ("externallinks/", "takes values from other workbooks. Paste the values in their place"),
    ("activex/", "holds controls. Paste the values into an empty workbook"),
    ("embeddings/", "holds other files. Paste the values into an empty workbook"),
)
_SEPARATORS = ",;\t"


GUESS = 0
"""Instead of the number of the line that names the columns: the first that looks like it."""


Lines = list[tuple[str, ...]]
Sheets = dict[str, Lines | FileRefusedError]


@dataclass(frozen=True)
class Table:
    """The names of the columns, and the cells below them, as text; `above` has the lines over the names. Blank lines
    are left out."""

    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    above: tuple[tuple[str, ...], ...] = ()

    def as_csv(self) -> str:
        """The one text that carries the table from one page to the next."""
        return lines_as_csv([*self.above, self.header, *self.lines])

    @property
    def names_at(self) -> int:
        """The number of the line that names the columns, from 1."""
        return len(self.above) + 1

    def first(self, number: int) -> Lines:
        """The first lines of the whole, whatever they are."""
        return [*self.above, self.header, *self.lines[:number]][:number]


def lines_as_csv(lines: Iterable[Sequence[str]]) -> str:
    """Lines as CSV, separated by commas."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def read_table(content: bytes) -> Table:
    """The table in a file whose first line names the columns; the first sheet of a workbook."""
    first = next(iter(read_sheets(content).values()))
    if isinstance(first, FileRefusedError):
        raise first
    names = [cell.lower() for cell in first[0] if cell] if first else []
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FileRefusedError(f"The first line names {', '.join(twice)} more than once.")
    return table_of(first, 1)


def read_sheets(content: bytes) -> Sheets:
    """The lines of each sheet that has any, by its name, or why it cannot be read; a CSV file is one without a name.

    Told by its content; raises FileRefusedError with the sentence for whoever sent it.
    """
    if content.startswith(_OLD):
        raise FileRefusedError("This workbook is protected by a password or in the old .xls format. Save it as .xlsx.")
    if content.startswith(_ZIP):
        return _sheets(content)
    return {"": csv_lines(decode(content))}


def read_csv(text: str, separators: str = _SEPARATORS, names: int = 1) -> Table:
    """The table in a text; see `csv_lines` and `table_of`."""
    return table_of(csv_lines(text, separators), names)


def csv_lines(text: str, separators: str = _SEPARATORS) -> Lines:
    """The lines of a text: separated by commas, semicolons or tabs, whichever its first lines have most of."""
    rows = text.lstrip("\r\n")
    if len(separators) > 1 and (said := re.match(r"sep=([,;\t])\r?\n", rows)):
        rows, separators = rows[said.end() :], said[1]
    first = "\n".join(rows.splitlines()[: MOST_ABOVE + 1])
    separator = max(separators, key=first.count)
    lines = csv.reader(io.StringIO(rows, newline=""), delimiter=separator, strict=True)
    try:
        return _kept([cell.strip() for cell in cells] for cells in lines)
    except csv.Error as error:
        raise FileRefusedError(f"Line {lines.line_num} of the file cannot be read as CSV ({error}).") from None


def table_of(found: Lines, names: int = GUESS) -> Table:
    """The table in these lines, of which line number `names` (from 1) names the columns."""
    at = heading_at(found) if names == GUESS else names - 1
    if len(found) < at + 2:
        raise FileRefusedError("There are no readings in it: the first line names the columns, rows follow below.")
    if len(found) - at - 1 > ROW_CAP:
        raise TooManyRowsError(f"There are more than {ROW_CAP:,} rows: send them in several files.")
    header = _each_once([name.lower() for name in found[at]])
    return Table(header, tuple(found[at + 1 :]), tuple(found[:at]))


def _each_once(names: list[str]) -> tuple[str, ...]:
    """Names that stand there twice, as under merged cells, told apart by a number: level, level (2)."""
    numbers = [names[: place + 1].count(name) for place, name in enumerate(names)]
    return tuple(
        f"{name} ({number})" if name and number > 1 else name for name, number in zip(names, numbers, strict=True)
    )


def _kept(lines: Iterable[list[str]]) -> Lines:
    found: Lines = []
    for cells in lines:
        if not any(cells):
            continue
        if len(cells) > MOST_COLUMNS:
            raise FileRefusedError(f"A line has more than {MOST_COLUMNS} cells.")
        if len(found) > ROW_CAP + MOST_ABOVE:
            raise TooManyRowsError(f"There are more than {ROW_CAP:,} rows: send them in several files.")
        found.append(tuple(cells))
    return found


def _sheets(content: bytes) -> Sheets:
    _refuse_hostile(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, SyntaxError, OSError):
        raise FileRefusedError("This is not a workbook that can be read. Save it again as .xlsx.") from None
    try:
        found = {str(sheet.title): _sheet(sheet) for sheet in book.worksheets[:MOST_SHEETS]}
    except (zipfile.BadZipFile, zlib.error, KeyError, SyntaxError, OSError, AttributeError):
        raise FileRefusedError("The workbook breaks off or is damaged. Save it again as .xlsx.") from None
    finally:
        book.close()
    filled = {name: lines for name, lines in found.items() if lines}
    if not filled:
        raise FileRefusedError("There are no readings in it: the first line names the columns, rows follow below.")
    return filled


def _sheet(sheet: Any) -> Lines | FileRefusedError:
    """One sheet; what is wrong with it costs the others nothing."""
    try:
        return _kept(_sheet_lines(sheet))
    except FileRefusedError as refused:
        return refused


def _sheet_lines(sheet: Any) -> Iterator[list[str]]:
    # What a file says of its own size is not believed: a made-up size would make millions of empty rows.
    sheet.reset_dimensions()
    for cells in sheet.iter_rows(max_col=MOST_COLUMNS + 1):
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        yield texts


def _refuse_hostile(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = [part.filename.lower() for part in parts]
            if "xl/workbook.xml" not in names:
                raise FileRefusedError("This is a zip file, not a workbook. Send CSV or a workbook (.xlsx).")
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise FileRefusedError("The workbook unpacks to more than what is taken. Send the readings as CSV.")
            for part, words in _PARTS:
                if any(part in name for name in names):
                    raise FileRefusedError(f"The workbook {words}, and send that.")
            for info in parts:
                _refuse_entities(archive, info)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        if isinstance(error, FileRefusedError):
            raise
        raise FileRefusedError("The workbook is damaged or encrypted. Save it again as .xlsx.") from None


def _refuse_entities(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """No part of an honest workbook defines entities; one that does can grow without an end when it is read."""
    if info.filename.lower().endswith((".xml", ".rels")):
        with archive.open(info) as part:
            head = part.read(4096).replace(b"\x00", b"").lower()
        if b"<!doctype" in head or b"<!entity" in head:
            raise FileRefusedError("The workbook holds something that no spreadsheet program writes; it is not opened.")


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise FileRefusedError(f"Cell {cell.coordinate} holds a formula. Paste the values in its place, and send that.")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def read_day(text: str) -> date | None:
    """The day that a cell begins with, as 2026-05-31; None where it begins with none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
