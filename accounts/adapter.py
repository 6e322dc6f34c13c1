"""How allauth talks to people here, and what the lock on repeated sign-ins counts by."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest

HOW = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code from your authenticator app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use your passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    """The house's words."""

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": HOW.get(method["id"], method["description"])} for method in methods]


class CouncilSignInAdapter(DefaultSocialAccountAdapter):
    """Sign-in by a council's own accounts: who somebody is, and never what they may do here."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Believe a provider about the addresses of its own domains only; others get our letter to confirm."""
        domains = sociallogin.provider.app.settings.get("domains", [])
        for address in sociallogin.email_addresses:
            address.verified = bool(address.verified) and address.email.rpartition("@")[2].lower() in domains

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        user.full_name = str(data.get("name") or " ".join(part for part in parts if part))[:120]
        return user


class SecondFactorAdapter(DefaultMFAAdapter):
    """What authenticator apps and passkeys call this site and its keys."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code or passkey is not one of yours, or its time is over. Try again."
    }

    def _get_site_name(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "My passkey" if number == 1 else f"My passkey {number}"


def address_of(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """The address that somebody tries to sign in with, however it was passed on; django-axes counts by it."""
    given = credentials or (request.POST if request is not None else {})
    names = ("email", "login", "username")
    return next((str(given[name]).strip().lower() for name in names if given.get(name)), "")
