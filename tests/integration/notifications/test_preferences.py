"""At once, once a day, or only in the inbox; what became of each message; the receipt that comes by e-mail."""

import json
from datetime import UTC, datetime

import pytest
from django.core import mail

from accounts.models import User
from audit import clock
from audit.actions import append_links
from challenges.models import Challenge
from notifications import actions, digest
from notifications.models import Delivery, Pace
from notifications.status import status
from notifications.tasks import deliver_events
from suppliers import keys, sealing
from tests import factories
from tests.factories import move_clock_to
from tests.factories import suppliers as make
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db


def post() -> None:
    append_links()
    deliver_events()


@pytest.fixture
def challenge() -> Challenge:
    made = factories.open_challenge()
    post()
    return made


def following(challenge: Challenge, pace: Pace) -> User:
    who = factories.user()
    actions.follow(challenge=challenge, actor=who, at=clock.now())
    actions.choose_pace(pace=pace, actor=who, at=clock.now())
    return who


def mails_to(who: User) -> list[mail.EmailMessage]:
    return [each for each in mail.outbox if each.to == [who.email]]


def words_for(who: User) -> list[str]:
    return [status(each).code for each in Delivery.objects.filter(user=who).order_by("pk")]


def test_one_mail_a_day_holds_everything_since_the_last_and_goes_out_once(challenge: Challenge) -> None:
    daily = following(challenge, Pace.DAILY)
    make.submitted(challenge)
    make.unseal(challenge)
    post()
    assert (mails_to(daily), words_for(daily)) == ([], ["daily"])
    due = DueWork.objects.get(kind=digest.KIND, done_at=None)

    move_clock_to(due.due_at)
    run_due_work()
    run_due_work()

    [sent] = mails_to(daily)
    assert (sent.subject, words_for(daily)) == ("1 message from Problem First", ["sent"])
    assert f"Unsealed: {challenge}" in sent.body
    assert "/inbox/settings/" in sent.body
    assert sent.extra_headers["Message-ID"].startswith(f"<digest-{due.pk}.person-{daily.pk}@")


def test_who_wants_no_mail_reads_it_in_the_inbox(challenge: Challenge) -> None:
    quiet = following(challenge, Pace.INBOX)
    make.unseal(challenge)
    post()

    page = make.signed_in(quiet).get("/inbox/").content.decode()

    assert (mails_to(quiet), words_for(quiet)) == ([], ["inbox"])
    assert f"Unsealed: {challenge}" in page
    assert "Kept here only, as you chose." in page


def test_C3_what_cannot_wait_comes_at_once_whatever_was_chosen(challenge: Challenge) -> None:
    submission = make.drafted(challenge)
    admin = make.admin_of(submission.supplier)
    actions.choose_pace(pace=Pace.INBOX, actor=admin, at=clock.now())

    make.submit(submission)
    post()

    assert [each.subject for each in mails_to(admin)] == [f"Your submission arrived: {challenge}"]
    assert words_for(admin) == ["sent"]


def test_S5_the_receipt_comes_by_mail_and_verifies(challenge: Challenge) -> None:
    submission = make.submitted(challenge)
    post()

    [letter] = mails_to(make.admin_of(submission.supplier))
    [(name, content, kind)] = letter.attachments

    receipt = json.loads(content)
    assert (name, kind, receipt) == ("receipt.json", "application/json", submission.receipt)
    assert sealing.verify_receipt(receipt, keys.signing_key().public_key()) is None
    assert submission.content_sha256 in letter.body


def test_a_receipt_that_was_replaced_meanwhile_is_not_sent_for_the_old_one(challenge: Challenge) -> None:
    submission = make.submitted(challenge)
    make.save(submission, "answers/outcome", "Another answer.")
    make.submit(submission)
    post()

    letters = {each.subject.split(":")[0]: each.attachments for each in mails_to(make.admin_of(submission.supplier))}

    assert letters["Your submission arrived"] == []
    assert json.loads(letters["Your changed submission arrived"][0][1]) == submission.receipt


@pytest.mark.parametrize(
    ("instant", "morning"),
    [
        (datetime(2026, 7, 1, 5, 59, tzinfo=UTC), datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 6, 0, tzinfo=UTC), datetime(2026, 7, 2, 6, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 7, 0, tzinfo=UTC)),
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),
    ],
)
def test_seven_in_the_morning_is_seven_in_london_on_both_clock_changes(instant: datetime, morning: datetime) -> None:
    assert digest.next_morning(instant) == morning


def test_a_digest_for_somebody_who_left_or_has_nothing_new_sends_nothing(challenge: Challenge) -> None:
    gone = following(challenge, Pace.DAILY)
    make.unseal(challenge)
    post()
    gone.is_active = False
    gone.save()

    move_clock_to(DueWork.objects.get(kind=digest.KIND).due_at)
    run_due_work()

    assert (mails_to(gone), DueWork.objects.filter(kind=digest.KIND, done_at=None).count()) == ([], 0)


def test_the_page_saves_a_choice_and_refuses_what_is_none() -> None:
    who = factories.user()
    client = make.signed_in(who)

    answers = [client.post("/inbox/settings/", {"pace": pace}).status_code for pace in ("hourly", "daily")]

    assert answers == [422, 302]
    assert who.message_preference.pace == Pace.DAILY
    assert 'value="daily"' in client.get("/inbox/settings/").content.decode()
