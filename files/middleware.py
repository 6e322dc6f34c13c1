"""A body that is too large is read to a bound, thrown away and answered with a page, instead of a broken connection."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from files.checks import megabytes

CHUNK = 256 * 1024
MOST_DRAINED = 1024 * 1024 * 1024
MOST_SECONDS = 120
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
NO_LENGTH = "Send the body with its length (Content-Length): in pieces it is not read here."
ROOM_FOR_FIELDS = 1024 * 1024  # what a form sends beside its one file


class UploadBoundMiddleware:
    """Answer 413 to bodies over the bound, and 411 to those without a length, which would be read as empty.

    Stands last, so that the page is drawn for whoever asked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if refused := lacks_length(request):
            return refused
        length = _length(request)
        if length <= bound(request.content_type or ""):
            return self.get_response(request)
        drain(request, length)
        return too_large(request)


def lacks_length(request: HttpRequest) -> HttpResponse | None:
    """The 411 to a body without its length; None where it has one, or there is no body."""
    is_in_pieces = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    if not is_in_pieces or "CONTENT_LENGTH" in request.META:
        return None
    return JsonResponse({"sentences": [NO_LENGTH]}, status=411)


def bound(content_type: str) -> int:
    """The most bytes that a body of this type may have: forms without files are held to less."""
    if content_type == "application/x-www-form-urlencoded":
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return int(settings.UPLOAD_MAX_BYTES) + ROOM_FOR_FIELDS


def drain(request: HttpRequest, length: int) -> int:
    """Read and drop what the client still sends, to a bound of bytes and of seconds; returns how much was read."""
    read, until = 0, time.monotonic() + MOST_SECONDS
    while read < min(length, MOST_DRAINED) and time.monotonic() < until:
        chunk = request.read(CHUNK)
        if not chunk:
            break
        read += len(chunk)
    return read


def too_large(request: HttpRequest) -> HttpResponse:
    """The 413: a page for who sent a form, JSON in the shape of every API answer for who sent anything else."""
    most = megabytes(int(settings.UPLOAD_MAX_BYTES))
    if request.content_type in FORMS and request.accepts("text/html"):
        return render(request, "errors/too_large.html", {"limit": most}, status=413)
    return JsonResponse({"sentences": [f"Too large: the most we take is {most}."]}, status=413)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
