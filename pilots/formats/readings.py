"""Readings as CSV for an analysis: one row per device (or unit) and period; every bad line is named."""

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from pilots.formats.cells import Cell, DayOfDevice, Readings, readings_of
from pilots.formats.plans import PlanDocument
from pilots.formats.problems import DocumentError, Problem
from pilots.formats.values import HUGE
from pilots.statistics import UnitPeriod, is_in_window
from pilots.statistics.plan import Arm, instant

NEEDED = ("unit", "arm", "at", "value")
OPTIONAL = ("exposure", "device", "metric", "readings", "out_of_range", "mark")
COLUMNS = (*NEEDED, *OPTIONAL)
SINGLE = ("site", "arm", "device", "metric", "taken_at", "value")
LONDON = ZoneInfo("Europe/London")
Numbered = tuple[int, dict[str, str]]
_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "an Excel workbook or a zip file"}


def read_readings(path: Path, document: PlanDocument) -> Readings:
    """Read a file (docs/formats/readings.md), also one with every single reading.

    Raises DocumentError with every line that is wrong.
    """
    problems: list[Problem] = []
    lines = list(_lines(_text_of(path), problems))
    if not lines and not problems:
        problems.append(Problem("readings", "The file has no row below its header."))
    is_every_reading = bool(lines) and "taken_at" in lines[0][1]
    readings = (_every_reading if is_every_reading else _rows)(lines, document, problems)
    if problems:
        raise DocumentError(sorted(problems, key=lambda problem: problem.line or 0))
    return readings


def readings_lines(readings: Readings) -> Iterator[list[str]]:
    """The file's lines, header first; values are written so that they read back exactly."""
    yield list(COLUMNS)
    for metric, cells in readings.cells.items():
        for cell in cells:
            row = cell.row
            value, exposure = ("" if number is None else repr(number) for number in (row.value, row.exposure))
            kept, beyond = str(cell.kept), str(cell.beyond)
            yield [row.unit, row.arm, row.at.isoformat(), value, exposure, row.device, metric, kept, beyond, cell.mark]


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError([Problem("readings", f"The file cannot be read: {error.strerror or error}.")]) from None
    for beginning, name in _ENCODINGS.items():
        if content.startswith(beginning):
            raise DocumentError([Problem("readings", f"This is {name}, not a CSV file in UTF-8.")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError([Problem("readings", "The file is not UTF-8 text: save it as CSV UTF-8.", line)]) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise DocumentError([Problem("readings", "The file holds binary data and is not a CSV file.", line)])
    return text


def _lines(text: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    header, read = None, 0
    try:
        for cells in table:
            read = table.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(cells, table.line_num)
            elif len(cells) > len(header):
                sentence = f"There are {len(cells)} cells, and the header names {len(header)}."
                problems.append(Problem("readings", sentence, table.line_num))
            else:
                filled = [*cells, *[""] * (len(header) - len(cells))]
                yield table.line_num, {name: cell.strip() for name, cell in zip(header, filled, strict=True)}
    except csv.Error as error:
        problems.append(Problem("readings", _unreadable(error), read + 1))
    if header is None:
        raise DocumentError([Problem("readings", f"The file is empty: its header names {', '.join(NEEDED)}.")])


def _unreadable(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "A quotation mark opens on this line, or below, and none closes it."
    return f"This line cannot be read as CSV ({error})."


def _header(cells: list[str], line: int) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    needed = SINGLE if "taken_at" in names else NEEDED
    missing = [name for name in needed if name not in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    found = []
    if missing:
        hint = " Its cells are separated by semicolons; separate them by commas." if ";" in cells[0] else ""
        found.append(f"The header has no column {' and no column '.join(missing)}.{hint}")
    if twice:
        found.append(f"The header names {', '.join(twice)} more than once.")
    if found:
        raise DocumentError([Problem("readings", sentence, line) for sentence in found])
    return names


class _Line:
    """Takes the cells of one line, and notes what is wrong with each instead of stopping."""

    def __init__(self, number: int, cells: dict[str, str], problems: list[Problem]) -> None:
        self._number, self._cells, self._problems = number, cells, problems
        self.is_good = True

    def take(self, column: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(self._cells.get(column, ""))
        except ValueError as error:
            self._problems.append(Problem("readings", f"{column}: {error}", self._number))
            self.is_good = False
            return None


def _entry(
    number: int, cells: dict[str, str], document: PlanDocument, problems: list[Problem]
) -> tuple[str, Cell] | None:
    line = _Line(number, cells, problems)
    unit, arm, at = line.take("unit", _name), line.take("arm", _arm), line.take("at", _moment)
    metric = line.take("metric", _known(document))
    is_count = metric is not None and document.measures()[metric].design == "counts"
    value, exposure = line.take("value", _count if is_count else _value), line.take("exposure", _exposure)
    kept, beyond = line.take("readings", _number_of), line.take("out_of_range", _number_of)
    if not line.is_good:
        return None
    row = UnitPeriod(unit, arm, at, value, exposure, cells.get("device", ""))
    kept = kept if cells.get("readings") else int(value is not None)
    return metric, Cell(row, kept, beyond, cells.get("mark", ""))


def _single(
    number: int, cells: dict[str, str], document: PlanDocument, problems: list[Problem]
) -> tuple[str, DayOfDevice] | None:
    line = _Line(number, cells, problems)
    site, arm, device = line.take("site", _name), line.take("arm", _arm), cells.get("device", "")
    day, metric, value = line.take("taken_at", _local_day), line.take("metric", _known(document)), None
    if line.is_good:
        value = line.take("value", _value)
    if value is None:
        return None
    return metric, DayOfDevice(site, arm, device, day, value, 1)


def _every_reading(lines: Sequence[Numbered], document: PlanDocument, problems: list[Problem]) -> Readings:
    """Every single reading, averaged as the product does it before an analysis; a repeated line counts once."""
    days: dict[str, list[DayOfDevice]] = {metric: [] for metric in document.measures()}
    seen, outside = set(), 0
    for number, cells in lines:
        key = tuple(cells.get(name, "") for name in SINGLE)
        entry = _single(number, cells, document, problems)
        if entry is not None and key not in seen:
            seen.add(key)
            days[entry[0]].append(entry[1])
            outside += not is_in_window(document.plan, entry[1].day)
    return readings_of(days, document, outside)


def _rows(lines: Sequence[Numbered], document: PlanDocument, problems: list[Problem]) -> Readings:
    entries = [entry for number, cells in lines if (entry := _entry(number, cells, document, problems)) is not None]
    problems += _exposure_problems(lines)
    inside = [(metric, cell) for metric, cell in entries if is_in_window(document.plan, cell.row.at)]
    cells: dict[str, dict[UnitPeriod, Cell]] = {metric: {} for metric in document.measures()}
    for metric, cell in inside:
        found = _within_bounds(cell, document) if metric == document.code else cell
        cells[metric][found.row] = found  # a repeated line counts once
    return Readings({metric: tuple(each.values()) for metric, each in cells.items()}, len(entries) - len(inside))


def _within_bounds(cell: Cell, document: PlanDocument) -> Cell:
    value, low, high = cell.row.value, document.lowest, document.highest
    if value is None or ((low is None or value >= low) and (high is None or value <= high)):
        return cell
    return replace(cell, row=replace(cell.row, value=None), kept=0, beyond=cell.beyond + max(1, cell.kept))


def _exposure_problems(lines: Sequence[Numbered]) -> list[Problem]:
    """Lines of a measure without an exposure where its other lines give one."""
    with_one = {cells.get("metric", "") for _, cells in lines if cells.get("exposure")}
    return [
        Problem("readings", "exposure: it is missing here, and other lines give one.", number)
        for number, cells in lines
        if cells.get("value") and not cells.get("exposure") and cells.get("metric", "") in with_one
    ]


def _name(text: str) -> str:
    if not text:
        raise ValueError("it is empty.")
    return text


def _arm(text: str) -> Arm:
    if text not in get_args(Arm):
        raise ValueError(f"“{text}” is neither pilot nor comparison.")
    return text  # type: ignore[return-value]


def _moment(text: str) -> date:
    """A date, or an instant; a month alone or a year alone is its first day."""
    padded = text + {4: "-01-01", 7: "-01"}.get(len(text), "")
    try:
        found = date.fromisoformat(padded) if len(padded) == len("2026-06-01") else datetime.fromisoformat(padded)
        instant(found)
    except (ValueError, OverflowError):  # the first and the last day of the calendar have no instant in every zone
        raise ValueError(f"“{text}” is not a date; write it as 2026-06-01 or 2026-06-01T09:30:00Z.") from None
    return found


def _local_day(text: str) -> date:
    moment = _moment(text)
    is_instant = isinstance(moment, datetime) and moment.tzinfo is not None
    return moment.astimezone(LONDON).date() if is_instant else moment  # type: ignore[attr-defined]


def _value(text: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text.replace("_", "x") if text.isascii() else "")  # Python takes 1_000 and ١ too; people do not
    except ValueError:
        raise ValueError(f"“{text}” is not a number; write it with a point, as in 3.5.") from None
    if not math.isfinite(number):
        raise ValueError(f"“{text}” is not a finite number; leave the cell empty where a value is missing.")
    if abs(number) > HUGE:
        raise ValueError(f"“{text}” is too large to calculate with; choose a larger unit.")
    return number


def _count(text: str) -> float | None:
    number = _value(text)
    if number is not None and number < 0:
        raise ValueError(f"“{text}” is negative: a count is not.")
    return number


def _exposure(text: str) -> float | None:
    number = _value(text)
    if number is not None and number <= 0:
        raise ValueError(f"“{text}” is not above zero, as an exposure is.")
    return number


def _number_of(text: str) -> int:
    number = _value(text) or 0.0
    if number < 0 or number != int(number):
        raise ValueError(f"“{text}” is not a number of readings.")
    return int(number)


def _known(document: PlanDocument) -> Callable[[str], str]:
    measures = document.measures()
    takes_any = not document.code and len(measures) == 1

    def read(text: str) -> str:
        if not text or takes_any:
            return document.code
        if text not in measures:
            raise ValueError(f"“{text}” is no metric of the plan.")
        return text

    return read
