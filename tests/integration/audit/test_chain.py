"""The hash chain: every event is linked once, in order, and a changed row is named."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.actions import BATCH, GENESIS, append_links, first_broken_link, link_hash, read_new_events
from audit.models import ChainLink, Event
from tests.integration.audit import add_event

pytestmark = pytest.mark.django_db


def _link_all() -> None:
    while append_links():
        pass


def _tamper(statement: str, values: list[object]) -> None:
    """Change the record as somebody with full power over the database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit_%%'"
            cursor.execute(names, [])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("audit_event", "audit_chainlink"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)


def test_every_event_gets_one_link_in_order() -> None:
    _link_all()
    before = ChainLink.objects.count()
    events = [add_event() for _ in range(3)]

    linked = append_links()

    links = list(ChainLink.objects.order_by("position"))[before:]
    assert linked == 3
    assert [link.event_id for link in links] == [event.pk for event in events]
    assert [link.position for link in links] == [before + 1, before + 2, before + 3]
    assert append_links() == 0


def test_a_link_holds_the_hash_of_the_link_before_it() -> None:
    for _ in range(3):
        add_event()
    _link_all()

    previous = GENESIS
    for link in ChainLink.objects.order_by("position"):
        assert (link.previous_hash, link.hash) == (previous, link_hash(previous, link.event))
        previous = link.hash


def test_more_events_than_one_batch_are_linked_by_calling_again() -> None:
    _link_all()
    like = add_event()
    fields = {f.attname: getattr(like, f.attname) for f in Event._meta.concrete_fields if f.attname != "id"}
    Event.objects.bulk_create([Event(**fields) for _ in range(BATCH)])

    assert [append_links(), append_links(), append_links()] == [BATCH, 1, 0]
    assert first_broken_link() is None


def test_an_untouched_record_verifies() -> None:
    add_event()
    out = StringIO()

    call_command("verify_record", stdout=out)

    head = ChainLink.objects.order_by("position").last()
    assert out.getvalue() == f"{head.position} events, chain unbroken, head {head.hash}\n"


@pytest.mark.parametrize(
    ("column", "value"),
    [("verb", "forged"), ("actor_key", "user:1"), ("reason", "forged"), ("subject_id", 77), ("data", '{"forged": 1}')],
)
def test_R1_a_changed_event_is_named(column: str, value: object) -> None:
    events = [add_event() for _ in range(3)]
    _link_all()
    _tamper(f"UPDATE audit_event SET {column} = %s WHERE id = %s", [value, events[1].pk])
    position = ChainLink.objects.get(event=events[1]).position

    assert first_broken_link() == f"Event {events[1].pk} (link {position}) is not what was recorded."


def test_R1_the_first_of_two_changed_events_is_named() -> None:
    events = [add_event() for _ in range(4)]
    _link_all()
    _tamper("UPDATE audit_event SET verb = 'forged' WHERE id IN (%s, %s)", [events[3].pk, events[1].pk])

    with pytest.raises(CommandError, match=f"Event {events[1].pk} "):
        call_command("verify_record")


def test_R1_a_removed_event_is_missed() -> None:
    events = [add_event() for _ in range(3)]
    _link_all()
    position = ChainLink.objects.get(event=events[1]).position
    _tamper("DELETE FROM audit_chainlink WHERE event_id = %s", [events[1].pk])

    broken = f"Link {position} is missing: the chain goes on at {position + 1} (event {events[2].pk})."

    assert first_broken_link() == broken


def test_R1_a_link_computed_anew_is_found_by_the_one_after_it() -> None:
    events = [add_event() for _ in range(3)]
    _link_all()
    link = ChainLink.objects.get(event=events[1])
    _tamper("UPDATE audit_event SET verb = 'forged' WHERE id = %s", [events[1].pk])
    forged = link_hash(link.previous_hash, Event.objects.get(pk=events[1].pk))
    _tamper("UPDATE audit_chainlink SET hash = %s WHERE id = %s", [forged, link.pk])

    broken = f"Link {link.position + 1} (event {events[2].pk}) does not follow the link before it."

    assert first_broken_link() == broken


def test_a_reader_gets_each_event_once_and_in_order() -> None:
    _link_all()
    read_new_events("a test", lambda event: None, limit=10**6)
    events = [add_event() for _ in range(3)]
    seen: list[int] = []

    unlinked = read_new_events("a test", lambda event: seen.append(event.pk))
    _link_all()
    first = read_new_events("a test", lambda event: seen.append(event.pk), limit=2)
    rest = read_new_events("a test", lambda event: seen.append(event.pk))

    assert (unlinked, first, rest) == (0, 2, 1)
    assert seen == [event.pk for event in events]


def test_a_reader_that_fails_reads_the_same_events_again() -> None:
    _link_all()
    read_new_events("a test", lambda event: None, limit=10**6)
    event = add_event()
    _link_all()

    def fail(_: Event) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        read_new_events("a test", fail)
    seen: list[int] = []
    read_new_events("a test", lambda event: seen.append(event.pk))

    assert seen == [event.pk]
