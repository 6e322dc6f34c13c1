"""A PostgreSQL server of the bench's own, with the settings it comes with, on a private socket; gone afterwards."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from marketplace.supervisor import StartError

_INSTALLED = "/usr/lib/postgresql"


class Cluster:
    """Use it as a context manager; `url` is its database then."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        found = sorted(Path(_INSTALLED).glob("*/bin/initdb"))
        self.programs = found[-1].parent if found else None
        self.url = f"postgres://bench@/{folder}/postgres"

    @property
    def is_installed(self) -> bool:
        return self.programs is not None

    @property
    def pid(self) -> int:
        """The id of the server's first process."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def __enter__(self) -> "Cluster":
        self.folder.mkdir(parents=True)
        if os.getuid() == 0:
            owner = pwd.getpwnam(_owner())
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            for parent in self.folder.parents[:1]:
                parent.chmod(0o755)
        self._run("initdb", "-D", str(self.data), "-U", "bench", "-A", "trust", "-E", "UTF8", "-N")
        self._control("start")
        self._guard = self._guarded()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")
        with self._guard:  # which closes its pipe and waits
            self._guard.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        """As if the machine had lost its power: nothing is finished, connections break, the log is replayed."""
        self._control("-m", "immediate", "restart")

    def _guarded(self) -> subprocess.Popen[bytes]:
        """A shell that stops the server when this process is gone, however it went: then its pipe ends."""
        words = 'read -r _; "$1" -D "$2" -m immediate stop >/dev/null 2>&1; rm -rf "$2"'
        command = ["/bin/sh", "-c", words, "guard", str(self._program("pg_ctl")), str(self.data)]
        return subprocess.Popen(  # noqa: S603 - our own command line
            command, cwd=self.folder, stdin=subprocess.PIPE, start_new_session=True, **_lent()
        )

    def _program(self, name: str) -> Path:
        if self.programs is None:
            raise StartError("PostgreSQL is not installed.")
        return self.programs / name

    def _control(self, *what: str) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-o", options, "-w", *what)

    def _run(self, program: str, *arguments: str) -> None:
        """The server refuses to run as root, so root lends it another user."""
        done = subprocess.run(  # noqa: S603 - the programs of PostgreSQL
            [str(self._program(program)), *arguments], cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False, **_lent(),
        )  # fmt: skip
        if done.returncode:
            raise StartError(f"{program} failed: {done.stderr.strip()}")


def _lent() -> dict[str, Any]:
    """Who runs the server: root lends it another user."""
    if os.getuid() != 0:
        return {}
    return {"user": _owner(), "group": pwd.getpwnam(_owner()).pw_gid}


def _owner() -> str:
    return "postgres" if "postgres" in {each.pw_name for each in pwd.getpwall()} else "nobody"
