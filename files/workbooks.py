"""Workbooks (.xlsx) that strangers send, read as lines of text. Pure: bytes in, lines or one sentence out.

A workbook is somebody else's zip file of XML. It is looked at before it is opened, never calculated, and nothing in it
is followed.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_PARTS, MOST_UNPACKED = 500, 60_000_000
_PARTS = (
    ("vbaproject.bin", "holds macros. Save it as a workbook without macros (.xlsx)"),
    ("externallinks/", "takes values from other workbooks. Paste the values in their place"),
    ("activex/", "holds controls. Paste the values into an empty workbook"),
    ("embeddings/", "holds other files. Paste the values into an empty workbook"),
)


class WorkbookRefusedError(ValueError):
    """The workbook cannot be read; the text says why and what to do."""


class CellRefusedError(WorkbookRefusedError):
    """One cell is not taken as it is; other sheets may be."""


Sheet = tuple[str, Iterator[list[str]]]
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, LookupError, SyntaxError, OSError, AttributeError, ValueError, TypeError,
    ArithmeticError,
)  # fmt: skip


def sheets(content: bytes, most_sheets: int, most_columns: int) -> Iterator[Sheet]:
    """Each sheet's name and its lines as texts, trailing empty cells left out; to be read before the next sheet is.

    At most `most_columns` cells of a line are read; dates are ISO 8601. Raises WorkbookRefusedError, and
    CellRefusedError, while the lines are read, for a formula.
    """
    _refuse_hostile(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, *_DAMAGED):
        raise WorkbookRefusedError("This is not a workbook that can be read. Save it again as .xlsx.") from None
    try:
        for sheet in book.worksheets[:most_sheets]:
            yield str(sheet.title), _lines(sheet, most_columns)
    finally:
        book.close()


def _lines(sheet: Any, most_columns: int) -> Iterator[list[str]]:
    try:
        # What a file says of its own size is not believed: a made-up size would make millions of empty rows.
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(max_col=most_columns):
            texts = [_text(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            yield texts
    except WorkbookRefusedError:
        raise
    except _DAMAGED:
        raise WorkbookRefusedError("The workbook breaks off or is damaged. Save it again as .xlsx.") from None


def _refuse_hostile(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = [part.filename.lower() for part in parts]
            if "xl/workbook.xml" not in names:
                raise WorkbookRefusedError("This is a zip file, not a workbook. Send CSV or a workbook (.xlsx).")
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise WorkbookRefusedError("The workbook unpacks to more than what is taken. Send the readings as CSV.")
            for part, words in _PARTS:
                if any(part in name for name in names):
                    raise WorkbookRefusedError(f"The workbook {words}, and send that.")
            for info in parts:
                _refuse_entities(archive, info)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        if isinstance(error, WorkbookRefusedError):
            raise
        raise WorkbookRefusedError("The workbook is damaged or encrypted. Save it again as .xlsx.") from None


def _refuse_entities(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """No part of an honest workbook defines entities; one that does can grow without an end when it is read."""
    if info.filename.lower().endswith((".xml", ".rels")):
        with archive.open(info) as part:
            head = part.read(4096).replace(b"\x00", b"").lower()
        if b"<!doctype" in head or b"<!entity" in head:
            raise WorkbookRefusedError("The workbook holds what no spreadsheet program writes; it is not opened.")


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise CellRefusedError(f"Cell {cell.coordinate} holds a formula. Paste values in its place, and send that.")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()
