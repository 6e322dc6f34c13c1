"""Clauses on the live service: where it is looked at, what was found, what the supplier does about it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted
from clauses.checks import NAMES
from pilots import actions, checking, queries, rules
from pilots.forms import CheckForm, WaiveForm
from pilots.models import ClauseWatch, Pilot
from pilots.service_forms import ServiceForm
from pilots.views.desk import manager_only, pilot_for
from pilots.views.preparing import sent
from work.models import DueWork


@login_required
def pilot_service(request: HttpRequest, slug: str) -> HttpResponse:
    """Say where the service is looked at."""
    pilot, actor = manager_only(request, slug), person(request)
    clauses = checking.looked_at(pilot)
    kinds, facts = checking.inputs_of(clauses)
    known = [kind for kind in checking.REGISTERED_KINDS if kind in kinds]
    form = ServiceForm(request.POST or None, kinds=known, facts=sorted(facts), initial=_registered(pilot))
    if answer := sent(
        request, form,
        lambda: actions.register_service(
            pilot=pilot, hosts=form.named_hosts, addresses=form.addresses, stated=form.stated, actor=actor,
            at=clock.now(),
        ),
        "Saved. The first looks are being taken; what they find appears here in a minute.", "pilot_clauses", slug=slug,
    ):  # fmt: skip
        return answer
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "pilots/service.html", {"pilot": pilot, "form": form, "clauses": clauses}, status=status)


@require_safe
@login_required
def pilot_clauses(request: HttpRequest, slug: str) -> HttpResponse:
    """The clauses a pilot is checked against, and where each stands."""
    pilot = pilot_for(request, slug)
    context = {
        "pilot": pilot,
        "states": queries.clause_states(pilot),
        "registration": queries.registration_of(pilot),
        **_may(request, pilot),
    }
    return render(request, "pilots/clauses.html", context)


@login_required
def pilot_clause(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One clause: what was found, what to do, what was found before; and the form for a person's own finding."""
    pilot = pilot_for(request, slug)
    if request.method == "POST" and not rules.may_manage(request.user, pilot):
        raise NotPermitted("Only the council's pilot manager can record what was found about a clause.")
    form = CheckForm(request.POST or None) if _may(request, pilot)["may_manage"] or request.POST else None
    return _about_clause(request, pilot, code, form, actions.check_clause, "is recorded.")


@login_required
def pilot_clause_waive(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Waive one clause, in public."""
    pilot, form = pilot_for(request, slug), WaiveForm(request.POST or None)
    if not rules.may_waive(request.user, pilot):
        raise NotPermitted("Only the council's procurement lead can waive a clause.")
    return _about_clause(request, pilot, code, form, actions.waive_clause, "is waived; the reason is public.")


@require_POST
@login_required
def pilot_clause_look(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Have one clause looked at now."""
    pilot, actor = pilot_for(request, slug), person(request)
    requirement = get_object_or_404(pilot.challenge.clause_requirements, code=code)
    actions.look_again(pilot=pilot, requirement=requirement, actor=actor, at=clock.now())
    messages.success(request, f"{code} is looked at now. The result appears here within a minute.")
    return redirect("pilot_clause", slug=slug, code=code)


def _about_clause(
    request: HttpRequest, pilot: Pilot, code: str, form: forms.Form | None, action: Callable[..., object], words: str
) -> HttpResponse:
    requirement, actor = get_object_or_404(pilot.challenge.clause_requirements, code=code), person(request)
    if (
        form is not None
        and request.method == "POST"
        and attempt(
            form,
            lambda: action(pilot=pilot, requirement=requirement, actor=actor, at=clock.now(), **form.cleaned_data),
        )
    ):
        messages.success(request, f"{requirement.code} {words}")
        return redirect("pilot_clauses", slug=pilot.slug)
    is_waiving = action is actions.waive_clause
    page = _clause_page(request, pilot, requirement) | {"form": form, "is_waiving": is_waiving}
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "pilots/clause.html", page, status=status)


def _clause_page(request: HttpRequest, pilot: Pilot, requirement: Any) -> dict[str, Any]:
    state = next((each for each in queries.clause_states(pilot) if each.requirement.pk == requirement.pk), None)
    watch = ClauseWatch.objects.filter(pilot=pilot, requirement=requirement).first()
    waiting = DueWork.objects.filter(
        kind=actions.CLAUSE_CHECK, subject_id=watch.pk if watch else 0, done_at=None, failed_at=None
    )
    return {
        "pilot": pilot,
        "requirement": requirement,
        "state": state or queries.ClauseState(requirement, None),
        "history": queries.clause_history(pilot, requirement.pk),
        "next_look": waiting.order_by("due_at").values_list("due_at", flat=True).first(),
        "is_watched": watch is not None,
        **_may(request, pilot),
    }


def _may(request: HttpRequest, pilot: Pilot) -> dict[str, bool]:
    """What this reader does about clauses; of a pilot that is over nobody does anything about them."""
    asked = {"may_manage": rules.may_manage, "may_look": rules.may_look_again, "may_waive": rules.may_waive}
    return {name: not pilot.is_over and rule(request.user, pilot) for name, rule in asked.items()}


def _registered(pilot: Pilot) -> dict[str, Any]:
    """What is registered now, as the form shows it."""
    last = queries.registration_of(pilot)
    if last is None:
        return {}
    stated = {f"stated_{name}": _typed(value) for name, value in last.stated.items()}
    return {"hosts": "\n".join(last.hosts)} | {kind: last.addresses.get(kind, "") for kind in NAMES} | stated


def _typed(value: Any) -> Any:
    return ", ".join(f"{part:g}" for part in value) if isinstance(value, list) else value
