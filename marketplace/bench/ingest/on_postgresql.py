"""PostgreSQL: COPY and DRF beside ours, a burst, and the same work with one month and with twelve behind it."""

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import psycopg
from django.db import connection

from audit import clock
from marketplace.bench.ingest import growth
from marketplace.bench.ingest.growth import World
from marketplace.bench.ingest.on_sqlite import burst, queries_of
from marketplace.bench.ingest.sending import at_once, processor_time, send
from marketplace.bench.ingest.world import Stream, first_day, value_of
from marketplace.supervisor import Services

Batches = list[list[tuple[int, datetime]]]  # each of places of devices and instants
PEER, PEER_ROWS = "/bench/peer/{}/", 2_000  # of each client in a round; it is slow
CLIENTS, DEVICES, BATCH, ROWS, ROUNDS = 4, 700, 1000, 30_000, 5
SIZES = (BATCH, 5000)
SOMEBODY_ELSE = 10_000_000
WORK = {
    "size": BATCH,
    "batches": 10,
    "devices": 35,
}  # of a stream: 4.9 million readings in a year
_COPY = "COPY pilots_reading (device_id, metric_id, taken_at, value, source, received_at, version) FROM STDIN"


@dataclass(frozen=True)
class Rates:
    """Of one size of batch: rows a second and microseconds of processor time a row, beside the others'.

    Processor time is what is used beside the sender: web server and PostgreSQL; for COPY this program and PostgreSQL.
    """

    size: int
    ours: float
    copied: float
    shares: list[float]
    cpu: float
    copy_cpu: float
    drf: float

    def rows(self) -> list[dict[str, Any]]:
        words = f"in batches of {self.size:,}"
        return [
            _row(f"ours over HTTP, {words}", self.ours, self.cpu, self.shares),
            _row(f"COPY, {words}", self.copied, self.copy_cpu, []),
            _row(f"DRF's bulk create over HTTP, {words}", None, self.drf, []),
        ]

    def figures(self) -> dict[str, Any]:
        return {
            "size": self.size, "share": round(statistics.median(self.shares), 2),
            "copy": round(self.copy_cpu / self.cpu, 2), "drf": round(self.drf / self.cpu, 1),
        }  # fmt: skip


def measure(worlds: list[World], streams: list[Stream]) -> dict[str, Any]:
    """All of it; the streams are four pilots with 700 devices each. The last world is the one with twelve months."""
    services, postmaster = worlds[-1].services, worlds[-1].others[0]
    first = first_day(clock.now(), 13)
    rates = [
        _rates(services, streams, first + place * timedelta(days=14), size, postmaster)
        for place, size in enumerate(SIZES)
    ]
    lost = burst(services, streams, CLIENTS * DEVICES, clients=32)
    services.say("Writing one month and twelve of history, and measuring with both.")
    grown = growth.measure(worlds, growth.Work(streams, **WORK))
    return {
        **grown, "rows": [row for each in rates for row in each.rows()] + grown["rows"],
        "rates": [each.figures() for each in rates], "lost": lost, "queries": queries_of(streams[0]),
    }  # fmt: skip


def _rates(services: Services, streams: list[Stream], first: datetime, size: int, postmaster: int) -> Rates:
    """Ours, COPY and DRF in turn, each with as many clients and batches of the same size; the first round warms up."""
    ours, copied, cpu, copy_cpu, drf = [], [], [], [], []
    with _connections(len(streams)) as others:
        for number in range(ROUNDS + 1):
            batches = [_batches(s, first + number * timedelta(days=1), ROWS // size, size) for s in streams]
            rate, used = _ours(services, streams, batches, postmaster)
            ours.append(rate)
            cpu.append(used)
            rate, used = _copy(others, streams, batches, postmaster)
            copied.append(rate)
            copy_cpu.append(used)
            begins = first + (ROUNDS + 1 + number) * timedelta(days=1)
            drf.append(
                _drf(services, streams, [_batches(s, begins, 1 + PEER_ROWS // size, size) for s in streams], postmaster)
            )
    shares = [a / b for a, b in zip(ours[1:], copied[1:], strict=True)]
    rate, other, own, others_cpu, theirs = (statistics.median(each[1:]) for each in (ours, copied, cpu, copy_cpu, drf))
    return Rates(size, rate, other, shares, own, others_cpu, theirs)


def _ours(services: Services, streams: list[Stream], batches: list[Batches], postmaster: int) -> tuple[float, float]:
    """Rows a second over HTTP, and microseconds of processor time a row of web server and PostgreSQL."""
    requests = [[(s, s.body(rows)) for rows in own] for s, own in zip(streams, batches, strict=True)]
    before = processor_time(services.web.pid or 0, postmaster)
    sent = send(services, requests)
    used = processor_time(services.web.pid or 0, postmaster) - before
    if sent.added != sum(len(rows) for own in batches for rows in own):
        raise AssertionError(f"{sent.added} were added: {sent.failures[:1]}")
    return sent.added / sent.seconds, used / sent.added * 1e6


@contextmanager
def _connections(number: int) -> Iterator[list[psycopg.Connection]]:
    """To the database, past Django; kept for all rounds, as ours are."""
    settings = connection.settings_dict
    address = {"host": settings["HOST"], "dbname": settings["NAME"], "user": settings["USER"]}
    with ExitStack() as stack:
        yield [stack.enter_context(psycopg.connect(**address)) for _ in range(number)]


def _row(what: str, rate: float | None, cpu: float | None, rounds: list[float]) -> dict[str, Any]:
    return {
        "what": f"PostgreSQL: {what}", "rows_a_second": "" if rate is None else round(rate),
        "cpu_us": "" if cpu is None else round(cpu, 1), "rounds": " ".join(f"{each:.2f}" for each in rounds),
    }  # fmt: skip


def _batches(stream: Stream, first: datetime, number: int, size: int = BATCH) -> Batches:
    rows = list(stream.rows(first, number * size))
    return [rows[place : place + size] for place in range(0, len(rows), size)]


def _copy(
    others: list[psycopg.Connection], streams: list[Stream], batches: list[Batches], postmaster: int
) -> tuple[float, float]:
    """Rows a second of COPY as text, and microseconds of processor time a row.

    The same rows in the order of the key, as ours are written, for devices that are nobody's; on as many connections,
    a transaction a batch. The texts are made before.
    """
    at = clock.now().isoformat()
    texts = [
        ["".join(_line(stream, place, taken_at, at) for place, taken_at in sorted(rows)).encode() for rows in own]
        for stream, own in zip(streams, batches, strict=True)
    ]

    def copy(other: psycopg.Connection, own: list[bytes]) -> None:
        for text in own:
            with other.cursor() as cursor, cursor.copy(_COPY) as sink:
                sink.write(text)
            other.commit()

    before = time.process_time() + processor_time(postmaster)
    seconds = at_once([partial(copy, other, own) for other, own in zip(others, texts, strict=True)])
    used = time.process_time() + processor_time(postmaster) - before
    rows = sum(len(each) for own in batches for each in own)
    return rows / seconds, used / rows * 1e6


def _line(stream: Stream, place: int, taken_at: datetime, at: str) -> str:
    device = stream.ids[place] + SOMEBODY_ELSE
    return f"{device}\t{stream.metric.pk}\t{taken_at.isoformat()}\t{value_of(place, taken_at)}\tapi\t{at}\t1\n"


def _drf(services: Services, streams: list[Stream], batches: list[Batches], postmaster: int) -> float:
    """Microseconds of processor time a row."""
    requests = [[(s, s.body(rows)) for rows in own] for s, own in zip(streams, batches, strict=True)]
    before = processor_time(services.web.pid or 0, postmaster)
    sent = send(services, requests, PEER)
    if sent.failures:
        raise AssertionError(f"DRF's peer: {sent.failures[0][:500]}")
    return (processor_time(services.web.pid or 0, postmaster) - before) / sent.added * 1e6
