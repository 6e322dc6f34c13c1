"""Where one is signed in, signing other devices out, and the question who is there before steps that seal or unseal."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.devices import device_words
from accounts.middleware import SEEN_AT, SEEN_EVERY
from accounts.models import CouncilRole, Invitation, User
from audit.models import Event
from suppliers.models import UnsealingConsent
from tests import factories
from tests.factories.accounts import confirm_again, confirmed, lead_of
from tests.factories.suppliers import after_closing, signed_in, submitted

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
REAUTHENTICATE = "/accounts/reauthenticate/"


def device(user: User, agent: str) -> Client:
    """A browser in which the person has signed in through the page."""
    client = Client(HTTP_USER_AGENT=agent)
    client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get("/workspace/").status_code == 200


def asked_again(user: User) -> Client:
    """A browser whose last confirmation is too old."""
    client = signed_in(user)
    confirm_again(client, user, seconds_ago=301)
    return client


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18.0 Safari/605", "Safari on Mac"),
        ("curl/8.5", "Another browser"),
        ("", "Another browser"),
    ],
)  # fmt: skip
def test_devices_are_named_in_words(agent: str, words: str) -> None:
    assert device_words(agent) == words


def test_the_page_lists_every_device_with_the_one_in_hand_first() -> None:
    ada = confirmed()
    here, _phone = device(ada, FIREFOX), device(ada, IPHONE)
    device(confirmed(), "curl/8.5")

    page = here.get("/you/sessions/").content.decode()

    assert re.findall(r"<strong>(\w+ on \w+)</strong>( \(this one\))?", page) == [
        ("Firefox on Windows", " (this one)"), ("Safari on iPhone", ""),
    ]  # fmt: skip
    assert Client().get("/you/sessions/").status_code == 302


def test_one_other_device_is_signed_out_at_once_and_it_is_recorded() -> None:
    ada = confirmed()
    here, phone, third = (device(ada, agent) for agent in (FIREFOX, IPHONE, "curl/8.5"))
    number = UserSession.objects.get(user_agent=IPHONE).pk

    here.post(f"/you/sessions/{number}/end/")
    here.post(f"/you/sessions/{number}/end/")

    assert [is_in(client) for client in (here, phone, third)] == [True, False, True]
    assert Event.objects.about(ada).get().data == {"number": 1}


def test_all_other_devices_are_signed_out_by_one_button() -> None:
    ada, other = confirmed(), confirmed()
    here, phone, third, stranger = device(ada, FIREFOX), device(ada, IPHONE), device(ada, "x"), device(other, IPHONE)

    here.post("/you/sessions/end-others/")

    assert [is_in(client) for client in (here, phone, third, stranger)] == [True, False, False, True]


def test_nobody_ends_somebody_elses_session() -> None:
    ada, other = confirmed(), confirmed()
    theirs, mine = device(ada, IPHONE), device(other, FIREFOX)

    mine.post(f"/you/sessions/{UserSession.objects.get(user=ada).pk}/end/")

    assert is_in(theirs) is True
    assert Event.objects.about(ada).exists() is False


def test_the_device_in_hand_is_not_ended_by_mistake() -> None:
    ada = confirmed()
    here = device(ada, FIREFOX)

    answer = here.post(f"/you/sessions/{UserSession.objects.get(user=ada).pk}/end/")

    assert (answer.status_code, is_in(here)) == (409, True)


def test_a_session_that_ended_elsewhere_is_no_longer_listed() -> None:
    ada = confirmed()
    here, phone = device(ada, FIREFOX), device(ada, IPHONE)
    phone.post("/accounts/logout/")

    assert "iPhone" not in here.get("/you/sessions/").content.decode()


def test_a_new_password_signs_every_other_device_out() -> None:
    ada = confirmed()
    here, phone = device(ada, FIREFOX), device(ada, IPHONE)
    new = "another long phrase"

    here.post("/accounts/password/change/", {
        "oldpassword": factories.PASSWORD, "password1": new, "password2": new,
    })  # fmt: skip

    assert (is_in(here), is_in(phone)) == (True, False)
    assert "iPhone" not in here.get("/you/sessions/").content.decode()


def test_when_a_device_was_last_seen_is_written_every_few_minutes_and_not_more_often() -> None:
    ada = confirmed()
    here = device(ada, FIREFOX)
    first = UserSession.objects.get().last_seen_at
    here.get("/challenges/")
    soon = UserSession.objects.get().last_seen_at
    session = here.session
    session[SEEN_AT] = time.time() - SEEN_EVERY - 1
    session.save()

    here.get("/challenges/")

    assert soon == first
    assert UserSession.objects.get().last_seen_at > first


def test_the_list_costs_the_same_for_1_and_30_devices() -> None:
    ada = confirmed()
    here = device(ada, FIREFOX)
    one = _queries(here)
    for number in range(29):
        device(ada, f"Firefox/{number}")

    assert one == _queries(here)


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/you/sessions/").status_code == 200
    return len(seen)


@pytest.fixture
def unsealing() -> tuple[User, str]:
    """A procurement lead and the address at which they would unseal."""
    challenge = factories.open_challenge()
    submitted(challenge)
    after_closing(challenge)
    return lead_of(challenge.council), f"/workspace/challenges/{challenge.slug}/unseal/"


def test_S6_unsealing_asks_again_who_is_there_and_then_goes_on_by_itself(unsealing: tuple[User, str]) -> None:
    lead, url = unsealing
    client = asked_again(lead)

    asked = client.post(url)
    before = UnsealingConsent.objects.count()
    wrong = client.post(asked["Location"], {"password": "not it", "next": url})
    after_wrong = UnsealingConsent.objects.count()
    done = client.post(asked["Location"], {"password": factories.PASSWORD, "next": url})

    assert (asked.status_code, asked["Location"].partition("?")[0]) == (302, REAUTHENTICATE)
    assert (before, wrong.status_code, after_wrong) == (0, 422, 0)
    assert (done.status_code, done["Location"], UnsealingConsent.objects.get().user) == (302, url, lead)


def test_S6_looking_at_the_unsealing_asks_nothing(unsealing: tuple[User, str]) -> None:
    lead, url = unsealing

    assert asked_again(lead).get(url).status_code == 200


def test_S6_who_may_not_unseal_may_not_after_confirming_either(unsealing: tuple[User, str]) -> None:
    _, url = unsealing
    stranger = factories.person(factories.council(), CouncilRole.PROCUREMENT_LEAD)
    client = asked_again(stranger)

    asked = client.post(url)
    done = client.post(asked["Location"], {"password": factories.PASSWORD, "next": url})

    assert (done.status_code, UnsealingConsent.objects.count()) == (403, 0)


def test_A9_opening_prices_asks_again_who_is_there(unsealing: tuple[User, str]) -> None:
    lead, url = unsealing

    asked = asked_again(lead).post(url.replace("unseal", "prices"))

    assert asked["Location"].partition("?")[0] == REAUTHENTICATE


def test_what_was_typed_is_kept_while_it_is_asked_who_is_there() -> None:
    council = factories.council()
    url = f"/workspace/councils/{council.slug}/people/invite/"
    client = asked_again(lead_of(council))

    asked = client.post(url, {"email": "new@people.example", "role": CouncilRole.AUDITOR})
    before = Invitation.objects.count()
    client.post(asked["Location"], {"password": factories.PASSWORD, "next": url})

    made = Invitation.objects.get()
    assert (before, made.email, made.role) == (0, "new@people.example", CouncilRole.AUDITOR)


def test_a_kept_request_is_sent_once() -> None:
    council = factories.council()
    url = f"/workspace/councils/{council.slug}/people/invite/"
    client = asked_again(lead_of(council))
    asked = client.post(url, {"email": "new@people.example", "role": CouncilRole.AUDITOR})
    for _ in range(2):
        client.post(asked["Location"], {"password": factories.PASSWORD, "next": url})

    assert Invitation.objects.count() == 1


def test_removing_the_second_factor_asks_again_who_is_there() -> None:
    lead = lead_of(factories.council())
    client = asked_again(lead)

    asked = client.post("/accounts/2fa/totp/deactivate/")

    assert asked["Location"].partition("?")[0] == REAUTHENTICATE
    assert Authenticator.objects.filter(user=lead).exists() is True


def test_adding_an_address_asks_again_who_is_there() -> None:
    ada = confirmed()

    asked = device(ada, FIREFOX).post("/accounts/email/", {"email": "other@people.example", "action_add": ""})

    assert asked["Location"].partition("?")[0] == REAUTHENTICATE


def test_an_address_is_changed_by_adding_confirming_and_making_it_the_main_one() -> None:
    ada = confirmed()
    client, page, was = device(ada, FIREFOX), "/accounts/email/", ada.email
    asked = client.post(page, {"email": "new@people.example", "action_add": ""})
    client.post(asked["Location"], {"password": factories.PASSWORD, "next": page})
    waiting = client.get(page).content.decode()
    EmailAddress.objects.filter(email="new@people.example").update(verified=True)

    client.post(page, {"email": "new@people.example", "action_primary": ""})
    changed = client.get(page).content.decode()

    ada.refresh_from_db()
    assert "Not confirmed yet" in waiting
    assert {letter.to[0] for letter in mail.outbox} == {"new@people.example", was}
    assert (ada.email, "Not confirmed yet" in changed) == ("new@people.example", False)
    assert page in client.get("/workspace/").content.decode()
