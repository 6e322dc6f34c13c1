"""Reads what a service sent as rows, strictly and within bounds; hostile input ends in a sentence, never in a crash."""

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clauses.checks.shapes import Answer, CannotCheck, shown

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CELLS = 400_000
DEEPEST = 40
_PAGE = re.compile(r"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)
_DEVICE = ("device", "device_id", "deviceid", "sensor", "sensor_id", "station", "station_id")
_TIME = ("taken_at", "timestamp", "observed_at", "measured_at", "datetime", "date_time", "time", "resulttime", "date")


@dataclass(frozen=True)
class Sample:
    """Rows as texts and values by column. `is_cut`: there was more than is read."""

    kind: str  # csv, json, ndjson, geojson
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    is_cut: bool = False

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


def is_page(body: bytes) -> bool:
    """Whether a body is a web page, such as a sign-in page, rather than data."""
    return _PAGE.match(body[:2000].decode("utf-8", "replace").lstrip("\ufeff")) is not None


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


def sample_of(answer: Answer) -> Sample:
    """The rows of a delivered CSV, JSON, NDJSON or GeoJSON; raises CannotCheck with what is wrong with it."""
    if is_page(answer.body):
        raise CannotCheck("What came is a web page, not data.", "Deliver the data itself, not a page about it.")
    if not answer.body.strip():
        raise CannotCheck("What came is empty.", "Deliver the data of the pilot.")
    media = answer.header("content-type").partition(";")[0].strip().lower()
    if "json" in media or answer.body.lstrip()[:1] in (b"{", b"["):
        return _from_json(answer.body)
    return _from_csv(text_of(answer.body))


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
        read = datetime.fromisoformat(value.strip())
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


def _from_csv(text: str) -> Sample:
    if "\0" in text:
        raise CannotCheck("It is neither CSV nor JSON: it holds bytes of value zero.", "Send CSV or JSON.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = tuple(next(reader, ()))
        _refuse_bad_head(head)
        rows: list[dict[str, Any]] = []
        most = min(MOST_ROWS, MOST_CELLS // len(head))
        for cells in reader:
            if len(rows) == most:
                return Sample("csv", head, tuple(rows), is_cut=True)
            if cells and len(cells) != len(head):
                raise CannotCheck(
                    f"Line {reader.line_num} has {len(cells)} cells, the heading {len(head)}.",
                    "Give every line as many cells as the heading.",
                )
            if cells:
                rows.append(dict(zip(head, cells, strict=True)))
    except csv.Error as error:
        raise CannotCheck(f"Line {reader.line_num} is not CSV: {shown(error, 100)}.", "Send valid CSV.") from error
    return Sample("csv", head, tuple(rows))


def _refuse_bad_head(head: tuple[str, ...]) -> None:
    is_whole = len(head) == len(set(head)) and all(cell.strip() for cell in head)
    if len(head) < 2 or len(head) > MOST_COLUMNS or not is_whole:
        raise CannotCheck(
            f"The first line is not a heading of 2 to {MOST_COLUMNS} different columns: {shown(','.join(head), 80)}.",
            "Begin the file with the names of its columns, separated by commas.",
        )


def _from_json(body: bytes) -> Sample:
    lines = body.strip().split(b"\n", 2)
    if len(lines) > 1 and _is_object(lines[0]) and _is_object(lines[1]):
        every = body.strip().split(b"\n")
        return _from_rows("ndjson", [json_of(line) for line in every[:MOST_ROWS] if line.strip()], len(every))
    found = json_of(body)
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        features = found.get("features")
        rows = [_of_feature(each) for each in features[:MOST_ROWS]] if isinstance(features, list) else None
        return _from_rows("geojson", rows, len(features or ()) if rows is not None else 0)
    rows = _list_in(found)
    return _from_rows("json", rows[:MOST_ROWS] if rows is not None else None, len(rows or ()))


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


def _from_rows(kind: str, rows: list[Any] | None, number: int) -> Sample:
    if rows is None or not all(isinstance(row, dict) for row in rows):
        raise CannotCheck("The JSON is not a list of records.", "Send a list of objects, one per record.")
    columns = _columns(rows)
    if len(columns) > MOST_COLUMNS:
        raise CannotCheck(f"Its records have more than {MOST_COLUMNS} different fields.", "Send plain rows.")
    most = min(MOST_ROWS, MOST_CELLS // max(1, len(columns)))
    return Sample(kind, columns, tuple(rows[:most]), is_cut=number > most)


def _columns(rows: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in rows:
        found.update(dict.fromkeys(row))
        if len(found) > MOST_COLUMNS:
            break
    return tuple(found)
