"""Whoever holds a council role, or runs the site, signs in with a second factor; there is no way round it."""

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.rules import needs_second_factor

SEEN_AT = "seen_at"
SEEN_EVERY = 5 * 60
OPEN_PREFIXES = ("/accounts/", "/static/", "/health/")


class SecondFactorMiddleware:
    """Send such people without a second factor to its set-up page, whatever they asked for.

    Asked on every request, so that a role given, or a factor removed, in the middle of a session counts at once.
    Whoever has set it up is asked for it by the sign-in itself, which is the only door there is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _must_set_up(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


class LastSeenMiddleware:
    """Note, at most every few minutes, when a signed-in device was last seen.

    Only sessions that began at the sign-in are followed; it leaves its mark in them. The time is the machine's and not
    `audit.clock`'s: nothing is decided by it, and it would cost every page a query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen_at = request.session.get(SEEN_AT)
        if seen_at is not None and time.time() - seen_at > SEEN_EVERY and request.user.is_authenticated:
            UserSession.objects.create_from_request(request)
            request.session[SEEN_AT] = time.time()
        return self.get_response(request)


def begin_to_follow(sender: object, request: HttpRequest, **more: object) -> None:
    """Mark a session at its sign-in; a receiver of allauth's signal."""
    request.session[SEEN_AT] = time.time()


def _must_set_up(request: HttpRequest) -> bool:
    if request.path.startswith(OPEN_PREFIXES) or not request.user.is_authenticated:
        return False
    return needs_second_factor(request.user) and not is_mfa_enabled(request.user)
