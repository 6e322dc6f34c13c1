"""The dashboard, the same for council and supplier; and what the council shows beside the measure."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted
from pilots import actions, queries, rules
from pilots.models import AccompanyingSeries, Pilot
from pilots.people_forms import AccompanyingForm
from pilots.queries import devices
from pilots.queries.showing import for_showing
from pilots.views.desk import manager_only, pilot_for, waits_for
from pilots.views.devices import last_days
from pilots.views.showing import shown


@require_safe
@login_required
def pilot_dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """How the pilot goes: one screen for the people of the council and of the supplier."""
    pilot = get_object_or_404(for_showing(Pilot.objects.public()), slug=slug)
    if not rules.may_read_workspace(request.user, pilot):
        raise NotPermitted("Only the pilot's council and its supplier can open its working pages.")
    at = clock.now()
    context = shown(pilot, at, request.GET)
    known = devices.devices_now(pilot, last_days(context["days"]))
    context |= {
        "may_manage": rules.may_manage(request.user, pilot), "devices": known, "with_last": True,
        "warnings": devices.warnings_of(known, pilot), "waited": queries.waited_by_pilot([pilot], at)[pilot.pk],
        "waits": waits_for(person(request), pilot, at),
    }  # fmt: skip
    return render(request, "pilots/dashboard.html", context)


@login_required
def pilot_accompanying(request: HttpRequest, slug: str) -> HttpResponse:
    """Series that stand beside the measure, and the form for another."""
    pilot, actor = manager_only(request, slug), person(request)
    form = AccompanyingForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and attempt(
        form, lambda: actions.add_accompanying(pilot=pilot, series=form.series, actor=actor, at=clock.now())
    ):
        messages.success(request, f"“{form.series.name}” stands beside the measure now, on the public page too.")
        return redirect("pilot_accompanying", slug=slug)
    page = {"pilot": pilot, "form": form, "standing": pilot.accompanying.filter(removed_at=None)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "pilots/accompanying.html", page, status=status)


@require_POST
@login_required
def pilot_accompanying_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take one series off the page."""
    pilot, actor = pilot_for(request, slug), person(request)
    series = get_object_or_404(AccompanyingSeries.objects.select_related("pilot__challenge"), pilot=pilot, pk=pk)
    actions.remove_accompanying(series=series, actor=actor, at=clock.now())
    messages.success(request, f"“{series.name}” is off the page.")
    return redirect("pilot_accompanying", slug=slug)
