"""A form that is sent after the sign-in ended is kept as ciphertext, and sent again by whoever may open its page."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from challenges.models import Challenge
from suppliers.views.typed import KEPT
from tests import factories
from tests.factories import pages
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
TYPED = {
    "route": "A",
    "pilot_budget": "£1,000.50",
    "contract_ceiling": "500000",
    "max_pilots": "2",
    "selection": "rank",
    "budget_line": " A\n<b> ",
}


def shown(client: Client, path: str) -> dict[str, str]:
    """What the page offers to send again."""
    page = BeautifulSoup(client.get(path).content, "html.parser")
    return {field["name"]: field.get_text().removeprefix("\n") for field in page.select("textarea[hidden]")}


def test_what_was_sent_while_signed_out_waits_on_its_page_and_is_sent_again() -> None:
    challenge = pages.started_page().challenge
    path, client = reverse("challenge_procedure", args=[challenge.slug]), Client()

    away = client.post(path, TYPED)
    stored = str(dict(client.session))
    signed_in(challenge.owner)  # has a second factor from here on
    client.force_login(challenge.owner)
    elsewhere, fields = shown(client, "/workspace/"), shown(client, path)

    assert (away.status_code, away.url) == (302, f"/accounts/login/?next={path}")
    assert ("1,000.50" in stored, KEPT in stored) == (False, True)
    assert (elsewhere, fields) == ({}, TYPED)
    assert shown(client, path) == {}, "it is shown once"
    assert client.post(path, fields).status_code == 302
    assert Challenge.objects.get(pk=challenge.pk).contract_ceiling == 500_000


def test_whoever_may_not_open_the_page_reads_nothing_of_it() -> None:
    path, client = reverse("challenge_procedure", args=[pages.started_page().challenge.slug]), Client()
    client.post(path, TYPED)
    client.force_login(User.objects.create_user("stranger@people.example", factories.PASSWORD))

    refused = client.get(path)

    assert (refused.status_code, "1,000.50" in refused.content.decode()) == (403, False)


def test_passwords_are_never_kept() -> None:
    client = Client()
    sent = client.post("/accounts/password/change/", {"oldpassword": "four words of mine", "password1": "another"})
    assert (sent.status_code, KEPT in client.session) == (302, False)


def test_a_form_without_its_token_gives_back_its_texts_and_no_password() -> None:
    client, text = Client(enforce_csrf_checks=True), "An hour of <work> in one field"
    page = client.post("/workspace/challenges/new/", {"title": text, "csrfmiddlewaretoken": "x" * 64}).content.decode()
    assert ("An hour of &lt;work&gt; in one field" in page, "xxx" in page) == (True, False)
    hidden = client.post("/accounts/login/", {"login": "a@b.example", "password": "four words that nobody joins"})
    assert (hidden.status_code, b"nobody joins" in hidden.content) == (403, False)
