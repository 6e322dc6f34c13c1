"""Files and bodies of readings as a whole."""

from math import inf

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


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("nonsense", "Line 4 is not JSON, near column 1: expecting value."),
        ('{"value": 1', "Line 4 is not JSON, near column 12: expecting ',' delimiter."),
        ('{"value": 1}{"value": 2}', "Line 4 is not JSON, near column 13: extra data."),
        ('{"unit": "\0"}', "Line 4 is not JSON, near column 11: invalid control character."),
        ("\ufeff{}", "Line 4 is not JSON, near column 1: a byte order mark stands there, which only"),
        ("[" * 100_000, "Line 4 is not JSON that can be read: lists and objects lie too deep in each other."),
        ('{"a":' * 100_000, "Line 4 is not JSON that can be read: lists and objects lie too deep in each other."),
        ('[{"value": 1}]', "Line 4 is a list, not an object: a whole list is sent as application/json."),
        ("null", "Line 4 is not an object with device, metric, taken_at, value, unit."),
        ("1" * 5_000, "Line 4 is not an object with device, metric, taken_at, value, unit."),
        ('{"unit": ' + '"x' * 500_000, "Line 4 is not JSON, near column 13: expecting ',' delimiter."),
    ],
    ids=["word", "cut", "two", "nul", "mark", "lists", "objects", "list", "null", "number", "megabyte"],
)
def test_a_line_that_is_no_row_costs_only_itself_and_is_named(line: str, sentence: str) -> None:
    first, broken, last = ndjson_rows(f'{{"value": 1}}\r\n\n \n{line}\n{{"value": 2, "unit": "a\u2028b"}}\n')
    assert (first, last) == ({"value": 1}, {"value": 2, "unit": "a\u2028b"})
    assert broken.sentence.startswith(sentence)


def test_thousands_of_digits_are_read_as_a_number_that_is_too_large() -> None:
    assert ndjson_rows(f'{{"value": {"1" * 5_000}}}') == json_rows(f'[{{"value": {"1" * 5_000}}}]') == [{"value": inf}]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"a": 1},\n {"a" 2}]', "The body is not JSON: line 2, near column 7: expecting ':' delimiter."),
        ("{}\n{}", "The body is not JSON: line 2, near column 1: extra data. For one object a line, say"),
        ("[" * 100_000, "The body is not JSON that can be read: lists and objects lie too deep in each other."),
        (" ", "There are no readings in it."),
    ],
    ids=["colon", "lines", "deep", "empty"],
)
def test_a_body_that_is_not_json_says_where(text: str, sentence: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        json_rows(text)
    assert str(refused.value).startswith(sentence)


def test_too_many_lines_are_refused_before_any_is_read() -> None:
    with pytest.raises(TooManyRowsError):
        ndjson_rows("{\n" * 10_001)


def test_text_is_read_in_the_encodings_that_spreadsheet_programs_write() -> None:
    text = "°C µg/m³ é"
    assert [decode(text.encode(each)) for each in ("utf-8-sig", "utf-16", "cp1252")] == [text] * 3
