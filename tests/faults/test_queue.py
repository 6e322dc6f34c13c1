"""Killed workers, a lost queue, a second beat: seconds are lost, results are not (T6). Real processes throughout."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit import clock
from audit.actions import first_broken_link
from audit.models import ChainLink, Event
from marketplace.supervisor import Services
from tests import databases
from tests.faults.slow_work import DONE, KIND, started_file
from work.actions import LEASE, schedule
from work.models import DueWork

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def _wait_for(what: Callable[[], object], patience: float = 300) -> None:
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def _is_done(row: DueWork) -> bool:
    return DueWork.objects.filter(pk=row.pk).exclude(done_at=None).exists()


def _results(row: DueWork) -> int:
    return Event.objects.about(row).filter(verb=DONE).count()


@pytest.fixture
def queue(transactional_db: None, tmp_path: Path) -> Iterator[Services]:
    """Valkey, a worker that knows slow work, and beat; no web server."""
    env = {"DATABASE_URL": databases.address(), "SLOW_WORK_SECONDS": "1.5"}
    services = Services(tmp_path, env=env)
    services.worker.command += ["--include", "tests.faults.slow_work"]
    services.open()
    services.run(services.worker, services.beat)
    yield services
    services.stop()


def test_T6_work_whose_worker_was_killed_is_done_once_by_the_next(queue: Services) -> None:
    row = schedule(kind=KIND, subject_id=1, due_at=clock.now())
    started = started_file(queue.data_dir, row)
    _wait_for(started.exists)

    queue.worker.kill()
    clock.move_to(clock.now() + LEASE)
    _wait_for(lambda: _is_done(row))

    row.refresh_from_db()
    assert (started.read_text(), row.attempts, _results(row)) == ("1\n2\n", 2, 1)


def test_T6_work_that_came_due_while_the_queue_was_gone_is_done_once(queue: Services) -> None:
    first = schedule(kind=KIND, subject_id=1, due_at=clock.now())
    _wait_for(lambda: _is_done(first))

    queue.valkey.kill()
    second = schedule(kind=KIND, subject_id=2, due_at=clock.now())
    _wait_for(lambda: _is_done(second))

    assert (_results(first), _results(second)) == (1, 1)


def test_T6_a_second_beat_and_a_second_worker_do_nothing_twice(queue: Services) -> None:
    schedule_file = str(queue.data_dir / "run" / "beat-schedule")
    second_beat = [part.replace(schedule_file, f"{schedule_file}-2") for part in queue.beat.command]
    queue.run(queue.child("beat-2", second_beat), queue.child("worker-2", [*queue.worker.command, "-n", "second@%h"]))

    due_at = clock.now()
    rows = [schedule(kind=KIND, subject_id=number, due_at=due_at) for number in range(6)]
    _wait_for(lambda: all(_is_done(row) for row in rows))
    _wait_for(lambda: not Event.objects.filter(link=None).exists())

    assert [_results(row) for row in rows] == [1] * 6
    assert set(DueWork.objects.filter(kind=KIND).values_list("attempts", flat=True)) == {1}
    assert (first_broken_link(), ChainLink.objects.count()) == (None, Event.objects.count())
