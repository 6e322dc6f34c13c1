"""The evaluations of a pilot as work: what is due, ran or failed, and another try at what was given up."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.signed_in import person
from audit import clock
from pilots import actions, rules
from pilots.queries import runs
from pilots.views.desk import manager_only, pilot_for


@require_safe
@login_required
def pilot_evaluations(request: HttpRequest, slug: str) -> HttpResponse:
    """What is due, ran or failed; council and supplier read the same."""
    pilot, at = pilot_for(request, slug), clock.now()
    page = {"pilot": pilot, "runs": runs.runs_of(pilot, at), "may_manage": rules.may_manage(request.user, pilot)}
    return render(request, "pilots/evaluations.html", page)


@require_POST
@login_required
def pilot_evaluation_again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Have an evaluation computed that was given up."""
    pilot, actor = manager_only(request, slug), person(request)
    work = get_object_or_404(runs.work_of(pilot), pk=pk)
    actions.retry_evaluation(pilot=pilot, work=work, actor=actor, at=clock.now())
    messages.success(request, "It is computed again, within a minute. Look again then.")
    return redirect("pilot_evaluations", slug=slug)
