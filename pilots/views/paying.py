"""Milestones: agreed, done, accepted, invoiced, paid; the same page for council and supplier."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.signed_in import person
from audit import clock
from audit.transitions import TABLES, NotPermitted, Refused, stands
from pilots import actions, queries, rules
from pilots.models import Milestone, MilestoneState
from pilots.paying_forms import NEXT, MilestonesFormSet, StepForm
from pilots.views.desk import pilot_for
from pilots.views.preparing import show

SAID = {
    MilestoneState.AHEAD: "Given back. The supplier reads why.",
    MilestoneState.DELIVERED: "The council is asked to accept it.",
    MilestoneState.ACCEPTED: "Accepted. The supplier sends its invoice next.",
    MilestoneState.INVOICED: "The invoice is in. It is paid within 30 days.",
    MilestoneState.PAID: "Paid.",
}


@require_safe
@login_required
def pilot_milestones(request: HttpRequest, slug: str) -> HttpResponse:
    """What is paid for, how far it is, and who let whom wait how long."""
    pilot, at = pilot_for(request, slug), clock.now()
    found = list(queries.milestones_of(pilot))
    context = {
        "pilot": pilot,
        "milestones": [(each, queries.is_paid_late(each, at)) for each in found],
        "total": sum(each.amount for each in found),
        "waited": queries.waited_for_money(found, at),
        "may_set": pilot.started_at is None and not pilot.is_over and rules.may_accept(request.user, pilot),
    }
    return render(request, "pilots/milestones.html", context)


@login_required
def pilot_milestones_set(request: HttpRequest, slug: str) -> HttpResponse:
    """Agree on the milestones, before the start."""
    pilot, actor = pilot_for(request, slug), person(request)
    if not rules.may_accept(actor, pilot):
        raise NotPermitted("Only the council's pilot manager or problem owner sets the milestones.")
    initial = list(pilot.milestones.order_by("number").values("title", "amount", "due_on"))
    formset: Any = MilestonesFormSet(request.POST or None, initial=initial)
    sentences: list[str] = []
    if request.method == "POST" and formset.is_valid():
        try:
            actions.set_milestones(pilot=pilot, agreed=formset.agreed, actor=actor, at=clock.now())
        except NotPermitted:
            raise
        except Refused as refused:
            sentences = refused.sentences
        else:
            messages.success(request, "The milestones are set. The supplier sees them, too.")
            return redirect("pilot_milestones", slug=slug)
    page = {"pilot": pilot, "form": formset, "sentences": sentences, "budget": pilot.challenge.pilot_budget}
    status = 422 if request.method == "POST" else 200
    return render(request, "pilots/milestones_set.html", page, status=status)


@login_required
def pilot_milestone(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One milestone: what became of it, and the next step for whoever takes it."""
    pilot, actor = pilot_for(request, slug), person(request)
    milestone = get_object_or_404(queries.milestones_of(pilot).select_related("pilot__challenge"), number=number)
    asked = request.POST.get("step", "")
    forms = _forms(request, milestone, asked)
    form = next((each for each in forms if each.step == asked), None)
    if request.method == "POST" and form is None:
        raise Refused(f"{stands(milestone)}: look at it again.")
    if form is not None and form.is_valid():
        note = form.cleaned_data["note"]
        actions.step_milestone(milestone=milestone, step=asked, actor=actor, at=clock.now(), note=note)
        messages.success(request, SAID[MilestoneState(milestone.state)])
        return redirect("pilot_milestone", slug=slug, number=number)
    table = TABLES[Milestone]
    page = {
        "pilot": pilot, "milestone": milestone, "steps": milestone.steps.all(),
        "forms": [each for each in forms if table.step(each.step).who(actor, milestone)],
        "waits_for": table.step(forms[0].step).who_words.rstrip(",") if forms else "",
        "is_late": queries.is_paid_late(milestone, clock.now()), "form": form or StepForm(step="accept"),
    }  # fmt: skip
    return show(request, "pilots/milestone.html", page)


def _forms(request: HttpRequest, milestone: Milestone, asked: str) -> list[StepForm]:
    steps = NEXT.get(MilestoneState(milestone.state), ())
    return [StepForm(request.POST if step == asked else None, step=step, auto_id=f"{step}_%s") for step in steps]
