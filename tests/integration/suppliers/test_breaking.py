"""S1: the break-glass. Two people who run the marketplace, a reason, one hour, on the record; the supplier is told."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import CouncilRole, User
from audit import clock
from audit.actions import append_links
from audit.models import Event, Visibility
from audit.transitions import NotPermitted, Refused
from notifications.models import Delivery
from notifications.tasks import deliver_events
from suppliers import actions
from suppliers.models import EmergencyReading, Submission
from tests import factories
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
WHY = "A court ordered it, case 12 of 2026."


def runner() -> User:
    who = factories.user()
    User.objects.filter(pk=who.pk).update(is_superuser=True)
    return User.objects.get(pk=who.pk)


def ask(submission: Submission, by: User, reason: str = WHY) -> EmergencyReading:
    return actions.ask_to_read(fingerprint=submission.content_sha256, reason=reason, actor=by, at=clock.now())


def test_S1_two_people_read_its_words_for_an_hour_and_the_supplier_is_told() -> None:
    submission = make.submitted(factories.open_challenge(), answers={"outcome": "The canary sings."})
    first, second, third = runner(), runner(), runner()
    one, two, other = (make.signed_in(who) for who in (first, second, third))

    asked = one.post(
        reverse("emergencies"), {"fingerprint": submission.content_sha256, "reason": WHY}, follow=True
    ).content.decode()
    where = reverse("emergency", args=[EmergencyReading.objects.get().pk])
    too_early = one.post(where, {"look": "1"})
    alone = one.post(where)
    two.post(where)
    shown = two.post(where, {"look": "1"})
    stranger = other.post(where, {"look": "1"})
    quiet = two.get(where).content.decode()
    factories.move_clock_to(clock.now() + timedelta(hours=1))
    late = one.post(where, {"look": "1"})
    append_links()
    deliver_events()

    assert "A second, different person who runs the marketplace agrees" in asked
    assert [answer.status_code for answer in (too_early, alone, stranger, late)] == [409, 409, 403, 409]
    assert "The canary sings." in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert make.PRICE[0].partition(".")[0] not in shown.content.decode()
    assert submission.supplier.name not in shown.content.decode()
    assert "The canary sings." not in quiet
    public = Event.objects.get(verb="challenge.sealed_submission_opened")
    assert (public.visibility, public.reason, public.data) == (Visibility.PUBLIC, WHY, {})
    assert Event.objects.filter(verb="reading.looked").count() == 1
    told = dict(Delivery.objects.order_by("pk").values_list("user_id", "subject"))
    assert told[make.admin_of(submission.supplier).pk].startswith("Your sealed submission was opened")
    assert told[submission.challenge.owner_id].startswith("A sealed submission was opened")
    assert not Delivery.objects.filter(body__contains="canary").exists()


def test_S1_nobody_else_and_nothing_else_is_opened() -> None:
    challenge = factories.open_challenge()
    submission, draft = make.submitted(challenge), make.drafted(challenge)
    ours, councils, suppliers = runner(), runner(), runner()
    make.colleague(submission.supplier)
    factories.CouncilMembership.objects.create(council=challenge.council, user=councils, role=CouncilRole.AUDITOR)
    actions.join_supplier(
        organisation=make.supplier(), user=suppliers, role="member", actor=suppliers, at=clock.now()
    )  # fmt: skip

    for who in (challenge.owner, make.admin_of(submission.supplier), councils, suppliers):
        with pytest.raises(NotPermitted):
            ask(submission, who)
    for fingerprint in ("", "0" * 64, draft.content_sha256, "x"):
        with pytest.raises(Refused, match="No sealed submission has this fingerprint"):
            actions.ask_to_read(fingerprint=fingerprint, reason=WHY, actor=ours, at=clock.now())
    with pytest.raises(Refused, match="what makes it an emergency"):
        ask(submission, ours, " ")
    reading = ask(submission, ours)
    with pytest.raises(Refused, match="asked for already"):
        ask(submission, ours)
    with pytest.raises(Refused, match="second, different person"):
        actions.agree_to_read(reading=reading, actor=ours, at=clock.now())
    with pytest.raises(NotPermitted):
        actions.agree_to_read(reading=reading, actor=councils, at=clock.now())
    actions.withdraw_reading(reading=reading, actor=ours, at=clock.now())
    with pytest.raises(Refused):
        actions.agree_to_read(reading=reading, actor=runner(), at=clock.now())
    again = ask(submission, ours)
    make.unseal(challenge)
    with pytest.raises(Refused, match="not sealed any more"):
        actions.agree_to_read(reading=again, actor=runner(), at=clock.now())

    assert not Event.objects.filter(verb="reading.looked").exists()
