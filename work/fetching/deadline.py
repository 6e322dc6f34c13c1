"""One deadline for a whole fetch, and a socket reader that keeps it, however slowly the other side drips."""

import io
import socket
import time
from typing import Any

from work.fetching.policy import Failed, Kind


class Deadline:
    """The seconds that are left; counts with a clock that only this process sees and nobody can turn."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, more than 0; raises Failed when none are."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise Failed(Kind.TIME, "The service took longer than it is given.")
        return left


class BoundedReader(io.RawIOBase):
    """Reads a socket until the deadline or the byte cap, whichever comes first; each read waits only what is left."""

    def __init__(self, connection: socket.socket, deadline: Deadline, cap: int) -> None:
        super().__init__()
        self.connection, self.deadline, self.room = connection, deadline, cap

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connection.settimeout(self.deadline.left())
        try:
            count = self.connection.recv_into(buffer)
        except TimeoutError as error:
            raise Failed(Kind.TIME, "The service took longer than it is given.") from error
        self.room -= count
        if self.room < 0:
            raise Failed(Kind.SIZE, "The answer is larger than what is taken.")
        return count


class SocketFile:
    """What `http.client` asks of a socket when it reads an answer."""

    def __init__(self, reader: BoundedReader) -> None:
        self.reader = reader

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(self.reader)
