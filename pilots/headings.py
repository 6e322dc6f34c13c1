"""Names that columns of readings usually have, and which line of a table names its columns. Pure."""

import re
from collections.abc import Sequence

LIKELY = {
    "device": (
        "device", "device_id", "deviceid", "device_name", "sensor", "sensor_id", "sensorid", "sensor_name", "meter",
        "meter_id", "logger", "serial", "serial_number", "id", "code", "station",
    ),
    "metric": ("metric", "measure", "parameter", "variable", "quantity"),
    "taken_at": (
        "taken_at", "timestamp", "time", "datetime", "date_time", "date", "date/time", "measured_at", "observed_at",
        "recorded_at", "phenomenontime", "at",
    ),
    "value": ("value", "reading", "measurement", "result", "amount", "level"),
    "unit": ("unit", "units", "uom", "unit_of_measure"),
}  # fmt: skip
MOST_ABOVE = 15
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_NUMERIC = re.compile(r"[+-]?[0-9][0-9.,:/ TZ+-]*")
_KNOWN = frozenset(name for names in LIKELY.values() for name in names)


def plain(name: str) -> str:
    """A heading without its unit in brackets and the object that it stands in: properties.Level (dB) -> level."""
    short = _BRACKETS.sub("", name.strip().lower()).rpartition(".")[2]
    return re.sub(r"[ -]+", "_", short.strip())


def heading_at(lines: Sequence[Sequence[str]]) -> int:
    """The place of the line that names the columns, below titles and notes: 0 where nothing says otherwise."""
    first = [[cell for cell in line if cell] for line in lines[: MOST_ABOVE + 1]]
    width = max((len(cells) for cells in first), default=0)
    wide = [place for place, cells in enumerate(first) if len(cells) >= max(2, 0.6 * width)]
    for place in wide:
        if sum(plain(cell) in _KNOWN for cell in first[place]) >= 2:
            return place
    above: list[int] = []
    for place in wide:
        if any(map(_NUMERIC.fullmatch, first[place])):
            return above[-1] if above else 0
        above.append(place)
    return 0
