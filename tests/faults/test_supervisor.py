"""The supervisor: what dies comes back, what a `kill -9` leaves behind is ended, what will not stop is killed."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from marketplace.supervisor import Services, StartError
from marketplace.supervisor.processes import birth_of, end_left_overs, group_of

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]
RUN = (
    "import sys, time; from marketplace.supervisor import Services; "
    "services = Services(sys.argv[1]); services.open(); "
    "stubborn = services.child('stubborn', ['sh', '-c', 'trap \"\" TERM; echo ready; sleep 60 & wait; sleep 60']); "
    "services.run(stubborn)\n"
    "while 'ready' not in stubborn.last_words(): time.sleep(0.05)\n"
    "print(services.valkey.pid, stubborn.pid, flush=True); time.sleep(60)"
)


def _wait_for(what: Callable[[], object], patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def _answers(services: Services) -> bool:
    try:
        return bool(redis.Redis.from_url(services.redis_url).ping())
    except redis.ConnectionError:
        return False


def test_the_whole_stack_serves_and_stops(services: Services) -> None:
    children = (services.valkey, services.worker, services.beat, services.web)
    pids = [child.pid for child in children]

    with urllib.request.urlopen(f"{services.url}/health/") as answer:
        status = answer.status
    services.stop()

    assert status == 200
    assert [birth_of(pid) for pid in pids] == [""] * 4
    assert list((services.data_dir / "run").glob("*.pid")) == []


def test_a_web_worker_that_is_killed_is_replaced_by_the_server(services: Services) -> None:
    leader = services.web.pid
    for pid in set(group_of(leader)) - {leader}:
        os.kill(pid, signal.SIGKILL)

    services.wait_until_healthy()

    assert services.web.pid == leader


def test_a_part_that_dies_is_started_again(valkey: Services) -> None:
    first = valkey.valkey.pid

    valkey.valkey.kill()
    _wait_for(lambda: _answers(valkey))

    assert (valkey.valkey.pid != first, birth_of(first)) == (True, "")


def test_what_was_written_survives_a_killed_valkey(valkey: Services) -> None:
    client = redis.Redis.from_url(valkey.redis_url)
    client.set("kept", "yes")
    time.sleep(1.2)  # the append-only file reaches the disk every second

    valkey.valkey.kill()
    _wait_for(lambda: _answers(valkey))

    assert redis.Redis.from_url(valkey.redis_url).get("kept") == b"yes"


def test_what_runs_ends_with_a_killed_supervisor_and_the_next_start_ends_what_would_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as killed:
        valkey, left_over = map(int, killed.stdout.readline().split())
        alive = [birth_of(valkey), birth_of(left_over)]
        killed.kill()
    assert all(alive)
    _wait_for(lambda: birth_of(valkey) == "")
    assert birth_of(left_over) == alive[1], "it does not listen to SIGTERM"
    said: list[str] = []

    services = Services(tmp_path, say=said.append)
    services.open()
    answers = _answers(services)
    services.stop()

    assert said[0] == "Ended a stubborn process that an earlier start left behind."
    assert (answers, birth_of(left_over)) == (True, "")


def test_a_stranger_with_a_recorded_id_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "worker.pid").write_text(f"{stranger.pid} 12345\n")

        ended = end_left_overs(tmp_path)

        alive = stranger.poll() is None
        stranger.kill()
    assert (ended, alive) == ([], True)


def test_what_ignores_the_request_to_stop_is_killed(valkey: Services) -> None:
    stubborn = valkey.child("stubborn", ["sh", "-c", "trap '' TERM; echo ready; sleep 60 & wait; sleep 60"])
    stubborn.start()
    _wait_for(lambda: "ready" in stubborn.last_words())
    pid = stubborn.pid

    stubborn.stop(patience=0.5)

    assert (birth_of(pid), stubborn.is_running) == ("", False)


def test_two_starts_on_one_data_folder_are_refused(valkey: Services) -> None:
    with pytest.raises(StartError, match="already in use by another start"):
        Services(valkey.data_dir).open()

    assert _answers(valkey)


def test_a_taken_port_is_said_in_a_sentence(valkey: Services, live_server: object) -> None:
    port = int(str(live_server).rsplit(":", 1)[1])
    second = Services(valkey.data_dir, port=port)

    with pytest.raises(StartError, match=f"Port {port} is taken"):
        second.start()


def test_a_queue_that_does_not_answer_is_said_in_a_sentence_without_its_password(tmp_path: Path) -> None:
    services = Services(tmp_path, env={"REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"})

    with pytest.raises(StartError, match=r"^The queue at redis://:\*\*@127\.0\.0\.1:1/0 does not answer"):
        services.open()
    services.stop()


def test_a_long_data_folder_gets_a_short_socket(tmp_path: Path) -> None:
    services = Services(tmp_path / ("x" * 120))

    services.open()
    answers = _answers(services)
    services.stop()

    assert answers
