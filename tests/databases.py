"""Test databases: migrated once into a template, then copied.

Migrating takes many seconds, and the append-only triggers refuse the flush with which Django cleans up after a
transactional test. So every session runs on a copy of a template, and a transactional test leaves a fresh copy behind.
"""

import fcntl
import gc
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
from django import setup
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".pytest_cache" / "databases"
NUMBERS, COPIES = count(), dict[str, Path]()
SHAPED_BY = (
    "*/migrations/*.py",
    "clauses/*.py",
    "clauses/library/*",
    "audit/append_only.py",
    "requirements/runtime.txt",
)


def use_fresh_copy(label: str) -> None:
    """Point Django's connection at a database of its own, named after `label`, copied from the template.

    Under SQLite each copy is a file of a new name. A request of the test before may still be at work in its thread: it
    would open the files beside the old database under the new one's names, and cut them off below the next test.
    """
    connections.close_all()
    if connection.vendor == "sqlite":
        copy = settings.DATA_DIR / f"{label}-{next(NUMBERS)}.sqlite3"
        shutil.copyfile(_sqlite_template(), copy)
        connection.settings_dict["NAME"] = str(copy)
        if old := COPIES.get(label):
            _remove_file(old)
        COPIES[label] = copy
    else:
        connection.settings_dict["NAME"] = _copy_database(_postgresql_template(), f"pf_{label}_{os.getpid()}")


def drop_copy() -> None:
    """Remove the database that the connection points at."""
    connections.close_all()
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        _remove_file(Path(name))
    else:
        with _server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def address() -> str:
    """The DATABASE_URL of the database that the connection points at, for processes that tests start."""
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{parts['NAME']}"
    who = parts["USER"] + (f":{parts['PASSWORD']}" if parts["PASSWORD"] else "")
    if parts["HOST"].startswith("/"):
        return f"postgres://{who}@/{parts['HOST']}/{parts['NAME']}"
    port = f":{parts['PORT']}" if parts["PORT"] else ""
    return f"postgres://{who}@{parts['HOST']}{port}/{parts['NAME']}"


def _fingerprint() -> str:
    digest = hashlib.sha256("\n".join(settings.INSTALLED_APPS).encode())
    for path in sorted(path for pattern in SHAPED_BY for path in ROOT.glob(pattern) if path.is_file()):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


FINGERPRINT = _fingerprint()  # taken before any migration is imported


def walks_everything(test: Callable[..., None]) -> Callable[..., None]:
    """A test that opens every page as every role: on PostgreSQL, the second database, it is a long repetition."""
    return pytest.mark.long(test) if connection.vendor == "postgresql" else test


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{connection.vendor}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@cache
def _sqlite_template() -> Path:
    """This session's own copy of the template: another session may put a newer one in its place."""
    template, own = CACHE / f"{FINGERPRINT}.sqlite3", settings.DATA_DIR / "template.sqlite3"
    with _one_at_a_time():
        if not template.exists():
            for old in CACHE.glob("*.sqlite3*"):
                old.unlink()
            unfinished = CACHE / f"unfinished-{os.getpid()}.sqlite3"
            _migrate(str(unfinished))
            unfinished.rename(template)  # the last connection closed, so everything is in this one file
        shutil.copyfile(template, own)
    return own


@cache
def _postgresql_template() -> str:
    template = f"pf_template_{FINGERPRINT}"
    with _one_at_a_time(), _server() as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            unfinished = f"{template}_{os.getpid()}"
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            _migrate(unfinished)
            names = sql.Identifier(unfinished), sql.Identifier(template)
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
    return template


def _migrate(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    if _fingerprint() != FINGERPRINT:
        raise RuntimeError("Migrations were edited while the test database was made: run the tests again.")


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    parts = connection.settings_dict
    with psycopg.connect(
        dbname="postgres", user=parts["USER"] or None, password=parts["PASSWORD"] or None,
        host=parts["HOST"] or None, port=parts["PORT"] or None, autocommit=True,
    ) as server:  # fmt: skip
        yield server


def _copy_database(template: str, name: str) -> str:
    with _server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        names = sql.Identifier(name), sql.Identifier(template)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    return name


def _remove_file(name: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{name}{ending}").unlink(missing_ok=True)


if __name__ == "__main__":
    gc.disable()  # it ends soon
    setup()
    _sqlite_template() if connection.vendor == "sqlite" else _postgresql_template()
