"""The releases over HTTP, in the shape of Find a Tender's own interface: packages, paged by cursor, with ETags."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.whole_numbers import whole
from audit import clock
from challenges.models import Challenge
from opendata import packages, queries
from opendata.forms import LIMIT, ReleasesForm
from opendata.models import Release
from opendata.releases.pieces import url

SECONDS_FRESH = 30


@require_safe
def release_list(request: HttpRequest) -> HttpResponse:
    """Releases in the order of publication; `links.next` leads on while there are more."""
    form = ReleasesForm(request.GET)
    if not form.is_valid():
        return _answer(request, {"message": " ".join(form.sentences())}, status=400)
    asked = form.cleaned_data
    limit = asked["limit"] or LIMIT
    found = queries.releases_after(asked["cursor"] or 0, asked["updatedFrom"], asked["updatedTo"])
    rows = list(found[: limit + 1])
    page = rows[:limit]
    links = {"next": _next(request, page[-1].pk)} if len(rows) > limit else None
    path = reverse("ocds_releases")
    return _answer(request, packages.release_package(page, path=path, at=clock.now(), links=links))


@require_safe
def release(request: HttpRequest, release_id: str) -> HttpResponse:
    """One release, as a package of its own."""
    found = Release.objects.filter(release_id=release_id).first()
    if found is None:
        return _missing(request, "release", release_id)
    path = reverse("ocds_release", args=[release_id])
    return _answer(request, packages.release_package([found], path=path, at=found.date))


@require_safe
def package(request: HttpRequest, ocid: str) -> HttpResponse:
    """Everything published about one contracting process, as a package of releases."""
    found = queries.releases_of(ocid)
    if not found:
        return _missing(request, "contracting process", ocid)
    path = reverse("ocds_package", args=[ocid])
    return _answer(request, packages.release_package(found, path=path, at=found[-1].date))


@require_safe
def record(request: HttpRequest, ocid: str) -> HttpResponse:
    """The same as a record."""
    found = queries.releases_of(ocid)
    if not found:
        return _missing(request, "contracting process", ocid)
    path = reverse("ocds_record", args=[ocid])
    return _answer(request, packages.record_package(ocid, found, path=path, at=found[-1].date))


@require_safe
def public_record(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The public events as JSON lines, in the chain's order; `after` is a position, `challenge` a slug."""
    after, slug = whole(request.GET.get("after", "0"), -1), request.GET.get("challenge", "")
    if after < 0:
        return _answer(request, {"message": "after: a whole number, the position of the last line you have."}, 400)
    challenge = get_object_or_404(Challenge.objects.public(), slug=slug) if slug else None
    rows = queries.linked_public_events(after, challenge)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Disposition"] = 'inline; filename="record.jsonl"'
    return response


def _next(request: HttpRequest, cursor: int) -> str:
    asked = request.GET
    kept = {name: str(asked[name]) for name in ReleasesForm.base_fields if asked.get(name)}
    return f"{url(reverse('ocds_releases'))}?{urlencode({**kept, 'cursor': str(cursor)})}"


def _missing(request: HttpRequest, what: str, key: str) -> HttpResponse:
    return _answer(request, {"message": f"There is no {what} with the identifier {key}."}, status=404)


def _answer(request: HttpRequest, content: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """JSON with an ETag of its bytes; 304 where the harvester has them already."""
    body = json.dumps(content, ensure_ascii=False).encode()
    response: HttpResponse = HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    if status != 200:
        return response
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={SECONDS_FRESH}"
    return get_conditional_response(request, etag=etag, response=response) or response
