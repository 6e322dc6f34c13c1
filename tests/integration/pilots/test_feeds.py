"""Readings that are fetched from the supplier's service: agreed hosts only, taken once, every failure told."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from pilots import actions
from pilots.mappings import Shape
from pilots.models import Pilot, Reading, ReadingFeed
from tests.factories import move_clock_to
from tests.factories import pilots as factory
from tests.factories.services import Service, registered_at, service
from tests.factories.suppliers import signed_in
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db


@pytest.fixture
def live() -> Iterator[Service]:
    with service() as made:
        yield made


def rows_of(pilot: Pilot, *values: float) -> list[dict[str, Any]]:
    metric = pilot.metrics.get()
    return [
        {"sensor": "p1a", "metric": metric.code, "unit": metric.unit, "value": value,
         "timestamp": f"{pilot.baseline_starts_on}T{hour:02}:00:00Z"}
        for hour, value in enumerate(values)
    ]  # fmt: skip


def set_feed(pilot: Pilot, address: str, **given: Any) -> ReadingFeed:
    actor = given.pop("actor", None) or factory.manager_of(pilot)
    every, key = given.pop("every", 60), given.pop("key", "")
    shape = Shape(given.pop("columns", {}), **given)
    asking = actions.Asking(address, every, shape, "Authorization" if key else "", key)
    return actions.set_feed(pilot=pilot, asking=asking, actor=actor, at=clock.now())


def fetched(feed: ReadingFeed) -> tuple[bool, str]:
    """Do what is due of this feed, and tell how it went."""
    DueWork.objects.exclude(kind="pilot.pull").delete()
    run_due_work()
    feed.refresh_from_db()
    return feed.has_failed, feed.outcome


def test_an_address_is_fetched_on_its_schedule_and_what_is_there_is_taken_once(live: Service) -> None:
    pilot = factory.pilot_in("registered")
    registered_at(pilot, {"data": live.url()})
    live.pages["/data"] = json.dumps(rows_of(pilot, 4.0, 5.0)).encode(), "application/json"
    feed = set_feed(pilot, live.url("/data"))
    assert fetched(feed) == (False, "2 rows: 2 added, 0 here already.")
    assert set(Reading.objects.values_list("source", flat=True)) == {"pull"}
    assert list(DueWork.objects.filter(done_at=None).values_list("due_at", flat=True)) == [
        DueWork.objects.filter(kind="pilot.pull").earliest("due_at").due_at + timedelta(hours=1)
    ]
    live.pages["/data"] = json.dumps(rows_of(pilot, 4.0, 5.5, 6.0, 1e6)).encode(), "text/plain"
    move_clock_to(clock.now() + timedelta(hours=5))
    failed, words = fetched(feed)
    assert not failed
    assert words.startswith("4 rows: 1 added, 1 here already, 2 refused. Row 2: Another value, 5")
    assert Reading.objects.count() == 3
    # Looks that were missed are not made up for: one is waiting, ahead.
    assert DueWork.objects.filter(kind="pilot.pull", done_at=None).get().due_at > clock.now()


def test_every_failure_is_told_and_the_next_look_still_comes(live: Service) -> None:
    pilot = factory.pilot_in("registered")
    registered_at(pilot, {"data": live.url()})
    feed = set_feed(pilot, live.url("/data"))
    bodies = [
        (b"<!DOCTYPE html><title>Sign in</title>", "A web page came instead of readings"),
        (b"{", "The answer is not JSON that can be read"),
        (b"[1, 2]", "The answer has to be a list of objects"),
        (b"who,what\n1,2\n", "We cannot tell which column holds device, taken_at, value; the answer names who, what."),
        (b'[{"\\ud800\\u0000": 1}]', "We cannot tell which column holds device, taken_at, value; the answer names ��."),
        (b"", "The answer is empty."),
    ]
    assert fetched(feed) == (True, "The service answers 404 instead of 200.")
    for body, sentence in bodies:
        live.pages["/data"] = body, "text/csv"
        move_clock_to(clock.now() + timedelta(hours=1))
        failed, words = fetched(feed)
        assert (failed, words.startswith(sentence)) == (True, True), words
    assert Event.objects.about(pilot).filter(verb="pilot.feed_failed").count() == 1
    assert Reading.objects.count() == 0


def test_columns_can_be_named(live: Service) -> None:
    pilot = factory.pilot_in("registered")
    registered_at(pilot, {"data": live.url()})
    live.pages["/d"] = f"Who;Wann;Wert\np1a;{pilot.baseline_starts_on} 09:00;4.5\n".encode(), "text/csv"
    columns = {"device": "Who", "taken_at": "Wann", "value": "wert"}
    feed = set_feed(pilot, live.url("/d"), columns=columns, zone="UTC")
    assert fetched(feed) == (False, "1 row: 1 added, 0 here already.")
    stray = set_feed(pilot, live.url("/d?2"), columns={"value": "level"})
    live.pages["/d?2"] = live.pages["/d"]
    assert fetched(stray) == (True, "The answer has no column level; it names who, wann, wert.")


def test_who_sets_and_stops_a_feed_and_what_is_never_asked(live: Service) -> None:
    pilot = factory.pilot_in("registered")
    with pytest.raises(Refused) as unregistered:
        set_feed(pilot, live.url("/data"))
    registered_at(pilot, {"data": live.url()})
    for address in (
        "https://169.254.169.254/",
        "http://localhost/",
        "https://elsewhere.example/",
        "file:///etc/passwd",
    ):
        with pytest.raises(Refused):
            set_feed(pilot, address)
    for actor in (pilot.supplier.members.get().user, factory.decider_of(pilot)):
        with pytest.raises(NotPermitted):
            set_feed(pilot, live.url("/data"), actor=actor)
    feed = set_feed(pilot, live.url("/data"))
    with pytest.raises(Refused):
        set_feed(pilot, live.url("/data"))
    client = signed_in(factory.manager_of(pilot))
    page = client.get(f"/workspace/pilots/{pilot.slug}/feeds/").content.decode()
    assert live.url("/data") in page
    stopped = [client.post(f"/workspace/pilots/{pilot.slug}/feeds/{feed.pk}/stop/").status_code for _ in range(2)]
    assert stopped == [302, 409]
    fetched(feed)
    assert (feed.fetched_at, unregistered.value.sentences[0][:22]) == (None, "Register first where t")


def test_an_address_is_added_through_the_page_and_a_refusal_keeps_what_was_typed(live: Service) -> None:
    pilot = factory.pilot_in("registered")
    client, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/feeds/"
    assert "Say first where the service is" in client.get(path).content.decode()
    registered_at(pilot, {"data": live.url()})
    typed = {"address": "https://elsewhere.example/x", "every": "15", "column_value": "level"}
    refused = client.post(path, typed)
    assert (refused.status_code, 'value="level"' in refused.content.decode()) == (422, True)
    assert client.post(path, typed | {"address": live.url("/x")}).status_code == 302
    assert ReadingFeed.objects.values_list("every", "columns").get() == (15, {"value": "level"})


def test_a_time_that_names_no_zone_is_refused_unless_the_page_was_told_which_it_is(live: Service) -> None:
    pilot = factory.pilot_in("registered")
    client, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/feeds/"
    registered_at(pilot, {"data": live.url()})
    live.pages["/d"] = f"device,taken_at,value\np1a,{pilot.baseline_starts_on} 09:00,4.5\n".encode(), "text/csv"
    said: list[tuple[bool, str]] = []
    for zone in ("none", "Europe/London"):
        typed = {"address": live.url("/d"), "every": "60", "zone": zone}
        assert client.post(path, typed).status_code == 302
        feed = ReadingFeed.objects.get(stopped_at=None)
        said.append(fetched(feed))
        assert client.post(f"{path}{feed.pk}/stop/").status_code == 302
    assert (said[0][0], "does not say its time zone" in said[0][1]) == (True, True)
    assert said[1] == (False, "1 row: 1 added, 0 here already.")
    # Whatever this site stumbles over, both sides are told in the end.
    feed = set_feed(pilot, live.url("/d"), zone="Mars/Base")
    for _ in range(3):
        told = fetched(feed)
        move_clock_to(clock.now() + timedelta(minutes=2))
    assert (told[0], "this site failed to read it" in told[1]) == (True, True)
    assert Event.objects.about(pilot).filter(verb="pilot.feed_failed").count() == 2
