"""One supervised process: in a session of its own, recorded on disk, ended politely first and firmly after that.

It ends with the thread that started it (`tied`), so whoever restarts one lives as long as the processes are to.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

PATIENCE = 10.0
OWNER = "SUPERVISED_FOR"  # in each child's environment: the folder whose installation it belongs to
_PROC = Path("/proc")
_TIED = Path(__file__).with_name("tied.py")


class Child:
    """A process that can be started, killed and stopped again and again under one name."""

    def __init__(self, name: str, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, data_dir: Path) -> None:
        self.name, self.command, self.env, self.cwd = name, list(command), dict(env), cwd
        self.log = data_dir / "logs" / f"{name}.log"
        self.record = data_dir / "run" / f"{name}.pid"
        self.wanted = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id; None while it does not run."""
        return self._process.pid if self._process is not None and self.is_running else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, in a session and process group of its own, and write down who it is."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.record.parent.mkdir(parents=True, exist_ok=True)
        tied = [sys.executable, "-I", "-S", str(_TIED), str(os.getpid())]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command lines
                [*tied, *self.command], env=self.env, cwd=self.cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.record.write_text(f"{self._process.pid} {birth_of(self._process.pid)}\n")
        self.wanted = True

    def kill(self) -> None:
        """End it and everything it started with SIGKILL; whoever watches it starts it again."""
        if self._process is not None:
            _signal_group(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def ask_to_stop(self) -> None:
        """SIGTERM, to the leading process only: it ends its own workers in its own order."""
        self.wanted = False
        if self._process is not None and self.is_running:
            self._process.terminate()

    def stop(self, *, patience: float = PATIENCE) -> None:
        """Ask it to stop, wait, then kill what is left of it; forget it."""
        self.ask_to_stop()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
            self.kill()
            self._process = None
        self.record.unlink(missing_ok=True)

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def end_left_overs(data_dir: Path) -> list[str]:
    """End what an earlier, killed supervisor of this folder left running; returns the names."""
    records = sorted((data_dir / "run").glob("*.pid"))
    found = {record.stem: pids for record in records if (pids := _left_over(record, data_dir))}
    for pids in found.values():
        _signal(pids[0], signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while any(_is_alive(pid) for pids in found.values() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in [pid for pids in found.values() for pid in pids if _is_alive(pid)]:
        _signal(pid, signal.SIGKILL)
    for record in records:
        record.unlink(missing_ok=True)
    return list(found)


def birth_of(pid: int) -> str:
    """When a process began, in a form that tells it from a later one with the same id; empty when there is none."""
    if _PROC.is_dir():
        fields = _stat(pid)
        return fields[19] if fields and fields[0] != "Z" else ""
    asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return "-".join(asked.stdout.split())


def group_of(leader: int) -> Iterator[int]:
    """The ids of the living processes in a process group (Linux; elsewhere none are found)."""
    for entry in _PROC.glob("[0-9]*"):
        fields = _stat(int(entry.name))
        if fields and int(fields[2]) == leader and fields[0] != "Z":
            yield int(entry.name)


def _left_over(record: Path, data_dir: Path) -> list[int]:
    pid_text, _, birth = record.read_text().strip().partition(" ")
    if not pid_text.isdigit():
        return []
    leader = int(pid_text)
    if birth and birth_of(leader) == birth and _is_alive(leader):
        return [leader, *(pid for pid in group_of(leader) if pid != leader)]
    # The leader is gone, perhaps its id already belongs to a stranger: take only those that carry our mark.
    mark = f"{OWNER}={data_dir}".encode()
    return [pid for pid in group_of(leader) if mark in _environment(pid)]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the command's name: state, parent, group, ..."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []


def _environment(pid: int) -> list[bytes]:
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _is_alive(pid: int) -> bool:
    return bool(birth_of(pid))


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
