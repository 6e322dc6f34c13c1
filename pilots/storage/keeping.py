"""Readings in: written once whatever is sent again, and their hours marked to be summed, in one transaction."""

from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from audit import clock
from pilots.models import Pilot
from pilots.storage import postgresql, sqlite
from pilots.storage.batches import Batch, Ints, Outcome

FRESH = (
    "state", "baseline_starts_on", "starts_on", "ends_on", "analysis_on", "roster_version", "has_live_simulation",
)  # fmt: skip


# The time is read once the row is held: what the inner statement waits for, the outer one has waited for.
_HOLD = (
    "WITH held AS MATERIALIZED (SELECT {columns} FROM pilots_pilot WHERE id = %s{share}) SELECT {now}, held.* FROM held"
)


def hold_open(pilot: Pilot) -> datetime:
    """Refresh what decides whether readings are taken, and keep it so until the transaction ends; the time by then.

    Batches of one pilot do not wait for one another; a step that locks the pilot waits for all of them (P6).
    """
    share = " FOR SHARE" if connection.vendor == "postgresql" else ""
    statement = _HOLD.format(columns=", ".join(FRESH), share=share, now=clock.expression())
    with connection.cursor() as cursor:
        cursor.execute(statement, [pilot.pk])
        now, *values = cursor.fetchone()
    for name, value in zip(FRESH, values, strict=True):
        setattr(pilot, name, _read(name, value))
    return clock.told(now)


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
    _engine().mark(buckets)


def _engine() -> Any:
    return postgresql if connection.vendor == "postgresql" else sqlite
