"""What somebody typed while their sign-in had expired: kept as ciphertext until they are back, never in plain text.

The box lies in the visitor's own session, because nobody knows yet who it is; after the sign-in the page that it was
meant for shows it again. It is saved only by the person who then looks at it. Pages that save themselves put it back
into their form (`keeps_what_is_typed`, `take`); every other page offers to send it again (`marketplace.middleware`).
"""

import base64
import functools
import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url

from suppliers import keys, sealing

KEPT = "typed_while_signed_out"
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "autosave"})
MOST_PAGES, MOST_BYTES = 3, 300_000
LOGIN = "account_login"

View = Callable[..., HttpResponse]


def keeps_what_is_typed(view: View) -> View:
    """Like `login_required`, but a form that is sent while signed out is kept and shown again after the sign-in."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if "autosave" in request.POST:
            keep(request)  # whatever else is led to the sign-in, SignedOutMiddleware keeps
            return JsonResponse({"sign_in": f"{resolve_url(LOGIN)}?next={request.path}"}, status=401)
        return redirect_to_login(request.path)

    return guarded


def take(request: HttpRequest) -> dict[str, list[str]] | None:
    """What was typed for this page before the sign-in, as lists of values by field; it is given out once."""
    kept = request.session.get(KEPT, {})
    if request.path not in kept:
        return None
    box = kept.pop(request.path)
    request.session[KEPT] = kept
    try:
        plain = sealing.open_box(keys.typed_key(), base64.b64decode(box), kind=KEPT, path=request.path)
    except sealing.CannotOpenError:
        return None
    typed: dict[str, list[str]] = json.loads(plain)
    return typed


def keep(request: HttpRequest) -> None:
    """Close the fields of a form that was sent while signed out; files, and more than any page asks, are not kept."""
    typed = {name: values for name, values in request.POST.lists() if name not in NOT_KEPT}
    plain = sealing.canonical(typed)
    if not typed or len(plain) > MOST_BYTES:
        return
    box = sealing.seal(keys.typed_key(), plain, kind=KEPT, path=request.path)
    kept = {path: old for path, old in request.session.get(KEPT, {}).items() if path != request.path}
    kept[request.path] = base64.b64encode(box).decode()
    request.session[KEPT] = dict(list(kept.items())[-MOST_PAGES:])
