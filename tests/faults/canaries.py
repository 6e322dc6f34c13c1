"""Canary words, the forms in which one could hide, and the places where a marketplace keeps anything."""

import base64
import os
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import redis
from django.contrib.sessions.models import Session
from django.db import connection

FIELDS = (
    "answer", "long", "aside", "evidence", "address", "typed", "filename", "filetext", "property", "refused", "other",
)  # fmt: skip
PRICES = {
    "sent": {"pilot": "48213.37", "contract": "391827.46"}, "draft": {"pilot": "57319.83", "contract": "482913.59"},
    "back": {"pilot": "41718.29", "contract": "317294.61"},
}  # fmt: skip


def words_of(which: str) -> dict[str, str]:
    """The canaries of one submission (sent, draft, back): one word for each field, and its two prices."""
    words = {field: f"canary{which}{field}" for field in FIELDS}
    return words | {f"{name}_price": amount for name, amount in PRICES[which].items()}


@cache
def shapes(word: str) -> set[bytes]:
    """A word as it could stand somewhere: plain, in base64 at any offset, in hex, in UTF-16, with a comma."""
    plain = word.encode()
    cut = [base64.b64encode(b"\0" * offset + plain)[(0, 2, 3)[offset] :].rstrip(b"=")[:-1] for offset in range(3)]
    amount = {f"{float(word):,.2f}".encode()} if word.replace(".", "").isdigit() else set()
    return {plain, plain.hex().encode(), plain.hex().upper().encode(), word.encode("utf-16-le"), *cut, *amount}


def found_in(text: bytes, words: Iterable[str]) -> set[str]:
    """Which of the words stand in the text, in whatever shape."""
    return {word for word in words if any(shape in text for shape in shapes(word))}


def grep(paths: Iterable[Path], words: Iterable[str]) -> set[str]:
    """Which words stand in the bytes of these files, asked of grep in a process of its own (no file of the database is
    opened here: that would drop SQLite's locks)."""
    files = [str(path) for path in paths]
    return {word for word in words if files and _grep(files, word)}


def _grep(files: list[str], word: str) -> bool:
    patterns = [option for shape in shapes(word) if b"\0" not in shape for option in ("-e", shape.decode())]
    done = subprocess.run(["grep", "-a", "-l", "-F", *patterns, *files], capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


def in_the_database(words: Iterable[str]) -> set[str]:
    """The database as its server or file has it, every cell of every table, and every session decoded."""
    wanted = list(words)
    raw = _database_file(wanted) if connection.vendor == "sqlite" else _dump(wanted)
    sessions = b"".join(repr(each.get_decoded()).encode() for each in Session.objects.all())
    return raw | {word for cell in _cells() for word in found_in(cell, wanted)} | found_in(sessions, wanted)


def _database_file(words: list[str]) -> set[str]:
    name = str(connection.settings_dict["NAME"])
    return grep([Path(name + end) for end in ("", "-wal", "-journal") if os.path.exists(name + end)], words)


def _dump(words: list[str]) -> set[str]:
    parts = connection.settings_dict
    where = ["-h", parts["HOST"] or "/var/run/postgresql", "-U", parts["USER"] or "postgres", parts["NAME"]]
    dumped = subprocess.run(["pg_dump", *where], capture_output=True, check=True)
    return found_in(dumped.stdout, words)


def _cells() -> Iterator[bytes]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield b"\n".join(_bytes(cell) for cell in row)


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


def in_the_queue(url: str, words: Iterable[str]) -> set[str]:
    """Every key of the queue with its value, as the server itself dumps it."""
    queue = redis.Redis.from_url(url)
    return found_in(b"\n".join(key + (queue.dump(key) or b"") for key in queue.keys("*")), words)
