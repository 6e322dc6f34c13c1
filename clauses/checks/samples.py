"""Reads what a service sent as rows, strictly and within bounds; hostile input ends in a sentence, never in a crash."""

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clauses.checks import parquet
from clauses.checks.kinds import plain
from clauses.checks.shapes import Answer, CannotCheck, shown
from files.workbooks import WorkbookRefusedError, sheets

MOST_COLUMNS, MOST_SHEETS = 200, 12
DEEPEST = 40
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_DEVICE = ("device", "device_id", "deviceid", "sensor", "sensor_id", "station", "station_id")
_TIME = ("taken_at", "timestamp", "observed_at", "measured_at", "datetime", "date_time", "time", "resulttime", "date")


@dataclass(frozen=True)
class Room:
    """How much is read of what came."""

    rows: int
    cells: int

    def rows_of(self, columns: int) -> int:
        """How many rows of so many columns fit."""
        return min(self.rows, self.cells // max(1, columns))


A_SAMPLE, A_HISTORY = Room(20_000, 400_000), Room(250_000, 1_500_000)


@dataclass(frozen=True)
class Sample:
    """Rows as texts and values by column. `is_cut`: there was more than is read."""

    kind: str  # csv, json, ndjson, geojson, xlsx, parquet
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    is_cut: bool = False
    separator: str = ","

    def column(self, *names: str) -> str:
        """The first of these columns that is there, whatever its case; empty when none is."""
        known = {column.strip().lower(): column for column in self.columns}
        return next((known[name] for name in names if name in known), "")

    @property
    def device_column(self) -> str:
        return self.column(*_DEVICE)

    @property
    def time_column(self) -> str:
        return self.column(*_TIME)


def text_of(body: bytes) -> str:
    """The body as UTF-8 text; raises CannotCheck where it is not."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotCheck(f"It is not UTF-8: byte {error.start} cannot be read.", "Write the text as UTF-8.") from error


def json_of(body: bytes) -> Any:
    """The body as JSON, without NaN and without endless nesting; raises CannotCheck where it is not."""
    text = text_of(body)
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except RecursionError as error:
        raise CannotCheck("It is nested too deeply to be read.", "Send plain rows.") from error
    except ValueError as error:
        raise CannotCheck(f"It is not valid JSON: {shown(error, 120)}.", "Send valid JSON.") from error
    if _is_deep(found):
        raise CannotCheck("It is nested too deeply to be read.", "Send plain rows.")
    return found


def sample_of(answer: Answer, room: Room = A_SAMPLE) -> Sample:
    """The rows of a delivered CSV, JSON, NDJSON, GeoJSON, XLSX or Parquet; raises CannotCheck with what is wrong."""
    body = plain(answer.body)
    media = answer.header("content-type").partition(";")[0].strip().lower()
    if body.startswith(b"PAR1"):
        columns, rows, is_cut = parquet.rows_of(body, (room.rows, MOST_COLUMNS, room.cells))
        return Sample("parquet", columns, tuple(rows), is_cut)
    if body.startswith(b"PK\x03\x04"):
        return _from_workbook(body, room)
    if "json" in media or body.lstrip()[:1] in (b"{", b"["):
        return _from_json(body, room)
    return _from_csv(text_of(body), room)


def devices_seen(sample: Sample) -> dict[str, tuple[datetime, ...]]:
    """The instants of each device's records, oldest first; records without a readable instant are left out."""
    device, time = sample.device_column, sample.time_column
    if not device or not time:
        raise CannotCheck(
            "The data name no device or no time in a column that is known.",
            "Name the columns device and taken_at, for example.",
        )
    seen: dict[str, list[datetime]] = {}
    for row in sample.rows:
        name, at = str(row.get(device) or "").strip(), instant(row.get(time))
        if name and at is not None:
            seen.setdefault(name[:100], []).append(at)
    return {name: tuple(sorted(found)) for name, found in seen.items()}


def instant(value: object) -> datetime | None:
    """An ISO 8601 instant with its offset; None for anything else, times without an offset included."""
    if not isinstance(value, str) or not 16 <= len(value) <= 40:
        return None
    try:
        read = datetime.fromisoformat(value.strip().upper())
    except ValueError:
        return None
    if read.utcoffset() is None or not 1970 <= read.year <= 2200:
        return None
    return read.astimezone(UTC)


def _is_deep(found: Any) -> bool:
    layer = [found]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for each in layer:
            inner.extend(each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        layer = [each for each in inner if isinstance(each, dict | list)]
        if not layer:
            return False
    return True


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _from_csv(text: str, room: Room) -> Sample:
    if "\0" in text:
        raise CannotCheck("It is neither CSV nor JSON: it holds bytes of value zero.", "Send CSV or JSON.")
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _from_lines("csv", ((reader.line_num, cells) for cells in reader), room, separator)
    except csv.Error as error:
        raise CannotCheck(f"Line {reader.line_num} is not CSV: {shown(error, 100)}.", "Send valid CSV.") from error


def _from_workbook(body: bytes, room: Room) -> Sample:
    """The first sheet of a workbook that holds something; cells left out at the end of a line are empty."""
    try:
        for _, cells in sheets(body, MOST_SHEETS, MOST_COLUMNS + 1):
            lines = enumerate(cells, start=1)
            if head := next((line for line in lines if line[1]), None):
                width = len(head[1])
                padded = ((number, each + [""] * (width - len(each)) if each else each) for number, each in lines)
                return _from_lines("xlsx", itertools.chain([head], padded), room)
    except WorkbookRefusedError as refused:
        sentence, _, to_do = str(refused).partition(". ")
        raise CannotCheck(f"{sentence.removesuffix('.')}.", to_do or "Send CSV.") from refused
    raise CannotCheck("The workbook is empty.", "Deliver the data of the pilot.")


def _from_lines(kind: str, lines: Iterator[tuple[int, list[str]]], room: Room, separator: str = ",") -> Sample:
    """Rows from lines of cells with their numbers; the first that is not empty is the heading."""
    head = next((tuple(cells) for _, cells in lines if cells), ())
    _refuse_bad_head(head)
    rows: list[dict[str, Any]] = []
    most = room.rows_of(len(head))
    for number, cells in lines:
        if len(rows) == most:
            return Sample(kind, head, tuple(rows), is_cut=True, separator=separator)
        if cells and len(cells) != len(head):
            raise CannotCheck(
                f"Line {number} has {len(cells)} cells, the heading {len(head)}.",
                "Give every line as many cells as the heading.",
            )
        if cells:
            rows.append(dict(zip(head, cells, strict=True)))
    return Sample(kind, head, tuple(rows), separator=separator)


def _refuse_bad_head(head: tuple[str, ...]) -> None:
    is_whole = len(head) == len(set(head)) and all(cell.strip() for cell in head)
    if len(head) < 2 or len(head) > MOST_COLUMNS or not is_whole:
        raise CannotCheck(
            f"The first line is not a heading of 2 to {MOST_COLUMNS} different columns: {shown(','.join(head), 80)}.",
            "Begin the file with the names of its columns, separated by commas.",
        )


def _from_json(body: bytes, room: Room) -> Sample:
    lines = body.strip().split(b"\n", 2)
    if len(lines) > 1 and _is_object(lines[0]) and _is_object(lines[1]):
        every = body.strip().split(b"\n")
        return _from_rows("ndjson", [json_of(line) for line in every[: room.rows] if line.strip()], len(every), room)
    found = json_of(body)
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        features = found.get("features")
        rows = [_of_feature(each) for each in features[: room.rows]] if isinstance(features, list) else None
        return _from_rows("geojson", rows, len(features or ()) if rows is not None else 0, room)
    rows = _list_in(found)
    return _from_rows("json", rows[: room.rows] if rows is not None else None, len(rows or ()), room)


def _is_object(line: bytes) -> bool:
    stripped = line.strip()
    return stripped[:1] == b"{" and stripped[-1:] == b"}"


def _list_in(found: Any) -> list[Any] | None:
    """The list itself, or the only list in an envelope such as {"results": [...]}."""
    if isinstance(found, list):
        return found
    lists = [value for value in found.values() if isinstance(value, list)] if isinstance(found, dict) else []
    return lists[0] if len(lists) == 1 else None


def _of_feature(feature: Any) -> Any:
    if not isinstance(feature, dict):
        return None
    geometry, properties = feature.get("geometry"), feature.get("properties")
    place = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    is_place = isinstance(place, list) and len(place) >= 2
    return (properties if isinstance(properties, dict) else {}) | (
        {"longitude": place[0], "latitude": place[1]} if is_place and place else {}
    )


def _from_rows(kind: str, rows: list[Any] | None, number: int, room: Room) -> Sample:
    if rows is None or not all(isinstance(row, dict) for row in rows):
        raise CannotCheck("The JSON is not a list of records.", "Send a list of objects, one per record.")
    columns = _columns(rows)
    if len(columns) > MOST_COLUMNS:
        raise CannotCheck(f"Its records have more than {MOST_COLUMNS} different fields.", "Send plain rows.")
    most = room.rows_of(len(columns))
    return Sample(kind, columns, tuple(rows[:most]), is_cut=number > most)


def _columns(rows: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in rows:
        found.update(dict.fromkeys(row))
        if len(found) > MOST_COLUMNS:
            break
    return tuple(found)
