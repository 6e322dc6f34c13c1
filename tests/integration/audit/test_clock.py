"""The clock is the database's; it moves in development only, and only forward."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from audit import clock
from audit.models import ClockOffset

pytestmark = pytest.mark.django_db
A_SECOND = timedelta(seconds=1)


def _database_time() -> datetime:
    sql = "SELECT strftime('%%s', 'now')" if connection.vendor == "sqlite" else "SELECT extract(epoch FROM now())"
    with connection.cursor() as cursor:
        cursor.execute(sql, [])
        return datetime.fromtimestamp(float(cursor.fetchone()[0]), UTC)


def test_now_is_the_database_clock_in_utc() -> None:
    read = clock.now()

    assert read.tzinfo is UTC
    assert abs(read - _database_time()) < 2 * A_SECOND


def test_moving_forward_shifts_the_clock_by_as_much() -> None:
    goal = clock.now() + timedelta(days=40)

    clock.move_to(goal)

    assert goal <= clock.now() < goal + 5 * A_SECOND


def test_moving_twice_adds_up() -> None:
    goal = clock.now() + timedelta(days=2)

    clock.move_to(clock.now() + timedelta(days=1))
    clock.move_to(goal)

    assert goal <= clock.now() < goal + 5 * A_SECOND
    assert ClockOffset.objects.count() == 1


def test_moving_back_is_refused() -> None:
    clock.move_to(clock.now() + timedelta(days=2))
    before = clock.offset()

    with pytest.raises(clock.ClockRefusedError, match="only moves forward"):
        clock.move_to(clock.now() - A_SECOND)

    assert clock.offset() == before


def test_a_new_installation_may_start_in_the_past_once() -> None:
    start = clock.now() - timedelta(days=400)

    clock.start_at(start)

    assert start <= clock.now() < start + 5 * A_SECOND
    with pytest.raises(clock.ClockRefusedError, match="already set"):
        clock.start_at(start)


@pytest.mark.parametrize("move", [clock.move_to, clock.start_at])
def test_nothing_moves_while_the_setting_is_off(settings: pytest.FixtureRequest, move: object) -> None:
    settings.CLOCK_MAY_MOVE = False

    with pytest.raises(clock.ClockRefusedError, match="only in development"):
        move(clock.now() + timedelta(days=1))

    assert ClockOffset.objects.count() == 0


def test_a_stored_offset_is_ignored_while_the_setting_is_off(settings: pytest.FixtureRequest) -> None:
    clock.move_to(clock.now() + timedelta(days=40))
    settings.CLOCK_MAY_MOVE = False

    assert abs(clock.now() - _database_time()) < 2 * A_SECOND
