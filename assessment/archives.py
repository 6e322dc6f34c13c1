"""Tables as CSV, as a workbook, and with the recomputable document in one zip with an index."""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from django.template.loader import render_to_string
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from assessment.queries import Cell, Table
from files.cells import harmless, printable

IN_MEMORY = 32_000_000


@dataclass(frozen=True)
class Enclosed:
    """A file that somebody handed in, for the archive: its name there, a sentence, its bytes on demand."""

    name: str
    about: str
    read: Callable[[], bytes]


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(table: Table) -> Iterator[str]:
    """A table as the lines of a CSV file, one at a time, with the mark that tells spreadsheets it is UTF-8."""
    writer: Any = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(table.head)
    for row in table.rows():
        yield writer.writerow([_text(cell) for cell in row])


def workbook(tables: Iterable[Table]) -> IO[bytes]:
    """All tables as one XLSX file, a sheet each; nothing in it is a formula. Read it once, from its beginning."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.append(list(table.head))
        for row in table.rows():
            sheet.append([_cell(sheet, each) for each in row])
    return _filled(book.save)


def archive(
    tables: Sequence[Table], document: dict[str, Any], about: dict[str, Any], files: Iterable[Enclosed] = ()
) -> IO[bytes]:
    """The complete assessment file: an index, the recomputable document, tables, the workbook, and what was attached.

    `about` goes to the index's template. Written table by table, row by row, file by file, compressed at once.
    """
    return _filled(lambda target: _write(target, tables, document, about, files))


def _write(
    target: IO[bytes], tables: Sequence[Table], document: dict[str, Any], about: dict[str, Any],
    files: Iterable[Enclosed],
) -> None:  # fmt: skip
    entries: list[dict[str, Any]] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        text = json.dumps(document, indent=2, ensure_ascii=False).encode()
        entries.append(_put(made, "assessment.json", "Everything that the result is computed from, and it.", [text]))
        for table in tables:
            lines = (line.encode() for line in csv_lines(table))
            entries.append(_put(made, f"{table.name}.csv", table.about, lines))
        with workbook(tables) as book:
            pieces = iter(lambda: book.read(65536), b"")
            entries.append(_put(made, "assessment.xlsx", "The same tables as sheets of one workbook.", pieces))
        entries += [_put(made, each.name, each.about, [each.read()]) for each in files]
        made.writestr("index.json", json.dumps({"files": entries}, indent=2))
        made.writestr("index.html", render_to_string("assessment/archive_index.html", about | {"entries": entries}))


def _put(made: zipfile.ZipFile, name: str, about: str, pieces: Iterable[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with made.open(name, "w") as target:
        for piece in pieces:
            digest.update(piece)
            size += target.write(piece)
    return {"name": name, "about": about, "bytes": size, "sha256": digest.hexdigest()}


def _filled(fill: Callable[[IO[bytes]], object]) -> IO[bytes]:
    # Compressed, even a thousand submissions with all their reasons take some tens of megabytes; attached files more.
    target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends a large one closes it
    fill(target)
    size = target.tell()
    target.seek(0)
    if size > IN_MEMORY:
        return target
    with target:
        return io.BytesIO(target.read())


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return harmless(cell)
    return "" if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _cell(sheet: Any, cell: Cell) -> Any:
    if not isinstance(cell, str):
        return cell
    made = WriteOnlyCell(sheet, value=harmless(printable(cell)))
    made.data_type = "s"
    return made
