"""Two at once, on two connections: one outcome, and the other is told."""

import threading

import pytest
from django.db import connection

from assessment import actions
from assessment.models import Round
from audit import clock
from audit.models import Event
from audit.transitions import Refused
from tests.factories.assessment import chair_of, find_all, lead_of, moderate_all, owner_of, round_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


def at_once(*steps):
    """Run each step in a thread of its own; returns what each gave or how it was refused, in order."""
    found = [None] * len(steps)
    gate = threading.Barrier(len(steps))

    def run(place, step):
        gate.wait()
        try:
            found[place] = step()
        except Refused as refusal:
            found[place] = str(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_two_chairs_freezing_at_the_same_moment_give_one_freeze_and_one_refusal():
    round_ = round_in("moderating", n=2)
    moderate_all(round_)
    find_all(round_)
    chair = chair_of(round_)

    def freeze():
        return actions.freeze_quality(round=Round.objects.get(pk=round_.pk), actor=chair, at=clock.now())

    found = at_once(freeze, freeze)

    assert sorted(str(each) for each in found) == [
        "None", "This round is quality frozen, prices to be opened; “freeze quality” needs it to be moderating.",
    ]  # fmt: skip
    assert Event.objects.filter(verb="submission.admitted").count() == 2


def test_two_officers_agreeing_at_the_same_moment_open_the_prices_once():
    round_ = round_in("prices", n=1)
    people = [owner_of(round_.challenge), lead_of(round_.challenge)]

    def consent(who):
        return lambda: actions.consent_to_open_prices(
            round=Round.objects.select_related("challenge").get(pk=round_.pk), actor=who, at=clock.now()
        )

    found = at_once(*(consent(who) for who in people))

    assert sorted(found) == [False, True]
    assert Event.objects.filter(verb="round.ranked").count() == 1
