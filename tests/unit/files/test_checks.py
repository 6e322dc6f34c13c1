"""R3: what is taken in is decided by content; a refused file says why."""

import io
import zipfile

import pytest
from PIL import Image

from files.checks import FileRefused, examine, shown_name

MOST = 1_000_000
PDF = b"%PDF-1.7\n%%EOF\n"
PROGRAM = b"MZ\x90\x00" + bytes(300)


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "<x/>")
    return held.getvalue()


def image(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, "teal").save(held, kind)
    return held.getvalue()


WORD = zipped("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "data", "content_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.png", image("PNG"), "image/png"),
        ("a.jpg", image("JPEG"), "image/jpeg"),
        ("a.jpeg", image("JPEG"), "image/jpeg"),
        ("a.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.odt", zipped("mimetype", "content.xml"), "application/vnd.oasis.opendocument.text"),
        ("a.csv", "straße;zahl\r\n1;2\r\n".encode(), "text/csv"),
        ("a.txt", b"\xef\xbb\xbfplain", "text/plain"),
    ],
)
def test_R3_what_is_what_it_says_is_taken(name: str, data: bytes, content_type: str) -> None:
    found = examine(name, data, MOST)

    assert (found.name, found.content_type) == (name, content_type)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", PROGRAM, "“a.pdf” cannot be read as a PDF document: its content is a program."),
        ("a.pdf", b"\x7fELF" + bytes(300), "“a.pdf” cannot be read as a PDF document: its content is a program."),
        ("a.pdf", image("PNG"), "“a.pdf” cannot be read as a PDF document: its content is of the kind “png”."),
        ("a.png", image("PNG")[:40], "“a.png” cannot be read as a PNG image: it begins like one"),
        ("a.jpg", image("JPEG")[:200], "“a.jpg” cannot be read as a JPEG image"),
        ("a.docx", zipped("a.txt"), "“a.docx” cannot be read as a Word document"),
        (
            "a.docx",
            zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
            "“a.docx” cannot be read",
        ),
        ("a.xlsx", WORD, "“a.xlsx” cannot be read as an Excel sheet"),
        ("a.ods", zipped("mimetype", "content.xml"), "“a.ods” cannot be read as an OpenDocument sheet"),
        ("a.csv", b"a,b\x00c", "“a.csv” cannot be read as a CSV file in UTF-8"),
        ("a.csv", "é".encode("latin-1"), "“a.csv” cannot be read as a CSV file in UTF-8"),
        ("a.txt", PDF, "“a.txt” cannot be read as plain text in UTF-8: its content is of the kind “pdf”."),
        ("a.exe", PROGRAM, "“a.exe” is of a kind we do not take."),
        ("a.svg", b"<svg/>", "“a.svg” is of a kind we do not take."),
        ("noending", PDF, "“noending” has no ending, such as .pdf"),
        ("a.pdf", b"", "“a.pdf” is empty."),
    ],
)
def test_R3_a_refused_file_says_why(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        examine(name, data, MOST)

    assert refused.value.sentences[0].startswith(reason)
    assert refused.value.status == 422


def test_R3_a_document_that_unpacks_to_a_hundred_times_itself_is_refused() -> None:
    held = io.BytesIO(zipped("[Content_Types].xml", "xl/workbook.xml"))
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(101 * 1_048_576))

    with pytest.raises(FileRefused, match=r"“a\.xlsx” unpacks to more than 100 MB") as refused:
        examine("a.xlsx", held.getvalue(), MOST)

    assert (refused.value.status, len(held.getvalue()) < MOST) == (422, True)


def test_R3_the_size_is_limited() -> None:
    with pytest.raises(FileRefused, match=r"larger than 0\.5 MB, which is the most we take") as refused:
        examine("a.pdf", PDF * 50_000, 524_288)

    assert refused.value.status == 413


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\plans\\plan.pdf", "plan.pdf"),
        ("pl\x00an\n.pdf", "plan.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("", "file without a name"),
        ("x" * 200 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_to_show(name: str, shown: str) -> None:
    assert shown_name(name) == shown
