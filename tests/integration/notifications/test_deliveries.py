"""Who is told what, once each, after commit, one person per mail (C3, T6, S1)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import CouncilRole, User
from audit import clock
from audit.actions import append_links
from audit.models import Event
from challenges import actions as challenge_actions
from challenges.models import Challenge
from notifications import actions
from notifications.audiences import AUDIENCES
from notifications.letters import LETTERS
from notifications.models import Delivery, Follow
from notifications.tasks import deliver_events
from suppliers import actions as supplier_actions
from tests import factories
from tests.factories import pages
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db


def post() -> None:
    """What beat wakes: link the events, make the deliveries, send them."""
    append_links()
    deliver_events()


def told(verb: str) -> dict[str, str]:
    """Address -> subject of the deliveries made for events with this verb."""
    return dict(Delivery.objects.filter(event__verb=verb).values_list("user__email", "subject"))


def lead_of(challenge: Challenge) -> User:
    return factories.member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)


@pytest.fixture
def challenge() -> Challenge:
    """An open call; what happened before it opened is delivered already."""
    made = factories.open_challenge()
    post()
    return made


@pytest.fixture
def follower(challenge: Challenge) -> User:
    who = factories.user()
    actions.follow(challenge=challenge, actor=who, at=clock.now())
    return who


def amend(challenge: Challenge) -> None:
    challenge_actions.extend_deadline(
        challenge=challenge, closes_at=challenge.closes_at + timedelta(days=7), actor=lead_of(challenge),
        at=clock.now(), reason="Flooding.",
    )  # fmt: skip


def test_C3_an_amendment_reaches_followers_drafters_and_submitters_each_once(
    challenge: Challenge, follower: User
) -> None:
    drafter, submitter = make.supplier(), make.supplier()
    make.started(challenge, drafter)
    make.submitted(challenge, submitter)
    colleague = make.colleague(submitter)
    both = make.admin_of(drafter)
    actions.follow(challenge=challenge, actor=both, at=clock.now())
    factories.user()  # hears nothing

    amend(challenge)
    post()
    post()

    heard = {follower.email, both.email, make.admin_of(submitter).email, colleague.email, challenge.owner.email}
    assert set(told("challenge.amended")) == heard
    amended = [message for message in mail.outbox if message.subject.startswith("Amended")]
    assert sorted(message.to[0] for message in amended) == sorted(heard)


@pytest.mark.parametrize("followers", [1, 30])
def test_telling_of_an_amendment_costs_the_same_for_1_and_30_people(challenge: Challenge, followers: int) -> None:
    people = User.objects.bulk_create(User(email=f"many{number}@people.example") for number in range(followers))
    Follow.objects.bulk_create(Follow(user=each, challenge=challenge) for each in people)
    amend(challenge)
    append_links()

    with CaptureQueriesContext(connection) as asked:
        actions.make_deliveries()

    assert Delivery.objects.filter(event__verb="challenge.amended", user__in=people).count() == followers
    assert len(asked) == 20


def test_C3_a_submitter_who_does_not_follow_is_told(challenge: Challenge) -> None:
    firm = make.supplier()
    make.submitted(challenge, firm)

    challenge_actions.cancel_challenge(
        challenge=challenge, actor=lead_of(challenge), at=clock.now(), reason="The street is rebuilt."
    )
    post()

    assert Follow.objects.count() == 0
    assert told("challenge.cancelled") == {make.admin_of(firm).email: f"Cancelled: {challenge}"}
    assert "The street is rebuilt." in mail.outbox[-1].body


def test_C3_no_mail_has_two_recipients_and_each_its_own_lasting_identity(challenge: Challenge) -> None:
    for _ in range(3):
        actions.follow(challenge=challenge, actor=factories.user(), at=clock.now())

    amend(challenge)
    post()

    amended = [message for message in mail.outbox if message.subject.startswith("Amended")]
    assert [(len(message.to), message.cc, message.bcc) for message in amended] == [(1, [], [])] * 4
    assert [message.extra_headers["Message-ID"] for message in amended] == [
        actions.message_id(delivery)
        for delivery in Delivery.objects.filter(event__verb="challenge.amended").order_by("pk")
    ]
    assert len({message.extra_headers["Message-ID"] for message in amended}) == 4


def test_S1_a_receipt_goes_to_the_firm_alone_and_says_nothing_of_the_content(challenge: Challenge) -> None:
    firm, rival = make.supplier(), make.supplier()
    make.started(challenge, rival)

    make.submitted(challenge, firm)
    post()

    assert set(told("submission.submitted")) == {make.admin_of(firm).email}
    text = "".join(message.body + message.subject for message in mail.outbox)
    assert [word for word in (firm.name, rival.name, "50000", "400000") if word in text] == []


def test_S1_the_council_is_told_of_a_question_and_not_who_asks(challenge: Challenge, follower: User) -> None:
    firm = make.supplier()
    clarification = supplier_actions.ask(
        challenge=challenge, supplier=firm, actor=make.admin_of(firm), question="How many streets?", at=clock.now()
    )
    post()
    asked = dict(told("clarification.asked"))

    supplier_actions.answer_clarification(
        clarification=clarification, answer="Ten.", actor=challenge.owner, at=clock.now()
    )
    post()
    supplier_actions.correct_answer(
        clarification=clarification, answer="Twelve.", why="Two were built.", actor=challenge.owner, at=clock.now()
    )
    post()

    assert set(asked) == {challenge.owner.email, lead_of(challenge).email}
    assert set(told("clarification.answered")) == {follower.email}
    assert set(told("clarification.corrected")) == {follower.email}
    assert "Two were built." in mail.outbox[-1].body
    assert [message for message in mail.outbox if firm.name in message.body + message.subject] == []


def test_approval_and_handing_back_reach_the_one_whose_turn_it_is() -> None:
    page = pages.asked_page()
    lead = make.signed_in(pages.lead_of(page))
    lead.post(reverse("challenge_hand_back", args=[page.challenge.slug]), {"reason": "Say where."})

    post()

    assert set(told("challenge.approval_asked")) == {pages.lead_of(page).email}
    assert set(told("challenge.handed_back")) == {page.challenge.owner.email}


def test_nothing_is_sent_for_what_is_not_linked_yet_or_was_rolled_back(challenge: Challenge, follower: User) -> None:
    amend(challenge)

    deliver_events()

    assert (Delivery.objects.filter(event__verb="challenge.amended").count(), len(mail.outbox)) == (0, 0)


class Broken(EmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("nobody answers at the mail server")


def test_a_failure_is_noted_and_tried_again_with_the_same_identity(
    challenge: Challenge, follower: User, settings: object
) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    amend(challenge)
    post()
    failed = Delivery.objects.get(event__verb="challenge.amended", user=follower)

    settings.EMAIL_BACKEND = working
    deliver_events()
    too_early = len(mail.outbox)
    factories.move_clock_to(clock.now() + timedelta(minutes=2))
    deliver_events()

    assert failed.sent_at is None
    assert failed.last_error == "ConnectionRefusedError: nobody answers at the mail server"
    assert too_early == 0
    mine = [message for message in mail.outbox if message.to == [follower.email]]
    assert [message.extra_headers["Message-ID"] for message in mine] == [actions.message_id(failed)]
    assert Delivery.objects.get(pk=failed.pk).last_error == ""


def test_a_worker_killed_after_taking_a_mail_delays_it_and_loses_nothing(challenge: Challenge, follower: User) -> None:
    amend(challenge)
    append_links()
    actions.make_deliveries()
    for waiting in Delivery.objects.all():
        actions._lease(waiting.pk, clock.now())

    meanwhile = actions.send_deliveries()
    factories.move_clock_to(clock.now() + timedelta(minutes=6))

    assert (meanwhile, actions.send_deliveries(), actions.send_deliveries()) == (0, 2, 0)


def test_an_event_that_cannot_be_told_does_not_silence_the_next(
    challenge: Challenge, follower: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(challenge: Challenge, event: Event) -> None:
        raise ZeroDivisionError

    amend(challenge)
    challenge_actions.cancel_challenge(challenge=challenge, actor=lead_of(challenge), at=clock.now(), reason="No.")
    monkeypatch.setitem(LETTERS, "challenge.amended", breaks)
    post()

    assert (told("challenge.amended"), set(told("challenge.cancelled"))) == ({}, {follower.email})


def test_every_audience_has_its_letter() -> None:
    verbs = {verb for letters in AUDIENCES.values() for verb, _ in letters}

    assert verbs - set(LETTERS) == set()
    assert set(LETTERS) - verbs == set()


@pytest.mark.django_db(transaction=True)
def test_T6_two_workers_at_once_send_each_mail_once() -> None:
    challenge = factories.open_challenge()
    people = [factories.user() for _ in range(8)]
    for who in people:
        actions.follow(challenge=challenge, actor=who, at=clock.now())
    amend(challenge)
    append_links()

    def work(_: int) -> None:
        try:
            deliver_events()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))

    amended = [message.to[0] for message in mail.outbox if message.subject.startswith("Amended")]
    assert sorted(amended) == sorted(who.email for who in [*people, challenge.owner])
    assert Delivery.objects.filter(event__verb="challenge.amended").count() == 9


def test_following_and_stopping_by_the_buttons_of_the_page() -> None:
    page = pages.published_page()
    who = make.signed_in(factories.user())
    slug = page.challenge.slug
    public = reverse("challenge", args=[slug])

    seen = [
        who.post(reverse("follow", args=[slug])).status_code, who.post(reverse("follow", args=[slug])).status_code,
        Follow.objects.count(), "Stop following" in who.get(public).content.decode(),
        who.post(reverse("unfollow", args=[slug])).status_code, Follow.objects.count(),
        "Follow this challenge" in who.get(public).content.decode(),
    ]  # fmt: skip

    assert seen == [302, 302, 1, True, 302, 0, True]


def test_S2_following_leaves_no_trace_for_councils_to_read(challenge: Challenge) -> None:
    before = Event.objects.count()

    actions.follow(challenge=challenge, actor=factories.user(), at=clock.now())

    assert Event.objects.count() == before


def test_drafts_cannot_be_followed_and_strangers_are_led_to_sign_in(client: Client) -> None:
    draft, public = pages.ready_page().challenge, pages.published_page(title="Another").challenge
    who = make.signed_in(factories.user())

    assert who.post(reverse("follow", args=[draft.slug])).status_code == 404
    assert client.post(reverse("follow", args=[public.slug])).status_code == 302
    assert who.get(reverse("follow", args=[public.slug])).status_code == 405
    assert (
        f"/accounts/login/?next=/challenges/{public.slug}/"
        in client.get(f"/challenges/{public.slug}/").content.decode()
    )
    assert Follow.objects.count() == 0


def test_the_inbox_shows_a_persons_own_messages_and_pages_by_key(challenge: Challenge, follower: User) -> None:
    other = factories.user()
    for number in range(25):
        event = Event.objects.create(
            at=clock.now(), verb="challenge.amended", actor_key="system", actor_label="the marketplace",
            subject_type="challenges.challenge", subject_id=challenge.pk, challenge_id=challenge.pk,
            visibility="public",
        )  # fmt: skip
        for who in (follower, other):
            Delivery.objects.create(
                event=event, user=who, subject=f"Message {number} for {who.pk}", body="Read it.", path="/",
                created_at=clock.now(),
            )  # fmt: skip

    first = make.signed_in(follower).get("/inbox/")
    second = make.signed_in(follower).get(f"/inbox/{first.context['older_url']}")

    shown = [row.subject for page in (first, second) for row, _ in page.context["deliveries"]]
    assert shown == [f"Message {number} for {follower.pk}" for number in reversed(range(25))]
