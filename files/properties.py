"""What a file tells about its makers beside its content: read from documents, taken out of pictures. Pure: bytes in.

Only what names people or organisations is read. Nothing is unpacked beyond a bound, and what cannot be read is left
out: the answer is a help for the sender, not a proof that nothing else is there.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape

from PIL import Image, ImageOps

MOST_UNPACKED = 8 * 1024 * 1024
MOST_LISTED, LONGEST = 12, 120
# Where the office formats keep each, and what people call it.
IN_ARCHIVES = (
    ("docProps/core.xml", "creator", "Author"),
    ("docProps/core.xml", "lastModifiedBy", "Last changed by"),
    ("docProps/app.xml", "Company", "Company"),
    ("docProps/app.xml", "Manager", "Manager"),
    ("meta.xml", "initial-creator", "Author"),
    ("meta.xml", "creator", "Last changed by"),
)
WITH_AUTHORS = ("word/document.xml", "word/comments.xml", "content.xml")
PDF_STRING = rb"\s*(\((?:[^()\\]|\\.){0,400}\)|<[0-9A-Fa-f\s]{0,800}>)"
PDF_STREAM = re.compile(rb"<<(?P<head>[^>]{0,400}(?:ObjStm|Metadata)[^>]{0,400})>>\s*stream\r?\n", re.DOTALL)
XMP_AUTHOR = re.compile(rb"<dc:creator>.{0,200}?<rdf:li[^>]*>(.{0,200}?)</rdf:li>", re.DOTALL)
KEPT_OF_PICTURES = ("transparency", "icc_profile", "gamma")


def properties(content_type: str, data: bytes) -> dict[str, str]:
    """What a document's properties name: {"Author": "Jane Smith", ...}; empty where there is nothing."""
    if content_type == "application/pdf":
        found = _of_pdf(data)
    elif "officedocument" in content_type or "opendocument" in content_type:
        found = _of_archive(data)
    else:
        return {}
    told: dict[str, str] = {}
    for what, text in found:
        plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:LONGEST]
        if plain and plain not in told.get(what, "").split("; ") and len(told) < MOST_LISTED:
            told[what] = f"{told[what]}; {plain}"[: 3 * LONGEST] if what in told else plain
    return told


def stripped(content_type: str, data: bytes) -> bytes:
    """A picture without its metadata (camera, place, owner, comments), turned the way its camera held it."""
    if content_type not in ("image/jpeg", "image/png"):
        return data
    with Image.open(io.BytesIO(data)) as opened:
        form = opened.format
        turned = opened.getexif().get(0x0112, 1) != 1
        picture = ImageOps.exif_transpose(opened) if turned else opened
        picture.load()
        picture.info = {name: value for name, value in picture.info.items() if name in KEPT_OF_PICTURES}
        picture.getexif().clear()
        out = io.BytesIO()
        # A picture that was not turned keeps the very tables of its compression, so nothing visible is lost.
        how = {} if form == "PNG" else {"quality": 95} if turned else {"quality": "keep"}
        picture.save(out, form, exif=b"", **how)
    return out.getvalue()


def _of_archive(data: bytes) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            texts = {name: _member(archive, name) for name in {each[0] for each in IN_ARCHIVES} | set(WITH_AUTHORS)}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, zlib.error, RuntimeError):
        return
    for name, tag, what in IN_ARCHIVES:
        for text in re.findall(rf"<(?:\w+:)?{tag}(?:\s[^>]*)?>([^<]*)</", texts[name]):
            yield what, unescape(text)
    for name in WITH_AUTHORS:
        for text in re.findall(r'\bw:author="([^"]*)"|<(?:office:annotation|text:changed-region)\b.{0,400}?'
                               r"<dc:creator>([^<]*)<", texts[name], re.DOTALL):  # fmt: skip
            yield "Comments and changes by", unescape(text[0] or text[1])


def _member(archive: zipfile.ZipFile, name: str) -> str:
    """A member's text, at most a bound of it: an archive may promise terabytes."""
    try:
        with archive.open(name) as member:
            return member.read(MOST_UNPACKED).decode("utf-8", "replace")
    except KeyError:
        return ""


def _of_pdf(data: bytes) -> Iterator[tuple[str, str]]:
    for part in (data, *_streams(data)):
        for key, what in (("Author", "Author"), ("Company", "Company")):
            for found in re.findall(rb"/" + key.encode() + PDF_STRING, part):
                yield what, _pdf_text(found)
        for found in XMP_AUTHOR.findall(part):
            yield "Author", unescape(found.decode("utf-8", "replace"))


def _streams(data: bytes) -> Iterator[bytes]:
    """The compressed parts in which newer PDFs keep their properties."""
    left = MOST_UNPACKED
    for found in PDF_STREAM.finditer(data):
        if b"FlateDecode" not in found["head"] or left <= 0:
            continue
        try:
            part = zlib.decompressobj().decompress(data[found.end() :], left)
        except zlib.error:
            continue
        left -= len(part)
        yield part


def _pdf_text(token: bytes) -> str:
    if token.startswith(b"<"):
        digits = re.sub(rb"\s", b"", token[1:-1])
        raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        raw = re.sub(rb"\\([0-7]{1,3})", lambda m: bytes([int(m[1], 8) & 255]), token[1:-1])
        raw = re.sub(rb"\\(.)", rb"\1", raw, flags=re.DOTALL)
    if raw.startswith((b"\xfe\xff", b"\xff\xfe")):
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8") if _is_utf8(raw) else raw.decode("latin-1")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
