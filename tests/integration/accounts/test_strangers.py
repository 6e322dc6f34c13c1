"""What strangers learn, how long it takes, and how often they may try."""

from collections import Counter

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import CouncilRole, User
from tests import factories
from tests.factories.accounts import confirmed
from tests.integration.accounts.test_signing_in import SECRET, code, is_in, register, sign_in

pytestmark = pytest.mark.django_db
UNKNOWN = "nobody@people.example"
RESET = "/accounts/password/reset/"
WORK: Counter[str] = Counter()


class CountingHasher(MD5PasswordHasher):
    """The tests' hasher, which also counts how often a password was hashed: what takes the time of a sign-in."""

    def encode(self, password: str, salt: str) -> str:
        WORK["hashed"] += 1
        return super().encode(password, salt)


@pytest.fixture
def counted(settings: Settings) -> Counter[str]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    WORK.clear()
    return WORK


def hashed_by(counted: Counter[str], email: str, password: str) -> int:
    before = counted["hashed"]
    sign_in(Client(), User(email=email), password)
    return counted["hashed"] - before


def test_a_wrong_sign_in_is_as_much_work_for_an_unknown_address_as_for_a_known_one(counted: Counter[str]) -> None:
    known = confirmed()

    for_known, for_unknown = (hashed_by(counted, email, "not the password") for email in (known.email, UNKNOWN))

    assert for_known == for_unknown > 0


def test_an_account_without_a_password_is_as_much_work_as_one_with_it(counted: Counter[str]) -> None:
    known, without = confirmed(), confirmed()
    without.set_unusable_password()
    without.save()

    for_known, for_other = (hashed_by(counted, who.email, "not the password") for who in (known, without))

    assert for_known == for_other


def test_both_kinds_of_address_get_a_letter_when_a_new_password_is_asked_for() -> None:
    known = confirmed()

    for email in (known.email, UNKNOWN):
        Client().post(RESET, {"email": email})

    assert [message.to for message in mail.outbox] == [[known.email], [UNKNOWN]]


def test_both_kinds_of_address_get_a_letter_when_somebody_registers() -> None:
    known = confirmed()

    for email in (known.email, UNKNOWN):
        register(Client(), email)

    assert [message.to for message in mail.outbox] == [[known.email], [UNKNOWN]]
    assert "there is one already" in mail.outbox[0].body


def test_a_locked_account_and_an_unknown_address_lock_alike() -> None:
    known = confirmed()

    seen = [
        [sign_in(Client(), User(email=email), "wrong").status_code for _ in range(6)]
        for email in (known.email, UNKNOWN)
    ]

    assert seen[0] == seen[1] == [422, 422, 422, 422, 429, 429]


def test_a_new_password_is_asked_for_five_times_a_minute_and_not_more() -> None:
    known = confirmed()

    seen = [Client().post(RESET, {"email": known.email}) for _ in range(6)]

    assert [answer.status_code for answer in seen] == [302] * 5 + [429]
    assert (len(mail.outbox), "Too many tries" in seen[-1].content.decode()) == (5, True)


def test_registering_is_limited_for_one_place() -> None:
    seen = [register(Client(), f"person-{number}@new.example").status_code for number in range(21)]

    assert (seen[:20], seen[20]) == ([302] * 20, 429)


def test_guessing_codes_of_the_second_step_ends_and_the_right_one_no_longer_helps() -> None:
    officer = confirmed(factories.person(factories.council(), CouncilRole.OWNER))
    TOTP.activate(officer, SECRET)
    client = Client()
    sign_in(client, officer)
    for _ in range(10):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})

    client.post("/accounts/2fa/authenticate/", {"code": code()})

    assert is_in(client) is False


def test_guessing_at_the_question_who_is_there_ends() -> None:
    person = confirmed()
    client = Client()
    sign_in(client, person)

    seen = [client.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code for _ in range(11)]

    assert (seen[0], 429 in seen) == (422, True)


def test_the_limits_count_by_the_address_before_the_proxy(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    known = confirmed()

    def tries(address: str, number: int) -> list[int]:
        client = Client(headers={"x-forwarded-for": address})
        return [sign_in(client, known, "wrong").status_code for _ in range(number)]

    seen = [tries("192.0.2.1", 5), tries("192.0.2.2", 1)]
    cache.clear()

    assert seen == [[422, 422, 422, 422, 429], [422]]
