"""Whoever holds a council role signs in with a second factor; there is no way round it."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.rules import is_council_member

OPEN_PREFIXES = ("/accounts/", "/static/", "/health/")


class SecondFactorMiddleware:
    """Send council members without a second factor to its set-up page, whatever they asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._must_set_up(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        if request.path.startswith(OPEN_PREFIXES) or not request.user.is_authenticated:
            return False
        if request.session.get("second_factor_seen"):
            return False
        if not is_council_member(request.user):
            return False
        if is_mfa_enabled(request.user):
            request.session["second_factor_seen"] = True
            return False
        return True
