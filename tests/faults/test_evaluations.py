"""Evaluations under fire: killed workers, a queue that is flushed and stopped, two beats and two workers, a database
that is restarted. Whatever happens, each due date has exactly one result, and no reading is lost (T6, P4, P6).

Real processes and real databases; one start for all of them. Readings come over HTTP.
"""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from audit import clock
from audit.actions import first_broken_link
from audit.models import ChainLink, Event
from pilots import actions, evaluating
from pilots.models import AnalysedReadings, Pilot, PilotEvaluation, Reading
from pilots.rules import first_instant
from tests.factories import pilots as factory
from tests.faults.city import City, running_city, running_pilot, wait_for
from tests.faults.kills import Kill, counted, killed, order_kills, orders_left
from work.actions import LEASE
from work.models import DueWork

pytestmark = pytest.mark.faults
KINDS = (actions.MONITORING, actions.REGISTERED)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[City]:
    with django_db_blocker.unblock(), running_city(os.environ.get("PYTEST_XDIST_WORKER", "main")) as running:
        yield running


def all_rows(pilot: Pilot) -> Rows:
    return factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on, effect=-2.0)


def in_batches(rows: Rows, size: int = 24) -> list[Rows]:
    return [rows[place : place + size] for place in range(0, len(rows), size)]


def due_rows(pilot: Pilot) -> Any:
    return DueWork.objects.filter(kind__in=KINDS, subject_id=pilot.pk)


def is_due_by_now(pilot: Pilot) -> Any:
    return due_rows(pilot).filter(due_at__lte=clock.now())


def all_done(pilot: Pilot) -> bool:
    """Every date that has come has its result."""
    return not is_due_by_now(pilot).filter(done_at=None).exists()


def move_to_the_end(pilot: Pilot) -> None:
    """The day after the pilot's last: every reading is in the past, and the analysis date lies ahead."""
    clock.move_to(first_instant(pilot.ends_on + timedelta(days=1)))


def move_to_analysis(pilot: Pilot) -> None:
    clock.move_to(first_instant(pilot.analysis_on))


def assert_once_and_nothing_lost(pilot: Pilot, rows: Sequence[Any]) -> None:
    """One result for each date that came, the registered one of all the readings; the record is whole."""
    wait_for(lambda: not Event.objects.filter(link=None).exists())
    pilot.refresh_from_db()
    found = list(PilotEvaluation.objects.filter(pilot=pilot).order_by("due_at").values_list("kind", "due_at"))
    wanted = [
        (row.kind.removeprefix("pilot."), row.due_at) for row in is_due_by_now(pilot).order_by("due_at")
    ]  # fmt: skip
    assert found == wanted
    verbs = Event.objects.about(pilot).filter(verb__in=("pilot.monitored", "pilot.evaluated"))
    assert verbs.count() == len(wanted)
    kept = Reading.objects.filter(metric__pilot=pilot)
    sent = {(row["device"], row["value"], row["taken_at"]) for row in rows}
    assert (kept.count(), len(sent)) == (len(rows), len(rows))
    result = pilot.evaluations.get(kind="registered")
    assert (pilot.state, AnalysedReadings.objects.filter(evaluation=result).count()) == ("evaluating", 1)
    assert result.snapshot_sha256 == evaluating.registered_result(pilot).snapshot
    assert result.result["verdict"] == "scale"
    assert (first_broken_link(), ChainLink.objects.count()) == (None, Event.objects.count())


def calls_of_an_evaluation(pilot: Pilot) -> dict[str, int]:
    """How many calls each kind makes, found out by doing it and taking it back."""

    def rehearse(kind: str) -> int:
        row = due_rows(pilot).filter(kind=kind).latest("due_at")
        with transaction.atomic():
            due_rows(pilot).update(done_at=None)
            PilotEvaluation.objects.filter(pilot=pilot).delete()
            calls = counted(lambda: actions.evaluate_due(row, max(row.due_at, clock.now())))
            transaction.set_rollback(True)
        return calls

    return {kind: rehearse(kind) for kind in KINDS}


def finish_in_spite_of_kills(city: City, pilot: Pilot, seen: int = 0) -> int:
    """As each worker dies, let its lease run out, until every date that came has its result; how many died in all."""
    until = time.monotonic() + 240
    while not all_done(pilot):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
        if killed(city.data_dir) > seen:
            seen = killed(city.data_dir)
            clock.move_to(clock.now() + LEASE)
    return killed(city.data_dir)


def test_P6_a_worker_killed_at_three_points_of_an_evaluation_leaves_one_result(city: City) -> None:
    pilot, secret = running_pilot()
    rows = all_rows(pilot)
    move_to_the_end(pilot)
    for batch in in_batches(rows, 480):
        city.post(pilot, batch, secret)
    wait_for(lambda: all_done(pilot))
    calls, chance = calls_of_an_evaluation(pilot), random.Random(5)  # noqa: S311
    # Anywhere, with the worker's whole process group; anywhere; in the last tenth, where the last transaction lies.
    shares = (0.9 * chance.random(), 0.9 * chance.random(), 0.9 + 0.1 * chance.random())
    connection.close()

    order_kills(city.data_dir, [Kill(share, calls, place == 0) for place, share in enumerate(shares)])
    move_to_analysis(pilot)
    died = finish_in_spite_of_kills(city, pilot)

    assert (orders_left(city.data_dir), died in (2, 3)) == (0, True), died
    assert_once_and_nothing_lost(pilot, rows)


def test_T6_two_beats_two_workers_and_a_flushed_and_stopped_queue_cost_seconds(city: City) -> None:
    stop_the_queue_and_go_on(city, seconds=2)


@pytest.mark.long
def test_T6_a_queue_that_is_gone_for_a_minute_costs_no_result_and_no_reading(city: City) -> None:
    stop_the_queue_and_go_on(city, seconds=60)


def stop_the_queue_and_go_on(city: City, seconds: float) -> None:
    """Readings come in and dates come while there is no queue; afterwards each is evaluated once, at the first try."""
    pilot, secret = running_pilot()
    rows, valkey = all_rows(pilot), city.services.valkey
    city.flush_queue()
    valkey.wanted = False
    valkey.kill()
    began = time.monotonic()
    move_to_the_end(pilot)
    answers = [city.post(pilot, batch, secret) for batch in in_batches(rows, 120)]
    move_to_analysis(pilot)
    assert sum(answer["added"] for answer in answers) == len(rows)
    time.sleep(max(0.0, seconds - (time.monotonic() - began)))

    valkey.start()
    wait_for(lambda: pilot.evaluations.exists())
    city.flush_queue()
    wait_for(lambda: all_done(pilot))

    # The registered result closes the intake; what was to be monitored before it is passed over once it stands. A bell
    # that rang before the queue went may have had a row at work when the clock was moved, so that its lease ran out.
    found = list(pilot.evaluations.values_list("kind", "due_at"))
    assert ([kind for kind, _ in found].count("registered"), len(set(found))) == (1, len(found))
    assert max(is_due_by_now(pilot).values_list("attempts", flat=True)) <= 2
    assert Event.objects.about(pilot).filter(verb="pilot.evaluated").count() == 1
    assert Reading.objects.filter(metric__pilot=pilot).count() == len(rows)
    assert pilot.evaluations.get(kind="registered").snapshot_sha256 == evaluating.registered_result(pilot).snapshot


@pytest.mark.long
def test_P6_a_worker_killed_at_twenty_random_points_leaves_one_result_for_each_date(city: City) -> None:
    pilot, secret = running_pilot()
    rows, chance = all_rows(pilot), random.Random(20)  # noqa: S311
    now = clock.now().isoformat()
    city.post(pilot, [row for row in rows if row["taken_at"] < now], secret)
    calls = calls_of_an_evaluation(pilot)
    connection.close()
    order_kills(city.data_dir, [Kill(chance.random(), calls, place % 5 == 4) for place in range(20)])
    before = killed(city.data_dir)
    move_to_the_end(pilot)
    for batch in in_batches(rows, 480):
        city.post(pilot, batch, secret)
    seen = finish_in_spite_of_kills(city, pilot, before)
    move_to_analysis(pilot)
    died = finish_in_spite_of_kills(city, pilot, seen) - before

    # Four of them take their whole group along, and with it whoever was on the way to a death of their own.
    assert (orders_left(city.data_dir), 16 <= died <= 20) == (0, True), died
    assert_once_and_nothing_lost(pilot, rows)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL is a server that can be restarted")
def test_P4_P6_a_restarted_database_loses_no_reading_and_no_result(city: City) -> None:
    if city.cluster is None:
        pytest.skip("PostgreSQL's programs are not on this machine")
    pilot, secret = running_pilot()
    rows = all_rows(pilot)
    batches = in_batches(rows)
    move_to_the_end(pilot)  # eight dates have come: they are worked on while readings come in and the server goes away
    connection.close()
    jobs: list[Callable[[], Any]] = [partial(city.post, pilot, batch, secret) for batch in batches]
    jobs.insert(len(jobs) // 4, city.cluster.restart)  # while a quarter is in and the rest is under way
    with ThreadPoolExecutor(5) as clients:
        answers = [answer for answer in clients.map(lambda job: job(), jobs) if answer]
    received = sum(answer["added"] + answer["unchanged"] for answer in answers)
    clock.move_to(clock.now() + LEASE)
    wait_for(lambda: all_done(pilot))
    move_to_analysis(pilot)
    wait_for(lambda: all_done(pilot))

    assert received == len(rows)
    assert_once_and_nothing_lost(pilot, rows)
