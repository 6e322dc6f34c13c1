"""Refusals become pages: a step that may not happen is answered with its sentences, never with a stack trace."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.transitions import NotPermitted, Refused


class RefusalMiddleware:
    """Turn a Refused that no view handled into a page: 403 for who, 409 for when."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        status = 403 if isinstance(exception, NotPermitted) else 409
        return render(request, "errors/refused.html", {"sentences": exception.sentences}, status=status)
