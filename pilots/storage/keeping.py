"""Readings in: written once whatever is sent again, and their hours marked to be summed, in one transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import connection

from audit import clock
from pilots.models import Pilot
from pilots.storage import postgresql, sqlite
from pilots.storage.batches import Batch, Ints, Outcome, Statement

FRESH = (
    "state", "baseline_starts_on", "starts_on", "ends_on", "analysis_on", "roster_version", "has_live_simulation",
)  # fmt: skip


@dataclass(frozen=True)
class Held:
    """The time once a pilot is held, and whether the token that was asked for is valid then."""

    at: datetime
    token_stands: bool


def hold_open(pilot: Pilot, token: int = 0) -> Held:
    """Refresh what decides whether readings are taken, and keep it so until the transaction ends.

    Batches of one pilot do not wait for one another; a step that locks the pilot waits for all of them (P6), and they
    see what it did: a token that was revoked meanwhile is revoked.
    """
    values, (now, found, revoked_at) = _engine().hold(", ".join(FRESH), pilot.pk, token)
    for name, value in zip(FRESH, values, strict=True):
        setattr(pilot, name, _read(name, value))
    at = clock.told(now)
    return Held(at, found is not None and (revoked_at is None or _instant(revoked_at) > at))


def _instant(value: Any) -> datetime:
    """SQLite has no type of its own for instants: it keeps them as texts, or reads them without the zone, in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _read(name: str, value: object) -> object:
    if name.endswith("_on") and isinstance(value, str):
        return datetime.fromisoformat(value).date()
    return bool(value) if name == "has_live_simulation" else value


def write(batch: Batch, source: str, at: datetime, told: Statement | None = None) -> Outcome:
    """Add what is not there yet; the first of two rows with one key counts. The hours it touches are marked.

    Nothing that is there is changed: `Outcome.kept` holds the value that counts for each row's key. `told` is executed
    too where every row is added, on the same way to the database.
    """
    ordered = batch.ordered()
    repeats = ordered.repeats()
    once = not repeats.any()
    first = ordered if once else ordered.where(~repeats)
    fresh, is_told = _engine().insert(first, source, at, told if once else None)
    added = np.zeros(len(ordered), dtype=bool)
    added[~repeats] = fresh
    kept = ordered.values.copy()
    if not added.all():
        kept[~added] = _engine().known(ordered.where(~added))
    return Outcome(ordered, added, kept, is_told)


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
