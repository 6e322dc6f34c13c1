"""The desk: what waits for whom, and a challenge's task list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import Council, CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted
from challenges import rules
from challenges.forms import StartForm
from challenges.models import Challenge
from cms.actions import page_of, start_problem_statement
from marketplace.dashboards.tasks_of import tasks_of


@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    """Your work: each role sees what waits for it."""
    at = clock.now()
    user: Any = request.user
    councils = Council.objects.filter(memberships__user=user).distinct()
    challenges = Challenge.objects.filter(council__in=councils).select_related("council").order_by("-created_at", "-id")
    rows = [(challenge, challenge.phase(at), tasks_of(challenge, user, at).waiting) for challenge in challenges[:30]]
    context = {
        "rows": rows, "councils": councils, "may_start": any(_writes(user, council) for council in councils),
        "panels": user.panel_memberships.select_related("panel__challenge__council"),
        "suppliers": user.supplier_memberships.select_related("supplier"), "at": at,
    }  # fmt: skip
    return render(request, "workspace/home.html", context)


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Begin a challenge."""
    user: Any = request.user
    councils = Council.objects.filter(
        memberships__user=user, memberships__role__in=[CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD]
    ).distinct()
    if not councils:
        raise NotPermitted("Only a council's problem owner or procurement lead can start a challenge.")
    form = StartForm(request.POST or None, councils=councils)
    if request.method == "POST" and form.is_valid():
        page = start_problem_statement(actor=user, at=clock.now(), **form.cleaned_data)
        messages.success(request, "A draft is started. Nobody outside your council can see it.")
        return redirect("challenge_workspace", slug=page.challenge.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "workspace/start.html", {"form": form}, status=status)


@login_required
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """One challenge's task list, for the council's people."""
    found = get_object_or_404(Challenge.objects.select_related("council"), slug=slug)
    if not rules.may_read_workspace(request.user, found):
        raise NotPermitted("Only people of this council can open its working pages.")
    at = clock.now()
    events = Event.objects.of_challenge(found.pk).filter(visibility__in=["public", "council"]).order_by("-pk")[:12]
    context = {
        "challenge": found, "page": page_of(found), "phase": found.phase(at), "at": at, "events": events,
        "tasks": tasks_of(found, request.user, at), "may_conclude": rules.may_conclude(request.user, found),
    }  # fmt: skip
    return render(request, "workspace/challenge.html", context)


def _writes(user: Any, council: Council) -> bool:
    return rules.may_start_challenge(user, council.pk)
