"""Batches of one pilot that come at the same moment: none waits long, none is lost, none counts twice."""

import random
import threading

import pytest
from django.db import connection
from django.db.models import Sum

from audit import clock
from pilots import actions
from pilots.models import DailyRollup, Pilot, Reading
from tests.factories import pilots as factory

SENDERS = 4


@pytest.mark.django_db(transaction=True)
def test_P4_the_same_rows_from_several_senders_at_once_are_kept_once() -> None:
    pilot = factory.pilot_in("registered")
    manager, at = factory.manager_of(pilot), clock.now()
    assert pilot.baseline_starts_on is not None
    rows = factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.baseline_starts_on)
    added: list[int] = []

    def send(seed: int) -> None:
        own = random.Random(seed).sample(rows, len(rows))  # noqa: S311 - another order for each
        try:
            found = Pilot.objects.get(pk=pilot.pk)
            added.append(actions.ingest(pilot=found, rows=own, source="api", actor=manager, at=at).added)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(seed,)) for seed in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    actions.roll_up_readings()
    assert (len(added), sum(added), Reading.objects.count()) == (SENDERS, len(rows), len(rows))
    assert DailyRollup.objects.aggregate(number=Sum("number"))["number"] == len(rows)
