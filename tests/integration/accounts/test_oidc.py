"""Sign-in by OpenID Connect against a real provider in a process of its own, over real HTTP."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from accounts.models import CouncilRole, User
from marketplace import oidc
from marketplace.supervisor.installation import free_port
from tests import factories
from tests.factories.accounts import confirmed
from tests.integration.accounts.test_signing_in import SECRET, code

pytestmark = pytest.mark.django_db
START = "/accounts/oidc/exampleton/login/"
OFFICER = {"name": "Ada Okafor", "email": "ada@exampleton.example", "email_verified": True}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a running provider."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield url
        process.terminate()


@pytest.fixture(autouse=True)
def council_sign_in(provider: str, settings: Settings) -> None:
    entry = {
        "id": "exampleton", "name": "Exampleton", "client_id": "marketplace", "secret": "not a secret",
        "server_url": provider, "domains": ["exampleton.example"],
    }  # fmt: skip
    apps, _ = oidc.providers(json.dumps([entry]))
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}}


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            requests.get(f"{url}/.well-known/openid-configuration", timeout=1)
        except requests.ConnectionError:
            assert process.poll() is None, "the provider did not start"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not answer")


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def come_back(client: Client, provider: str, sub: str, claims: dict[str, Any], start: str = START) -> Any:
    """Go to the provider, be `sub` there, and come back; returns the marketplace's answer."""
    requests.put(f"{provider}/users/{sub}", json=claims, timeout=10)
    sent = client.post(start)
    assert sent.status_code == 302
    assert sent["Location"].startswith(f"{provider}/oauth2/authorize?")
    answer = requests.post(sent["Location"], data={"sub": sub}, allow_redirects=False, timeout=10)
    return client.get(answer.headers["Location"].replace("http://testserver", ""))


def test_the_sign_in_page_offers_the_councils_own_sign_in(client: Client) -> None:
    assert "Sign in with Exampleton" in client.get("/accounts/login/").content.decode()


def test_a_newcomer_gets_an_account_with_name_and_confirmed_address_and_no_role(client: Client, provider: str) -> None:
    come_back(client, provider, "ada", OFFICER)

    ada = User.objects.get()
    assert (is_in(client), ada.full_name, ada.email) == (True, "Ada Okafor", "ada@exampleton.example")
    assert (EmailAddress.objects.get().verified, ada.has_usable_password()) == (True, False)
    assert list(ada.council_memberships.all()) == []


def test_the_same_person_comes_back_to_the_same_account(provider: str) -> None:
    for _ in range(2):
        client = Client()
        come_back(client, provider, "ada", OFFICER)
        assert is_in(client)

    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)


def test_the_second_step_is_asked_after_the_councils_sign_in(provider: str) -> None:
    come_back(Client(), provider, "ada", OFFICER)
    ada = User.objects.get()
    ada.council_memberships.create(council=factories.council(), role=CouncilRole.OWNER)
    TOTP.activate(ada, SECRET)
    client = Client()

    come_back(client, provider, "ada", OFFICER)
    before = is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})

    assert (before, is_in(client), client.get("/workspace/").status_code) == (False, True, 200)


def test_a_role_without_a_second_step_leads_to_its_set_up(client: Client, provider: str) -> None:
    come_back(client, provider, "ada", OFFICER)
    User.objects.get().council_memberships.create(council=factories.council(), role=CouncilRole.OWNER)

    assert client.get("/workspace/")["Location"] == "/accounts/2fa/totp/activate/"


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_known_address_takes_over_nothing(client: Client, provider: str, is_confirmed: bool) -> None:
    known = factories.user()
    User.objects.filter(pk=known.pk).update(email=OFFICER["email"])
    EmailAddress.objects.create(user=known, email=OFFICER["email"], verified=is_confirmed, primary=True)

    answer = come_back(client, provider, "ada", OFFICER)

    assert (is_in(client), SocialAccount.objects.count(), User.objects.count()) == (False, 0, 1)
    assert answer["Location"] == "/accounts/confirm-email/"
    assert [message.to for message in mail.outbox] == [[OFFICER["email"]]]


@pytest.mark.parametrize(
    ("email", "is_verified_there"), [("ada@elsewhere.example", True), ("ada@exampleton.example", False)]
)
def test_an_address_outside_its_domains_or_unverified_there_is_confirmed_by_letter_first(
    client: Client, provider: str, email: str, is_verified_there: bool
) -> None:
    come_back(client, provider, "other", {"email": email, "email_verified": is_verified_there})

    assert (is_in(client), EmailAddress.objects.get().verified) == (False, False)
    assert [message.to for message in mail.outbox] == [[email]]


def test_somebody_signed_in_connects_their_councils_sign_in_and_uses_it_from_then_on(provider: str) -> None:
    known, client = confirmed(), Client()
    client.force_login(known)
    asked = come_back(client, provider, "known", {"email": known.email}, start=f"{START}?process=connect")
    before = SocialAccount.objects.count()
    client.post(asked["Location"], {"password": factories.PASSWORD})
    later = Client()

    come_back(later, provider, "known", {"email": known.email})

    assert (asked["Location"], before) == ("/accounts/reauthenticate/", 0)
    assert later.session["_auth_user_id"] == str(known.pk)


def test_refusing_at_the_provider_leads_back_with_words(client: Client) -> None:
    sent = client.post(START)

    answer = requests.post(sent["Location"], data={"action": "deny"}, allow_redirects=False, timeout=10)
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]  # this provider leaves it out where others send it
    back = f"{answer.headers['Location'].replace('http://testserver', '')}&state={state}"
    page = client.get(back, follow=True).content.decode()

    assert (is_in(client), "You did not sign in" in page) == (False, True)


def test_an_answer_that_was_not_asked_for_signs_nobody_in(client: Client, provider: str) -> None:
    sent = client.post(START)
    answer = requests.post(sent["Location"], data={"sub": "ada"}, allow_redirects=False, timeout=10)

    stranger = Client()
    page = stranger.get(answer.headers["Location"].replace("http://testserver", ""))

    assert (is_in(stranger), User.objects.count()) == (False, 0)
    assert "did not work" in page.content.decode()


def test_opening_the_address_alone_sends_nobody_away(client: Client) -> None:
    page = client.get(START)

    assert (page.status_code, "Go to Exampleton" in page.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "no JSON"),
        ("{}", "JSON list"),
        ("[1]", "JSON list"),
        ('[{"id": "x"}]', "has no name, client_id, secret, server_url"),
        ('[{"id": "x", "name": "X", "client_id": "c", "secret": "s", "server_url": "http://x.example"}]', "https"),
        (
            '[{"id": "x", "name": "X", "client_id": "c", "secret": "s", "server_url": "https://x.example", "y": 1}]',
            "unknown settings: y",
        ),
    ],
)
def test_a_bad_setting_stops_the_start_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        oidc.providers(text)


def test_forms_may_lead_to_the_providers_origin_and_no_further() -> None:
    entry = {"id": "x", "name": "X", "client_id": "c", "secret": "s", "server_url": "https://login.x.example/realms/x"}

    assert oidc.providers(json.dumps([entry]))[1] == ["https://login.x.example"]
    assert oidc.providers(json.dumps([entry | {"sign_in_origin": "https://y.example"}]))[1] == ["https://y.example"]
    assert oidc.providers("") == ([], [])
