"""What a body is, told by its content: packed, a web page, a table of some kind, or something no check reads."""

import re
import zlib

from clauses.checks.shapes import CannotCheck, NotReadHere

MOST_UNPACKED = 12_000_000
_BOM = b"\xef\xbb\xbf"
# Comments and a declaration may stand before a page begins; every piece is bounded.
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s{0,50})?(?:<!--(?:(?!-->).){0,600}-->\s{0,50}){0,3}"
    r"(<!doctype html|<html|<head|<body)",
    re.IGNORECASE | re.DOTALL,
)
_ELSE = (
    (b"%PDF", "It is a PDF, which people read and machines do not."),
    (b"\xd0\xcf\x11\xe0", "It is an old Excel or Word file, which only one firm's programs read well."),
    (b"\x89PNG", "It is a picture."),
    (b"\xff\xd8\xff", "It is a picture."),
)


def is_page(body: bytes) -> bool:
    """Whether a body is a web page, such as a sign-in page, rather than data."""
    return _PAGE.match(body[:2500].removeprefix(_BOM).decode("utf-8", "replace")) is not None


def plain(body: bytes) -> bytes:
    """The body unpacked and without its byte order mark; raises CannotCheck where no rows can be in it."""
    found = _unpacked(body) if body[:2] == b"\x1f\x8b" else body
    found = found.removeprefix(_BOM)
    if is_page(found):
        raise CannotCheck("What came is a web page, not data.", "Deliver the data itself, not a page about it.")
    if not found.strip():
        raise CannotCheck("What came is empty.", "Deliver the data of the pilot.")
    for beginning, sentence in _ELSE:
        if found.startswith(beginning):
            raise CannotCheck(sentence, "Deliver CSV, JSON, GeoJSON, XLSX or Parquet.")
    if found.lstrip()[:1] == b"<":
        raise NotReadHere("It is XML, which no machine reads here.", "Offer CSV or JSON beside it.")
    if found.startswith((b"SQLite format 3", b"\x89HDF", b"Obj\x01", b"ORC")):
        raise NotReadHere("It is a format that no machine reads here.", "Offer CSV, JSON or Parquet beside it.")
    return found


def _unpacked(body: bytes) -> bytes:
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        found = unpack.decompress(body, MOST_UNPACKED + 1)
    except zlib.error as error:
        raise CannotCheck("It is packed (gzip), and the package is damaged.", "Send the file again.") from error
    if len(found) > MOST_UNPACKED:
        sentence = f"It unpacks to more than {MOST_UNPACKED // 1_000_000} MB, which is more than one look takes."
        raise CannotCheck(sentence, "Offer the newest days alone at this address.")
    if not unpack.eof:
        raise CannotCheck("It is packed (gzip), and breaks off before its end.", "Send the file again.")
    return found
