"""Registration, the second factor that council roles need, the lock on repeated tries, and what strangers learn."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import CouncilRole, User
from marketplace.journey.browser import code_of
from tests import factories
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"
LOGIN = "/accounts/login/"


def code() -> str:
    return code_of(SECRET, typing=1)


def verified(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client: Client, user: User, password: str = factories.PASSWORD) -> object:
    return client.post(LOGIN, {"login": user.email, "password": password})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def register(client: Client, email: str, **changes: str) -> object:
    posted = {
        "email": email, "password1": "a long enough phrase", "password2": "a long enough phrase",
        "full_name": "Ada Okafor",
    }  # fmt: skip
    return client.post("/accounts/signup/", posted | changes)


def test_registering_asks_for_a_name_and_verifies_the_address(client: Client) -> None:
    nameless = register(client, "ada@people.example", full_name="")
    assert (nameless.status_code, User.objects.count()) == (422, 0)

    register(client, "ada@people.example")
    ada = User.objects.get()
    assert (ada.full_name, ada.email, is_in(client)) == ("Ada Okafor", "ada@people.example", False)

    sign_in(client, ada, "a long enough phrase")
    assert is_in(client) is False

    link = re.search(r"http\S+(/accounts/confirm-email/\S+)", mail.outbox[0].body)
    assert link is not None
    client.post(link[1])
    sign_in(client, ada, "a long enough phrase")
    assert is_in(client) is True


def test_a_short_or_common_password_is_refused(client: Client) -> None:
    for password in ("short", "password1234"):
        register(client, "ada@people.example", password1=password, password2=password)

    assert User.objects.count() == 0


def test_registering_a_known_address_looks_like_registering_an_unknown_one(client: Client) -> None:
    known = verified(factories.user())

    replies = [register(Client(), email) for email in (known.email, "new@people.example")]

    assert len({(reply.status_code, reply["Location"]) for reply in replies}) == 1
    assert User.objects.filter(email=known.email).count() == 1


def test_a_wrong_password_and_an_unknown_address_get_the_same_words() -> None:
    known = verified(factories.user())
    unknown = User(email="nobody@people.example")

    replies = [sign_in(Client(), who, "not the password").content.decode() for who in (known, unknown)]

    told = [re.sub(r'nonce="[^"]*"|value="[^"]*"', "", reply) for reply in replies]
    assert told[0] == told[1]


def test_asking_for_a_new_password_says_the_same_for_every_address() -> None:
    known = verified(factories.user())

    replies = [
        Client().post("/accounts/password/reset/", {"email": email}) for email in (known.email, "no@people.example")
    ]

    assert len({(reply.status_code, reply["Location"]) for reply in replies}) == 1


@pytest.mark.parametrize("role", CouncilRole)
def test_a_council_role_without_a_second_factor_is_sent_to_set_it_up_from_everywhere(role: CouncilRole) -> None:
    officer = verified(factories.person(factories.council(), role))
    client = Client()
    sign_in(client, officer)
    asked = ("/", "/workspace/", "/cms/", "/challenges/", "/supplier/", "/inbox/", "/api/challenges/", "/record/")

    seen = {url: client.get(url) for url in asked}

    assert is_in(client) is True
    assert {url: reply["Location"] for url, reply in seen.items()} == dict.fromkeys(asked, reverse("mfa_activate_totp"))
    assert client.post("/workspace/challenges/new/", {"title": "x"})["Location"] == reverse("mfa_activate_totp")


def test_the_second_factor_is_asked_at_every_sign_in(client: Client) -> None:
    officer = verified(factories.person(factories.council(), CouncilRole.OWNER))
    TOTP.activate(officer, SECRET)

    sign_in(client, officer)
    after_password = is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    after_wrong_code = is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})

    assert (after_password, after_wrong_code, is_in(client)) == (False, False, True)
    assert client.get("/workspace/").status_code == 200


def test_taking_the_second_factor_away_in_a_session_shuts_everything_at_once() -> None:
    officer = factories.person(factories.council(), CouncilRole.OWNER)
    client = signed_in(officer)
    before = client.get("/workspace/").status_code

    Authenticator.objects.filter(user=officer).delete()

    assert (before, client.get("/workspace/")["Location"]) == (200, reverse("mfa_activate_totp"))


def test_a_role_given_in_the_middle_of_a_session_counts_at_once() -> None:
    person, council = factories.user(), factories.council()
    client = Client()
    client.force_login(person)
    before = client.get("/workspace/").status_code

    person.council_memberships.create(council=council, role=CouncilRole.OWNER)

    assert (before, client.get("/workspace/")["Location"]) == (200, reverse("mfa_activate_totp"))


@pytest.mark.parametrize("door", ["/cms/login/", "/_util/login/"])
def test_wagtails_own_sign_in_forms_are_no_way_round(door: str) -> None:
    officer = verified(factories.person(factories.council(), CouncilRole.OWNER))
    TOTP.activate(officer, SECRET)
    client = Client()

    for name in ("username", "email", "login"):
        client.post(door, {name: officer.email, "password": factories.PASSWORD})

    assert is_in(client) is False
    assert client.get(f"{door}?next=/cms/")["Location"] == "/accounts/login/?next=/cms/"


@pytest.mark.parametrize("wanted", ["http://[::1", "//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_a_sign_in_leads_to_no_other_site_and_not_to_what_is_no_address(client: Client, wanted: str) -> None:
    user = verified(factories.user())

    asked = client.get(LOGIN, {"next": wanted})
    done = client.post(LOGIN, {"login": user.email, "password": factories.PASSWORD, "next": wanted})

    assert (asked.status_code, done.status_code, done["Location"]) == (200, 302, reverse("workspace"))


def test_a_supplier_needs_no_second_factor(client: Client) -> None:
    person = verified(factories.user())

    sign_in(client, person)

    assert client.get("/workspace/").status_code == 200


def test_repeated_tries_are_locked_with_a_page_and_also_for_the_right_password(client: Client) -> None:
    person = verified(factories.user())

    replies = [sign_in(client, person, "wrong").status_code for _ in range(5)]
    locked = sign_in(client, person)

    assert replies == [422, 422, 422, 422, 429]
    assert (locked.status_code, is_in(client)) == (429, False)
    assert "<h1" in locked.content.decode()
    assert AccessAttempt.objects.get().username == person.email


def test_the_lock_counts_per_address_and_forgets_after_a_success() -> None:
    one, other, client = verified(factories.user()), verified(factories.user()), Client()
    for _ in range(4):
        sign_in(client, one, "wrong")
    sign_in(client, one)
    first = is_in(client)
    client.logout()
    cache.clear()  # the sign-in form's own rate limit; the lock is kept in the database
    for _ in range(4):
        sign_in(client, one, "wrong")

    sign_in(Client(), other, "wrong")

    assert first is True
    assert {row.username: row.failures_since_start for row in AccessAttempt.objects.all()} == {
        one.email: 4, other.email: 1,
    }  # fmt: skip


def test_capitals_in_the_address_do_not_open_a_second_count(client: Client) -> None:
    person = verified(factories.user())

    for spelled in (person.email, person.email.upper(), person.email.title()):
        client.post(LOGIN, {"login": spelled, "password": "wrong"})

    assert AccessAttempt.objects.get().failures_since_start == 3


def test_codes_are_made_as_an_authenticator_makes_them() -> None:
    """The helper above is right: 30-second steps of RFC 6238, six digits."""
    assert code() == format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def test_whoever_runs_the_site_needs_a_second_factor_too() -> None:
    administrator = User.objects.create_superuser("root@site.example", factories.PASSWORD)
    client = Client()
    client.force_login(administrator)

    answer = client.get("/cms/")

    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/totp/activate/")
