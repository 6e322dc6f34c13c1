"""What is shown of a table before it is taken: rows as they were read, and the refused ones with why. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from files.cells import harmless
from pilots.rows import Refusal, instant_of, shown
from pilots.tables import Table

MOST_SEEN, LONGEST_CELL, LONGEST_GLIMPSE = 5, 60, 30


@dataclass(frozen=True)
class Seen:
    """One row as it was read, so that whoever sent it sees whether day and month, point and comma came out right."""

    number: int
    device: str
    metric: str
    taken_at: datetime
    value: str
    unit: str


@dataclass(frozen=True)
class Refused:
    """A refused row: its number, why, and what stands in it."""

    number: int
    sentence: str
    cells: str


def as_read(rows: Sequence[Any], refused: Iterable[Refusal]) -> tuple[list[Seen], Seen | None, Seen | None]:
    """The first rows that are good, and of all that are good the earliest and the latest."""
    wrong = {each.number for each in refused}
    good = [seen for seen in _seen(rows) if seen.number not in wrong]
    by_time = sorted(good, key=lambda seen: (seen.taken_at, seen.number))
    return good[:MOST_SEEN], (by_time[0] if by_time else None), (by_time[-1] if by_time else None)


def refused_rows(table: Table, refused: Iterable[Refusal]) -> list[Refused]:
    """Refused rows with what stands in them, shortened."""
    return [Refused(each.number, each.sentence, _glimpse(table.lines[each.number - 1])) for each in refused]


def refused_csv(table: Table, refused: Iterable[Refusal]) -> str:
    """The refused rows as a file: their number, why, and their cells as they came; no cell of it is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["row", "why", *map(harmless, table.header)])
    for each in refused:
        writer.writerow([each.number, harmless(each.sentence), *map(_inert, table.lines[each.number - 1])])
    return "\ufeff" + text.getvalue()  # with its mark, or a spreadsheet program misreads what is not ASCII


def _inert(cell: str) -> str:
    """A negative number is no formula."""
    try:
        float(cell)
    except ValueError:
        return harmless(cell)
    return cell


def _seen(rows: Sequence[Any]) -> Iterator[Seen]:
    for number, row in enumerate(rows, start=1):
        if isinstance(row, Mapping) and (at := instant_of(row.get("taken_at"))):
            device, metric, value, unit = (
                shown(row.get(name, ""), LONGEST_CELL) for name in ("device", "metric", "value", "unit")
            )
            yield Seen(number, device, metric, at, value, unit)


def _glimpse(cells: Sequence[str]) -> str:
    return " | ".join(shown(cell, LONGEST_GLIMPSE) for cell in cells[:6]) + (" | …" if len(cells) > 6 else "")
