"""What stands around every page: refusals in sentences instead of stack traces, and the content security policy."""

import logging
from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.db import DataError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.template.response import TemplateResponse
from django.urls import ResolverMatch, URLPattern

from audit.transitions import NotPermitted, Refused
from files.middleware import lacks_length
from pilots.api_urls import for_machines
from suppliers.views.typed import LOGIN, keep

logger = logging.getLogger(__name__)
UNKEEPABLE = "What was sent holds a character or a number that cannot be kept, such as a null character. Take it out."
FOR_MACHINES: list[URLPattern] = [*for_machines]
# What machines read and harvest. Each view there declares what it takes; those of the API say it in JSON themselves.
API, HARVESTED = "/api/", ("/opendata/ocds/", "/record.jsonl")
SIGNING_IN, EDITOR = "/accounts/", "/cms/"
BARE = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), ("X-Frame-Options", "DENY"),
)  # fmt: skip


class MachineDoorMiddleware:
    """Hands what machines send straight to its view, past everything that stands below; whatever its method.

    A machine has no session, no cookie, no second factor and no page: what reads or guards those has nothing to do, and
    costs as much as hundreds of rows. What stands above (TLS, host, sniffing) holds here as well. The view bounds the
    body, asks for the token and answers in JSON, which no page may frame and nothing in it may load.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = _for_machines(request)
        if match is None:
            return self.get_response(request)
        request.resolver_match = match
        response: Any = lacks_length(request) or match.func(request, *match.args, **match.kwargs)
        if not getattr(response, "is_rendered", True):
            response.render()
        for name, value in BARE:
            response.headers[name] = value
        return response


def _for_machines(request: HttpRequest) -> ResolverMatch | None:
    path = request.path_info.removeprefix("/")
    for each in FOR_MACHINES:
        if match := each.resolve(path):
            return match
    return None


class RefusalMiddleware:
    """Turn a Refused that no view handled into a page: 403 for who, 409 for when; 400 for what no column holds; 405.

    A form of signing in that comes back with errors is answered with 422, as every other form is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_bare = response.status_code == 405 and not response.streaming and not response.content
        return method_page(request, response["Allow"]) if is_bare and "Allow" in response else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError):
            logger.error("refused by the database (%s): %s", type(exception.__cause__).__name__, request.path)
            return render(request, "errors/refused.html", {"sentences": [UNKEEPABLE]}, status=400)
        if not isinstance(exception, Refused):
            return None
        status = 403 if isinstance(exception, NotPermitted) else 409
        return render(request, "errors/refused.html", {"sentences": exception.sentences}, status=status)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        form = (response.context_data or {}).get("form")
        is_ours = request.method == "POST" and request.path_info.startswith(SIGNING_IN) and response.status_code == 200
        if is_ours and isinstance(form, BaseForm) and form.errors:
            response.status_code = 422
        return response


class SignedOutMiddleware:
    """Keeps, as ciphertext, a form that was sent while signed out; its page offers it again after the sign-in.

    What is sent below /accounts/ holds passwords and codes and is never kept; the editor has its own drafts.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_kept = (
            request.method == "POST"
            and not request.path_info.startswith((SIGNING_IN, EDITOR))
            and not request.user.is_authenticated
        )
        response = self.get_response(request)
        if is_kept and response.status_code == 302 and response["Location"].startswith(resolve_url(LOGIN)):
            keep(request)
        return response


class MethodMiddleware:
    """What a view does not take is answered with 405, before anybody is asked who they are.

    A class takes what it has methods for, a function GET and POST unless it declares less (`require_safe`,
    `require_POST`). No function of ours takes more, so none answers a DELETE as if it were a GET.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        taken = methods_of(view)
        if request.method in taken or request.path.startswith((API, *HARVESTED)):
            return None
        return HttpResponseNotAllowed(taken)


def methods_of(view: Callable[..., HttpResponse]) -> list[str]:
    """The methods that may reach a view."""
    made = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if made is None:
        return ["GET", "HEAD", "POST"]
    actions = getattr(view, "actions", None) or {}
    named = [name for name in made.http_method_names if name in actions or hasattr(made, name)]
    return [name.upper() for name in named] + (["HEAD"] if "get" in named and "head" not in named else [])


def method_page(request: HttpRequest, allowed: str) -> HttpResponse:
    """What an address answers to a method that it does not take. `allowed`: the header Allow."""
    if request.path.startswith(HARVESTED):
        response: HttpResponse = JsonResponse({"message": f"This address takes {allowed}, nothing else."}, status=405)
    else:
        response = _method_page(request, allowed)
    response["Allow"] = allowed
    return response


def _method_page(request: HttpRequest, allowed: str) -> HttpResponse:
    taken = {each.strip() for each in allowed.split(",")}
    if "GET" not in taken:
        sentence = "There is nothing to read at this address: go back to the page and use its button."
    elif "POST" in taken:
        sentence = "This address is a page with a form: open it, and send the form."
    else:
        sentence = "This address is for reading: open it as a page."
    return render(request, "errors/refused.html", {"sentences": [sentence]}, status=405)


class EditorDoorMiddleware:
    """Who may enter the editor below /cms/, and which of its rooms stay shut for everybody.

    Wagtail leads people without its permission to the sign-in, which leads people who are signed in straight back. And
    its pages for people and groups would let a superuser set the password or address of anybody, a supplier's too, and
    so read what is sealed (S1): people are made by signing up, roles are given by `accounts.actions`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sentence = self._refusal(request) if request.path.startswith(EDITOR) else ""
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
