"""What documents tell about their makers, and what is taken out of pictures."""

import io
import zipfile
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from files.checks import OFFICE, OPEN_DOCUMENT
from files.properties import MOST_UNPACKED, properties, stripped

DOCX, ODT = f"{OFFICE}.wordprocessingml.document", f"{OPEN_DOCUMENT}.text"
PDF = "application/pdf"


def archive(**members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for name, text in members.items():
            written.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return made.getvalue()


def pdf_with_compressed_properties(author: bytes) -> bytes:
    stream = zlib.compress(b"1 0 <</Author (" + author + b")>>")
    return b"%PDF-1.5\n1 0 obj\n<</Type /ObjStm /Filter /FlateDecode /N 1>>\nstream\n" + stream + b"\nendstream\n"


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (
            DOCX,
            archive(
                docProps__core_xml="<dc:creator>Jane Smith</dc:creator><x:lastModifiedBy>J&amp;S</x:lastModifiedBy>",
                docProps__app_xml="<Properties><Company>Solver Ltd</Company><Manager>Ann</Manager></Properties>",
            ),
            {"Author": "Jane Smith", "Last changed by": "J&S", "Company": "Solver Ltd", "Manager": "Ann"},
        ),
        (
            DOCX, archive(word__comments_xml='<w:comment w:author="Jo"/><w:ins w:author="Kim"/><w:ins w:author="Jo"/>'),
            {"Comments and changes by": "Jo; Kim"},
        ),
        (
            ODT, archive(meta_xml="<meta:initial-creator>Jane</meta:initial-creator><dc:creator>Sam</dc:creator>"),
            {"Author": "Jane", "Last changed by": "Sam"},
        ),
        (
            PDF, b"%PDF-1.4\n<</Author (Jane \\(Solver\\) Smith)/Company <FEFF0053>>>",
            {"Author": "Jane (Solver) Smith", "Company": "S"},
        ),
        (PDF, pdf_with_compressed_properties(b"Hidden Name"), {"Author": "Hidden Name"}),
        (PDF, b"<dc:creator><rdf:Seq><rdf:li>Xmp Name</rdf:li></rdf:Seq></dc:creator>", {"Author": "Xmp Name"}),
        (PDF, b"%PDF-1.4\n<</Producer (x)>>", {}),
        (DOCX, b"not an archive", {}),
        ("text/csv", b"/Author (nobody)", {}),
    ],
)  # fmt: skip
def test_properties_that_name_somebody_are_told(kind: str, data: bytes, told: dict[str, str]) -> None:
    assert properties(kind, data) == told


def test_an_archive_that_unpacks_to_more_than_memory_holds_is_read_to_a_bound() -> None:
    bomb = archive(docProps__core_xml="<dc:creator>" + "x" * (4 * MOST_UNPACKED) + "</dc:creator>")

    assert len(bomb) < 100_000
    assert properties(DOCX, bomb) == {}


def picture(form: str, **how: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(made, form, **how)
    return made.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    facts = Image.Exif()
    facts[0x0112], facts[0x010F], facts[0x013B] = orientation, "Solver Camera", "Jane Smith"
    facts.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return facts


def test_R3_a_photograph_loses_place_camera_owner_and_comment_and_stays_the_same_picture() -> None:
    taken = picture("JPEG", exif=exif(), comment=b"by Jane Smith")

    kept = stripped("image/jpeg", taken)

    with Image.open(io.BytesIO(taken)) as before, Image.open(io.BytesIO(kept)) as after:
        assert (dict(after.getexif()), "comment" in after.info, after.size) == ({}, False, (40, 20))
        assert after.getpixel((0, 0)) == before.getpixel((0, 0))
    assert b"Jane" in taken
    assert b"Jane" not in kept
    assert b"Solver" not in kept


def test_a_photograph_taken_sideways_stands_upright_afterwards() -> None:
    with Image.open(io.BytesIO(stripped("image/jpeg", picture("JPEG", exif=exif(orientation=6))))) as after:
        assert (after.size, dict(after.getexif())) == ((20, 40), {})


def test_R3_a_png_loses_its_texts_and_keeps_its_transparency() -> None:
    text = PngInfo()
    text.add_text("Author", "Jane Smith")
    made = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(made, "PNG", pnginfo=text)

    with Image.open(io.BytesIO(stripped("image/png", made.getvalue()))) as after:
        assert (after.convert("RGBA").getpixel((0, 0))[3], "Author" in after.info) == (0, False)


def test_what_is_no_picture_is_kept_to_the_byte() -> None:
    assert stripped(PDF, b"%PDF-1.4 exactly") == b"%PDF-1.4 exactly"
