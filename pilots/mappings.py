"""Which column of somebody's table holds what, and the table turned into rows. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pilots.rows import COLUMNS
from pilots.tables import Table

ZONES = {"": "Refused: a time has to name its zone", "Europe/London": "London time", "UTC": "UTC"}
DECIMALS = {".": "A point: 3.5", ",": "A comma: 3,5"}
_LIKELY = {
    "device": ("device", "device_id", "deviceid", "sensor", "sensor_id", "meter", "id", "code", "station"),
    "metric": ("metric", "measure", "parameter", "variable", "type"),
    "taken_at": ("taken_at", "timestamp", "time", "datetime", "date_time", "date", "measured_at", "observed_at", "at"),
    "value": ("value", "reading", "measurement", "result", "amount"),
    "unit": ("unit", "units", "uom"),
}
_COMMA = re.compile(r"[+-]?[0-9]{1,3}(?:[. ][0-9]{3})*,[0-9]+|[+-]?[0-9]+,[0-9]+")


@dataclass(frozen=True)
class Columns:
    """For each of our columns the name of theirs; `fixed` has what is the same in every row. `zone` and `decimal` say
    how times without a zone and numbers are written."""

    named: Mapping[str, str]
    fixed: Mapping[str, str]
    zone: str = ""
    decimal: str = "."


AS_IT_IS = Columns({name: name for name in COLUMNS}, {})


def is_ours(table: Table) -> bool:
    """Whether the table has exactly our columns."""
    return sorted(table.header) == sorted(COLUMNS)


def guess(table: Table, metrics: Sequence[tuple[str, str]], devices: Sequence[str]) -> Columns:
    """What the names of the columns suggest; where a pilot has one metric (code, unit) or device, it is every row's."""
    named = {
        ours: found for ours, likely in _LIKELY.items() if (found := next((n for n in likely if n in table.header), ""))
    }
    fixed = {}
    if len(metrics) == 1:
        fixed = {"metric": metrics[0][0], "unit": metrics[0][1]}
    if len(devices) == 1:
        fixed["device"] = devices[0]
    return Columns(named, {name: value for name, value in fixed.items() if name not in named})


def rows_of(table: Table, columns: Columns) -> list[Any]:
    """Rows for `pilots.rows`; a line with more cells than the header is passed on as it is, and refused there."""
    places = {ours: table.header.index(theirs) for ours, theirs in columns.named.items() if theirs in table.header}
    return [_row(cells, places, columns, len(table.header)) for cells in table.lines]


def _row(cells: Sequence[str], places: Mapping[str, int], columns: Columns, width: int) -> Any:
    if any(cells[width:]):
        return list(cells)
    row = {**columns.fixed, **{ours: cells[at] if at < len(cells) else "" for ours, at in places.items()}}
    row["value"] = _number(row.get("value", ""), columns.decimal)
    row["taken_at"] = with_zone(row.get("taken_at", ""), columns.zone)
    return row


def _number(text: str, decimal: str) -> str:
    if decimal == "," and _COMMA.fullmatch(text):
        return text.replace(".", "").replace(" ", "").replace(",", ".")
    return text


def with_zone(text: str, zone: str) -> str:
    """The time with its zone; one that does not exist, or comes twice that night, stays without and is refused."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if not zone or moment.tzinfo is not None or len(text) == len("2026-06-01"):
        return text
    there = moment.replace(tzinfo=ZoneInfo(zone))
    is_certain = there.utcoffset() == there.replace(fold=1).utcoffset()
    return there.isoformat() if is_certain else text
