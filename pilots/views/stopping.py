"""Suspend a pilot, take it up again, end it early."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from accounts.signed_in import person
from audit import clock
from audit.transitions import objections
from pilots import actions, queries, rules
from pilots.forms import EndForm, EndOnLookForm, ResumeForm, SuspendForm
from pilots.models import PilotState
from pilots.views.desk import pilot_for
from pilots.views.preparing import sent, show


@login_required
def pilot_suspend(request: HttpRequest, slug: str) -> HttpResponse:
    """Suspend a running pilot, or take a suspended one up again."""
    pilot, actor = pilot_for(request, slug), person(request)
    is_suspended = pilot.state == PilotState.SUSPENDED
    form = ResumeForm(request.POST or None) if is_suspended else SuspendForm(request.POST or None)
    act = actions.resume_pilot if is_suspended else actions.suspend_pilot
    said = "The pilot goes on." if is_suspended else "The pilot is suspended. Its supplier is told at once."
    if answer := sent(
        request, form, lambda: act(pilot=pilot, actor=actor, at=clock.now(), **form.cleaned_data),
        said, "pilot_workspace", slug=slug,
    ):  # fmt: skip
        return answer
    page = {
        "pilot": pilot, "form": form, "is_suspended": is_suspended, "may": rules.may_suspend(actor, pilot),
        "why_not": objections(pilot, "resume" if is_suspended else "suspend", at=clock.now()),
        "may_end": rules.may_end_early(actor, pilot),
        "since": pilot.suspensions.filter(ended_at=None).first(),
    }  # fmt: skip
    return show(request, "pilots/suspend.html", page)


@login_required
def pilot_end(request: HttpRequest, slug: str) -> HttpResponse:
    """End a pilot before its analysis date."""
    pilot, actor = pilot_for(request, slug), person(request)
    form = EndForm(request.POST or None)
    if answer := sent(
        request, form, lambda: actions.end_pilot_early(pilot=pilot, actor=actor, at=clock.now(), **form.cleaned_data),
        "The pilot is ended. Its page stays public, with the reason.", "pilot_workspace", slug=slug,
    ):  # fmt: skip
        return answer
    page = {
        "pilot": pilot, "form": form, "may": rules.may_end_early(actor, pilot),
        "why_not": objections(pilot, "end_early", at=clock.now()),
    }  # fmt: skip
    return show(request, "pilots/end.html", page)


@login_required
def pilot_end_on_look(request: HttpRequest, slug: str) -> HttpResponse:
    """End a pilot on the result of an earlier registered date."""
    pilot, actor = pilot_for(request, slug), person(request)
    form = EndOnLookForm(request.POST or None)
    if answer := sent(
        request, form, lambda: actions.end_on_look(pilot=pilot, actor=actor, at=clock.now(), **form.cleaned_data),
        "The pilot ended on this result. Decide its gate next.", "pilot_gate", slug=slug,
    ):  # fmt: skip
        return answer
    page = {
        "pilot": pilot, "form": form, "may": rules.may_decide(actor, pilot),
        "results": queries.earlier_results(pilot), "why_not": objections(pilot, "end_on_look", at=clock.now()),
    }  # fmt: skip
    return show(request, "pilots/end_on_look.html", page)
