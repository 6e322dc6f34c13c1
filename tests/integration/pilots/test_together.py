"""Statements that go to PostgreSQL together: all of them or up to the first that fails; the connection stays well."""

from contextlib import closing

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from audit import clock
from pilots import actions, storage
from pilots.models import Pilot, Reading
from pilots.storage.postgresql import raw_cursor
from pilots.storage.together import ask, row
from tests.factories import pilots as factory

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="it speaks to PostgreSQL's library")
KEEP = ("INSERT INTO told (at, what) VALUES (%s, %s)", [1, b"\0\xff"])


@pytest.mark.django_db
def test_statements_behind_one_that_fails_are_not_executed_and_the_connection_goes_on() -> None:
    with transaction.atomic():
        with raw_cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE told (at bigint PRIMARY KEY, what bytea)")
        driver = connection.connection
        kept, found = ask(driver, KEEP, ("SELECT what, %s::text, %s::text, 1.5::float8 FROM told", ["50 % ü", None]))
        assert (kept.command_tuples, row(driver, found)) == (1, (b"\0\xff", "50 % ü", None, 1.5))
        ask(driver, ("SAVEPOINT here", ()))
        for statement in (KEEP, ("SELECT nonsense", ())):  # the first is known by now, the other cannot be prepared
            with pytest.raises(psycopg.Error, match=r"already exists|does not exist"):
                ask(driver, statement, ("INSERT INTO told (at) VALUES (2)", ()))
            ask(driver, ("ROLLBACK TO SAVEPOINT here", ()))
        assert row(driver, ask(driver, ("SELECT count(*) FROM told WHERE at < %s", [3]))[0]) == (1,)
        assert row(driver, ask(driver, ("SELECT at FROM told WHERE at > %s", [3]))[0]) == ()


@pytest.mark.django_db
def test_what_is_larger_than_any_buffer_goes_there_and_back() -> None:
    large = b"x" * 4_000_000
    with transaction.atomic(), raw_cursor():
        found = ask(connection.connection, *[("SELECT length(%s::bytea), repeat('y', 2000000)", [large])] * 3)
        assert [row(connection.connection, each)[0] for each in found] == [len(large)] * 3


@pytest.mark.django_db(transaction=True)
def test_a_server_that_dies_in_the_middle_of_a_batch_keeps_nothing_of_it_and_the_next_try_does() -> None:
    pilot = factory.pilot_in("registered")
    manager = factory.manager_of(pilot)
    rows = factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.baseline_starts_on)

    def broken_off() -> None:
        with transaction.atomic():
            actions.ingest(pilot=pilot, rows=rows, source="api", actor=manager, at=None)
            with closing(connection.copy()) as other, other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
            storage.hold_open(pilot)

    with pytest.raises(OperationalError):
        broken_off()
    assert Reading.objects.count() == 0
    again = Pilot.objects.get(pk=pilot.pk)
    taken = actions.ingest(pilot=again, rows=rows, source="api", actor=manager, at=clock.now())
    assert (taken.added, Reading.objects.count()) == (len(rows), len(rows))
