"""The demonstration's live feed: what a simulated minute sends, and when it stops by itself."""

from datetime import timedelta

import pytest

from audit import clock
from marketplace.demonstration import feed
from pilots.models import Device, Pilot, Reading, Source
from pilots.rules import first_instant
from tests.factories import move_clock_to
from tests.factories.pilots import pilot_in
from work.actions import schedule
from work.models import DueWork

pytestmark = pytest.mark.django_db


def test_it_sends_a_reading_a_device_until_the_analysis_date() -> None:
    pilot = pilot_in("running")
    Pilot.objects.filter(pk=pilot.pk).update(has_live_simulation=True)
    sent = Reading.objects.filter(source=Source.SIMULATION)

    simulate(pilot)
    assert sent.count() == Device.objects.filter(site__pilot=pilot).count() > 0
    assert DueWork.objects.get(kind=feed.SIMULATE, done_at=None).due_at > clock.now() - timedelta(minutes=1)

    before = sent.count()
    move_clock_to(first_instant(pilot.analysis_on))
    simulate(pilot)
    assert sent.count() == before
    assert not DueWork.objects.filter(kind=feed.SIMULATE, done_at=None, due_at__gt=clock.now()).exists()


def simulate(pilot: Pilot) -> None:
    at = clock.now()
    feed.simulate_due(schedule(kind=feed.SIMULATE, subject_id=pilot.pk, due_at=at), at)
