"""Files and bodies of readings as a whole."""

import pytest

from pilots.reading_files import FileRefusedError, TooManyRowsError, decode, json_rows, ndjson_rows


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ\x90\x00", "This is a program, not a table. Save it as CSV (UTF-8) or .xlsx and send that."),
        (b"caf\xc3\x81\xe9", "The file is not UTF-8 text. Save it as “CSV UTF-8” and send it again."),
        (b"a\x00b", "The file holds binary data and is not a CSV file."),
    ],
)
def test_what_is_no_text_is_refused_by_content_not_by_name(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        decode(content)
    assert str(refused.value) == sentence


def test_a_byte_order_mark_is_no_part_of_the_header() -> None:
    assert decode(b"\xef\xbb\xbfdevice") == "device"


def test_more_rows_than_the_cap_are_refused_as_a_whole() -> None:
    with pytest.raises(TooManyRowsError) as refused:
        json_rows("[" + ",".join(["1"] * 10_001) + "]")
    assert str(refused.value) == "10,001 rows are more than one request may carry: send at most 10,000."


@pytest.mark.parametrize("text", ["{", '{"device": "d"}', "[" * 100_000])
def test_a_body_that_is_no_json_list_is_refused(text: str) -> None:
    with pytest.raises(FileRefusedError):
        json_rows(text)


def test_a_line_that_is_no_json_costs_only_its_own_row() -> None:
    assert ndjson_rows('{"value": 1}\nnonsense\n\n{"value": 2}\n') == [{"value": 1}, "nonsense", {"value": 2}]


def test_text_is_read_in_the_encodings_that_spreadsheet_programs_write() -> None:
    text = "°C µg/m³ é"
    assert [decode(text.encode(each)) for each in ("utf-8-sig", "utf-16", "cp1252")] == [text] * 3
