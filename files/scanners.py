"""Who looks for viruses: ClamAV's daemon over its socket, when FILE_SCANNER names it; otherwise nobody.

FILE_SCANNER=clamd:///run/clamav/clamd.ctl (a socket of this machine) or clamd://host:3310. The bytes go over that
connection and nowhere else: no file is written for the scanner.
"""

import contextlib
import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
SECONDS_TO_CONNECT = 5.0
SECONDS_IN_ALL = 40.0  # shorter than the lease of the work that waits for it
ANSWER = re.compile(r"^stream: (?:(?P<ok>OK)|(?P<name>.{1,200}) FOUND)$")


class ScannerUnavailable(Exception):  # noqa: N818 - it says what is wrong
    """The scanner is down, too slow, or says something that we do not understand; the text says which."""


@dataclass(frozen=True)
class Verdict:
    """What a scanner says about some bytes: `found` is the name of what it found, empty when they are clean."""

    scanner: str
    found: str = ""


class Scanner(Protocol):
    def scan(self, data: bytes) -> Verdict:
        """Look at some bytes; raises ScannerUnavailable when there is no verdict."""


def configured() -> Scanner | None:
    """The scanner that FILE_SCANNER names; None when it is empty."""
    text = str(settings.FILE_SCANNER)
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme != "clamd" or not (parts.path or parts.port):
        raise ImproperlyConfigured("FILE_SCANNER is clamd:///path/to/socket, clamd://host:port, or empty.")
    if parts.hostname:
        return ClamAV((parts.hostname, parts.port or 3310))
    return ClamAV(parts.path)


class ClamAV:
    """clamd's INSTREAM command: chunks with their length before them, a length of zero at the end, one line back."""

    def __init__(self, address: str | tuple[str, int], seconds: float = SECONDS_IN_ALL) -> None:
        self.address, self.seconds = address, seconds

    def scan(self, data: bytes) -> Verdict:
        until = time.monotonic() + self.seconds
        try:
            with contextlib.closing(self._connected()) as connection:
                said = self._asked(connection, data, until)
        except TimeoutError as error:
            raise ScannerUnavailable("it was too slow") from error
        except OSError as error:
            raise ScannerUnavailable("it cannot be reached") from error
        return _understood(said)

    def _connected(self) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, timeout=SECONDS_TO_CONNECT)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(SECONDS_TO_CONNECT)
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection

    def _asked(self, connection: socket.socket, data: bytes, until: float) -> str:
        # A daemon that has heard enough answers and hangs up: its answer counts, not the broken pipe.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for part in _stream(data):
                connection.settimeout(_left(until))
                connection.sendall(part)
        answer = b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
            connection.settimeout(_left(until))
            try:
                more = connection.recv(LONGEST_ANSWER)
            except ConnectionResetError:
                break
            if not more:
                break
            answer += more
        return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _stream(data: bytes) -> Iterator[bytes]:
    yield b"zINSTREAM\0"
    for start in range(0, len(data), CHUNK):
        part = data[start : start + CHUNK]
        yield struct.pack("!L", len(part)) + part
    yield struct.pack("!L", 0)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _understood(said: str) -> Verdict:
    found = ANSWER.match(said)
    if found is None:
        if "size limit exceeded" in said:
            raise ScannerUnavailable("it takes only smaller files: raise its StreamMaxLength")
        raise ScannerUnavailable("it gave no answer that we understand")
    return Verdict("ClamAV", found["name"] or "")
