"""The public page of a challenge, the front page's lists, and asking for and giving approval."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from audit import clock
from audit.transitions import NotPermitted, objections
from challenges import queries, rules
from challenges.coach import legibility, review
from challenges.forms import ReasonForm
from challenges.models import Challenge, CriterionKind, Phase
from cms import actions
from cms.models import ChallengePage
from cms.statement import statement_of
from pilots.models import Pilot


def challenge_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One challenge in public: the story, the money, the dates, the terms, and what came of it."""
    page = ChallengePage.objects.select_related("challenge__council").filter(challenge__slug=slug).first()
    if page is None or page.challenge.published_at is None:
        raise Http404("There is no published challenge at this address.")
    return _render(request, page, clock.now())


def challenge_preview(request: HttpRequest, page: ChallengePage) -> HttpResponse:
    """The draft as readers will see it."""
    return _render(request, page, clock.now(), is_preview=True)


@login_required
def approval(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that stands in the way of publishing, the coach's advice, and the two steps: ask, approve."""
    page = _page_for_officer(request, slug)
    at = clock.now()
    challenge = page.challenge
    statement = statement_of(page.get_latest_revision_as_object())
    context = {
        "challenge": challenge, "page": page, "at": at, "objections": objections(challenge, "publish", at=at),
        "findings": review(statement), "legibility": legibility(statement),
        "is_asked": page.workflow_in_progress, "may_approve": rules.may_approve(request.user, challenge),
        "form": ReasonForm(),
    }  # fmt: skip
    return render(request, "challenges/approval.html", context)


@login_required
@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    page = _page_for_officer(request, slug)
    actions.ask_for_approval(page=page, actor=request.user, at=clock.now())
    messages.success(request, "The procurement lead is asked for approval. You will see here what they decide.")
    return redirect("challenge_workspace", slug=slug)


@login_required
@require_POST
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    page = _page_for_officer(request, slug)
    actions.approve(page=page, actor=request.user, at=clock.now())
    messages.success(request, "Published. The call opens at its time, whatever else happens.")
    return redirect("challenge_workspace", slug=slug)


@login_required
@require_POST
def hand_back(request: HttpRequest, slug: str) -> HttpResponse:
    page = _page_for_officer(request, slug)
    actions.ask_for_changes(page=page, actor=request.user, comment=request.POST.get("reason", ""))
    messages.success(request, "Handed back with your comment.")
    return redirect("challenge_workspace", slug=slug)


def _page_for_officer(request: HttpRequest, slug: str) -> ChallengePage:
    page = get_object_or_404(ChallengePage.objects.select_related("challenge__council"), challenge__slug=slug)
    if not rules.may_read_workspace(request.user, page.challenge):
        raise NotPermitted("Only people of this council can open this page.")
    return page


def _render(request: HttpRequest, page: ChallengePage, at: datetime, *, is_preview: bool = False) -> HttpResponse:
    challenge = queries.for_page(Challenge.objects.filter(pk=page.challenge_id)).get()
    context = {
        "page": page, "challenge": challenge, "at": at, "phase": challenge.phase(at), "is_preview": is_preview,
        "timeline": timeline(challenge, at), "pilots": Pilot.objects.filter(challenge=challenge),
        "quality": [row for row in challenge.criteria.all() if row.kind == CriterionKind.QUALITY],
    }  # fmt: skip
    return render(request, "cms/challenge_page.html", context)


def timeline(challenge: Challenge, at: datetime) -> list[dict[str, Any]]:
    """The steps of a call with their dates, and which is now."""
    order = [Phase.UPCOMING, Phase.OPEN, Phase.CLOSED, Phase.ASSESSING, Phase.ASSESSED, Phase.PILOTING, Phase.CONCLUDED]
    titles = {
        Phase.UPCOMING: ("Published", challenge.published_at),
        Phase.OPEN: ("Open for answers", challenge.opens_at),
        Phase.CLOSED: ("Closes", challenge.closes_at),
        Phase.ASSESSING: ("A panel assesses", None),
        Phase.ASSESSED: ("Suppliers chosen for pilots", None),
        Phase.PILOTING: ("Pilots run and are measured", None),
        Phase.CONCLUDED: ("Concluded", None),
    }
    now = order.index(challenge.phase(at)) if challenge.phase(at) in order else -1
    return [
        {"title": titles[step][0], "at": titles[step][1], "state": _place(number, now)}
        for number, step in enumerate(order)
    ]


def _place(number: int, now: int) -> str:
    if number == now:
        return "now"
    return "done" if number < now else "later"
