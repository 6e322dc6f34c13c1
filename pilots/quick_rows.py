"""The quick way through a batch: rows that are plainly good, as columns. Pure.

A machine's batch is mostly good and mostly alike. Whatever is not plainly good here is judged again, one by one, by
`pilots.rows`, which has the sentences; so the two never disagree about what is good.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat
from operator import attrgetter

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


_DEVICE, _METRIC, _TAKEN_AT, _VALUE, _UNIT = map(attrgetter, Row.__struct_fields__)
_NEVER = np.iinfo(np.int64).min  # stands for an instant of which no reading is taken
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
    measures = _bounded(expected.metrics)
    devices = _ints(map(expected.devices.get, map(_DEVICE, rows), repeat(-1)), len(rows))
    places = _places(list(map(_METRIC, rows)), list(map(_UNIT, rows)), measures.places)
    texts = list(map(_TAKEN_AT, rows))
    instants = {text: _moment(text, expected) for text in set(texts)}
    moments = _ints(map(instants.__getitem__, texts), len(rows))
    values = np.fromiter(map(_VALUE, rows), dtype=np.float64, count=len(rows))
    good = (devices >= 0) & (places >= 0) & (moments != _NEVER)
    good &= (values >= measures.lowest[places]) & (values <= measures.highest[places])
    odd = ((number + 1, msgspec.structs.asdict(rows[number])) for number in np.flatnonzero(~good).tolist())
    rest = judge_numbered(odd, expected)
    return Quick(
        np.flatnonzero(good) + 1, devices[good], measures.keys[places[good]], moments[good], values[good], rest
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Measures:
    """Where a code with its unit stands in the columns: id, lowest and highest value."""

    places: Mapping[tuple[str, str], int]
    keys: Ints
    lowest: Floats
    highest: Floats


def _bounded(metrics: Mapping[str, Measure]) -> _Measures:
    """Where there is no bound, the widest that an analysis reads. The last column stands for no measure."""
    known = list(metrics.items())
    lowest = [-LARGEST if each.lowest is None else max(each.lowest, -LARGEST) for _, each in known]
    highest = [LARGEST if each.highest is None else min(each.highest, LARGEST) for _, each in known]
    return _Measures(
        {(code, each.unit): place for place, (code, each) in enumerate(known)},
        np.array([*(each.pk for _, each in known), -1], dtype=np.int64),
        np.array([*lowest, np.inf]),
        np.array([*highest, -np.inf]),
    )


def _places(codes: list[str], units: list[str], places: Mapping[tuple[str, str], int]) -> Ints:
    """Where the measures stand, -1 where there is none. Mostly a batch is of one measure: that is soon told."""
    if codes and codes.count(codes[0]) == units.count(units[0]) == len(codes):
        return np.full(len(codes), places.get((codes[0], units[0]), -1), dtype=np.int64)
    return _ints(map(places.get, zip(codes, units, strict=True), repeat(-1)), len(codes))


def _ints(numbers: Iterable[int], count: int) -> Ints:
    return np.fromiter(numbers, dtype=np.int64, count=count)


def _moment(text: str, expected: Expected) -> int:
    taken_at = moment_in_time(text, expected)
    return _NEVER if taken_at is None else (taken_at - EPOCH) // MICROSECOND
