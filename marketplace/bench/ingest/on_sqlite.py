"""SQLite: batches of 10,000 rows over HTTP, beside executemany of the same rows into the same key."""

import sqlite3
import statistics
import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit import clock
from marketplace.bench.ingest import growth
from marketplace.bench.ingest.growth import World
from marketplace.bench.ingest.sending import processor_time, send
from marketplace.bench.ingest.world import STEP, Stream, first_day
from marketplace.supervisor import Services
from marketplace.supervisor.installation import HOST
from pilots import storage
from pilots.models import Reading

BATCH, BATCHES, ROUNDS, DEVICES = 10_000, 4, 5, 250
CLIENTS = 1
WORK = {"size": BATCH, "batches": 4, "devices": 30}  # a million readings in a year
SOMEBODY_ELSE = 10_000_000
_INSERT = (
    "INSERT INTO pilots_reading (device_id, metric_id, taken_at, value, source, received_at, version) "
    "VALUES (?, ?, ?, ?, 'api', ?, 1)"
)


def measure(worlds: list[World], streams: list[Stream]) -> dict[str, Any]:
    """Both in turn, several rounds; then with one month and with twelve behind it."""
    services, (stream,) = worlds[-1].services, streams
    first, ours, raw, cpu = first_day(clock.now(), 13), [], [], []
    for number in range(ROUNDS + 1):
        begins = first + number * BATCHES * (BATCH // DEVICES) * STEP
        batches = [list(stream.rows(begins + place * (BATCH // DEVICES) * STEP, BATCH)) for place in range(BATCHES)]
        requests = [(stream, stream.body(rows)) for rows in batches]
        before = processor_time(services.web.pid or 0)
        sent = send(services, [requests])
        used = processor_time(services.web.pid or 0) - before
        if sent.added != BATCH * BATCHES:
            raise AssertionError(f"{sent.added} of {BATCH * BATCHES} were added: {sent.failures[:1]}")
        ours.append(BATCH * BATCHES / sent.seconds)
        rate, raw_used = _raw(stream, batches)
        raw.append(rate)
        cpu.append((used, raw_used))
    ours, raw, cpu = ours[1:], raw[1:], cpu[1:]  # the first round warms up
    shares = [a / b for a, b in zip(ours, raw, strict=True)]
    storage.catch_up([stream.metric.pk])
    own, others = (statistics.median(pair[side] for pair in cpu) / (BATCH * BATCHES) * 1e6 for side in (0, 1))
    rows = [
        _row("ours over HTTP", statistics.median(ours), own, _all(shares)),
        _row("executemany", statistics.median(raw), others, ""),
    ]
    lost = _burst(services, stream)
    services.say("Writing one month and twelve of history, and measuring with both.")
    grown = growth.measure(worlds, growth.Work(streams, **WORK))
    return {
        **grown, "rows": rows + grown["rows"], "share": round(statistics.median(shares), 2),
        "cpu": round(others / own, 2), "lost": lost, "queries": queries_of(stream),
    }  # fmt: skip


def _row(what: str, rate: float, cpu: float, rounds: str) -> dict[str, Any]:
    return {"what": f"SQLite: {what}", "rows_a_second": round(rate), "cpu_us": round(cpu, 1), "rounds": rounds}


def _raw(stream: Stream, batches: list[list[Any]]) -> tuple[float, float]:
    """Rows a second of executemany, a transaction for each batch, and seconds of processor time.

    The same rows in the same order, with the settings that ours has; they are made ready before the clock starts.
    """
    received, prepared = str(clock.now().replace(tzinfo=None)), []
    for rows in batches:
        batch = stream.batch(rows).ordered()
        texts = [str(at.replace(tzinfo=None)) for _, at in sorted(rows, key=lambda row: (row[0], row[1]))]
        devices = (batch.devices + SOMEBODY_ELSE).tolist()
        metrics, values = batch.metrics.tolist(), batch.values.tolist()
        prepared.append([(*row, received) for row in zip(devices, metrics, texts, values, strict=True)])
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=60)
    other.execute("PRAGMA synchronous=NORMAL")
    began, used = time.monotonic(), time.process_time()
    for tuples in prepared:
        other.execute("BEGIN IMMEDIATE")
        other.executemany(_INSERT, tuples)
        other.execute("COMMIT")
    seconds, used = time.monotonic() - began, time.process_time() - used
    other.close()
    return BATCH * BATCHES / seconds, used


def _burst(services: Services, stream: Stream) -> int:
    """Devices that send at once, each for itself; how many readings are not there afterwards."""
    return burst(services, [stream], DEVICES, clients=16)


def burst(services: Services, streams: list[Stream], devices: int, clients: int) -> int:
    """Four readings of each device, an hour's worth, every device in a request of its own; how many were lost."""
    first = clock.now().replace(minute=0, second=7, microsecond=0) - timedelta(hours=3)
    requests = []
    for number in range(devices):
        stream = streams[number % len(streams)]
        place = number // len(streams) % len(stream.codes)
        requests.append((stream, stream.body([(place, first + step * STEP) for step in range(4)])))
    before = Reading.objects.filter(taken_at__second=7).count()
    send(services, [requests[client::clients] for client in range(clients)])
    return 4 * devices - (Reading.objects.filter(taken_at__second=7).count() - before)


def queries_of(stream: Stream) -> int:
    """How many queries a pilot's public page takes."""
    with CaptureQueriesContext(connection) as seen:
        answer = Client().get(f"/pilots/{stream.pilot.slug}/", headers={"host": HOST})
    if answer.status_code != 200:
        raise AssertionError(f"The pilot's page answers {answer.status_code}.")
    return len(seen)


def _all(numbers: list[float]) -> str:
    return " ".join(f"{number:.2f}" for number in numbers)
