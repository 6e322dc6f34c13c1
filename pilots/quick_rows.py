"""The quick way through a batch: rows that are plainly good, as columns. Pure.

A machine's batch is mostly good and mostly alike. Whatever is not plainly good here is judged again, one by one, by
`pilots.rows`, which has the sentences; so the two never disagree about what is good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from sys import float_info

import msgspec

from pilots.rows import Expected, Judged, Measure, judge_numbered, moment_in_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Row(msgspec.Struct, gc=False):
    """A reading as a machine sends it."""

    device: str
    metric: str
    taken_at: str
    value: float
    unit: str


JSON_LIST, JSON_LINE = msgspec.json.Decoder(list[Row]), msgspec.json.Decoder(Row)


@dataclass(frozen=True, slots=True)
class Quick:
    """Plainly good rows as columns (number, device, metric, microseconds since 1970, value), the others as judged."""

    numbers: list[int]
    devices: list[int]
    metrics: list[int]
    moments: list[int]
    values: list[float]
    rest: Judged


def judge_quickly(rows: Sequence[Row], expected: Expected) -> Quick:
    """Judge a batch; each spelling of an instant is read once."""
    known, measures = expected.devices, _bounded(expected.metrics)
    seen: dict[str, int | None] = {}
    numbers, devices, metrics, moments = [], [], [], []
    values: list[float] = []
    rest: list[tuple[int, Row]] = []
    for number, row in enumerate(rows, start=1):
        device, measure, taken_at = known.get(row.device), measures.get(row.metric), row.taken_at
        if taken_at not in seen:
            seen[taken_at] = _moment(taken_at, expected)
        moment, value = seen[taken_at], row.value
        if device is None or measure is None or moment is None:
            rest.append((number, row))
        elif row.unit == measure[1] and measure[2] <= value <= measure[3]:
            numbers.append(number)
            devices.append(device)
            metrics.append(measure[0])
            moments.append(moment)
            values.append(value)
        else:
            rest.append((number, row))
    odd = ((number, msgspec.structs.asdict(row)) for number, row in rest)
    return Quick(numbers, devices, metrics, moments, values, judge_numbered(odd, expected))


def _bounded(metrics: Mapping[str, Measure]) -> dict[str, tuple[int, str, float, float]]:
    """Id, unit and bounds; where there is no bound, the widest that is still a finite number."""
    return {
        code: (
            each.pk, each.unit, -float_info.max if each.lowest is None else each.lowest,
            float_info.max if each.highest is None else each.highest,
        )
        for code, each in metrics.items()
    }  # fmt: skip


def _moment(text: str, expected: Expected) -> int | None:
    taken_at = moment_in_time(text, expected)
    return None if taken_at is None else (taken_at - EPOCH) // MICROSECOND
