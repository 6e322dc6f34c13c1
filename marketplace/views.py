"""Pages that belong to no room: health, components, refusals."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.static import serve

from marketplace.examples import examples
from marketplace.middleware import SIGNING_IN
from marketplace.retention import SCHEDULE

A_TEXT = 10  # from here on nobody types it again by heart


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
def bare(request: HttpRequest) -> HttpResponse:
    """Nothing but the middleware: what `./run bench page` measures pages against."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component template, shown once."""
    return render(request, "components.html", examples())


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture in one of the sizes that pages show; originals are not served."""
    try:
        response = serve(request, name, document_root=str(Path(settings.MEDIA_ROOT) / "images"))
    except OSError as error:  # a name too long for the file system, say
        raise Http404 from error
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """The course of a challenge, for councils, suppliers and residents."""
    return render(request, "marketplace/how_it_works.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tested, what was not, and how to tell us."""
    return render(request, "marketplace/accessibility.html")


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """How long each kind of record is kept."""
    return render(request, "marketplace/retention.html", {"schedule": SCHEDULE})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without, or with an expired, token: say what to do, and give back the texts that were typed."""
    sent = {} if request.path_info.startswith(SIGNING_IN) else request.POST.dict()
    sent.pop("csrfmiddlewaretoken", None)
    texts = [str(value) for value in sent.values() if len(value) >= A_TEXT]
    return render(request, "errors/csrf.html", {"typed": "\n\n".join(texts)}, status=403)
