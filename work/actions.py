"""Leasing due work: a worker takes a lease, computes outside any transaction, and finishes in one last transaction."""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from audit import clock
from work.heartbeat import LEASE, renewed
from work.models import DueWork

ATTEMPTS = 5
LOSSES = 10  # attempts whose worker was lost: work that kills every worker is given up too
ENOUGH = timedelta(minutes=2)  # after so long a bell takes no further row; the next one goes on
logger = logging.getLogger(__name__)

# kind -> what to do. It gets the row, computes, and calls `finish` in the transaction that writes the result.
Handler = Callable[[DueWork, datetime], None]
HANDLERS: dict[str, Handler] = {}
OUTSIDE: set[str] = set()  # kinds that wait for somebody else's service


class TryAgainError(Exception):
    """Nothing is wrong with the work: what it needs from elsewhere did not come, and may come later."""


class LeaseLostError(Exception):
    """Another worker took over, or already finished, this row."""


def handles(kind: str, handler: Handler, *, outside: bool = False) -> None:
    """Register what does work of a kind; called from the room's AppConfig.ready.

    Work that waits for somebody else's service (`outside`) is done one row at a time, so that however slow that service
    is, the worker's other process is free for what is due meanwhile.
    """
    HANDLERS[kind] = handler
    if outside:
        OUTSIDE.add(kind)


def schedule(*, kind: str, subject_id: int, due_at: datetime) -> DueWork:
    """Make sure that a row for this work exists; asking twice gives the same row."""
    return DueWork.objects.get_or_create(kind=kind, subject_id=subject_id, due_at=due_at)[0]


@transaction.atomic
def lease_next(at: datetime) -> DueWork | None:
    """Take a lease on the earliest due row nobody holds; None when nothing is due."""
    kinds = set(HANDLERS) - (OUTSIDE if _is_outside(at) else set())
    rows = DueWork.objects.due(at).filter(kind__in=kinds).order_by("due_at", "pk")
    skip_locked = connection.features.has_select_for_update_skip_locked
    free = rows.select_for_update(skip_locked=skip_locked)
    while (row := free.first()) is not None and row.attempts >= LOSSES:
        words = f"Its worker was lost {row.attempts} times."
        DueWork.objects.filter(pk=row.pk).update(failed_at=at, last_error=words)
        logger.error("given up: %s: %s", row, words)
    if row is not None:
        row.lease_token, row.leased_until, row.attempts = secrets.token_hex(16), at + LEASE, row.attempts + 1
        row.save(update_fields=["lease_token", "leased_until", "attempts"])
    return row


def _is_outside(at: datetime) -> bool:
    """Whether a worker waits for somebody else's service just now."""
    rows = DueWork.objects.filter(kind__in=OUTSIDE, done_at=None, failed_at=None, leased_until__gt=at)
    return rows.exclude(lease_token="").exists()


def finish(row: DueWork, at: datetime) -> None:
    """Mark the row done, inside the caller's last transaction; raises LeaseLostError if the lease is not ours."""
    mine = DueWork.objects.filter(pk=row.pk, lease_token=row.lease_token, done_at=None)
    if mine.update(done_at=at, last_error="") != 1:
        raise LeaseLostError(f"{row} was taken over by another worker.")


def run_due_work(*, limit: int = 50) -> int:
    """Do what is due, one row at a time; a failure is noted on its row and tried again later. Returns rows tried.

    A row's lease is renewed while it is worked on (`work.heartbeat`).
    """
    until = time.monotonic() + ENOUGH.total_seconds()
    for tried in range(limit):
        row = lease_next(clock.now()) if time.monotonic() < until else None
        if row is None:
            return tried
        try:
            with renewed(row):
                HANDLERS[row.kind](row, clock.now())
        except LeaseLostError:
            logger.info("lease lost: %s", row)
        except TryAgainError as error:
            logger.info("tried again later: %s: %s", row, error)
            _note_failure(row, error, clock.now())
        except Exception as error:
            logger.exception("due work failed: %s", row)
            _note_failure(row, error, clock.now())
    return limit


def try_again(row: DueWork) -> bool:
    """Have a row that was given up done after all; False where it was not given up."""
    given_up = DueWork.objects.filter(pk=row.pk, done_at=None).exclude(failed_at=None)
    return bool(given_up.update(failed_at=None, attempts=0, leased_until=None, lease_token=""))


def _note_failure(row: DueWork, error: Exception, at: datetime) -> None:
    given_up = at if row.attempts >= ATTEMPTS else None
    wait = timedelta(seconds=5 * 2**row.attempts)
    DueWork.objects.filter(pk=row.pk, lease_token=row.lease_token).update(
        last_error=f"{type(error).__name__}: {error}"[:2000], leased_until=at + wait, failed_at=given_up, lease_token=""
    )
