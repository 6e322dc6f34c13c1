"""A remembered world is the world that was walked: its rows, its clock, its mails; a test may go on from it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from audit import clock
from tests import factories
from tests.factories import pilots, remembering
from tests.factories.remembering import REMEMBERED, remembered

pytestmark = pytest.mark.django_db


@remembered
def _registered(effect: float = -2.125) -> pilots.Pilot:
    """A world of this module's own, so that no other test remembered it before."""
    return pilots.pilot_in("registered", effect=effect)


def test_what_is_put_back_are_the_rows_the_clock_and_the_mails_of_the_walk() -> None:
    with transaction.atomic():
        walked, began_at, rows, sent = _registered(), clock.now(), remembering._all_rows(), list(mail.outbox)
        transaction.set_rollback(True)
    mail.outbox.clear()

    again = _registered()

    assert again == walked
    assert again.state == "registered"
    assert list(mail.outbox) == sent
    assert abs(clock.now() - began_at) < timedelta(minutes=1)
    put_back = remembering._all_rows()
    assert {
        model.__name__ for model in rows if model is not clock.ClockOffset and rows[model] != put_back[model]
    } == set()
    pilots.start(again)  # new rows find keys of their own


def test_a_world_beside_something_else_is_walked() -> None:
    council = factories.council()
    before = len(REMEMBERED)

    challenge = factories.draft_challenge(council)
    other = factories.draft_challenge(title="Quieter nights")

    assert {challenge.council == council, other.council == council} == {True, False}
    assert len(REMEMBERED) == before
