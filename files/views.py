"""The one way a stored file leaves: asked for by id, permission checked again, never shown inside a page."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from audit import clock
from audit.actors import Actor, TokenActor
from files import access
from files.models import StoredFile


@require_safe
def download(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The file, to whoever its owner's rules allow; to everybody else it does not exist (S2, S3)."""
    stored = get_object_or_404(StoredFile, public_id=public_id)
    if not access.may_download(request.user, stored):
        raise Http404
    file = access.hand_over(stored, actor=_actor(request), at=clock.now())
    response = HttpResponse(file.data, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _actor(request: HttpRequest) -> Actor:
    """Who is asking; a rule may open a file to visitors who are not signed in."""
    return request.user if request.user.is_authenticated else TokenActor("visitor", "a visitor")
