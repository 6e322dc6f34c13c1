"""Statements that go to PostgreSQL together and come back together: one way there and back, each prepared once.

psycopg's pipeline does the same with a cursor, a query and a queue for each statement, and goes to the kernel several
times as often. This speaks to libpq, on the connection that psycopg opened, and leaves it as psycopg expects it.
"""

import hashlib
import select
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result

from pilots.storage.batches import Statement

Result = pq.abc.PGresult
_NAMES: WeakKeyDictionary[psycopg.Connection[Any], dict[str, bytes]] = WeakKeyDictionary()
_FAILED = (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED)
_BEGIN: Statement = ("BEGIN", ())
LOST = "The connection was lost."


def ask(driver: psycopg.Connection[Any], *asked: Statement) -> list[Result]:
    """Have statements executed one after the other, in the transaction that is open or that begins with them.

    Values that are bytes go in PostgreSQL's binary form, all others as text. Raises psycopg's error of the first
    statement that fails; those behind it were not executed then.
    """
    begins = not driver.autocommit and driver.pgconn.transaction_status == pq.TransactionStatus.IDLE
    try:
        results = _exchange(driver, [_BEGIN, *asked] if begins else asked)
    except BaseException:
        driver.close()  # what is still under way belongs to nobody
        raise
    for result in results:
        if result.status in _FAILED:
            raise error_from_result(result)
    return results[begins:]


def row(driver: psycopg.Connection[Any], result: Result) -> tuple[Any, ...]:
    """The first row of a result as Python's values; empty where there is none."""
    if not result.ntuples:
        return ()
    reader = Transformer.from_context(driver)
    reader.set_pgresult(result)
    return reader.load_rows(0, 1, tuple)[0]


def _exchange(driver: psycopg.Connection[Any], statements: Sequence[Statement]) -> list[Result]:
    """A result for each statement, or for those up to the first that could not be prepared."""
    libpq, names = driver.pgconn, _NAMES.setdefault(driver, {})
    unknown = {text for text, _ in statements if text not in names}
    libpq.enter_pipeline_mode()
    for text in unknown:
        libpq.send_prepare(_name(text), _numbered(text))
    for text, values in statements:
        sent = [each if isinstance(each, bytes | None) else str(each).encode() for each in values]
        libpq.send_query_prepared(_name(text), sent, [isinstance(each, bytes) for each in values])
    libpq.pipeline_sync()
    _send(libpq)
    results = list(_results(libpq))
    libpq.exit_pipeline_mode()
    for text, prepared in zip(unknown, results, strict=False):
        if prepared.status == pq.ExecStatus.COMMAND_OK:
            names[text] = _name(text)
    failed = [each for each in results[: len(unknown)] if each.status in _FAILED]
    return failed or results[len(unknown) :]


@lru_cache(maxsize=256)
def _name(text: str) -> bytes:
    return b"together_" + hashlib.sha256(text.encode()).hexdigest()[:32].encode()


@lru_cache(maxsize=256)
def _numbered(text: str) -> bytes:
    """A statement as PostgreSQL takes it: its values are counted."""
    first, *others = text.split("%s")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(others, start=1))]).encode()


def _send(libpq: pq.abc.PGconn) -> None:
    """Send all of it, and read meanwhile: a server that answers early would wait for that."""
    ready = select.poll()
    ready.register(libpq.socket, select.POLLIN | select.POLLOUT)
    while libpq.flush():
        if any(what & ~select.POLLOUT for _, what in ready.poll()):
            libpq.consume_input()


def _results(libpq: pq.abc.PGconn) -> Iterator[Result]:
    ready = select.poll()
    ready.register(libpq.socket, select.POLLIN)
    while True:
        while libpq.is_busy():
            ready.poll()
            libpq.consume_input()
        result = libpq.get_result()
        if result is None:  # it stands between two statements' results, and at the end of a connection
            if libpq.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError(LOST)
        elif result.status == pq.ExecStatus.PIPELINE_SYNC:
            return
        else:
            yield result
