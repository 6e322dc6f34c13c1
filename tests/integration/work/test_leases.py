"""Due work: leased by one worker at a time, done once, tried again after a failure (T6)."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit import clock
from audit.actors import SYSTEM
from audit.models import Event
from audit.transitions import append_event
from work import actions, heartbeat
from work.models import DueWork

pytestmark = pytest.mark.django_db
KIND = "test"
A_MINUTE = timedelta(minutes=1)


def _write_result(row: DueWork, at: datetime) -> None:
    """What a handler does last: the result and the end of the work, in one transaction."""
    with transaction.atomic():
        append_event(verb="test.done", subject=row, actor=SYSTEM, at=at, challenge_id=None)
        actions.finish(row, at)


def _fail(row: DueWork, at: datetime) -> None:
    raise ValueError("no readings yet")


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Callable[[actions.Handler], None]:
    return lambda handle: monkeypatch.setattr(actions, "HANDLERS", {KIND: handle})


@pytest.fixture
def at(handler: Callable[[actions.Handler], None]) -> datetime:
    """Now, with `_write_result` doing the work of this test's kind."""
    handler(_write_result)
    return clock.now()


def _results(row: DueWork) -> int:
    return Event.objects.about(row).filter(verb="test.done").count()


def _in_two_threads(function: Callable[[], Any]) -> list[Any]:
    ready = Barrier(2)

    def run(_: int) -> Any:
        try:
            ready.wait(5)
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, range(2)))


def test_T6_scheduling_twice_gives_one_row(at: datetime) -> None:
    first = actions.schedule(kind=KIND, subject_id=1, due_at=at)
    second = actions.schedule(kind=KIND, subject_id=1, due_at=at)

    assert (first.pk, DueWork.objects.filter(kind=KIND).count()) == (second.pk, 1)


def test_T6_the_database_itself_refuses_a_second_row(at: datetime) -> None:
    actions.schedule(kind=KIND, subject_id=1, due_at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        DueWork.objects.create(kind=KIND, subject_id=1, due_at=at)


def test_the_earliest_due_row_is_leased_first(at: datetime) -> None:
    late = actions.schedule(kind=KIND, subject_id=1, due_at=at - A_MINUTE)
    early = actions.schedule(kind=KIND, subject_id=2, due_at=at - 2 * A_MINUTE)
    actions.schedule(kind=KIND, subject_id=3, due_at=at + A_MINUTE)

    assert [actions.lease_next(at), actions.lease_next(at), actions.lease_next(at)] == [early, late, None]


def test_work_that_nobody_handles_is_left_alone(at: datetime) -> None:
    row = actions.schedule(kind="unknown", subject_id=1, due_at=at)

    assert actions.lease_next(at) is None
    row.refresh_from_db()
    assert row.attempts == 0


def test_a_leased_row_is_free_again_when_the_lease_runs_out(at: datetime) -> None:
    row = actions.schedule(kind=KIND, subject_id=1, due_at=at)
    actions.lease_next(at)

    assert actions.lease_next(at + actions.LEASE - timedelta(microseconds=1)) is None
    assert actions.lease_next(at + actions.LEASE) == row


def test_a_worker_that_lost_its_lease_writes_nothing(at: datetime) -> None:
    actions.schedule(kind=KIND, subject_id=1, due_at=at)
    slow = actions.lease_next(at)
    quick = actions.lease_next(at + actions.LEASE)

    with pytest.raises(actions.LeaseLostError):
        _write_result(slow, at)
    _write_result(quick, at)
    with pytest.raises(actions.LeaseLostError):
        _write_result(quick, at)

    assert _results(slow) == 1


def test_T6_done_work_is_not_done_again(at: datetime) -> None:
    row = actions.schedule(kind=KIND, subject_id=1, due_at=at)

    assert [actions.run_due_work(), actions.run_due_work()] == [1, 0]
    row.refresh_from_db()
    assert (_results(row), row.attempts, row.done_at is None) == (1, 1, False)


def test_a_failure_is_noted_and_tried_again_later(handler: Callable[[actions.Handler], None]) -> None:
    handler(_fail)
    row = actions.schedule(kind=KIND, subject_id=1, due_at=clock.now())

    assert [actions.run_due_work(), actions.run_due_work()] == [1, 0]

    row.refresh_from_db()
    assert (row.last_error, row.attempts, row.done_at, row.failed_at) == ("ValueError: no readings yet", 1, None, None)
    handler(_write_result)
    clock.move_to(row.leased_until)
    assert actions.run_due_work() == 1
    row.refresh_from_db()
    assert (row.last_error, row.attempts, _results(row)) == ("", 2, 1)


def test_work_that_keeps_failing_is_given_up_and_says_why(handler: Callable[[actions.Handler], None]) -> None:
    handler(_fail)
    row = actions.schedule(kind=KIND, subject_id=1, due_at=clock.now())

    for _ in range(actions.ATTEMPTS):
        actions.run_due_work()
        row.refresh_from_db()
        clock.move_to(row.leased_until)

    assert actions.run_due_work() == 0
    assert (row.attempts, row.failed_at is None, row.last_error) == (5, False, "ValueError: no readings yet")


def test_one_rows_failure_does_not_stop_the_next(handler: Callable[[actions.Handler], None]) -> None:
    handler(lambda row, at: _fail(row, at) if row.subject_id == 1 else _write_result(row, at))
    due_at = clock.now()
    rows = [actions.schedule(kind=KIND, subject_id=number, due_at=due_at) for number in (1, 2)]

    assert actions.run_due_work() == 2
    assert [_results(row) for row in rows] == [0, 1]


def test_work_that_waits_outside_is_done_one_row_at_a_time_and_holds_nothing_else_up(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "OUTSIDE", {KIND})
    actions.HANDLERS["prompt"] = _write_result
    first, second = (actions.schedule(kind=KIND, subject_id=number, due_at=at) for number in (1, 2))
    prompt = actions.schedule(kind="prompt", subject_id=1, due_at=at)

    assert [actions.lease_next(at), actions.lease_next(at), actions.lease_next(at)] == [first, prompt, None]

    assert actions.lease_next(at + actions.LEASE) == first, "a worker that was killed holds nobody up for longer"
    first.refresh_from_db()
    actions.finish(first, at)
    assert actions.lease_next(at) == second


def test_work_outside_that_failed_does_not_keep_the_next_waiting(
    handler: Callable[[actions.Handler], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler(lambda row, at: _fail(row, at) if row.subject_id == 1 else _write_result(row, at))
    monkeypatch.setattr(actions, "OUTSIDE", {KIND})
    due_at = clock.now()
    rows = [actions.schedule(kind=KIND, subject_id=number, due_at=due_at) for number in (1, 2)]

    assert actions.run_due_work() == 2
    assert [_results(row) for row in rows] == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_T6_two_workers_at_once_get_one_lease(at: datetime) -> None:
    row = actions.schedule(kind=KIND, subject_id=1, due_at=at)

    leased = _in_two_threads(lambda: actions.lease_next(at))

    row.refresh_from_db()
    assert ([each for each in leased if each], leased.count(None), row.attempts) == ([row], 1, 1)


@pytest.mark.django_db(transaction=True)
def test_T6_two_workers_at_once_do_each_row_once(at: datetime) -> None:
    rows = [actions.schedule(kind=KIND, subject_id=number, due_at=at) for number in range(20)]

    tried = _in_two_threads(actions.run_due_work)

    assert (sum(tried), {_results(row) for row in rows}) == (20, {1})
    assert set(DueWork.objects.filter(kind=KIND).values_list("attempts", flat=True)) == {1}


def test_work_whose_worker_is_lost_again_and_again_is_given_up_and_the_next_row_is_taken(at: datetime) -> None:
    deadly, next_one = (actions.schedule(kind=KIND, subject_id=number, due_at=at) for number in (1, 2))
    DueWork.objects.filter(pk=deadly.pk).update(attempts=actions.LOSSES, leased_until=at)

    assert actions.lease_next(at) == next_one
    deadly.refresh_from_db()
    assert (deadly.failed_at, deadly.last_error) == (at, "Its worker was lost 10 times.")


@pytest.mark.django_db(transaction=True)
def test_T6_a_lease_is_renewed_while_its_worker_lives_and_no_longer(at: datetime) -> None:
    actions.schedule(kind=KIND, subject_id=1, due_at=at)
    row = actions.lease_next(at)
    quickly = timedelta(milliseconds=20)

    with heartbeat.renewed(row, every=quickly):
        clock.move_to(at + 3 * actions.LEASE)  # an evaluation that outlasts three leases
        time.sleep(0.5)
        assert actions.lease_next(clock.now()) is None, "nobody else takes it meanwhile"
        _write_result(row, clock.now())
        time.sleep(0.1)
    assert (_results(row), DueWork.objects.due(clock.now()).filter(kind=KIND).count()) == (1, 0)

    hanging = actions.schedule(kind=KIND, subject_id=2, due_at=at)
    leased = actions.lease_next(clock.now())
    with heartbeat.renewed(leased, every=quickly, longest=3 * quickly):
        time.sleep(0.5)
        clock.move_to(clock.now() + actions.LEASE)
        assert actions.lease_next(clock.now()) == hanging, "who hangs is not waited for"
        hanging.refresh_from_db()
        with pytest.raises(actions.LeaseLostError):
            _write_result(leased, clock.now())


@pytest.mark.django_db(transaction=True)
def test_a_lease_that_another_worker_took_is_left_to_it(at: datetime) -> None:
    actions.schedule(kind=KIND, subject_id=1, due_at=at)
    slow, quick = actions.lease_next(at), actions.lease_next(at + actions.LEASE)

    with heartbeat.renewed(slow, every=timedelta(milliseconds=10)):
        time.sleep(0.2)

    quick.refresh_from_db()
    assert quick.leased_until == at + 2 * actions.LEASE


def test_a_bell_that_worked_long_enough_leaves_the_rest_to_the_next(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "ENOUGH", timedelta(0))
    actions.schedule(kind=KIND, subject_id=1, due_at=at)
    assert actions.run_due_work() == 0
