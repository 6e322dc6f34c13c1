"""What history costs: the same work in a world with one month behind it and in one with twelve.

Both worlds are there at once, a database and a web server each, copied from one another before the first reading; they
are measured in turn, round by round, and each round gives a ratio. So whatever else the machine does meets both.
"""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from audit import clock
from marketplace.bench.ingest.sending import processor_time, send
from marketplace.bench.ingest.world import STEP, Stream, first_day
from marketplace.supervisor import Services
from pilots import storage
from pilots.models import Reading
from pilots.storage.batches import HOUR, microseconds
from pilots.storage.keeping import mark_buckets
from pilots.storage.months import month_of, months_between, partition

ROUNDS, REPEATS = 9, 5
ONE_MONTH, TWELVE = 1, 12
Figures = dict[str, Any]
_POSTGRESQL = (
    (
        "INSERT INTO pilots_reading (metric_id, device_id, taken_at, value, source, received_at, version) "
        "SELECT %s, device, taken_at, 50 + extract(minute FROM taken_at) / 10, 'api', taken_at, 1 "
        "FROM unnest(%s) AS device, generate_series(%s::timestamptz, %s, interval '15 minutes') AS taken_at "
        "ON CONFLICT DO NOTHING"
    ),
    (
        "INSERT INTO pilots_hourlyrollup (metric_id, device_id, hour, total, number, lowest, highest) "
        "SELECT %s, device, hour, 200, 4, 50, 54.5 FROM unnest(%s) AS device, "
        "generate_series(%s::timestamptz, %s, interval '1 hour') AS hour ON CONFLICT DO NOTHING"
    ),
    (
        "INSERT INTO pilots_dailyrollup (metric_id, device_id, day, total, number, lowest, highest) "
        "SELECT %s, device, day::date, 4800, 96, 50, 54.5 FROM unnest(%s) AS device, "
        "generate_series(%s::timestamptz, %s, interval '1 day') AS day ON CONFLICT DO NOTHING"
    ),
)
_SERIES = (
    "WITH RECURSIVE moment(at) AS (SELECT %s UNION ALL SELECT datetime(at, '+{step}') FROM moment WHERE at < %s) "
    "INSERT OR IGNORE INTO {into} SELECT {columns} FROM json_each(%s) AS device, moment"
)
_SQLITE = (
    _SERIES.format(
        step="15 minutes", into="pilots_reading (metric_id, device_id, taken_at, value, source, received_at, version)",
        columns="%s, device.value, at, 50, 'api', at, 1",
    ),
    _SERIES.format(
        step="1 hour", into="pilots_hourlyrollup (metric_id, device_id, hour, total, number, lowest, highest)",
        columns="%s, device.value, at, 200, 4, 50, 54.5",
    ),
    _SERIES.format(
        step="1 day", into="pilots_dailyrollup (metric_id, device_id, day, total, number, lowest, highest)",
        columns="%s, device.value, date(at), 4800, 96, 50, 54.5",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A database with so many months behind it, and its web server; `others` are processes that work for it, too."""

    months: int
    database: str
    services: Services
    others: tuple[int, ...] = ()

    def processor_time(self) -> float:
        """Of web server, database and this program, so far."""
        return time.process_time() + processor_time(self.services.web.pid or 0, *self.others)


@dataclass(frozen=True)
class Work:
    """What is done over and over: batches of a size to each stream; `devices` of each have a history."""

    streams: list[Stream]
    size: int
    batches: int
    devices: int


def measure(worlds: Sequence[World], work: Work) -> Figures:
    """Cost of a batch and of an hour's sums: microseconds in each world, and the ratio of each round."""
    kept = [_write_history(world, work) for world in worlds]
    found: dict[str, list[list[float]]] = {"batch": [], "rollup": []}
    for number in range(ROUNDS + 1):
        order = list(worlds) if number % 2 else list(reversed(worlds))
        for name, cost in (("batch", _batch_cost), ("rollup", _rollup_cost)):
            costs = {world.months: cost(world, work, number) for world in order}
            found[name].append([costs[world.months] for world in worlds])
    ratios = {name: [each[1] / each[0] for each in rounds[1:]] for name, rounds in found.items()}  # the first warms up
    return {
        "rows": [row for name, what in _NAMES.items() for row in _rows(what, worlds, kept, found[name], ratios[name])],
        **{f"{name}_growth": round(statistics.median(each), 2) for name, each in ratios.items()},
    }


_NAMES = {"batch": "a batch", "rollup": "sums of an hour of all devices"}


def _rows(
    what: str, worlds: Sequence[World], kept: list[int], found: list[list[float]], ratios: list[float]
) -> Iterator[Figures]:
    for place, world in enumerate(worlds):
        yield {
            "what": f"{connection.vendor}: {what}, {world.months} months, {kept[place]:,} readings (CPU us)",
            "rows_a_second": "", "cpu_us": round(statistics.median(each[place] for each in found[1:])),
            "rounds": " ".join(f"{each:.2f}" for each in ratios) if place else "",
        }  # fmt: skip


@contextmanager
def inside(world: World) -> Iterator[None]:
    """This program's database is that of a world."""
    was = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = world.database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = was


def _write_history(world: World, work: Work) -> int:
    at = clock.now()
    first, last = first_day(at, world.months + 1), first_day(at, 1) - STEP
    with inside(world):
        if connection.vendor == "postgresql":
            _drop_other_months(first.date(), at)
        for stream in work.streams:
            _write(stream.metric.pk, stream.ids[: work.devices], first, last)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
            cursor.execute("CHECKPOINT" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")
        return Reading.objects.count()


def _drop_other_months(first: date, at: datetime) -> None:
    """A month that has no reading has no partition: a young database has few."""
    with connection.cursor() as cursor:
        for month in months_between(first_day(at, 13).date(), month_of(at)):
            if month < first:
                cursor.execute(f"DROP TABLE {partition(month)}")


def _write(metric: int, devices: list[int], first: datetime, last: datetime) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in _POSTGRESQL:
                cursor.execute(statement, [metric, devices, first, last])
            return
        texts = [str(each.replace(tzinfo=None)) for each in (first, last)]
        for statement in _SQLITE:
            cursor.execute(statement, [*texts, metric, str(devices)])


def _batch_cost(world: World, work: Work, number: int) -> float:
    """Microseconds of processor time of a batch over HTTP."""
    number_of_steps = -(-work.batches * work.size // len(work.streams[0].ids))
    begins = clock.now().replace(minute=1, second=0, microsecond=0) - (number + 1) * number_of_steps * STEP
    requests = []
    for stream in work.streams:
        rows = list(stream.rows(begins, work.batches * work.size))
        bodies = (stream.body(rows[place : place + work.size]) for place in range(0, len(rows), work.size))
        requests.append([(stream, body) for body in bodies])
    before = processor_time(world.services.web.pid or 0, *world.others)
    sent = send(world.services, requests)
    used = processor_time(world.services.web.pid or 0, *world.others) - before
    if sent.failures:
        raise AssertionError(sent.failures[0][:500])
    return used / (work.batches * len(work.streams)) * 1e6


def _rollup_cost(world: World, work: Work, number: int) -> float:
    """Microseconds of processor time to make an hour's sums of all devices."""
    with inside(world):
        storage.catch_up([stream.metric.pk for stream in work.streams])
        hour = microseconds(clock.now() - timedelta(hours=6 * (number + 2))) // HOUR + 1
        pairs = {s.metric.pk: np.array([(device, hour) for device in s.ids], dtype=np.int64) for s in work.streams}
        before = world.processor_time()
        for _ in range(REPEATS):  # a tick of the processor's clock is 10 ms
            mark_buckets(pairs)
            storage.roll_up()
        return (world.processor_time() - before) / REPEATS * 1e6
