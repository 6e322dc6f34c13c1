"""R1: the record is only ever added to, whoever asks the database, and on both databases."""

import sqlite3
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from audit import clock
from audit.actions import append_links
from audit.actors import SYSTEM
from audit.models import ChainLink, Event
from tests.factories import council
from tests.integration.audit import add_event

pytestmark = pytest.mark.django_db
TABLES = ("audit_event", "audit_chainlink")


def _refused(statement: str, values: list[Any] | None = None) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values or [])
    return str(refusal.value).splitlines()[0]


def _rows(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return cursor.fetchall()


@pytest.fixture
def linked_event() -> Event:
    event = add_event()
    append_links()
    return event


@pytest.mark.parametrize("table", TABLES)
def test_R1_an_update_in_sql_is_refused(linked_event: Event, table: str) -> None:
    before = _rows(table)

    answer = _refused(f"UPDATE {table} SET id = id + 1000")

    assert (answer, _rows(table)) == (f"{table} is append-only", before)


@pytest.mark.parametrize("table", TABLES)
def test_R1_a_delete_in_sql_is_refused(linked_event: Event, table: str) -> None:
    before = _rows(table)

    answer = _refused(f"DELETE FROM {table}")

    assert (answer, _rows(table)) == (f"{table} is append-only", before)


def test_R1_saving_an_event_again_is_refused(linked_event: Event) -> None:
    linked_event.verb = "something.else"

    with pytest.raises(DatabaseError, match="audit_event is append-only"), transaction.atomic():
        linked_event.save()

    assert Event.objects.get(pk=linked_event.pk).verb == "council.looked"


def test_R1_updating_through_a_queryset_is_refused(linked_event: Event) -> None:
    with pytest.raises(DatabaseError, match="audit_event is append-only"), transaction.atomic():
        Event.objects.filter(pk=linked_event.pk).update(actor_label="nobody")

    assert Event.objects.get(pk=linked_event.pk).actor_label == SYSTEM.actor_label


def test_R1_deleting_through_the_models_is_refused(linked_event: Event) -> None:
    link = ChainLink.objects.get(event=linked_event)

    with pytest.raises(DatabaseError, match="audit_chainlink is append-only"), transaction.atomic():
        link.delete()

    assert ChainLink.objects.get(event=linked_event) == link


def test_R1_emptying_the_table_is_refused(linked_event: Event) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert _refused("TRUNCATE audit_event CASCADE").endswith("is append-only")


def test_R1_insert_or_replace_is_refused(linked_event: Event) -> None:
    statement = (
        "INSERT {} INTO audit_event (id, at, verb, actor_key, actor_label, subject_type, subject_id, visibility, "
        "reason, data) VALUES (%s, %s, 'x', 'x', 'x', 'x', 1, 'public', '', '{{}}') {}"
    )
    replace = ("OR REPLACE", "") if connection.vendor == "sqlite" else ("", "ON CONFLICT (id) DO UPDATE SET verb = 'x'")

    answer = _refused(statement.format(*replace), [linked_event.pk, clock.now()])

    assert answer == "audit_event is append-only"
    assert Event.objects.get(pk=linked_event.pk).verb == "council.looked"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("column", ["id", "position", "event_id"])
def test_R1_replacing_a_link_is_refused_on_a_connection_without_our_settings(column: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite replaces rows on conflict")
    add_event()
    append_links()
    link = ChainLink.objects.order_by("pk").last()
    values = {"id": 10**6, "position": 10**6, "event_id": 10**6} | {column: getattr(link, column)}

    with sqlite3.connect(connection.settings_dict["NAME"]) as stranger:
        stranger.execute("PRAGMA recursive_triggers = OFF")
        with pytest.raises(sqlite3.IntegrityError, match="audit_chainlink is append-only"):
            stranger.execute(
                "INSERT OR REPLACE INTO audit_chainlink (id, position, event_id, previous_hash, hash) "
                "VALUES (:id, :position, :event_id, '', 'forged')",
                values,
            )
    stranger.close()

    assert ChainLink.objects.get(pk=link.pk).hash == link.hash


def test_R2_an_event_outlives_the_person_it_names(linked_event: Event) -> None:
    subject = council()
    event = add_event(subject=subject)

    subject.delete()

    assert (Event.objects.get(pk=event.pk).actor_key, event.subject_type) == ("system", "accounts.council")
