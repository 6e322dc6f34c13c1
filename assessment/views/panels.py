"""Naming the panel and opening the assessment: pages for the council's officers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.attempting import attempt
from accounts.models import CouncilMembership, Invitation, User
from accounts.queries import open_invitations
from accounts.signed_in import person
from assessment import actions, queries
from assessment.actions.seats import PANEL
from assessment.forms import PanelForm
from assessment.models import PanelMember, PanelRole, RoundState
from assessment.views.doors import challenge_by, may_set_up
from audit import clock
from challenges.models import Challenge, ChallengeState


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest, slug: str) -> HttpResponse:
    """Who assesses, and whether the assessment can open."""
    challenge, user = challenge_by(slug), person(request)
    may_set_up(challenge, user)
    seats = queries.seats_of(challenge)
    form = PanelForm(request.POST or None, initial=_initial(seats))
    if request.method == "POST" and attempt(
        form, lambda: actions.set_up_panel(challenge=challenge, actor=user, at=clock.now(), **form.cleaned_data)
    ):
        messages.success(request, "The panel is named.")
        return redirect("panel", slug=slug)
    return render(request, "assessment/panel.html", _context(challenge, user, seats, form))


@login_required
@require_POST
def open_round(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the panel begin."""
    challenge, user = challenge_by(slug), person(request)
    may_set_up(challenge, user)
    actions.open_round(challenge=challenge, actor=user, at=clock.now())
    messages.success(request, "The assessment is open: the panel declares interests first.")
    return redirect("panel", slug=slug)


def _context(challenge: Challenge, user: User, seats: list[PanelMember], form: PanelForm) -> dict[str, object]:
    round_ = queries.newest_round(challenge)
    return {
        "challenge": challenge,
        "seats": seats,
        "form": form,
        "round": round_,
        "panel": queries.panel_of(challenge),
        "invitations": _invited(challenge),
        "left": queries.left_seats(challenge),
        "may_relieve": round_ is None or queries.is_before_the_freeze(round_),
        "nothing_arrived": challenge.state == ChallengeState.UNSEALED and not queries.arrived_count(challenge),
        "may_open": bool(seats) and round_ is None and challenge.state == ChallengeState.UNSEALED,
        "may_change": round_ is None or round_.state == RoundState.DECLARING,
        "colleagues": CouncilMembership.objects.filter(council=challenge.council_id).select_related("user"),
    }


def _invited(challenge: Challenge) -> list[Invitation]:
    panel = queries.panel_of(challenge)
    return list(open_invitations(panel, PANEL, clock.now())) if panel else []


def _initial(seats: list[PanelMember]) -> dict[str, str]:
    chairs = [seat.user.email for seat in seats if seat.role == PanelRole.CHAIR]
    assessors = [seat.user.email for seat in seats if seat.role == PanelRole.ASSESSOR]
    return {"chair": chairs[0] if chairs else "", "assessors": "\n".join(assessors)}
