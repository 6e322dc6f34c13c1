"""Sending through an e-mail service, and what it reports: each letter's status, addresses that give letters back."""

import base64
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import CouncilRole, User
from audit import clock
from audit.actions import append_links
from marketplace import mail_service
from notifications import actions
from notifications.models import Delivery, Outcome, Pace, Preference, TroubledAddress
from notifications.reporting import MOST_WRONG_A_MINUTE
from notifications.tasks import deliver_events
from tests import factories
from tests.factories import accounts as people
from tests.factories import suppliers as make
from work.actions import run_due_work

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
SECRET = "reports:a-long-shared-secret"


@pytest.fixture(autouse=True)
def service(settings: Any) -> None:
    """The service of these tests sends through anymail's own test backend and reports as Postmark does."""
    cache.clear()
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    settings.MAIL_REPORTS_VIEW = mail_service.reports_of("postmark")
    settings.ANYMAIL = mail_service.settings_of("postmark", '{"POSTMARK_SERVER_TOKEN": "x"}', SECRET)


def report(kind: str, address: str, message_id: str = "", *, at: datetime | None = None, secret: str = SECRET) -> int:
    """POST what Postmark posts; returns the status."""
    when = (at or clock.now()).isoformat()
    told: dict[str, Any] = {"MessageID": message_id, "RecordType": kind}
    if kind == "Bounce":
        told |= {
            "ID": 42, "Type": "HardBounce", "Email": address, "BouncedAt": when,
            "Description": "The server was unable to deliver your message", "Details": "550 No such user",
        }  # fmt: skip
    else:
        told |= {"Recipient": address, "DeliveredAt": when, "Details": "250 OK"}
    shown = base64.b64encode(secret.encode()).decode()
    return (
        Client()
        .post(
            reverse("mail_reports"), told, content_type="application/json", headers={"Authorization": f"Basic {shown}"}
        )
        .status_code
    )


def told_by_mail() -> Delivery:
    """A message about a published challenge, sent to a follower through the service."""
    challenge, follower = factories.open_challenge(), factories.user()
    actions.follow(challenge=challenge, actor=follower, at=clock.now())
    factories.move_clock_to(challenge.closes_at)
    make.unseal(challenge)
    append_links()
    deliver_events()
    return Delivery.objects.get(user=follower, event__verb="challenge.unsealed")


def inbox_of(user: User) -> str:
    return make.signed_in(user).get(reverse("inbox")).content.decode()


def test_a_letters_status_follows_the_services_reports() -> None:
    delivery = told_by_mail()
    sent = inbox_of(delivery.user)
    now = clock.now()

    done = report("Delivery", delivery.user.email, delivery.service_id, at=now)
    delivered = inbox_of(delivery.user)
    report("Bounce", delivery.user.email, delivery.service_id, at=now + timedelta(minutes=1))
    report("Delivery", delivery.user.email, delivery.service_id, at=now + timedelta(seconds=30))
    bounced = inbox_of(delivery.user)

    assert [message.to for message in mail.outbox][-1] == [delivery.user.email]
    assert delivery.service_id != ""
    assert done == 200
    assert "Sent by e-mail" in sent
    assert "The e-mail was delivered" in delivered
    assert "The e-mail came back" in bounced
    assert "Letters to you come back" in bounced
    delivery.refresh_from_db()
    assert (delivery.outcome, "550" in delivery.outcome_said or "unable" in delivery.outcome_said) == ("bounced", True)


def test_a_report_is_not_believed_about_somebody_elses_letter() -> None:
    delivery, other = told_by_mail(), factories.user()

    status = report("Bounce", other.email, delivery.service_id)

    delivery.refresh_from_db()
    assert (status, delivery.outcome) == (200, Outcome.UNKNOWN)


@pytest.mark.parametrize("secret", ["reports:wrong", "", "nobody"])
def test_a_report_without_the_secret_changes_nothing(secret: str) -> None:
    who = factories.user()

    assert report("Bounce", who.email, secret=secret) == 400
    assert TroubledAddress.objects.count() == 0


def test_reports_are_limited_and_shut_without_a_service(settings: Any) -> None:
    who = factories.user()
    wrong = [report("Bounce", who.email, secret="reports:wrong") for _ in range(MOST_WRONG_A_MINUTE)]
    flooded = report("Bounce", who.email)
    cache.clear()
    url = reverse("mail_reports")
    shown = {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}
    odd = [
        Client().post(url, body, content_type="application/json", headers=shown).status_code
        for body in ("not json", "[]", "{}", '{"RecordType": "Inbound", "FromFull": {}}', '{"RecordType": 7}')
    ]
    settings.MAIL_REPORTS_VIEW = ""

    assert set(wrong) == {400}
    assert flooded == 429
    assert [status for status in odd if status not in (200, 400)] == []
    assert report("Bounce", who.email) == 404
    assert TroubledAddress.objects.count() == 0


def test_a_firms_administrators_see_which_addresses_give_letters_back_and_others_do_not() -> None:
    firm = make.supplier()
    colleague, stranger = make.colleague(firm), factories.user()
    where = reverse("supplier_members", args=[firm.public_id])
    now = clock.now()

    for address in (colleague.email.upper(), stranger.email, "nobody@elsewhere.example"):
        report("Bounce", address, at=now)
    page = make.signed_in(make.admin_of(firm)).get(where).content.decode()
    others = make.signed_in(colleague).get(where).content.decode()
    report("Delivery", colleague.email, at=now + timedelta(minutes=1))
    after = make.signed_in(make.admin_of(firm)).get(where).content.decode()

    assert "Letters come back from 1 address" in page
    assert "Tell them in another way" in page
    assert "Letters come back" not in others
    assert "Letters come back" not in after
    assert set(TroubledAddress.objects.values_list("address", flat=True)) == {stranger.email}


def test_a_councils_owner_and_lead_see_its_peoples_addresses_and_those_of_invitations() -> None:
    council = factories.council()
    owner, lead = (factories.member_with(council, role) for role in (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD))
    auditor = factories.person(council, CouncilRole.AUDITOR)
    people.invited(council, "newcomer@council.example")
    where = reverse("council_people", args=[council.slug])

    for address in (auditor.email, "newcomer@council.example"):
        report("Bounce", address)
    pages = {who.pk: make.signed_in(who).get(where).content.decode() for who in (owner, lead, auditor)}

    for who in (owner, lead):
        assert "Letters come back from 2 addresses" in pages[who.pk]
    assert "Letters come back" not in pages[auditor.pk]


def test_a_digest_carries_one_name_for_all_that_is_in_it() -> None:
    challenge, follower = factories.open_challenge(), factories.user()
    Preference.objects.create(user=follower, pace=Pace.DAILY)
    actions.follow(challenge=challenge, actor=follower, at=clock.now())
    factories.move_clock_to(challenge.closes_at)
    make.unseal(challenge)
    append_links()
    deliver_events()
    factories.move_clock_to(clock.now() + timedelta(days=1))
    run_due_work()

    delivery = Delivery.objects.filter(user=follower).latest("pk")
    report("Delivery", follower.email, delivery.service_id)

    delivery.refresh_from_db()
    assert (delivery.service_id != "", delivery.outcome) == (True, Outcome.DELIVERED)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"MAIL_SERVICE": "pigeon"}, "MAIL_SERVICE is none of"),
        ({"MAIL_SERVICE": "postmark", "MAIL_SERVICE_SETTINGS": "{"}, "MAIL_SERVICE_SETTINGS is not JSON"),
        ({"MAIL_SERVICE": "postmark", "MAIL_SERVICE_SETTINGS": "[]"}, "must be a JSON object"),
        ({"MAIL_SERVICE": "postmark", "MAIL_REPORTS_SECRET": "short:er"}, "MAIL_REPORTS_SECRET must be NAME:PASSWORD"),
    ],
    ids=["service", "json", "object", "secret"],
)
def test_a_broken_setting_is_answered_in_a_sentence(tmp_path: Path, given: dict[str, str], sentence: str) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "marketplace.settings", **given}

    ended = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
