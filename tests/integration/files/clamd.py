"""A daemon that speaks clamd's INSTREAM protocol on a real socket, and misbehaves when asked to."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon:
    """`mood`: honest, silent (reads and never answers), drips, garbage, hangs up, or too small (a size limit)."""

    def __init__(self, path: Path) -> None:
        self.path, self.mood, self.seen = path, "honest", []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(5)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def setting(self) -> str:
        return f"clamd://{self.path}"

    def _serve(self) -> None:
        self.listener.settimeout(0.1)
        while not self.stopping.is_set():
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            with connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.settimeout(5)
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        if self.mood == "hangs up":
            return
        assert _read(connection, 10) == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack("!L", _read(connection, 4))[0]:
            data += _read(connection, length)
            if self.mood == "too small":
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.seen.append(data)
        self._answer(connection, data)

    def _answer(self, connection: socket.socket, data: bytes) -> None:
        if self.mood == "silent":
            self.stopping.wait(3)
        elif self.mood == "drips":
            for letter in b"stream: OK" * 10:
                time.sleep(0.2)
                connection.sendall(bytes([letter]))
        elif self.mood == "garbage":
            connection.sendall(b"\xff\xfe<html>OK</html>" * 1000 + b"\0")
        else:
            connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0")


@contextmanager
def clamd(path: Path) -> Iterator[Daemon]:
    """The daemon, running until the end of the block."""
    daemon = Daemon(path)
    daemon.thread.start()
    try:
        yield daemon
    finally:
        daemon.stopping.set()
        daemon.thread.join()
        daemon.listener.close()


def _read(connection: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = connection.recv(count - len(got))
        if not more:
            return got + b"\0" * (count - len(got))
        got += more
    return got
