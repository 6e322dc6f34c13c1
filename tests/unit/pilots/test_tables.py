"""Tables that people send: read by what they are, refused where they are hostile, mapped to rows."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from pilots.mappings import AS_IT_IS, Columns, guess, is_ours, rows_of
from pilots.reading_files import FileRefusedError, TooManyRowsError
from pilots.tables import Table, read_csv, read_table

HEADER = ["device", "metric", "taken_at", "value", "unit"]
ROW: list[object] = ["c1", "noise", datetime(2026, 5, 4, 12, 30), 3.0, "dB"]  # noqa: DTZ001 - a workbook has no zones


def workbook(*lines: list[object], change: Callable[[Workbook], None] | None = None) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, extra: dict[str, bytes]) -> bytes:
    """The same archive with parts added or put in the place of others."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in extra:
                new.writestr(name, old.read(name))
        for name, data in extra.items():
            new.writestr(name, data)
    return file.getvalue()


def test_a_workbook_becomes_text_as_it_reads() -> None:
    table = read_table(workbook(HEADER, ROW, [], ["c2", "noise", date(2026, 5, 5), 3.25, "dB"]))
    assert table == Table(
        tuple(HEADER),
        (("c1", "noise", "2026-05-04T12:30:00", "3", "dB"), ("c2", "noise", "2026-05-05T00:00:00", "3.25", "dB")),
    )
    assert read_csv(table.as_csv(), ",") == table


GOOD = workbook(HEADER, ROW)
BOMB = b"<?xml version='1.0'?><worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 3_000_000
ENTITIES = b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>]><worksheet/>"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: workbook(HEADER, [*ROW[:3], "=1+1", "dB"]), "Cell D2 holds a formula."),
        (lambda: repacked(GOOD, {"xl/worksheets/sheet1.xml": BOMB}), "unpacks to more than what is taken"),
        (lambda: repacked(GOOD, {f"xl/{n}.xml": b"<a/>" for n in range(600)}), "unpacks to more than what is taken"),
        (lambda: repacked(GOOD, {"xl/worksheets/sheet1.xml": ENTITIES}), "no spreadsheet program writes"),
        (
            lambda: repacked(GOOD, {"xl/styles.xml": ENTITIES.decode().encode("utf-16")}),
            "no spreadsheet program writes",
        ),
        (lambda: repacked(GOOD, {"xl/vbaProject.bin": b"x"}), "holds macros"),
        (lambda: repacked(GOOD, {"xl/externalLinks/externalLink1.xml": b"<a/>"}), "from other workbooks"),
        (lambda: repacked(GOOD, {"xl/embeddings/a.bin": b"x"}), "holds other files"),
        (lambda: GOOD[:-40], "damaged"),
        (lambda: GOOD[:2000], "damaged"),
        (
            lambda: repacked(GOOD, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}),
            "Save it again as .xlsx",
        ),
        (lambda: b"PK\x03\x04rest", "damaged"),
        (lambda: repacked(GOOD, {}).replace(b"xl/workbook.xml", b"xl/workbooo.xml"), "a zip file, not a workbook"),
        (lambda: b"\xd0\xcf\x11\xe0old", "protected by a password or in the old .xls format"),
        (lambda: workbook(HEADER), "There are no readings in it"),
        (lambda: workbook(["a", "a"], ["1", "2"]), "names a more than once"),
        (lambda: workbook(HEADER, *[ROW] * 10_001), "more than 10,000 rows"),
    ],
    ids=range(17),
)
def test_a_hostile_or_broken_workbook_is_refused_with_a_sentence(content: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_table(content())
    assert sentence in str(refused.value)


def test_a_bomb_costs_little_memory() -> None:
    bomb = repacked(GOOD, {"xl/worksheets/sheet1.xml": BOMB})
    tracemalloc.start()
    with pytest.raises(FileRefusedError):
        read_table(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_size_that_the_file_makes_up_is_not_believed() -> None:
    sheet = zipfile.ZipFile(io.BytesIO(GOOD)).read("xl/worksheets/sheet1.xml")
    lying = repacked(GOOD, {"xl/worksheets/sheet1.xml": sheet.replace(b'ref="A1:E2"', b'ref="A1:XFD1048576"')})
    assert len(read_table(lying).lines) == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_any_usual_separator_is_read(separator: str) -> None:
    text = separator.join(HEADER).upper() + "\n\n" + separator.join(["c1", "noise", "2026-05-04", "3", "dB"]) + "\n"
    table = read_table(b"\xef\xbb\xbf" + text.encode())
    assert (is_ours(table), table.lines) == (True, (("c1", "noise", "2026-05-04", "3", "dB"),))


def test_a_quotation_mark_that_none_closes_swallows_no_rows() -> None:
    with pytest.raises(FileRefusedError, match="Line 4 of the file cannot be read as CSV"):
        read_table(b'device,value,note\na,1,\nb,2,"so\nc,3,\n')


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(TooManyRowsError):
        read_csv("a,b\n" + "1,2\n" * 10_001)


def test_columns_are_guessed_from_their_names_and_from_what_there_is_only_one_of() -> None:
    table = Table(("sensor", "timestamp", "reading"), (("c1", "2026-05-04", "3"),))
    columns = guess(table, [("noise", "dB")], ["c1", "c2"])
    assert columns.named == {"device": "sensor", "taken_at": "timestamp", "value": "reading"}
    assert columns.fixed == {"metric": "noise", "unit": "dB"}


def test_rows_are_made_from_columns_zones_and_commas() -> None:
    table = Table(("when", "db", "who"), (("2026-05-04 12:30", "1.003,5", "c1"), ("2026-01-04T12:30Z", "4", "c1", "x")))
    columns = Columns(
        {"taken_at": "when", "value": "db", "device": "who"}, {"metric": "noise", "unit": "dB"}, "Europe/London", ","
    )
    first, second = rows_of(table, columns)
    assert first == {
        "device": "c1", "metric": "noise", "unit": "dB", "value": "1003.5", "taken_at": "2026-05-04T12:30:00+01:00",
    }  # fmt: skip
    assert second == ["2026-01-04T12:30Z", "4", "c1", "x"]  # too long: refused as it is


@pytest.mark.parametrize("text", ["2026-10-25T01:30:00", "2026-03-29T01:30:00"])
def test_a_time_that_comes_twice_or_never_stays_without_a_zone(text: str) -> None:
    table = Table(tuple(HEADER), (("c1", "noise", text, "3", "dB"),))
    named = AS_IT_IS.named
    assert [rows_of(table, Columns(named, {}, zone))[0]["taken_at"] for zone in ("Europe/London", "UTC")] == [
        text, f"{text}+00:00",
    ]  # fmt: skip
