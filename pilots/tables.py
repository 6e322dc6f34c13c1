"""Tables that people send: CSV or a workbook, read as lines of text. Pure: bytes in, a table or one sentence out."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from files.workbooks import CellRefusedError, WorkbookRefusedError, sheets
from pilots.headings import MOST_ABOVE, heading_at
from pilots.reading_files import ROW_CAP, FileRefusedError, TooManyRowsError, decode

MOST_COLUMNS, MOST_SHEETS = 60, 12
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
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
    try:
        found = {name: _sheet(lines) for name, lines in sheets(content, MOST_SHEETS, MOST_COLUMNS + 1)}
    except WorkbookRefusedError as refused:
        raise FileRefusedError(str(refused)) from None
    filled = {name: lines for name, lines in found.items() if lines}
    if not filled:
        raise FileRefusedError("There are no readings in it: the first line names the columns, rows follow below.")
    return filled


def _sheet(lines: Iterable[list[str]]) -> Lines | FileRefusedError:
    """One sheet; what is wrong with its cells costs the others nothing."""
    try:
        return _kept(lines)
    except FileRefusedError as refused:
        return refused
    except CellRefusedError as refused:
        return FileRefusedError(str(refused))


def read_clock(text: str) -> time | None:
    """The time of day that a cell holds, as 14:30 or 9:30:15; None where it holds none, or one with a zone."""
    try:
        found = time.fromisoformat(text.zfill(5) if ":" in text else "")
    except ValueError:
        return None
    return None if found.tzinfo else found


def read_day(text: str) -> date | None:
    """The day that a cell begins with, as 2026-05-31; None where it begins with none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
