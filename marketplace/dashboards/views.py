"""The desk: what waits for whom, and a challenge's task list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Council
from accounts.queries import invitations_for, names_of
from accounts.signed_in import person
from assessment.models import Round, RoundKind
from audit import clock
from audit.models import Event, Visibility
from audit.transitions import NotPermitted
from challenges import rules
from challenges.forms import StartForm
from challenges.models import Challenge
from cms.actions import page_of, start_problem_statement
from marketplace.dashboards.desk import rows_for
from marketplace.dashboards.pilots_of import SHOWN, lines_for
from marketplace.dashboards.tasks_of import tasks_of
from opendata.words import event_words

EVENTS = 12


@require_safe
@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    """Your work: each role sees what waits for it."""
    at = clock.now()
    user = person(request)
    rows = rows_for(user, at)
    councils = list(Council.objects.filter(memberships__user=user).distinct())
    in_pilots = lines_for(user, at)
    context = {
        "in_pilots": in_pilots[:SHOWN], "more_in_pilots": len(in_pilots[SHOWN:]),
        "yours": [row for row in rows if row.is_yours], "others": [row for row in rows if not row.is_yours],
        "councils": councils, "may_start": _starters(user).exists(), "at": at,
        "panels": user.panel_memberships.active()
        .select_related("panel__challenge__council")
        .annotate(marks_pilots=Exists(Round.objects.filter(panel=OuterRef("panel"), kind=RoundKind.PILOTS))),
        "advises": user.advises.select_related("challenge__council").order_by("-joined_at"),
        "suppliers": user.supplier_memberships.select_related("supplier"),
        "invitations": invitations_for(user, at), "may_extend_for_all": rules.may_extend_for_all(user),
    }  # fmt: skip
    return render(request, "workspace/home.html", context)


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Begin a challenge."""
    user = person(request)
    councils = _starters(user)
    if not councils:
        raise NotPermitted("Only a council's problem owner or procurement lead can start a challenge.")
    form = StartForm(request.POST or None, councils=councils)
    if request.method == "POST" and form.is_valid():
        page = start_problem_statement(actor=user, at=clock.now(), **form.cleaned_data)
        messages.success(request, "A draft is started. Nobody outside your council can see it.")
        return redirect("challenge_workspace", slug=page.challenge.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "workspace/start.html", {"form": form}, status=status)


@require_safe
@login_required
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """One challenge's task list, for the council's people."""
    found = get_object_or_404(Challenge.objects.select_related("council", "panel"), slug=slug)
    if not rules.may_read_workspace(request.user, found):
        raise NotPermitted("Only people of this council can open its working pages.")
    at = clock.now()
    seen = (Visibility.PUBLIC, Visibility.COUNCIL)
    events = Event.objects.of_challenge(found.pk).filter(visibility__in=seen).order_by("-pk")[:EVENTS]
    names = names_of(event.actor_key for event in events)
    context = {
        "challenge": found, "page": page_of(found), "phase": found.phase(at), "at": at,
        "events": [(event_words(e.verb), e, names.get(e.actor_key, e.actor_label)) for e in events],
        "tasks": tasks_of(found, at, person(request)), "may_conclude": rules.may_conclude(request.user, found),
        "may_amend_terms": rules.may_amend_terms(request.user, found),
    }  # fmt: skip
    return render(request, "workspace/challenge.html", context)


def _starters(user: Any) -> Any:
    return Council.objects.filter(memberships__user=user, memberships__role__in=rules.OFFICERS).distinct()
