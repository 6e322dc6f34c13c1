"""Which column of somebody's table holds what, and the table turned into rows. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pilots.headings import LIKELY, plain
from pilots.rows import COLUMNS
from pilots.tables import Table
from pilots.written_times import guessed, is_uncertain, written_out

NO_ZONE = "none"
ZONES = {NO_ZONE: "Refused: a time has to name its zone", "Europe/London": "London time", "UTC": "UTC"}
DECIMALS = {".": "A point: 3.5", ",": "A comma: 3,5"}
LOOKED_AT = 2000
_COMMA = re.compile(r"[+-]?[0-9]{1,3}(?:[. ][0-9]{3})*,[0-9]+|[+-]?[0-9]+,[0-9]+")
_NUMBER = re.compile(r"[+-]?[0-9][0-9. ]*(?:,[0-9]+)?")
MOSTLY = 0.6
_SURELY_COMMA = re.compile(r"[+-]?[0-9][0-9. ]*,(?:[0-9]{1,2}|[0-9]{4,})")


@dataclass(frozen=True)
class Columns:
    """For each of our columns the name of theirs; `fixed` has what is the same in every row. `zone`, `dates` and
    `decimal` say how times without a zone, dates and numbers are written."""

    named: Mapping[str, str]
    fixed: Mapping[str, str]
    zone: str = ""
    decimal: str = "."
    dates: str = "year"


@dataclass(frozen=True)
class Shape:
    """What a service's answer looks like: names of columns that differ, how times and numbers are written, where in
    one JSON object the list of rows stands."""

    named: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    dates: str = "year"
    decimal: str = "."
    rows_at: str = ""


AS_IT_IS = Columns({name: name for name in COLUMNS}, {})


def is_ours(table: Table) -> bool:
    """Whether the table has exactly our columns, and is written as we write it."""
    if sorted(table.header) != sorted(COLUMNS):
        return False
    columns = guess(table, (), ())
    return (columns.dates, columns.decimal) == ("year", ".")


def guess(
    table: Table, metrics: Sequence[tuple[str, str]], devices: Sequence[str], *, by_content: bool = False
) -> Columns:
    """What the names of the columns suggest; where a pilot has one metric (code, unit) or device, it is every row's.

    `by_content` looks into the cells, too: for a suggestion that a person confirms.
    """
    named = _named(table.header)
    fixed = {}
    if len(metrics) == 1:
        fixed = {"metric": metrics[0][0], "unit": metrics[0][1]}
        if "value" not in named and (own := _first(table.header, (plain(metrics[0][0]),))):
            named["value"] = own
    if len(devices) == 1:
        fixed["device"] = devices[0]
    elif by_content and "device" not in named:
        _add(named, "device", table, set(devices).__contains__)
    if by_content and "taken_at" not in named:
        _add(named, "taken_at", table, _is_time)
    if by_content and "value" not in named:
        _add(named, "value", table, _NUMBER.fullmatch)
    fixed = {name: value for name, value in fixed.items() if name not in named}
    cells = {name: _cells(table, named[name]) for name in ("taken_at", "value") if name in named}
    decimal = "," if any(map(_SURELY_COMMA.fullmatch, cells.get("value", []))) else "."
    return Columns(named, fixed, decimal=decimal, dates=guessed(cells.get("taken_at", [])))


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(written_out(text, "day"))
    except ValueError:
        return False
    return True


def _add(named: dict[str, str], ours: str, table: Table, is_so: Callable[[str], object]) -> None:
    """Name the one column, of those without a meaning so far, of which most cells are so; none where several are."""
    found = []
    for name in table.header:
        cells = _cells(table, name) if name and name not in named.values() else []
        if cells and sum(bool(is_so(cell)) for cell in cells) >= MOSTLY * len(cells):
            found.append(name)
    if len(found) == 1:
        named[ours] = found[0]


def _named(header: Sequence[str]) -> dict[str, str]:
    return {ours: found for ours, likely in LIKELY.items() if (found := _first(header, likely))}


def _first(header: Sequence[str], likely: Iterable[str]) -> str:
    """The first likely name that the header has: as it is, or without its unit and what it stands in."""
    for name in likely:
        if name in header:
            return name
    return next((theirs for name in likely for theirs in header if plain(theirs) == name), "")


def _cells(table: Table, name: str) -> list[str]:
    at = table.header.index(name)
    return [line[at] for line in table.lines[:LOOKED_AT] if at < len(line) and line[at]]


def lacks_zone(table: Table, name: str, dates: str) -> bool:
    """Whether times in a column do not say their zone."""
    return name in table.header and any(_is_naive(written_out(text, dates)) for text in _cells(table, name))


def _is_naive(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is None and len(text) > len("2026-06-01")


def is_day_uncertain(table: Table, name: str) -> bool:
    """Whether day and month of a column could be exchanged, and nothing in the table tells which is which."""
    return name in table.header and is_uncertain(_cells(table, name))


def rows_of(table: Table, columns: Columns) -> list[Any]:
    """Rows for `pilots.rows`; a line with more cells than the header is passed on as it is, and refused there."""
    places = {ours: table.header.index(theirs) for ours, theirs in columns.named.items() if theirs in table.header}
    return [_row(cells, places, columns, len(table.header)) for cells in table.lines]


def _row(cells: Sequence[str], places: Mapping[str, int], columns: Columns, width: int) -> Any:
    if any(cells[width:]):
        return list(cells)
    row = {**columns.fixed, **{ours: cells[at] if at < len(cells) else "" for ours, at in places.items()}}
    row["value"] = _number(row.get("value", ""), columns.decimal)
    row["taken_at"] = with_zone(written_out(row.get("taken_at", ""), columns.dates), columns.zone)
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
    if zone in ("", NO_ZONE) or moment.tzinfo is not None or len(text) == len("2026-06-01"):
        return text
    there = moment.replace(tzinfo=ZoneInfo(zone))
    is_certain = there.utcoffset() == there.replace(fold=1).utcoffset()
    return there.isoformat() if is_certain else text
