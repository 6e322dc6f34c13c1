"""Worlds that are walked once a process.

Walking a pilot through its actions takes a second or two, and hundreds of tests start from the same pilot. So the first
walk on an empty database is remembered, row by row, and a later test on an empty database is given the same rows, the
clock of that instant and the mails sent on the way. A test that prepared anything before, that commits, or whose
arguments are more than plain values has its world walked as before.
"""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, wraps
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.db.models import Model

from accounts.models import Council, User
from audit import clock
from audit.models import ClockOffset

Rows = dict[Any, tuple[Any, ...]]  # by primary key
Made = TypeVar("Made")
PLAIN = (str, int, float, bool, Decimal, date, timedelta, type(None))


@dataclass(frozen=True)
class World:
    """What a walk left behind."""

    made: bytes
    ended_at: datetime
    added: dict[type[Model], list[tuple[Any, ...]]]
    changed: dict[type[Model], list[tuple[Any, ...]]]
    mails: list[Any]
    files: dict[Path, bytes]


REMEMBERED: dict[str, World] = {}


def remembered(walk: Callable[..., Made]) -> Callable[..., Made]:
    """The same factory, walking each of its worlds once a process."""

    taking = signature(walk)

    @wraps(walk)
    def recall(*args: Any, **values: Any) -> Made:
        given = taking.bind(*args, **values)
        given.apply_defaults()
        if not (_is_plain(given.arguments) and connection.in_atomic_block and _is_empty()):
            return walk(*args, **values)
        name = f"{walk.__module__}.{walk.__qualname__} {given.arguments!r}"
        if name in REMEMBERED:
            _put_back(REMEMBERED[name])
        else:
            made, world = _walked(lambda: walk(*args, **values))
            REMEMBERED[name] = world
            return made
        return pickle.loads(REMEMBERED[name].made)  # noqa: S301 - of this very process

    return recall


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, [*value, *value.values()]))
    return isinstance(value, PLAIN) and not isinstance(value, datetime)


def _is_empty() -> bool:
    return not any(model.objects.exists() for model in (User, Council, ClockOffset))


# --- Remembering ------------------------------------------------------------------------------------------------------


def _walked(walk: Callable[[], Made]) -> tuple[Made, World]:
    before, sent, kept = _template_rows(), len(mail.outbox), set(_files())
    made = walk()
    after = _all_rows()
    return made, World(
        pickle.dumps(made),
        clock.now(),
        {model: [row for pk, row in rows.items() if pk not in before[model]] for model, rows in after.items()},
        {
            model: [row for pk, row in rows.items() if before[model].get(pk, row) != row]
            for model, rows in after.items()
        },
        mail.outbox[sent:],
        {path: path.read_bytes() for path in _files() if path not in kept},
    )


@cache
def _template_rows() -> dict[type[Model], Rows]:
    """Of an empty database: what migrations put there. The same for every copy of the template."""
    return _all_rows()


def _all_rows() -> dict[type[Model], Rows]:
    found = {}
    for model in _models():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_columns(model)} FROM {_quoted(model._meta.db_table)}")
            found[model] = {row[: len(model._meta.pk_fields)]: row for row in cursor.fetchall()}
    return found


def _models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and not model._meta.db_table.endswith("_fts")  # kept by triggers
    ]


def _fields(model: type[Model]) -> list[str]:
    """The stored columns of a model's own table, its primary key first."""
    keys = model._meta.pk_fields
    others = [field for field in model._meta.local_concrete_fields if field not in keys and not field.generated]
    return [str(field.column) for field in [*keys, *others]]


def _columns(model: type[Model]) -> str:
    return ", ".join(map(_quoted, _fields(model)))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _files() -> Iterator[Path]:
    return (path for path in (Path(settings.DATA_DIR) / "private").rglob("*") if path.is_file())


# --- Putting back -----------------------------------------------------------------------------------------------------


def _put_back(world: World) -> None:
    with transaction.atomic():
        for model, rows in world.added.items():
            if rows:
                _insert(model, rows)
        for model, rows in world.changed.items():
            for row in rows:
                _update(model, row)
    _set_clock(world.ended_at)
    mail.outbox.extend(world.mails)
    for path, content in world.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _insert(model: type[Model], rows: list[tuple[Any, ...]]) -> None:
    table = _quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} ({_columns(model)}) VALUES ({marks})", rows)
            return
        with cursor.copy(f"COPY {table} ({_columns(model)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        key, highest = _fields(model)[0], max(row[0] for row in rows)
        if isinstance(highest, int):  # identities do not count rows that came with theirs
            sequence = "pg_get_serial_sequence(%s, %s)"
            cursor.execute(
                f"SELECT setval({sequence}, GREATEST(%s, nextval({sequence}))) WHERE {sequence} IS NOT NULL",
                [table, key, highest, table, key, table, key],
            )


def _update(model: type[Model], row: tuple[Any, ...]) -> None:
    key, *columns = map(_quoted, _fields(model))
    values = ", ".join(f"{column} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_quoted(model._meta.db_table)} SET {values} WHERE {key} = %s",
            [*row[1:], row[0]],
        )


def _set_clock(instant: datetime) -> None:
    step = (instant - clock.now()).total_seconds()
    offset = ClockOffset.objects.first() or ClockOffset(seconds=0)
    offset.seconds += step
    offset.save()
