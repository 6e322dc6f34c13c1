"""What stands around every page: refusals in sentences instead of stack traces, and the content security policy."""

import logging
from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from audit.transitions import NotPermitted, Refused

logger = logging.getLogger(__name__)
UNKEEPABLE = "What was sent holds a character or a number that cannot be kept, such as a null character. Take it out."


class RefusalMiddleware:
    """Turn a Refused that no view handled into a page: 403 for who, 409 for when; and 400 for what no column holds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError):
            logger.error("refused by the database (%s): %s", type(exception.__cause__).__name__, request.path)
            return render(request, "errors/refused.html", {"sentences": [UNKEEPABLE]}, status=400)
        if not isinstance(exception, Refused):
            return None
        status = 403 if isinstance(exception, NotPermitted) else 409
        return render(request, "errors/refused.html", {"sentences": exception.sentences}, status=status)


class EditorDoorMiddleware:
    """Who may enter the editor below /cms/, and which of its rooms stay shut for everybody.

    Wagtail leads people without its permission to the sign-in, which leads people who are signed in straight back. And
    its pages for people and groups would let a superuser set the password or address of anybody, a supplier's too, and
    so read what is sealed (S1): people are made by signing up, roles are given by `accounts.actions`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sentence = self._refusal(request) if request.path.startswith("/cms/") else ""
        if sentence:
            return render(request, "errors/refused.html", {"sentences": [sentence]}, status=403)
        return self.get_response(request)

    def _refusal(self, request: HttpRequest) -> str:
        if not request.user.is_authenticated:
            return ""
        if request.path.startswith(("/cms/users/", "/cms/groups/")):
            return "People and their roles are not changed in the editor, not even by its administrator."
        if not request.user.has_perm("wagtailadmin.access_admin"):
            return "The editor is for the problem owners and procurement leads of councils."
        return ""


class PolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere, and the editor's own below /cms/."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith("/cms/") and not report_only:
            parts.config = parts.config or settings.EDITOR_SECURITY_POLICY
        return parts
