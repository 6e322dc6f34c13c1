"""The page behind an invitation's link, and taking an invitation back: the same for every kind of organisation."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, queries, rules
from accounts.actions.invitations import organisation_of
from accounts.invitations import PURPOSES
from accounts.models import Invitation
from accounts.signed_in import person
from audit import clock

GONE = 410


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what; accepting is a POST by the person whose verified address was invited."""
    found = queries.invitation_of(token)
    if found is None:
        raise Http404("There is no such invitation.")
    at = clock.now()
    if request.method == "POST" and request.user.is_authenticated:
        landing = actions.accept_invitation(invitation=found, actor=person(request), at=at)
        messages.success(request, f"You now work with {found.organisation_name}.")
        return redirect(landing)
    refusal = rules.why_not_open(found, at)
    if not refusal:
        _remember_address(request, found)
    return render(request, "accounts/invitation.html", _page(request, found, refusal), status=GONE if refusal else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    found = get_object_or_404(Invitation, public_id=public_id)
    actions.withdraw_invitation(invitation=found, actor=person(request), at=clock.now())
    messages.success(request, f"The invitation to {found.email} is taken back. Its link no longer works.")
    return redirect(PURPOSES[found.purpose].people(organisation_of(found)))


def _remember_address(request: HttpRequest, found: Invitation) -> None:
    # Whoever holds the link has shown that the address is theirs: registering with it needs no second letter.
    if not request.user.is_authenticated:
        get_adapter().stash_verified_email(request, found.email)


def _page(request: HttpRequest, found: Invitation, refusal: str | None) -> dict[str, Any]:
    return {"invitation": found, "refusal": refusal, "is_addressee": rules.is_addressee(request.user, found)}
