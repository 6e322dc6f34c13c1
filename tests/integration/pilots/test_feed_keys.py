"""The key of a supplier's service: kept closed, sent to one place, shown to nobody, gone when it is not needed."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from pilots import actions, feed_keys, rules
from pilots.mappings import Shape
from pilots.models import FeedKey, Pilot, Reading, ReadingFeed
from suppliers.sealing import CannotOpenError
from tests.factories import move_clock_to
from tests.factories import pilots as factory
from tests.factories.services import registered_at
from tests.factories.suppliers import signed_in
from tests.services import Listening, answer, serving
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db
KEY = "correct-horse-9041"


class Guarded:
    """A service that gives `body` to whoever shows the key, in whatever status it is set to."""

    def __init__(self) -> None:
        self.body, self.status, self.headers = b"[]", "200 OK", ("Content-Type: application/json",)
        self.seen: Listening | None = None

    def reply(self, connection: socket.socket, asked: bytes) -> None:
        status = self.status if f"X-Api-Key: {KEY}\r\n".encode() in asked else "401 Unauthorized"
        answer(self.body, status=status, headers=self.headers)(connection, asked)

    @property
    def url(self) -> str:
        assert self.seen is not None
        return f"http://127.0.0.1:{self.seen.port}/data"


@pytest.fixture
def live() -> Iterator[Guarded]:
    made = Guarded()
    with serving(made.reply) as made.seen, override_settings(FETCH_LOOPBACK=[f"{made.seen.port}/"]):
        yield made


def feed_at(pilot: Pilot, live: Guarded, key: str = "") -> ReadingFeed:
    registered_at(pilot, {"data": live.url})
    asking = actions.Asking(live.url, 1440, Shape({"value": "reading.level"}), "X-Api-Key" if key else "", key)
    return actions.set_feed(pilot=pilot, asking=asking, actor=factory.manager_of(pilot), at=clock.now())


def looked(feed: ReadingFeed) -> ReadingFeed:
    """What is due of this feed, done."""
    DueWork.objects.exclude(kind="pilot.pull").delete()
    run_due_work()
    return ReadingFeed.objects.get(pk=feed.pk)


def answer_of(pilot: Pilot, device: str = "p1a") -> bytes:
    metric = pilot.metrics.get()
    row = {"sensor": device, "parameter": metric.code, "uom": metric.unit, "time": f"{pilot.baseline_starts_on} 09:00Z"}
    return json.dumps({"next": None, "data": [row | {"reading": {"level": 4.5}}]}).encode()


def everything_that_is_kept() -> str:
    """Every text and number in the database, as one text: what an export, a page or a dump could show."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        kept = []
        for name in names:
            cursor.execute(f'SELECT * FROM "{name}"')
            kept += [bytes(cell) if isinstance(cell, memoryview) else cell for row in cursor.fetchall() for cell in row]
    return " ".join(map(str, kept))


def test_a_supplier_enters_its_key_which_is_used_and_never_seen_again(live: Guarded) -> None:
    pilot = factory.pilot_in("registered")
    feed, live.body = feed_at(pilot, live), answer_of(pilot)
    assert looked(feed).outcome == "The service answers 401: it asks for a key. Enter it here."
    desk, member = f"/workspace/pilots/{pilot.slug}/feeds/", signed_in(pilot.supplier.members.get().user)
    page = f"{desk}{feed.pk}/key/"
    assert [member.post(desk, {"address": live.url}).status_code, member.get(page).status_code] == [403, 200]
    wrong = member.post(page, {"kind": "header", "header_name": "Host", "secret": KEY})
    assert (wrong.status_code, KEY in wrong.content.decode()) == (422, False)
    assert 'href="#id_header_name"' in wrong.content.decode()

    sent = member.post(page, {"kind": "header", "header_name": "X-Api-Key", "secret": f" {KEY} "}, follow=True)

    now = looked(feed)
    assert (now.has_failed, now.outcome) == (False, "1 row: 1 added, 0 here already.")
    assert Reading.objects.get().value == 4.5
    live.body = answer_of(pilot, device=KEY * 20)
    move_clock_to(clock.now() + timedelta(days=1, minutes=1))
    assert "[key]" in looked(feed).outcome
    pages = [client.get(path).content.decode() for client in (member, signed_in(factory.manager_of(pilot)))
             for path in (desk, page, f"/workspace/pilots/{pilot.slug}/")]  # fmt: skip
    assert [KEY in each for each in (everything_that_is_kept(), sent.content.decode(), *pages)] == [False] * 8
    assert "With a key in the header X-Api-Key" in pages[0]


def test_clauses_on_the_data_are_looked_at_with_the_key_and_their_findings_never_repeat_it(live: Guarded) -> None:
    pilot = factory.pilot_in("registered")
    feed = feed_at(pilot, live)
    DueWork.objects.exclude(kind="pilot.clause_check").delete()
    run_due_work()
    asked = pilot.clause_checks.get(requirement__code="OD-02")
    assert (asked.verdict, "enter its key" in asked.findings[0]["to_do"]) == ("not_met", True)

    actions.replace_feed_key(feed=feed, header="X-Api-Key", value=KEY, actor=factory.manager_of(pilot), at=clock.now())
    live.body = json.dumps([{"device": KEY, "value": 1}, {"device": "p1a", "value": 2}]).encode()
    live.headers = (f"Content-Type: application/json; x={KEY}",)
    move_clock_to(clock.now() + timedelta(hours=1))
    run_due_work()

    seen = pilot.clause_checks.filter(requirement__code="OD-02").latest("pk")
    assert (seen.verdict, seen.evidence.endswith(", with the key.")) == ("met", True)
    assert "[key]" in seen.findings[0]["excerpt"]
    assert KEY not in everything_that_is_kept()


def test_a_key_is_bound_to_its_address_and_is_not_sent_after_a_redirect(live: Guarded) -> None:
    pilot = factory.pilot_in("registered")
    feed = feed_at(pilot, live, KEY)
    live.status, live.headers = "302 Found", (f"Location: {live.url}/elsewhere?{KEY}",)
    assert looked(feed).outcome == "The service redirects, and a key is sent to the named address alone."
    assert live.seen is not None
    assert live.seen.connections == 1
    ReadingFeed.objects.filter(pk=feed.pk).update(address="https://elsewhere.example/data")
    with pytest.raises(CannotOpenError):
        feed_keys.secret_of(ReadingFeed.objects.get(pk=feed.pk))
    move_clock_to(clock.now() + timedelta(days=1, minutes=1))
    assert looked(feed).outcome == "The key of this address cannot be opened any more: enter it again."
    assert live.seen.connections == 1


def test_who_replaces_and_deletes_a_key_and_what_cannot_be_one(live: Guarded) -> None:
    pilot = factory.pilot_in("registered")
    feed, manager = feed_at(pilot, live, KEY), factory.manager_of(pilot)
    owner, given = factory.decider_of(pilot), {"feed": feed, "at": clock.now()}
    with pytest.raises(NotPermitted):
        actions.replace_feed_key(header="X-Api-Key", value="other", actor=owner, **given)
    with pytest.raises(NotPermitted):
        actions.remove_feed_key(actor=owner, **given)
    for header, value in (("X-Api-Key", "two\r\nlines"), ("Host", "x"), ("X Y", "x"), ("Cookie", "x"), ("X-Key", "")):
        with pytest.raises(Refused):
            actions.replace_feed_key(header=header, value=value, actor=manager, **given)
    actions.replace_feed_key(header="X-Api-Key", value="other", actor=manager, **given)
    assert looked(feed).outcome.startswith("The service answers 401: it does not take the key.")
    client, remove = signed_in(manager), f"/workspace/pilots/{pilot.slug}/feeds/{feed.pk}/key/remove/"
    assert [client.post(remove).status_code for _ in range(2)] == [302, 409]


def test_a_feed_goes_on_after_a_suspension_and_its_key_goes_with_the_pilot(live: Guarded) -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(rules.first_instant(pilot.starts_on))
    feed, manager, owner = feed_at(pilot, live, KEY), factory.manager_of(pilot), factory.decider_of(pilot)
    looked(feed)
    actions.suspend_pilot(pilot=pilot, cause="safety", reason="A mast leans.", actor=manager, at=clock.now())
    move_clock_to(clock.now() + timedelta(days=1, hours=1))
    before = looked(feed).fetched_at
    move_clock_to(clock.now() + timedelta(hours=1))
    assert looked(feed).fetched_at == before
    actions.resume_pilot(pilot=pilot, put_right="It stands.", actor=manager, at=clock.now())
    live.body = answer_of(pilot)
    assert looked(feed).outcome == "1 row: 1 added, 0 here already."

    assert FeedKey.objects.count() == 1
    actions.end_pilot_early(
        pilot=pilot, reason="The mast fell.", payment="All that was done.", removal="By Friday.", actor=owner,
        at=clock.now(),
    )  # fmt: skip
    assert FeedKey.objects.count() == 0
    verbs = Event.objects.about(pilot).filter(verb__startswith="pilot.feed_key").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "pilot.feed_key_set",
        "pilot.feed_key_deleted",
    ]
    with pytest.raises(Refused):
        actions.replace_feed_key(feed=feed, header="X-Api-Key", value=KEY, actor=manager, at=clock.now())
    page = Client().get(f"/pilots/{pilot.slug}/")
    assert (page.status_code, live.url in page.content.decode()) == (200, False)


def test_a_service_that_is_busy_is_asked_again_ever_later_and_told_once(live: Guarded) -> None:
    pilot = factory.pilot_in("registered")
    feed, live.status = feed_at(pilot, live, KEY), "503 Service Unavailable"
    waits, told = [], []
    for _ in range(4):
        for _ in range(3):  # the tries of one look
            now = looked(feed)
            move_clock_to(clock.now() + timedelta(minutes=1))
        assert now.outcome == "The service answers 503: it is busy or broken."
        assert (now.fetched_at, now.tried_again_at) != (None, None)
        waits.append(round((now.tried_again_at - now.fetched_at).total_seconds() / 60))
        told.append(Event.objects.about(pilot).filter(verb="pilot.feed_failed").count())
        move_clock_to(max(clock.now(), now.tried_again_at + timedelta(seconds=1)))
    assert (waits, told) == ([2, 4, 8, 16], [0, 0, 1, 1])
    live.status, live.body = "200 OK", answer_of(pilot)
    now = looked(feed)
    assert (now.has_failed, now.failures, now.tried_again_at, Reading.objects.count()) == (False, 0, None, 1)
    # One look waits, on the grid that began with the feed: tries in between start no second row of looks.
    assert DueWork.objects.filter(kind="pilot.pull", done_at=None).get().due_at == feed.set_at + timedelta(days=1)


def test_a_manager_adds_an_address_with_its_key_and_a_slip_never_repeats_it(live: Guarded) -> None:
    pilot = factory.pilot_in("registered")
    registered_at(pilot, {"data": live.url})
    client, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/feeds/"
    typed: dict[str, Any] = {"address": live.url, "every": "60", "secret": KEY}
    slips = [client.post(path, typed | each) for each in ({}, {"kind": "bearer", "every": "7"}, {"kind": "header"})]
    assert [(each.status_code, KEY in each.content.decode()) for each in slips] == [(422, False)] * 3
    assert client.post(path, typed | {"kind": "bearer", "secret": f"Bearer {KEY}"}).status_code == 302
    secret = feed_keys.secret_of(ReadingFeed.objects.get())
    assert secret is not None
    assert (secret.header, secret.value, KEY in repr(secret)) == ("Authorization", f"Bearer {KEY}", False)
