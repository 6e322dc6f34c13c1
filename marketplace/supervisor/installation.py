"""The parts of a running installation: Valkey, a worker, one beat, the web server; and the watch over them."""

import contextlib
import fcntl
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType

import redis
from kombu.utils.url import maybe_sanitize_url

from marketplace.queue_socket import socket_path
from marketplace.supervisor.broker import valkey_command
from marketplace.supervisor.processes import OWNER, Child, end_left_overs

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
LONGEST_PAUSE = 30.0
# One thread of algebra a process: there are as many processes as processors, and small matrices.
USUAL = {
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges", "OPENBLAS_NUM_THREADS": "1",
}  # fmt: skip


class StartError(Exception):
    """Something needed could not be started; the text says what, in a sentence."""


class Services:
    """Everything that runs for one data folder. `port=0` picks a free one; `env` goes to every process.

    `open` readies the queue, `start` the rest; as a context manager it does both, and stops everything at the end.
    """

    def __init__(
        self,
        data_dir: Path | str,
        *,
        port: int = 0,
        env: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.port = port or free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.say = say
        given = {**os.environ, **(env or {})}
        given_redis = given.get("REDIS_URL", "")
        self.redis_url = given_redis or f"unix://{socket_path(self.data_dir)}"
        self.env = {**USUAL, "PUBLIC_URL": self.url, **given, **self._fixed()}
        self.valkey = None if given_redis else self.child("valkey", valkey_command(self.data_dir))
        self.worker = self.child("worker", _celery("worker", "--concurrency", "2", "--loglevel", "WARNING"))
        schedule = str(self.data_dir / "run" / "beat-schedule")
        self.beat = self.child("beat", _celery("beat", "--schedule", schedule, "--pidfile=", "--loglevel", "WARNING"))
        self.web = self.child("web", _web(self.port))
        self._watched: list[Child] = []
        self._lock: TextIOWrapper | None = None
        self._was_healthy = False
        self._stopping, self._at_rest, self._stopped = threading.Event(), threading.Event(), threading.Event()
        self._watch = threading.Thread(target=self._keep_running, name="watch", daemon=True)

    def __enter__(self) -> "Services":
        try:
            self.open()
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def child(self, name: str, command: list[str]) -> Child:
        """A process of this installation, not started yet (a second beat in a test, for one)."""
        return Child(name, command, env=self.env, cwd=ROOT, data_dir=self.data_dir)

    def open(self) -> None:
        """Take the data folder, end what a killed supervisor left in it, and have a queue that answers."""
        _leave_on_sigterm()
        (self.data_dir / "run").mkdir(parents=True, exist_ok=True)
        self._take_folder()
        for name in end_left_overs(self.data_dir):
            self.say(f"Ended a {name} process that an earlier start left behind.")
        if self.valkey is not None:
            self.say("Starting Valkey.")
            self.run(self.valkey)
        self._wait_for_queue()
        self._watch.start()

    def start(self) -> None:
        """Start web, worker and beat, and return once the web server answers."""
        if is_taken(self.port):
            raise StartError(f"Port {self.port} is taken by another program; choose another one with PORT=....")
        self.say("Starting the web server, the worker and beat.")
        self.run(self.web)
        self.wait_until_healthy()  # first, so that the others' start does not delay the first page
        self.run(self.worker, self.beat)

    def run(self, *children: Child) -> None:
        """Start these and watch them: one that ends is started again."""
        for child in children:
            child.start()
            self._watched.append(child)

    def wait_until_healthy(self, patience: float = 180.0) -> None:
        """Return once /health/ answers 200; StartError with the log's end if it does not."""
        deadline = time.monotonic() + patience
        while not _answers(f"{self.url}/health/"):
            never_came_up = not self._was_healthy and not self.web.is_running
            if never_came_up or time.monotonic() > deadline:
                raise StartError(f"The web server did not start. The end of {self.web.log}:\n{self.web.last_words()}")
            time.sleep(0.2)
        self._was_healthy = True

    def stop(self) -> None:
        """Stop everything: web, worker and beat together, the queue last."""
        if self._lock is None:
            return
        self._stopping.set()
        if self._watch.is_alive():
            self._at_rest.wait()
        others = [child for child in self._watched if child is not self.valkey]
        for child in others:
            child.ask_to_stop()
        for child in others:
            child.stop()
        if self.valkey is not None:
            self.valkey.stop()
            self._remove_socket()
        self._stopped.set()
        self._lock.close()
        self._lock = None

    def _fixed(self) -> dict[str, str]:
        return {
            "DATA_DIR": str(self.data_dir),
            "REDIS_URL": self.redis_url,
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
            OWNER: str(self.data_dir),
        }

    def _remove_socket(self) -> None:
        path = socket_path(self.data_dir)
        path.unlink(missing_ok=True)
        if self.data_dir not in path.parents:
            with contextlib.suppress(OSError):
                path.parent.rmdir()

    def _take_folder(self) -> None:
        lock = (self.data_dir / "run" / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise StartError(f"The data folder {self.data_dir} is already in use by another start.") from error
        self._lock = lock

    def _wait_for_queue(self) -> None:
        deadline = time.monotonic() + 15
        while (problem := _queue_problem(self.redis_url)) and time.monotonic() < deadline:
            if self.valkey is None or not self.valkey.is_running:
                break
            time.sleep(0.05)
        if problem:
            more = f"\n{self.valkey.last_words()}" if self.valkey is not None else ""
            raise StartError(f"The queue at {maybe_sanitize_url(self.redis_url)} does not answer: {problem}.{more}")

    def _keep_running(self) -> None:
        """Start again what ended; then stay, since what this thread started would end with it."""
        self._restart_until_told()
        self._at_rest.set()
        self._stopped.wait()

    def _restart_until_told(self) -> None:
        failures: dict[str, int] = {}
        started: dict[str, float] = {}
        restart_at: dict[str, float] = {}
        while not self._stopping.wait(0.2):
            for child in [child for child in self._watched if child.wanted and not child.is_running]:
                now = time.monotonic()
                if child.name not in restart_at:
                    lived_well = now - started.get(child.name, 0.0) > 2 * LONGEST_PAUSE
                    failures[child.name] = 0 if lived_well else failures.get(child.name, 0) + 1
                    restart_at[child.name] = now + min(0.5 * 2 ** failures[child.name], LONGEST_PAUSE)
                    self.say(f"The {child.name} process ended; it is started again. Its log: {child.log}")
                elif now >= restart_at[child.name]:
                    del restart_at[child.name]
                    started[child.name] = now
                    child.kill()  # what is left of its group
                    child.start()


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Whether something already listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _leave_on_sigterm() -> None:
    """Let SIGTERM end a program through its `with` blocks, so that it takes its processes along."""
    is_default = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if is_default and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def _celery(*arguments: str) -> list[str]:
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"] if arguments[0] == "worker" else []
    return [sys.executable, "-m", "celery", "-A", "marketplace.celery", *arguments, *quiet]


def _web(port: int) -> list[str]:
    workers = str(min(os.cpu_count() or 1, 4))
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws",
        "--workers", workers, "--blocking-threads", "4", "--respawn-failed-workers", "--respawn-interval", "0.5",
        "--workers-kill-timeout", "5", "--log-level", "warning", "marketplace.wsgi:application",
    ]  # fmt: skip


def _answers(url: str) -> bool:
    request = urllib.request.Request(url, headers={"X-Forwarded-Proto": "https"})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _queue_problem(redis_url: str) -> str:
    """Empty when the queue answers; otherwise what is wrong."""
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) as queue:
            queue.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return str(error).rstrip(".")
    return ""
