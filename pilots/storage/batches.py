"""Columns of a batch of readings. Pure: numpy in and out, instants as whole microseconds since 1970 (UTC)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Statement = tuple[str, Sequence[Any]]  # SQL with %s, and its values
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR = 3_600_000_000


@dataclass(frozen=True, eq=False)
class Batch:
    """Readings as columns of one length: row numbers from 1, ids, instants (microseconds since 1970), values."""

    numbers: Ints
    devices: Ints
    metrics: Ints
    moments: Ints
    values: Floats

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int, int, float]]) -> "Batch":
        """From rows of number, device, metric, moment, value."""
        return cls.from_columns(*(list(zip(*rows, strict=True)) or [(), (), (), (), ()]))

    @classmethod
    def from_columns(cls, *columns: Sequence[float]) -> "Batch":
        """From columns in the order of the fields."""
        numbers, devices, metrics, moments = (np.array(column, dtype=np.int64) for column in columns[:4])
        return cls(numbers, devices, metrics, moments, np.array(columns[4], dtype=np.float64))

    def with_more(self, other: "Batch") -> "Batch":
        """Both batches' rows."""
        if not len(other):
            return self
        names = ("numbers", "devices", "metrics", "moments", "values")
        return Batch(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names))

    def __len__(self) -> int:
        return len(self.numbers)

    def where(self, rows: Mask | Ints) -> "Batch":
        """The rows that a mask or a list of places names."""
        return Batch(
            self.numbers[rows], self.devices[rows], self.metrics[rows], self.moments[rows], self.values[rows]
        )  # fmt: skip

    def ordered(self) -> "Batch":
        """By key, then by row number: batches that come at once lock their rows in one order."""
        return self.where(np.lexsort((self.numbers, self.moments, self.metrics, self.devices)))

    def repeats(self) -> Mask:
        """Of an ordered batch, the rows whose key the row before has too."""
        found = np.zeros(len(self), dtype=bool)
        if len(self):
            same = (self.devices[1:] == self.devices[:-1]) & (self.metrics[1:] == self.metrics[:-1])
            found[1:] = same & (self.moments[1:] == self.moments[:-1])
        return found

    def all_keys(self) -> list[tuple[int, int, int]]:
        return list(zip(self.devices.tolist(), self.metrics.tolist(), self.moments.tolist(), strict=True))

    def buckets(self) -> dict[int, Ints]:
        """Of an ordered batch: by metric, the distinct pairs (device, hour since 1970) that its readings lie in."""
        hours = self.moments // HOUR
        begins = np.ones(len(self), dtype=bool)
        begins[1:] = self.devices[1:] != self.devices[:-1]
        begins[1:] |= (self.metrics[1:] != self.metrics[:-1]) | (hours[1:] != hours[:-1])
        metrics, pairs = self.metrics[begins], np.array([self.devices[begins], hours[begins]]).T
        if len(metrics) and (metrics == metrics[0]).all():
            return {int(metrics[0]): pairs}
        return {metric: pairs[metrics == metric] for metric in set(metrics.tolist())}


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of a batch, in its order: which rows were added, and the value that is kept for each key.

    `is_told`: whether the statement that was to go along with a batch that is new as a whole did.
    """

    batch: Batch
    added: Mask
    kept: Floats
    is_told: bool = False

    @property
    def unchanged(self) -> Mask:
        return ~self.added & (self.kept == self.batch.values)

    @property
    def conflicting(self) -> Mask:
        return ~self.added & (self.kept != self.batch.values)


def microseconds(at: datetime) -> int:
    """Whole microseconds from 1970 to an instant."""
    return (at - EPOCH) // MICROSECOND


def instant_of(moment: int) -> datetime:
    """The instant (UTC) of a number of microseconds."""
    return EPOCH + timedelta(microseconds=moment)
