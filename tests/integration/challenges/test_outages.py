"""C6: after an outage two people extend every touched call by the same days, in public; nobody is let in late."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import CouncilRole, User
from audit import clock
from audit.actions import append_links
from audit.models import Event, Visibility
from audit.transitions import NotPermitted, Refused
from challenges import actions
from challenges.models import Amendment, Challenge, Outage
from notifications.models import Delivery
from notifications.tasks import deliver_events
from opendata.actions import publish_due_notices
from opendata.models import Release
from suppliers import actions as answering
from tests import factories
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db


def runner() -> User:
    """One of the people who run the marketplace."""
    who = factories.user()
    who.is_superuser = True
    who.save(update_fields=["is_superuser"])
    return who


def downtime(began: datetime, hours: int = 4, days: int = 2, reason: str = "The power failed.") -> actions.Downtime:
    return actions.Downtime(began, began + timedelta(hours=hours), days, reason)


def propose(began: datetime, *, by: User | None = None, **how: object) -> Outage:
    return actions.propose_extension(downtime=downtime(began, **how), actor=by or runner(), at=clock.now())


def confirm(outage: Outage, by: User | None = None) -> list[Amendment]:
    return actions.confirm_extension(outage=outage, actor=by or runner(), at=clock.now())


def fresh(challenge: Challenge) -> Challenge:
    return Challenge.objects.get(pk=challenge.pk)


def test_C6_every_touched_call_goes_on_by_the_same_days_and_no_other() -> None:
    unsealed, draft = make.unsealed_challenge(1), factories.draft_challenge()
    near, far = factories.open_challenge(), factories.open_challenge()
    over = factories.open_challenge(closes_at=near.closes_at - timedelta(days=5))
    began = factories.move_clock_to(near.closes_at - timedelta(hours=2))
    later = factories.published_challenge()
    factories.move_clock_to(began + timedelta(hours=5))

    outage = propose(began)
    before = fresh(near).closes_at
    made = confirm(outage)

    assert before == near.closes_at
    assert {each.challenge_id for each in made} == {near.pk, far.pk, later.pk}
    for each in (near, far):
        assert fresh(each).closes_at - each.closes_at == timedelta(days=2)
    assert [fresh(each).closes_at for each in (over, draft)] == [over.closes_at, draft.closes_at]
    assert fresh(unsealed).closes_at == unsealed.closes_at
    event = Event.objects.get(verb="outage.extended_for")
    assert (event.visibility, event.data["days"], len(event.data["challenges"])) == (Visibility.PUBLIC, 2, len(made))
    told = near.amendments.values_list("is_material", "outage", "reason")
    assert list(told) == [(False, outage.pk, "The power failed.")]


def test_C6_a_call_that_closed_in_the_outage_opens_again_for_everybody_and_tells_them() -> None:
    challenge = factories.open_challenge()
    cut_off, done = make.drafted(challenge), make.submitted(challenge)
    began = challenge.closes_at - timedelta(hours=1)  # to the microsecond: it is over when the clock says so
    factories.move_clock_to(began + timedelta(hours=3))
    with pytest.raises(Refused, match="has closed"):
        make.submit(cut_off)

    confirm(propose(began, hours=3))
    receipt = make.submit(cut_off)
    append_links()
    deliver_events()
    publish_due_notices()

    assert receipt["sha256"]
    told = set(Delivery.objects.filter(event__verb="challenge.amended").values_list("user_id", flat=True))
    assert told == {make.admin_of(cut_off.supplier).pk, make.admin_of(done.supplier).pk, challenge.owner_id}
    period = Release.objects.get(notice="call_amended").body["tender"]["tenderPeriod"]
    assert datetime.fromisoformat(period["endDate"]) == fresh(challenge).closes_at.replace(microsecond=0)


def test_C6_a_word_given_to_unseal_before_the_call_opened_again_counts_no_more() -> None:
    challenge = factories.open_challenge()
    make.submitted(challenge)
    began = challenge.closes_at - timedelta(hours=1)  # to the microsecond: it is over when the clock says so
    factories.move_clock_to(began + timedelta(hours=3))
    owner, lead = (factories.member_with(challenge.council, role) for role in (CouncilRole.OWNER, "procurement_lead"))
    answering.consent_to_unseal(challenge=challenge, actor=owner, at=clock.now())

    confirm(propose(began, hours=3))
    with pytest.raises(Refused, match="still open"):
        answering.consent_to_unseal(challenge=fresh(challenge), actor=lead, at=clock.now())
    factories.move_clock_to(fresh(challenge).closes_at)
    first = answering.consent_to_unseal(challenge=fresh(challenge), actor=lead, at=clock.now())
    both = answering.consent_to_unseal(challenge=fresh(challenge), actor=owner, at=clock.now())

    assert (first, both) == (False, True)


def test_C6_what_is_refused_moves_nothing() -> None:
    challenge = factories.open_challenge()
    lead = factories.member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    began = factories.move_clock_to(challenge.closes_at - timedelta(hours=2))
    factories.move_clock_to(began + timedelta(hours=5))
    first = runner()
    refused = [
        ({"hours": -1}, "must end after it began"),
        ({"hours": 9}, "once the outage is over"),
        ({"days": 0}, "between 1 and 28"),
        ({"days": 29}, "between 1 and 28"),
        ({"reason": " "}, "Say what happened"),
    ]

    for how, sentence in refused:
        with pytest.raises(Refused, match=sentence):
            propose(began, **how)
    with pytest.raises(Refused, match="at least as many days"):
        propose(began - timedelta(days=3), hours=48, days=1)
    with pytest.raises(Refused, match="nothing to extend"):
        propose(began - timedelta(days=90))
    for who in (lead, make.admin_of(make.supplier())):
        with pytest.raises(NotPermitted):
            propose(began, by=who)
    outage = propose(began, by=first)
    with pytest.raises(Refused, match="second, different person"):
        confirm(outage, first)
    with pytest.raises(NotPermitted):
        confirm(outage, lead)
    assert Amendment.objects.count() == 0
    factories.move_clock_to(challenge.closes_at + timedelta(days=1, hours=12))
    with pytest.raises(Refused, match="less than a day left"):
        confirm(outage)
    actions.withdraw_extension(outage=outage, actor=first, at=clock.now())
    with pytest.raises(Refused, match="stands at"):
        confirm(outage)
    assert Amendment.objects.count() == 0


def test_C6_the_same_outage_extends_once() -> None:
    challenge = factories.open_challenge()
    began = factories.move_clock_to(challenge.closes_at - timedelta(hours=2))
    factories.move_clock_to(began + timedelta(hours=5))
    one, two = propose(began), propose(began + timedelta(hours=1))
    confirm(one)

    for late in (one, two):
        with pytest.raises(Refused):
            confirm(late)
    with pytest.raises(Refused, match="already"):
        propose(began, hours=1)

    assert challenge.amendments.count() == 1


def test_C6_after_the_unsealing_nothing_is_extended_and_the_page_says_so() -> None:
    challenge = factories.open_challenge()
    other = factories.open_challenge(closes_at=challenge.closes_at + timedelta(days=9))
    began = challenge.closes_at - timedelta(hours=1)  # to the microsecond: it is over when the clock says so
    factories.move_clock_to(began + timedelta(hours=3))
    first, second = runner(), runner()
    outage = propose(began, by=first, hours=3)
    make.unseal(challenge)
    where = reverse("outage", args=[outage.pk])

    mine = make.signed_in(first).get(where).content.decode()
    client = make.signed_in(second)
    asked = client.get(where).content.decode()
    done = client.post(where, follow=True).content.decode()
    again = client.post(where)

    assert "A second, different person who runs the marketplace confirms it" in mine
    assert "Calls that cannot move" in asked
    assert "1 call is extended" in done
    assert again.status_code == 409
    assert fresh(challenge).closes_at == challenge.closes_at
    assert fresh(other).closes_at == other.closes_at + timedelta(days=2)


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed() -> None:
    factories.open_challenge()
    client = make.signed_in(runner())

    empty = client.get(reverse("outages")).content.decode()
    answer = client.post(
        reverse("outages"),
        {"began_at": "2020-01-01T10:00", "ended_at": "2020-01-01T09:00", "days": "1", "reason": "A cable was cut."},
    )

    assert "No outage was named yet" in empty
    assert answer.status_code == 422
    assert "The outage must end after it began." in answer.content.decode()
    assert "A cable was cut." in answer.content.decode()
