"""Files and bodies of readings as a whole."""

import pytest

from pilots.reading_files import FileRefusedError, TooManyRowsError, csv_rows, decode, json_rows, ndjson_rows

HEADER = "device,metric,taken_at,value,unit\n"
WANTED = "The first line has to name these columns: device, metric, taken_at, value, unit."
SEMICOLONS = "Its cells are separated by semicolons; separate them by commas."


def test_columns_may_come_in_any_order_and_blank_lines_are_left_out() -> None:
    rows = csv_rows("unit,value,taken_at,metric,device\n\nkg,1,2026-01-01,m,d\n")
    assert rows == [{"device": "d", "metric": "m", "taken_at": "2026-01-01", "value": "1", "unit": "kg"}]


def test_a_short_row_has_empty_cells_and_a_long_one_is_kept_as_it_is() -> None:
    short, long = csv_rows(HEADER + "d,m\nd,m,2026-01-01,1,kg,extra\n")
    assert short == {"device": "d", "metric": "m", "taken_at": "", "value": "", "unit": ""}
    assert long == ["d", "m", "2026-01-01", "1", "kg", "extra"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "sensor,when,value\n1,2,3\n",
            f"{WANTED} It names sensor, when, value.",
        ),
        (
            "device;metric;taken_at;value;unit\n",
            f"{WANTED} It names device;metric;taken_at;value;unit. {SEMICOLONS}",
        ),
        (
            "",
            f"{WANTED} It names nothing.",
        ),
        (HEADER, "There are no readings in it."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text: str, sentence: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        csv_rows(text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"PK\x03\x04rest",
            "This is an Excel workbook or a zip file, not a CSV file. Save the readings as CSV (UTF-8) and send that.",
        ),
        (b"MZ\x90\x00", "This is a program, not a CSV file. Save the readings as CSV (UTF-8) and send that."),
        (b"caf\xe9", "The file is not UTF-8 text. Save it as “CSV UTF-8” and send it again."),
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
