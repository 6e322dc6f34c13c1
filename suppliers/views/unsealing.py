"""The unsealing: a short ceremony for two people of the council, and its summary for everybody."""

import json
import re
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import names_of
from accounts.signed_in import confirmed_again
from audit import clock
from audit.models import Event
from challenges.models import Challenge, ChallengeState
from challenges.rules import may_unseal
from challenges.states import call_has_closed
from suppliers import actions, queries
from suppliers.views.lookup import actor, council_challenge, public_challenge

FIRST = "You have confirmed. A second, different person of the council confirms next."
DONE = "The submissions are unsealed. Names and prices stay hidden from the panel."
FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@login_required
@require_http_methods(["GET", "POST"])
@confirmed_again
def unseal(request: HttpRequest, slug: str) -> HttpResponse:
    """Counts before, hashes after; who confirmed, and when (S6)."""
    challenge = council_challenge(request, slug)
    if request.method == "POST":
        done = actions.consent_to_unseal(challenge=challenge, actor=actor(request), at=clock.now())
        messages.success(request, DONE if done else FIRST)
        return redirect("unseal", slug)
    people = list(queries.consents(challenge))
    event = queries.unsealing_event(challenge)
    page = {
        "challenge": challenge, "received": queries.received(challenge), "people": people, "event": event,
        "refusal": _refusal(request, challenge, [each.user_id for each in people]), "now": clock.now(),
        "unchecked": queries.unchecked_files(challenge), "hashes": event.data["sha256"] if event else [],
        "has_closed": call_has_closed(challenge, clock.now()) is None,
    }  # fmt: skip
    return render(request, "suppliers/unseal.html", page)


@require_safe
def summary(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody may know of the unsealing: how many, when, by whom, which fingerprints; and is yours there?"""
    challenge = public_challenge(slug)
    event = queries.unsealing_event(challenge)
    asked = request.GET.get("fingerprint", "").strip().lower()
    page = {
        "challenge": challenge, "event": event, "hashes": event.data["sha256"] if event else [], "asked": asked,
        "is_fingerprint": bool(FINGERPRINT.fullmatch(asked)), "now": clock.now(),
        "people": _people(event) if event else [],
        "is_there": event is not None and asked in event.data["sha256"],
    }  # fmt: skip
    return render(request, "suppliers/unsealing.html", page)


@require_safe
def summary_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a file."""
    challenge = public_challenge(slug)
    event = queries.unsealing_event(challenge)
    if event is None:
        raise Http404
    text = json.dumps(_published(challenge, event), indent=2, ensure_ascii=False) + "\n"
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="unsealing.json"'
    return response


def _people(event: Event) -> list[dict[str, Any]]:
    # The record keeps keys; events of earlier days kept names.
    told, names = event.data["people"], names_of(each["who"] for each in event.data["people"])
    return [{"who": names.get(each["who"], each["who"]), "at": datetime.fromisoformat(each["at"])} for each in told]


def _published(challenge: Challenge, event: Event) -> dict[str, Any]:
    facts = {name: value for name, value in event.data.items() if name not in ("from", "to")}
    facts["people"] = [{"who": each["who"], "at": each["at"].isoformat()} for each in _people(event)]
    return {"challenge": str(challenge.public_id), "unsealed_at": event.at.isoformat(), "event": event.pk, **facts}


def _refusal(request: HttpRequest, challenge: Challenge, confirmed: list[int]) -> str:
    """Why the person looking may not confirm; empty when they may."""
    if challenge.state != ChallengeState.PUBLISHED:
        return "" if challenge.state == ChallengeState.UNSEALED else "There is nothing to unseal in this state."
    if not may_unseal(request.user, challenge):
        return "The problem owner and the procurement lead confirm; you can watch."
    if request.user.pk in confirmed:
        return "You have confirmed. A second, different person has to confirm too."
    return call_has_closed(challenge, clock.now()) or ""
