"""The plan: which design, then what it asks, then the chance of each verdict, then the registration."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.attempting import attempt
from accounts.models import User
from accounts.signed_in import person
from audit import clock
from audit.transitions import objections
from challenges.models import Design
from pilots import actions, plans, queries, rules
from pilots.forms import AgainForm
from pilots.models import Arm, Pilot, PilotState
from pilots.plan_forms import ExtendForm, PlanForm, first_plan, former_plan
from pilots.views.desk import manager_only, pilot_for
from pilots.views.preparing import sent, show


@login_required
def pilot_register(request: HttpRequest, slug: str) -> HttpResponse:
    """Without a design, the choice of one; with it, its form, the chances that it gives, and the registration."""
    pilot = manager_only(request, slug)
    context = actions.plan_context(pilot)
    design = (request.POST if request.method == "POST" else request.GET).get("design", "")
    if design not in Design.values:
        return _choice(request, context)
    return _plan(request, context, Design(design))


@login_required
def pilot_extend(request: HttpRequest, slug: str) -> HttpResponse:
    """Register the second look at a pilot whose gate decided to extend it."""
    pilot, actor, at = pilot_for(request, slug), person(request), clock.now()
    form = ExtendForm(request.POST or None, deciders=_deciders(pilot, actor), initial=_later(pilot, at))
    if answer := sent(
        request, form,
        lambda: actions.extend_pilot(
            pilot=pilot, longer=form.longer, reason=form.cleaned_data["reason"], actor=actor, at=clock.now()
        ),
        "The extension is registered. Readings are taken in again.", "pilot_workspace", slug=slug,
    ):  # fmt: skip
        return answer
    plan = pilot.plan or {}
    page = {
        "pilot": pilot, "form": form, "may": rules.may_extend(actor, pilot), "is_foreseen": plans.is_foreseen(plan),
        "why_not": objections(pilot, "extend", at=at), "evaluation": queries.registered_evaluation(pilot),
    }  # fmt: skip
    return show(request, "pilots/extend.html", page)


def _later(pilot: Pilot, at: datetime) -> dict[str, date]:
    """As long again as the pilot was, from today on."""
    if pilot.starts_on is None or pilot.ends_on is None:
        return {}
    ends_on = rules.local_day(at) + (pilot.ends_on - pilot.starts_on)
    return {
        "ends_on": ends_on, "analysis_on": ends_on + timedelta(weeks=1), "decision_on": ends_on + timedelta(weeks=3)
    }  # fmt: skip


def _choice(request: HttpRequest, context: plans.Context) -> HttpResponse:
    numbers = [len(context.of_arm(arm)) for arm in (Arm.PILOT, Arm.COMPARISON)]
    page = {
        "pilot": context.pilot, "primary": context.primary, "numbers": numbers,
        "options": plans.options(context.outcome, *numbers),
        "stands": context.pilot.state not in (PilotState.PLANNED, PilotState.REGISTERED),
        "former": plans.former_design(context.pilot.plan or {}),
    }  # fmt: skip
    return render(request, "pilots/designs.html", page, status=422 if request.method == "POST" else 200)


def _plan(request: HttpRequest, context: plans.Context, design: Design) -> HttpResponse:
    pilot, today, actor = context.pilot, rules.local_day(clock.now()), person(request)
    form = PlanForm(
        request.POST or None, design=design, context=context, today=today, deciders=_deciders(pilot, actor),
        initial=first_plan(context, today, design) | former_plan(context),
    )  # fmt: skip
    again = AgainForm(request.POST or None) if pilot.state == PilotState.REGISTERED else None
    foresight = None
    if request.method == "POST" and form.is_valid() and (again is None or again.is_valid()):
        reason = again.cleaned_data["reason"] if again else ""
        if request.POST.get("step") == "register" and _register(request, pilot, form, reason):
            return redirect("pilot_workspace", slug=pilot.slug)
        if not form.errors:
            foresight = plans.foresight(form.registration, context)
    page = {"pilot": pilot, "form": form, "again": again, "foresight": foresight, "primary": context.primary}
    page["beside"] = context.others
    page["now"] = plans.plain(context.outcome.baseline_value)
    return show(request, "pilots/register.html", page | {"sites": context.sites, "design": design})


def _register(request: HttpRequest, pilot: Pilot, form: PlanForm, reason: str) -> bool:
    actor = person(request)
    is_done = attempt(
        form,
        lambda: actions.register_plan(
            pilot=pilot, registration=form.registration, actor=actor, at=clock.now(), reason=reason
        ),
    )
    if is_done:
        messages.success(request, f"The plan is registered. Its hash begins with {pilot.plan_sha256[:12]}.")
    return is_done


def _deciders(pilot: Pilot, actor: Any) -> list[User]:
    memberships = pilot.challenge.council.memberships.filter(role__in=rules.DECIDERS).exclude(user=actor)
    return [membership.user for membership in memberships.select_related("user")]
