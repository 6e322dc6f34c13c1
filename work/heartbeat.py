"""A lease that is renewed while its worker lives: long work is taken over from a dead worker, never from a slow one."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection

from audit import clock
from work.models import DueWork

LEASE = timedelta(seconds=60)  # a killed worker costs this long
BEAT = LEASE / 3  # two renewals may fail before a lease runs out
LONGEST = timedelta(minutes=20)  # one row's work; whoever hangs is not waited for any longer
logger = logging.getLogger(__name__)


@contextmanager
def renewed(row: DueWork, *, every: timedelta = BEAT, longest: timedelta = LONGEST) -> Iterator[None]:
    """Keep the lease of a row while the block runs, from a thread and a database connection of its own.

    The lease stays what the last transaction checks: after `longest` it runs out, and another worker takes the row.
    """
    over = threading.Event()
    beats = longest // every
    thread = threading.Thread(target=_renew, args=(row, over, every, beats), name=f"lease-{row.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _renew(row: DueWork, over: threading.Event, every: timedelta, beats: int) -> None:
    try:
        for _ in range(beats):
            if over.wait(every.total_seconds()) or not _renew_once(row):
                return
        logger.error("the work takes too long, its lease is not renewed any more: %s", row)
    finally:
        connection.close()


def _renew_once(row: DueWork) -> bool:
    """Whether to go on: not when the row is done or another worker's. A database that is away is asked again."""
    try:
        mine = DueWork.objects.filter(pk=row.pk, lease_token=row.lease_token, done_at=None)
        return bool(mine.update(leased_until=clock.now() + LEASE))
    except DatabaseError as error:
        logger.warning("lease not renewed, tried again: %s: %s", row, error)
        connection.close()
        return True
