"""How allauth talks to people here, and what the lock on repeated sign-ins counts by."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

HOW = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code from your authenticator app, or a recovery code",
    "mfa_reauthenticate:webauthn": "Use your passkey",
}


HOUSE = SimpleNamespace(name=settings.WAGTAIL_SITE_NAME, domain=settings.PUBLIC_URL.partition("//")[2])


def _onwards(request: HttpRequest | None) -> str:
    """`?next=` with the address of this site that a request names; empty for any other."""
    wanted = (request.POST.get("next") or request.GET.get("next") or "") if request else ""
    return f"?{urlencode({'next': wanted})}" if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


class AccountAdapter(DefaultAccountAdapter):
    """The house's words."""

    def is_safe_url(self, url: str | None) -> bool:
        """Whether a sign-in may lead there; what cannot even be read as an address is not safe, and no error."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def render_mail(self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None) -> Any:
        """Letters come from the product by its name, whatever host was asked."""
        return super().render_mail(template_prefix, email, context | {"current_site": HOUSE}, headers)

    def get_email_confirmation_url(self, request: Any, emailconfirmation: Any) -> str:
        """The link remembers where the newcomer was going, so that confirming leads on there."""
        url: str = super().get_email_confirmation_url(request, emailconfirmation)
        return url + _onwards(request)

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """To the sign-in, and from there to where the newcomer was going."""
        url: str = super().get_email_verification_redirect_url(email_address)
        return url + ("" if "?" in url else _onwards(self.request))

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
