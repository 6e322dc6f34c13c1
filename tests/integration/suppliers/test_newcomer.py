"""A newcomer's way from “Answer this challenge” to the receipt: what made somebody hesitate who tried it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import pages
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
PASSWORD = "tall green shade trees"


def test_confirming_the_address_leads_on_to_where_the_newcomer_was_going() -> None:
    page = pages.published_page()
    factories.move_clock_to(page.challenge.opens_at + timedelta(minutes=1))
    wanted = reverse("answer", args=[page.challenge.slug])
    client = Client()

    sign_in = client.get(wanted, follow=True).content.decode()
    form = {"email": "mara@cool.example", "full_name": "Mara", "password1": PASSWORD, "password2": PASSWORD}
    client.post(f"{reverse('account_signup')}?next={wanted}", form | {"next": wanted})
    letter = mail.outbox[-1]
    link = re.search(r"http\S+(/accounts/confirm-email/\S+)", str(letter.body))
    assert link is not None
    confirmed = client.post(link[1])
    asked = client.get(confirmed.url)
    landed = client.post(asked.url, {"login": "mara@cool.example", "password": PASSWORD, "next": wanted})

    assert "make an account" in sign_in
    assert "leads on from there" in sign_in
    assert "Problem First" in letter.body
    assert "testserver" not in letter.subject + str(letter.body).partition("http")[0]
    assert confirmed.url == wanted
    assert asked.url.startswith(reverse("account_login"))
    assert landed.url == wanted


def test_a_stranger_cannot_make_the_letter_lead_elsewhere() -> None:
    form = {"email": "mara@cool.example", "full_name": "Mara", "password1": PASSWORD, "password2": PASSWORD}

    Client().post(f"{reverse('account_signup')}?next=https://evil.example/", form | {"next": "https://evil.example/"})

    assert "evil" not in str(mail.outbox[-1].body)


def test_saving_can_go_on_to_what_is_missing_and_at_last_to_the_check() -> None:
    submission = make.started(factories.open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    first = reverse("submission_answer", args=[submission.public_id, "outcome"])

    onwards = client.post(first, {"text": "We do.", "version": "0", "onwards": "1"})
    back = client.post(first, {"text": "We do it.", "version": "1"})
    whole = make.drafted(factories.open_challenge(), submission.supplier)
    price = reverse("submission_price", args=[whole.public_id])
    shown = client.get(price)
    version = shown.context["form"]["version"].value()
    last = client.post(
        price,
        {"pilot": "1", "contract": "2", "vat_treatment": "standard", "version": version, "onwards": "1"},
    )  # fmt: skip

    assert onwards.url == reverse("submission_answer", args=[submission.public_id, "delivery"])
    assert back.url == reverse("submission", args=[submission.public_id])
    assert last.url == reverse("submission_check", args=[whole.public_id])
    assert "Read the challenge again" in shown.content.decode()
