"""A PostgreSQL server of the bench's own, with the settings it comes with, on a private socket; gone afterwards."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from types import TracebackType

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
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        """As if the machine had lost its power: nothing is finished, connections break, the log is replayed."""
        self._control("-m", "immediate", "restart")

    def _control(self, *what: str) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-o", options, "-w", *what)

    def _run(self, program: str, *arguments: str) -> None:
        """The server refuses to run as root, so root lends it another user."""
        if self.programs is None:
            raise StartError("PostgreSQL is not installed.")
        command = [str(self.programs / program), *arguments]
        user = _owner() if os.getuid() == 0 else None
        done = subprocess.run(  # noqa: S603 - the programs of PostgreSQL
            command, cwd=self.folder, user=user, group=None if user is None else pwd.getpwnam(user).pw_gid,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise StartError(f"{program} failed: {done.stderr.strip()}")


def _owner() -> str:
    return "postgres" if "postgres" in {each.pw_name for each in pwd.getpwall()} else "nobody"
