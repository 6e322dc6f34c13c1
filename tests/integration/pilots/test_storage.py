"""Readings as they are kept: once each, by month, with sums that are right whatever comes in which order."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection

from audit import clock
from pilots import storage
from pilots.models import DailyRollup, Device, HourlyRollup, Metric, PendingRollup, Pilot, Reading
from pilots.storage import rollups
from pilots.storage.batches import microseconds
from tests.factories import pilots as factory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def pilot() -> Pilot:
    return factory.pilot_in("planned")


def batch(pilot: Pilot, *rows: tuple[str, datetime, float]) -> storage.Batch:
    metric = pilot.metrics.get().pk
    devices = dict(Device.objects.filter(site__pilot=pilot).values_list("code", "pk"))
    return storage.Batch.of(
        (number, devices[code], metric, microseconds(at), value) for number, (code, at, value) in enumerate(rows, 1)
    )


def keep(pilot: Pilot, *rows: tuple[str, datetime, float]) -> storage.Outcome:
    return storage.write(batch(pilot, *rows), "api", clock.now())


def sums(model: type[HourlyRollup] | type[DailyRollup], *fields: str) -> list[tuple[object, ...]]:
    while storage.roll_up():
        pass
    return list(model.objects.order_by(*fields).values_list(*fields, "total", "number", "lowest", "highest"))


def test_P4_a_batch_is_kept_once_and_each_row_is_told_what_became_of_it(pilot: Pilot) -> None:
    rows = [("p1a", NOON, 1.0), ("p1b", NOON, 2.0)]
    assert keep(pilot, *rows).added.all()
    # As a whole again; in part; with another value; twice in one batch; and one new row between known ends.
    again = keep(pilot, *rows)
    assert (again.added.any(), again.unchanged.all()) == (False, True)
    mixed = keep(pilot, rows[0], ("p1b", NOON, 9.0), ("p1b", NOON - timedelta(hours=1), 5.0))
    assert mixed.batch.numbers[mixed.added].tolist() == [3]
    assert (mixed.batch.numbers[mixed.conflicting].tolist(), mixed.kept[mixed.conflicting].tolist()) == ([2], [2.0])
    middle = keep(pilot, ("p1a", NOON - timedelta(days=1), 3.0), ("p1a", NOON, 1.0), ("p2a", NOON, 4.0))
    assert (middle.batch.numbers[middle.added].tolist(), middle.unchanged.tolist()) == ([1, 3], [False, True, False])
    twice = keep(pilot, ("p2b", NOON, 1.0), ("p2b", NOON, 2.0))
    assert (twice.added.tolist(), twice.conflicting.tolist()) == ([True, False], [False, True])
    assert Reading.objects.count() == 2 + 1 + 2 + 1


def test_what_is_foreseen_is_what_happens(pilot: Pilot) -> None:
    keep(pilot, ("p1a", NOON, 1.0))
    rows = [("p1a", NOON, 1.0), ("p1a", NOON, 2.0), ("p1b", NOON, 3.0), ("p1b", NOON, 3.0), ("p1b", NOON, 4.0)]
    foreseen, done = storage.foresee(batch(pilot, *rows)), keep(pilot, *rows)
    for name in ("added", "unchanged", "conflicting", "kept"):
        assert np.array_equal(getattr(foreseen, name), getattr(done, name)), name


def test_hours_and_days_are_summed_and_late_readings_sum_them_again(pilot: Pilot) -> None:
    keep(pilot, ("p1a", NOON, 1.0), ("p1a", NOON + timedelta(minutes=59), 4.0), ("p1a", NOON + timedelta(hours=1), 2.0))
    assert sums(HourlyRollup, "hour") == [
        (NOON, 5.0, 2, 1.0, 4.0), (NOON + timedelta(hours=1), 2.0, 1, 2.0, 2.0),
    ]  # fmt: skip
    assert sums(DailyRollup, "day") == [(date(2026, 5, 4), 7.0, 3, 1.0, 4.0)]
    keep(pilot, ("p1a", NOON - timedelta(hours=6), -1.0))
    assert sums(DailyRollup, "day") == [(date(2026, 5, 4), 6.0, 4, -1.0, 4.0)]
    assert PendingRollup.objects.count() == 0


def test_a_day_is_a_day_in_london_also_when_the_clocks_change(pilot: Pilot) -> None:
    spring, autumn = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
    keep(
        pilot,
        ("p1a", spring + timedelta(hours=22), 1.0), ("p1a", spring + timedelta(hours=23), 2.0),
        ("p1a", autumn - timedelta(hours=1), 3.0), ("p1a", autumn + timedelta(hours=23), 4.0),
        ("p1a", autumn + timedelta(hours=24), 5.0),
    )  # fmt: skip
    assert [(day, total) for day, total, *_ in sums(DailyRollup, "day")] == [
        (date(2026, 3, 29), 1.0), (date(2026, 3, 30), 2.0), (date(2026, 10, 25), 7.0), (date(2026, 10, 26), 5.0),
    ]  # fmt: skip


def test_P4_sums_are_the_same_bit_for_bit_whatever_the_order_of_arrival(pilot: Pilot) -> None:
    rows = [("p1a", NOON + timedelta(seconds=place), 0.1 * place) for place in range(40)]
    keep(pilot, *rows)
    first = sums(HourlyRollup, "hour")
    for table in (Reading, HourlyRollup, DailyRollup):
        table.objects.all().delete()
    for row in reversed(rows):
        keep(pilot, row)
    assert sums(HourlyRollup, "hour") == first


def test_marks_that_come_while_sums_are_made_stay(pilot: Pilot) -> None:
    for place in range(5):
        keep(pilot, ("p1a", NOON + timedelta(hours=place), 1.0))
    assert (storage.roll_up(marks=2), PendingRollup.objects.count()) == (2, 3)
    storage.catch_up(Metric.objects.values_list("pk", flat=True))
    assert (PendingRollup.objects.count(), HourlyRollup.objects.count()) == (0, 5)


def test_a_transaction_makes_so_many_sums_and_leaves_the_others_to_the_next(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(3):
        keep(pilot, *(("p1a", NOON + timedelta(days=day, hours=hour), 1.0) for hour in range(4)))
    monkeypatch.setattr(rollups, "HOURS", 9)
    assert [storage.roll_up(), storage.roll_up(), storage.roll_up()] == [2, 1, 0]
    monkeypatch.setattr(rollups, "HOURS", 1)
    keep(pilot, ("p1b", NOON, 1.0), ("p1b", NOON + timedelta(hours=1), 1.0))
    assert storage.roll_up() == 1, "a mark is done whole, however many hours it has"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="partitions are PostgreSQL's")
def test_each_month_has_its_partition_and_takes_over_what_came_before_it(pilot: Pilot) -> None:
    early = datetime(2020, 2, 1, tzinfo=UTC)
    keep(pilot, ("p1a", early - timedelta(microseconds=1), 1.0), ("p1a", early, 2.0))
    assert where() == {"pilots_reading_default": 2}
    storage.ensure_months(date(2020, 2, 1), date(2020, 2, 29))
    storage.ensure_months(date(2020, 2, 1), date(2020, 2, 29))
    assert where() == {"pilots_reading_default": 1, "pilots_reading_2020_02": 1}
    assert keep(pilot, ("p1a", early, 2.0)).unchanged.all()
    # Months that are past are let go once they are empty, the others and what lies beside them are not.
    storage.ensure_months(date(2020, 3, 1), date(2020, 4, 30))
    assert (storage.let_go(date(2020, 4, 1)), storage.let_go(date(2020, 4, 1))) == (1, 0)
    Reading.objects.filter(taken_at=early).delete()
    assert (storage.let_go(date(2020, 4, 1)), where()) == (1, {"pilots_reading_default": 1})
    assert keep(pilot, ("p1a", early, 3.0)).added.all()


def where() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM pilots_reading GROUP BY 1")
        return dict(cursor.fetchall())
