"""Whether a file may be taken in: an allow-list that looks at the content, never only at the name (R3)."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

import filetype
from PIL import Image, UnidentifiedImageError

from audit.transitions import Refused

MOST_PIXELS = 50_000_000
MOST_UNPACKED = 100 * 1_048_576  # of a document that is an archive: the panel opens it on machines of its own
MOST_PARTS = 10_000
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


class FileRefused(Refused):
    """A file that is not taken in; the sentence says why, `status` is the answer's code."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken in: what it is called, and how its content is known."""

    content_type: str
    words: str
    fits: Callable[[bytes], bool]


@dataclass(frozen=True)
class Examined:
    """A file that passed: its name made safe for people, and what its content is."""

    name: str
    content_type: str


def examine(name: str, data: bytes, most_bytes: int) -> Examined:
    """Look at an uploaded file; raises FileRefused with the reason, or returns what it is."""
    shown = shown_name(name)
    if not data:
        raise FileRefused(f"“{shown}” is empty. Choose the file again, or send another.")
    if len(data) > most_bytes:
        raise FileRefused(f"“{shown}” is larger than {megabytes(most_bytes)}, which is the most we take.", status=413)
    ending = PurePath(shown).suffix.lower()
    kind = KINDS.get(ending)
    if kind is None and not ending:
        raise FileRefused(f"“{shown}” has no ending, such as .pdf, to say what it is. Add one and try again.")
    if kind is None:
        raise FileRefused(f"“{shown}” is of a kind we do not take. We take {ALLOWED_WORDS}.")
    if not can_be_unpacked(data):
        raise FileRefused(f"“{shown}” unpacks to more than {megabytes(MOST_UNPACKED)}. Save it again with less in it.")
    if not kind.fits(data):
        raise FileRefused(
            f"“{shown}” cannot be read as {kind.words}{_seems(data, kind)}. Save it again as {kind.words}."
        )
    return Examined(shown, kind.content_type)


def shown_name(name: str) -> str:
    """A file's name as people see it: no folders, no control characters, at most 120 characters."""
    plain = "".join(letter for letter in PurePath(name.replace("\\", "/")).name if letter.isprintable()).strip()
    return plain[-120:] or "file without a name"


def megabytes(count: int) -> str:
    """A limit in words: `20 MB`."""
    return f"{count / 1_048_576:g} MB"


def _seems(data: bytes, kind: Kind) -> str:
    found = filetype.guess(data)
    if found is None:
        return ""
    if found.mime == kind.content_type:
        return ": it begins like one, and the rest is damaged or too large to draw"
    program = found.extension in ("exe", "elf")
    return f": its content is {'a program' if program else f'of the kind “{found.extension}”'}"


def _is(mime: str) -> Callable[[bytes], bool]:
    return lambda data: getattr(filetype.guess(data), "mime", "") == mime


def _is_image(mime: str) -> Callable[[bytes], bool]:
    return lambda data: _is(mime)(data) and can_be_drawn(data)


def can_be_drawn(data: bytes) -> bool:
    """Whether a picture can be decoded to its last line, and is not so large that drawing it would hurt."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                return False
            image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return False
    return True


def can_be_unpacked(data: bytes) -> bool:
    """Whether a document that is an archive promises no more than people can open; true of what is no archive."""
    parts = _parts(data)
    return len(parts) <= MOST_PARTS and sum(part.file_size for part in parts) <= MOST_UNPACKED


def _is_office(folder: str) -> Callable[[bytes], bool]:
    def fits(data: bytes) -> bool:
        names = _members(data)
        has_macro = any(PurePath(name).name.lower() == "vbaproject.bin" for name in names)
        return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names) and not has_macro

    return fits


def _is_open_document(mime: str) -> Callable[[bytes], bool]:
    # The format puts an uncompressed member named "mimetype" first, so that the type stands at a fixed place.
    return lambda data: (
        data[30:38] == b"mimetype" and data[38 : 38 + len(mime)] == mime.encode() and bool(_members(data))
    )


def _members(data: bytes) -> list[str]:
    return [part.filename for part in _parts(data)]


def _parts(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return filetype.guess(data) is None and all(letter.isprintable() or letter in "\r\n\t\f\u00ad" for letter in text)


JPEG = Kind("image/jpeg", "a JPEG image", _is_image("image/jpeg"))
KINDS = {
    ".pdf": Kind("application/pdf", "a PDF document", _is("application/pdf")),
    ".png": Kind("image/png", "a PNG image", _is_image("image/png")),
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".docx": Kind(f"{OFFICE}.wordprocessingml.document", "a Word document (.docx, no macros)", _is_office("word/")),
    ".xlsx": Kind(f"{OFFICE}.spreadsheetml.sheet", "an Excel sheet (.xlsx, no macros)", _is_office("xl/")),
    ".odt": Kind(f"{OPEN_DOCUMENT}.text", "an OpenDocument text", _is_open_document(f"{OPEN_DOCUMENT}.text")),
    ".ods": Kind(
        f"{OPEN_DOCUMENT}.spreadsheet", "an OpenDocument sheet", _is_open_document(f"{OPEN_DOCUMENT}.spreadsheet")
    ),
    ".csv": Kind("text/csv", "a CSV file in UTF-8", _is_text),
    ".txt": Kind("text/plain", "plain text in UTF-8", _is_text),
}
ALLOWED_WORDS = "PDF, Word (.docx), Excel (.xlsx), OpenDocument (.odt, .ods), CSV, plain text, PNG and JPEG"
