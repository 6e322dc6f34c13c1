"""Readings in: written once whatever is sent again, and their hours marked to be summed, in one transaction."""

from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from pilots.models import Pilot
from pilots.storage import postgresql, sqlite
from pilots.storage.batches import Batch, Ints, Outcome

_MARK = "INSERT INTO pilots_pendingrollup (metric_id, buckets) VALUES (%s, %s)"
FRESH = (
    "state", "baseline_starts_on", "starts_on", "ends_on", "analysis_on", "roster_version", "has_live_simulation",
)  # fmt: skip


def hold_open(pilot: Pilot) -> None:
    """Refresh what decides whether readings are taken, and keep it so until the transaction ends.

    Batches of one pilot do not wait for one another; a step that locks the pilot waits for all of them (P6).
    """
    columns = ", ".join(("id", *FRESH))
    share = " FOR SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM pilots_pilot WHERE id = %s{share}", [pilot.pk])  # noqa: S608 - no input
        for name, value in zip(FRESH, cursor.fetchone()[1:], strict=True):
            setattr(pilot, name, _read(name, value))


def _read(name: str, value: object) -> object:
    if name.endswith("_on") and isinstance(value, str):
        return datetime.fromisoformat(value).date()
    return bool(value) if name == "has_live_simulation" else value


def write(batch: Batch, source: str, at: datetime) -> Outcome:
    """Add what is not there yet; the first of two rows with one key counts. The hours it touches are marked.

    Nothing that is there is changed: `Outcome.kept` holds the value that counts for each row's key.
    """
    ordered = batch.ordered()
    repeats = ordered.repeats()
    first = ordered.where(~repeats) if repeats.any() else ordered
    fresh = _engine().insert(first, source, at)
    added = np.zeros(len(ordered), dtype=bool)
    added[~repeats] = fresh
    mark(first if fresh.all() else first.where(fresh))
    kept = ordered.values.copy()
    if not added.all():
        kept[~added] = _engine().known(ordered.where(~added))
    return Outcome(ordered, added, kept)


def foresee(batch: Batch) -> Outcome:
    """What `write` would make of a batch now; nothing is written."""
    ordered = batch.ordered()
    repeats, known = ordered.repeats(), _engine().known(ordered)
    first = np.maximum.accumulate(np.where(repeats, 0, np.arange(len(ordered))))
    return Outcome(ordered, np.isnan(known) & ~repeats, np.where(np.isnan(known), ordered.values[first], known))


def mark(batch: Batch) -> None:
    """Have the hours of an ordered batch summed again."""
    if not len(batch):
        return
    mark_buckets(batch.buckets())


def mark_buckets(buckets: dict[int, Ints]) -> None:
    """Have hours summed again, by metric: pairs of device and hour."""
    with connection.cursor() as cursor:
        for metric, pairs in buckets.items():
            cursor.execute(_MARK, [metric, pairs.astype("<i8").tobytes()])


def _engine() -> Any:
    return postgresql if connection.vendor == "postgresql" else sqlite
