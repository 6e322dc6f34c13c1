"""Pages that belong to no room: health, components, refusals."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from marketplace.examples import examples


def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def components(request: HttpRequest) -> HttpResponse:
    """Every component template, shown once."""
    return render(request, "components.html", examples())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without, or with an expired, token: say what to do."""
    return render(request, "errors/csrf.html", status=403)
