"""Files as people really have them: titles above the names, merged cells, other encodings, dates and numbers."""

import csv
import io
from datetime import UTC, datetime

import pytest

from pilots.fetched_tables import read_answer
from pilots.mappings import Columns, guess, is_day_uncertain, is_ours, lacks_zone, rows_of
from pilots.previews import as_read, refused_csv
from pilots.reading_files import FileRefusedError
from pilots.rows import Expected, Measure, Refusal, judge_rows
from pilots.tables import Table, csv_lines, read_sheets, table_of
from pilots.written_times import guessed, written_out
from tests.unit.pilots.test_tables import workbook

METRICS = [("noise", "dB")]


def table(text: str, names: int = 0) -> Table:
    return table_of(csv_lines(text), names)


def test_a_german_export_is_read_as_it_was_meant() -> None:
    text = (
        "Messbericht;;\nStadt;Musterort;\n\nSensor;Time;Level (dB)\n"
        "p1a;31.05.2026 09:30;54,5\np1a;1.6.26 0:05;1.054,25\n"
    )
    found = table_of(csv_lines(text.encode("utf-16").decode("utf-16")))
    columns = guess(found, METRICS, ["p1a", "p2a"])
    assert (found.names_at, found.header) == (3, ("sensor", "time", "level (db)"))
    assert (columns.named, columns.fixed) == (
        {"device": "sensor", "taken_at": "time", "value": "level (db)"}, {"metric": "noise", "unit": "dB"},
    )  # fmt: skip
    assert (columns.dates, columns.decimal, lacks_zone(found, "time", "day")) == ("day", ",", True)
    rows = rows_of(found, Columns(columns.named, columns.fixed, "Europe/London", ",", "day"))
    assert [(row["taken_at"], row["value"]) for row in rows] == [
        ("2026-05-31T09:30:00+01:00", "54.5"), ("2026-06-01T00:05:00+01:00", "1054.25"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "dates", "iso"),
    [
        ("31/05/2026", "day", "2026-05-31"),
        ("31/05/2026, 2:05 pm", "day", "2026-05-31T14:05:00"),
        ("12/31/26 12:00:01 AM", "month", "2026-12-31T00:00:01"),
        ("31-5-2026 9.30", "day", "2026-05-31T09:30:00"),
        ("46173.395833333", "excel", "2026-05-31T09:30:00"),
        ("46173", "excel", "2026-05-31"),
        ("1780216200", "unix", "2026-05-31T08:30:00+00:00"),
        ("1780216200000", "unix", "2026-05-31T08:30:00+00:00"),
        ("2026-05-31 09:30", "day", "2026-05-31 09:30"),
        ("31/02/2026", "day", "31/02/2026"),
        ("31/05/2026 13:00 pm", "day", "31/05/2026 13:00 pm"),
        ("99999999999999", "unix", "99999999999999"),
    ],
)
def test_times_are_written_out_or_left_as_they_are(text: str, dates: str, iso: str) -> None:
    assert written_out(text, dates) == iso


def test_how_dates_are_written_is_guessed_from_all_of_them_and_doubt_is_told() -> None:
    kinds = [
        ["01/02/2026", "13/02/2026"],
        ["01/02/2026", "02/13/2026"],
        ["01/02/2026"],
        ["46173.5"],
        ["1780216200"],
        [],
    ]
    assert [guessed(texts) for texts in kinds] == ["day", "month", "day", "excel", "unix", "year"]
    doubts = [is_day_uncertain(Table(("t",), tuple((text,) for text in texts)), "t") for texts in kinds[:3]]
    assert doubts == [False, False, True]


def test_the_line_with_the_names_is_found_below_titles_and_can_be_said() -> None:
    merged = "Site A,,,\nsensor,time,level,level\np1a,2026-05-04,3,4\n"
    assert table(merged).header == ("sensor", "time", "level", "level (2)")
    assert table(merged, 1).header == ("site a", "", "", "")
    odd = "Depot 7,Level of noise,Moment\np1a,3.5,2026-05-04\n"
    assert table(odd).names_at == 1
    ours = "device,metric,taken_at,value,unit\np1a,noise,yesterday,loud,dB\np1a,noise,2026-05-04,4,dB\n"
    assert (table(ours).names_at, is_ours(table(ours))) == (1, True)
    assert not is_ours(table(ours.replace("2026-05-04,4", '04/05/2026,"4,5"')))
    assert table("sep=;\nsensor;time;value\np1a;2026-05-04;3\n").header == ("sensor", "time", "value")


def test_each_sheet_of_a_workbook_is_read_and_one_that_cannot_be_costs_the_others_nothing() -> None:
    def add(book: object) -> None:
        book.create_sheet("Sums").append(["total", "=SUM(A1:A9)"])  # type: ignore[attr-defined]
        book.create_sheet("Empty")  # type: ignore[attr-defined]

    sheets = read_sheets(workbook(["sensor", "time"], ["p1a", datetime(2026, 5, 4)], change=add))  # noqa: DTZ001
    assert list(sheets) == ["Sheet", "Sums"]
    assert sheets["Sheet"] == [("sensor", "time"), ("p1a", "2026-05-04T00:00:00")]
    assert isinstance(sheets["Sums"], FileRefusedError)


def test_a_time_without_zone_in_the_night_of_the_clock_change_is_told_as_that() -> None:
    days = datetime(2026, 1, 1).date(), datetime(2026, 12, 31).date()  # noqa: DTZ001
    expected = Expected(
        {"p1a": 1}, {"noise": Measure(1, "dB")}, days[0], days[0], days[1], True, datetime(2027, 1, 1, tzinfo=UTC)
    )
    said = [
        judge_rows([{"device": "p1a", "metric": "noise", "taken_at": at, "value": 1, "unit": "dB"}], expected).refused
        for at in ("2026-10-25T01:30:00", "2026-03-29T01:30:00", "2026-05-04T01:30:00")
    ]
    words = ("comes twice in London", "comes never in London", "does not say its time zone")
    assert [each in refused[0].sentence for each, refused in zip(words, said, strict=True)] == [True] * 3


def test_refused_rows_are_a_file_with_reasons_and_without_formulas() -> None:
    found = table('sensor,time,value\np1a,x,-3\n"=HYPERLINK(""http://x"")",y,4\n')
    text = refused_csv(found, [Refusal(1, "time", "“x” is no time."), Refusal(2, "device", "Unknown.")])
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff")))) == [
        ["row", "why", "sensor", "time", "value"], ["1", "“x” is no time.", "p1a", "x", "-3"],
        ["2", "Unknown.", '\'=HYPERLINK("http://x")', "y", "4"],
    ]  # fmt: skip


def test_what_was_read_is_shown_with_its_first_and_last_moment() -> None:
    rows = [{"taken_at": f"2026-05-0{day}", "device": "p1a", "metric": "noise", "value": "3", "unit": "dB"}
            for day in (3, 1, 2)]  # fmt: skip
    seen, first, last = as_read(rows, [Refusal(1, "range", "Too high.")])
    assert first is not None
    assert last is not None
    assert ([each.number for each in seen], first.number, last.number) == ([2, 3], 2, 3)


def test_an_answer_in_json_may_hold_its_rows_and_values_anywhere() -> None:
    points = b'{"type": "x", "features": [{"properties": {"level": 3, "at": "2026-05-04"}, "id": "p1a"}]}'
    assert read_answer(points).header == ("properties.level", "properties.at", "id")
    columns = guess(read_answer(points), METRICS, [])
    assert (columns.named["value"], columns.named["taken_at"]) == ("properties.level", "properties.at")
    two = b'{"meta": [{"a": 1}], "data": {"items": [{"id": "p1a", "value": 3}]}}'
    assert read_answer(two, "data.items").lines == (("p1a", "3"),)
    for rows_at, sentence in (("data", "no list at “data”"), ("nothing.here", "no list at")):
        with pytest.raises(FileRefusedError, match=sentence):
            read_answer(two, rows_at)
    with pytest.raises(FileRefusedError, match=r"several lists \(a, c\): say which one"):
        read_answer(b'{"a": [{"b": 1}], "c": [{"d": 1}]}')
    # Without being told, the list that lies least deep; a separator inside a text ends no line.
    for wrapped in (
        b'{"status": "ok", "data": {"items": [{"b": 1}]}}',
        b'{"x": [{"b": 1}], "meta": {"y": [{"c": 2}]}}',
    ):
        assert (read_answer(wrapped).header, read_answer(wrapped).lines) == (("b",), (("1",),))
    assert read_answer('{"b": "1\u2028"}\n{"b": "2"}'.encode()).lines == (("1\u2028",), ("2",))
    assert read_answer(b'{"id": "p1a", "value": 3}').lines == (("p1a", "3"),)


def test_a_person_is_offered_what_the_cells_tell_and_a_fetched_table_is_not() -> None:
    found = table('lamp,when was it,dark hours,remark\np1a,04/05/2026 22:00,"3,5",ok\np2a,05/05/2026 22:00,4,\n')
    columns = guess(found, METRICS, ["p1a", "p2a"], by_content=True)
    offered = {"device": "lamp", "taken_at": "when was it", "value": "dark hours"}
    assert (columns.named, columns.decimal, columns.dates) == (offered, ",", "day")
    assert guess(found, METRICS, ["p1a", "p2a"]).named == {}
