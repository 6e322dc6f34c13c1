"""Batches of one pilot that come at the same moment: none waits long, none is lost, none counts twice."""

import random
import threading
import time

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from audit import clock
from audit.actors import TokenActor
from audit.transitions import NotPermitted
from pilots import actions
from pilots.models import DailyRollup, Pilot, Reading
from tests.factories import pilots as factory

SENDERS = 4


@pytest.mark.django_db(transaction=True)
def test_P4_the_same_rows_from_several_senders_at_once_are_kept_once() -> None:
    pilot = factory.pilot_in("registered")
    manager, at = factory.manager_of(pilot), clock.now()
    assert pilot.baseline_starts_on is not None
    rows = factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.baseline_starts_on)
    added: list[int] = []

    def send(seed: int) -> None:
        own = random.Random(seed).sample(rows, len(rows))  # noqa: S311 - another order for each
        try:
            found = Pilot.objects.get(pk=pilot.pk)
            added.append(actions.ingest(pilot=found, rows=own, source="api", actor=manager, at=at).added)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(seed,)) for seed in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    actions.roll_up_readings()
    assert (len(added), sum(added), Reading.objects.count()) == (SENDERS, len(rows), len(rows))
    assert DailyRollup.objects.aggregate(number=Sum("number"))["number"] == len(rows)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="on SQLite one transaction comes after the other")
@pytest.mark.django_db(transaction=True)
def test_a_batch_that_waited_for_the_revocation_of_its_token_is_refused() -> None:
    pilot = factory.pilot_in("registered")
    manager, refused = factory.manager_of(pilot), []
    token, _ = actions.issue_token(pilot=pilot, label="gateway", actor=manager, at=clock.now())
    rows = factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.baseline_starts_on)

    def send() -> None:
        try:
            found = Pilot.objects.get(pk=pilot.pk)
            actions.ingest(pilot=found, rows=rows, source="api", actor=TokenActor(token.actor_key, "gateway"), at=None)
        except NotPermitted as error:
            refused.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    with transaction.atomic():
        actions.revoke_token(pilot=pilot, token=token, actor=manager, at=clock.now())
        thread.start()
        until = time.monotonic() + 20
        while not is_waited_for() and time.monotonic() < until:
            time.sleep(0.02)
        assert is_waited_for()
    thread.join()
    assert (len(refused), Reading.objects.count()) == (1, 0)


def is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="on SQLite the database is a file")
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_not_taken_to_be_well() -> None:
    connection.ensure_connection()
    assert connection.is_usable()
    number = connection.connection.info.backend_pid
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    finally:
        other.close()
    assert not connection.is_usable()
    connection.close()
