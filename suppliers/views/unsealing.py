"""The unsealing: a short ceremony for two people of the council."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.signed_in import confirmed_again
from audit import clock
from challenges.models import Challenge, ChallengeState
from challenges.rules import may_unseal
from challenges.states import call_has_closed
from suppliers import actions, queries
from suppliers.views.lookup import actor, council_challenge


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
    people = queries.consents(challenge)
    event = queries.unsealing_event(challenge)
    page = {
        "challenge": challenge, "received": queries.received(challenge), "people": people, "event": event,
        "refusal": _refusal(request, challenge, [each.user_id for each in people]), "now": clock.now(),
        "hashes": event.data["sha256"] if event else [],
    }  # fmt: skip
    return render(request, "suppliers/unseal.html", page)


FIRST = "You have confirmed. A second, different person of the council confirms next."
DONE = "The submissions are unsealed. Names and prices stay hidden from the panel."


def _refusal(request: HttpRequest, challenge: Challenge, confirmed: list[int]) -> str:
    """Why the person looking may not confirm; empty when they may."""
    if challenge.state != ChallengeState.PUBLISHED:
        return "" if challenge.state == ChallengeState.UNSEALED else "There is nothing to unseal in this state."
    if not may_unseal(request.user, challenge):
        return "The problem owner and the procurement lead confirm; you can watch."
    if request.user.pk in confirmed:
        return "You have confirmed. A second, different person has to confirm too."
    return call_has_closed(challenge, clock.now()) or ""
