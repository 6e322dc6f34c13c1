"""Passkeys in Chromium, with its own virtual authenticator: as the second step, on their own, again, and removed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, CDPSession, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import CouncilRole, User
from tests import factories
from tests.browser.steps import press, sign_in
from tests.browser.watch import WIDE, Watch, too_wide, violations
from tests.factories.accounts import confirmed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
SECOND, ADD = "/accounts/2fa/", "/accounts/2fa/webauthn/add/"


@pytest.fixture
def tab(chromium: Browser, watch: Watch, live_server: LiveServer) -> Iterator[Page]:
    context = chromium.new_context(viewport=WIDE, base_url=live_server.url)
    watch.follow(context)
    yield context.new_page()
    context.close()
    assert watch.hosts <= {"localhost"}


@pytest.fixture
def key(tab: Page) -> tuple[CDPSession, str]:
    """A device that holds passkeys, and says yes by itself."""
    session = tab.context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return session, made["authenticatorId"]


def refuse(key: tuple[CDPSession, str], *, verified: bool) -> None:
    """Let the device recognise its owner from now on, or not."""
    key[0].send("WebAuthn.setUserVerified", {"authenticatorId": key[1], "isUserVerified": verified})


def held(key: tuple[CDPSession, str]) -> list[Any]:
    return list(key[0].send("WebAuthn.getCredentials", {"authenticatorId": key[1]})["credentials"])


def enter(tab: Page, who: User) -> None:
    tab.goto("/accounts/login/")
    sign_in(tab, who)


def sign_out(tab: Page) -> None:
    press(tab.get_by_role("button", name="Sign out"))
    expect(tab.get_by_role("link", name="Sign in")).to_be_visible()


def confirm(tab: Page) -> None:
    """Answer the question who is there with the password."""
    tab.get_by_label("Password").fill(factories.PASSWORD)
    press(tab.get_by_role("button", name="Confirm"))


def add_passkey(tab: Page, name: str, *, alone: bool) -> None:
    tab.goto(ADD)
    if "reauthenticate" in tab.url:
        confirm(tab)
    tab.get_by_label("What do you call it?").fill(name)
    tab.get_by_label("Sign in with it alone").set_checked(alone)
    look(tab)
    tab.get_by_role("button", name="Add it").click()
    tab.wait_for_url("**/recovery-codes/")


def look(tab: Page) -> None:
    """The page in the tab has nothing wrong for axe, wide and at 320 pixels."""
    assert [*violations(tab), *too_wide(tab)] == []


def test_a_firm_signs_in_with_a_passkey_alone(tab: Page, key: tuple[CDPSession, str]) -> None:
    """1. Sign in by password. 2. Add a passkey. 3. Sign out. 4. Sign in with it, typing nothing."""
    ada = confirmed()
    enter(tab, ada)
    add_passkey(tab, "My laptop", alone=True)
    assert [bool(each["isResidentCredential"]) for each in held(key)] == [True]
    sign_out(tab)

    tab.goto("/accounts/login/")
    look(tab)
    tab.get_by_role("button", name="Sign in with a passkey").click()

    tab.wait_for_url("**/workspace/")
    assert Authenticator.objects.get(user=ada, type=Authenticator.Type.WEBAUTHN).last_used_at is not None


def test_a_council_officer_uses_a_passkey_as_the_second_step(tab: Page, key: tuple[CDPSession, str]) -> None:
    """1. The password alone leads to the set-up. 2. A passkey is chosen. 3. At the next sign-in it is asked for."""
    officer = confirmed(factories.person(factories.council(), CouncilRole.OWNER))
    enter(tab, officer)
    expect(tab.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    confirm(tab)
    press(tab.get_by_role("link", name="Use a passkey instead"))
    add_passkey(tab, "Office key", alone=False)
    press(tab.get_by_role("link", name="Go to your work"))
    expect(tab).to_have_url(re.compile("/workspace/$"))
    sign_out(tab)

    enter(tab, officer)
    expect(tab.get_by_role("heading", name="Enter the code")).to_be_visible()
    look(tab)
    tab.goto("/workspace/")
    expect(tab).to_have_url(re.compile("/accounts/2fa/authenticate/$"))
    tab.get_by_role("button", name="Use your passkey instead").click()

    tab.wait_for_url("**/workspace/")


def test_a_passkey_that_is_refused_is_explained_and_can_be_tried_again(tab: Page, key: tuple[CDPSession, str]) -> None:
    enter(tab, confirmed())
    add_passkey(tab, "My laptop", alone=True)
    sign_out(tab)
    refuse(key, verified=False)

    tab.goto("/accounts/login/")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.locator("[data-pf-passkey-trouble]")).to_contain_text("No passkey was used")
    refuse(key, verified=True)
    tab.get_by_role("button", name="Sign in with a passkey").click()

    tab.wait_for_url("**/workspace/")


def test_a_passkey_answers_the_question_who_is_there_and_is_renamed_and_removed(
    tab: Page, key: tuple[CDPSession, str]
) -> None:
    """1. A passkey exists. 2. In a new session it confirms. 3. It is renamed. 4. Once removed it opens nothing."""
    ada = confirmed()
    enter(tab, ada)
    add_passkey(tab, "My laptop", alone=True)
    sign_out(tab)
    tab.goto("/accounts/login/")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    tab.wait_for_url("**/workspace/")

    tab.goto("/accounts/2fa/webauthn/")
    look(tab)
    press(tab.get_by_role("link", name="Rename My laptop"))
    press(tab.get_by_role("link", name="Use your passkey"))
    look(tab)
    press(tab.get_by_role("button", name="Use your passkey"))
    tab.get_by_label("What do you call it?").fill("Old laptop")
    press(tab.get_by_role("button", name="Save"))
    expect(tab.get_by_role("strong").filter(has_text="Old laptop")).to_be_visible()
    press(tab.get_by_role("link", name="Remove Old laptop"))
    press(tab.get_by_role("button", name="Remove it"))
    expect(tab).to_have_url(re.compile("/webauthn/$"))
    sign_out(tab)

    tab.goto("/accounts/login/")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("status")).to_contain_text("not one of yours")
    assert Authenticator.objects.filter(user=ada).exists() is False
