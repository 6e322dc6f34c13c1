"""What the fault tests of evaluations share: web, two workers and two beats as real processes, and running pilots.

On PostgreSQL the database lies on a server of its own, so that a test may restart it.
"""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
import requests
from django.conf import settings
from django.db import DatabaseError, connection, connections
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from audit import clock
from marketplace.bench.ingest.cluster import Cluster
from marketplace.supervisor import Services
from pilots import actions
from pilots.models import Pilot
from tests import databases
from tests.factories import pilots as factory


@dataclass
class City:
    """The running processes; `cluster` is the PostgreSQL server, None on SQLite."""

    services: Services
    cluster: Cluster | None

    @property
    def data_dir(self) -> Path:
        return self.services.data_dir

    def flush_queue(self) -> None:
        """Take all messages from the queue; a server that was started just now is asked until it answers."""
        asked_again = Retry(ConstantBackoff(0.1), 300)
        with redis.Redis.from_url(self.services.redis_url, retry=asked_again) as queue:
            queue.flushall()

    def post(self, pilot: Pilot, rows: Sequence[dict[str, Any]], secret: str, patience: float = 90) -> dict[str, Any]:
        """A batch of readings, sent again until it is received; the answer."""
        address = f"{self.services.url}/api/pilots/{pilot.public_id}/readings/"
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        deadline = time.monotonic() + patience
        while True:
            try:
                answer = requests.post(address, json.dumps(rows), headers=headers, timeout=60)
                if answer.status_code == 200:
                    return dict(answer.json())
                problem: object = f"{answer.status_code}: {answer.text[:200]}"
            except requests.RequestException as error:
                problem = error
            assert time.monotonic() < deadline, problem
            time.sleep(0.2)


def wait_for(what: Callable[[], object], patience: float = 300) -> None:
    """Return once it is so; a database that is away for a moment is asked again."""
    deadline = time.monotonic() + patience
    while True:
        try:
            if what():
                return
        except DatabaseError:
            connection.close()
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@contextmanager
def running_city(label: str) -> Iterator[City]:
    """A fresh database and everything that runs on it; the database of before comes back afterwards."""
    databases.use_fresh_copy("faults")
    with _server_of_its_own() as cluster:
        services = Services(settings.DATA_DIR, env={"DATABASE_URL": databases.address()})
        services.worker.command += ["--include", "tests.faults.mortal_work"]
        schedule = str(services.data_dir / "run" / "beat-schedule")
        second_beat = [part.replace(schedule, f"{schedule}-2") for part in services.beat.command]
        second_worker = services.child("worker-2", [*services.worker.command, "-n", "second@%h"])
        try:
            services.open()
            services.run(services.web, services.worker, second_worker, services.beat)
            services.run(services.child("beat-2", second_beat))
            services.wait_until_healthy()
            yield City(services, cluster)
        finally:
            services.stop()
            connections.close_all()
    databases.drop_copy()
    databases.use_fresh_copy(label)


@contextmanager
def _server_of_its_own() -> Iterator[Cluster | None]:
    """Nothing on SQLite, nor where PostgreSQL's programs are not here; else the database's copy on another server."""
    folder = Path(tempfile.mkdtemp(prefix="pf-"))
    cluster = Cluster(folder / "pg") if connection.vendor == "postgresql" else None
    if cluster is None or not cluster.is_installed:
        yield None
        shutil.rmtree(folder)
        return
    before = dict(connection.settings_dict)
    with cluster:
        _move_database(databases.address(), cluster)
        there = {"HOST": str(cluster.folder), "NAME": "postgres", "USER": "bench", "PORT": "", "PASSWORD": ""}
        connections.close_all()
        connection.settings_dict.update(there)
        try:
            yield cluster
        finally:
            connections.close_all()
            connection.settings_dict.update({name: before[name] for name in there})
    shutil.rmtree(folder)


def _move_database(address: str, cluster: Cluster) -> None:
    assert cluster.programs is not None
    host, _, name = address.rpartition("/")
    user, _, folder = host.removeprefix("postgres://").partition("@/")
    source = ["-h", folder, "-U", user] if folder else []
    dump = [str(cluster.programs / "pg_dump"), *source, "--no-owner", name if folder else address]
    load = [str(cluster.programs / "psql"), "-q", "-h", str(cluster.folder), "-U", "bench", "postgres"]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        subprocess.run(load, stdin=dumping.stdout, stdout=subprocess.DEVNULL, check=True)


def running_pilot(**near: Any) -> tuple[Pilot, str]:
    """A running pilot and the token of its feed."""
    pilot = factory.pilot_in("running", **near)
    issued = actions.issue_token(pilot=pilot, label="gateway", actor=factory.manager_of(pilot), at=clock.now())
    connection.close()  # the next writer of SQLite's file is another process
    return pilot, issued[1]
