"""The quick way through a batch: rows that are plainly good, as columns. Pure.

A machine's batch is mostly good and mostly alike. Whatever is not plainly good here is judged again, one by one, by
`pilots.rows`, which has the sentences; so the two never disagree about what is good.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat

import msgspec
import numpy as np
import numpy.typing as npt

from pilots.rows import LARGEST, Expected, Judged, Measure, judge_numbered, moment_in_time

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Row(msgspec.Struct, gc=False):
    """A reading as a machine sends it."""

    device: str
    metric: str
    taken_at: str
    value: float
    unit: str


_NEVER = np.iinfo(np.int64).min  # stands for an instant of which no reading is taken
_NOTHING = Judged((), (), ())
JSON_LIST, JSON_LINE = msgspec.json.Decoder(list[Row]), msgspec.json.Decoder(Row)


@dataclass(frozen=True, slots=True, eq=False)
class Quick:
    """Plainly good rows as columns (number, device, metric, microseconds since 1970, value), the others as judged."""

    numbers: Ints
    devices: Ints
    metrics: Ints
    moments: Ints
    values: Floats
    rest: Judged


def judge_quickly(rows: Sequence[Row], expected: Expected) -> Quick:
    """Judge a batch, column by column; each spelling of an instant is read once."""
    count = len(rows)
    measured = _measured([row.metric for row in rows], [row.unit for row in rows], expected.metrics)
    devices = _ints(map(expected.devices.get, [row.device for row in rows], repeat(-1)), count)
    moments = _ints(map(_Instants(expected).__getitem__, [row.taken_at for row in rows]), count)
    values = np.fromiter([row.value for row in rows], dtype=np.float64, count=count)
    good = (devices >= 0) & (moments != _NEVER) & (values >= measured.lowest) & (values <= measured.highest)
    if good.all():
        return Quick(np.arange(1, count + 1), devices, measured.keys, moments, values, _NOTHING)
    odd = ((number + 1, msgspec.structs.asdict(rows[number])) for number in np.flatnonzero(~good).tolist())
    rest = judge_numbered(odd, expected)
    return Quick(np.flatnonzero(good) + 1, devices[good], measured.keys[good], moments[good], values[good], rest)


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Of each row the metric's id, -1 where there is none; the bounds are of each row, or of all of them."""

    keys: Ints
    lowest: Floats | float
    highest: Floats | float


def _measured(codes: list[str], units: list[str], metrics: Mapping[str, Measure]) -> _Measured:
    """Mostly a batch is of one measure, in one unit: that is soon told."""
    code, unit = (codes[0], units[0]) if codes else ("", "")
    if codes.count(code) == units.count(unit) == len(codes):
        key, lowest, highest = _bounds(metrics.get(code), unit)
        return _Measured(np.full(len(codes), key, dtype=np.int64), lowest, highest)
    sorts = {sort: place for place, sort in enumerate(set(zip(codes, units, strict=True)))}
    keys, lows, highs = zip(*(_bounds(metrics.get(code), unit) for code, unit in sorts), strict=True)
    places = _ints(map(sorts.__getitem__, zip(codes, units, strict=True)), len(codes))
    return _Measured(np.array(keys, dtype=np.int64)[places], np.array(lows)[places], np.array(highs)[places])


def _bounds(measure: Measure | None, unit: str) -> tuple[int, float, float]:
    """Where there is no bound, the widest that an analysis reads; no value is good where there is no measure."""
    if measure is None or measure.unit != unit:
        return -1, math.inf, -math.inf
    lowest = -LARGEST if measure.lowest is None else max(measure.lowest, -LARGEST)
    return measure.pk, lowest, LARGEST if measure.highest is None else min(measure.highest, LARGEST)


class _Instants(dict[str, int]):
    """Spellings of instants and what they name; each is read when it is first looked up."""

    def __init__(self, expected: Expected) -> None:
        super().__init__()
        self.expected = expected

    def __missing__(self, text: str) -> int:
        taken_at = moment_in_time(text, self.expected)
        self[text] = found = _NEVER if taken_at is None else (taken_at - EPOCH) // MICROSECOND
        return found


def _ints(numbers: Iterable[int], count: int) -> Ints:
    return np.fromiter(numbers, dtype=np.int64, count=count)
