"""The short forms before and around a pilot: sites, plan, tokens, clauses, consent."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.attempting import attempt
from accounts.signed_in import person
from accounts.whole_numbers import whole
from audit import clock
from audit.transitions import NotPermitted
from pilots import actions, examples, rules
from pilots.forms import (
    ConsentForm,
    SitesForm,
    TokenForm,
)
from pilots.models import Arm, Pilot, PilotState, ReadingToken
from pilots.views.desk import manager_only, pilot_for


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; 422 where it shows what is wrong with what was sent."""
    form = context["form"]
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def sent(
    request: HttpRequest, form: BaseForm, act: Callable[[], object], said: str, to: str, **where: Any
) -> HttpResponse | None:
    """Do what a form asks once it is sent and valid, say so, and lead on; None where the form has to be shown."""
    if request.method != "POST" or not attempt(form, act):
        return None
    messages.success(request, said)
    return redirect(to, **where)


@login_required
def pilot_sites(request: HttpRequest, slug: str) -> HttpResponse:
    """Name sites and devices."""
    pilot = manager_only(request, slug)
    form = SitesForm(request.POST or None, initial=_sites_as_typed(pilot))
    actor = person(request)
    if answer := sent(
        request, form, lambda: actions.set_sites(pilot=pilot, sites=form.sites, actor=actor, at=clock.now()),
        "The sites are saved.", "pilot_workspace", slug=slug,
    ):  # fmt: skip
        return answer
    lines = [] if pilot.state == PilotState.PLANNED else [text.splitlines() for text in _sites_as_typed(pilot).values()]
    page = {"pilot": pilot, "form": form, "stand": lines}
    return show(request, "pilots/sites.html", page)


@login_required
def pilot_tokens(request: HttpRequest, slug: str) -> HttpResponse:
    """How machines send readings. The manager makes their tokens: a new one's secret is on this answer alone."""
    pilot = manager_only(request, slug) if request.method == "POST" else pilot_for(request, slug)
    form = TokenForm(request.POST or None)
    secret, actor = "", person(request)
    at = clock.now()
    if request.method == "POST" and "rotate" in request.POST:
        token = get_object_or_404(ReadingToken, pilot=pilot, pk=whole(request.POST["rotate"]))
        _, secret = actions.rotate_token(pilot=pilot, token=token, actor=actor, at=at)
        form = TokenForm()
    elif request.method == "POST" and form.is_valid():
        _, secret = actions.issue_token(pilot=pilot, label=form.cleaned_data["label"], actor=actor, at=at)
        form = TokenForm()
    page = {"pilot": pilot, "form": form, "secret": secret, "tokens": pilot.tokens.all(), "at": at}
    page["may_manage"] = rules.may_manage(actor, pilot)
    page["address"] = request.build_absolute_uri(reverse("pilot_readings_api", args=[pilot.public_id]))
    if rules.takes_readings(pilot, at):
        metrics = list(pilot.metrics.select_related("outcome").order_by("pk"))
        page["example"] = examples.as_json(examples.rows_of(pilot, metrics, at))
    response = show(request, "pilots/tokens.html", page)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@login_required
def pilot_token_revoke(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Revoke one token."""
    pilot = manager_only(request, slug)
    token = get_object_or_404(ReadingToken, pilot=pilot, pk=pk)
    actor = person(request)
    actions.revoke_token(pilot=pilot, token=token, actor=actor, at=clock.now())
    messages.success(request, f"The token “{token.label}” is revoked.")
    return redirect("pilot_tokens", slug=slug)


@login_required
def pilot_consent(request: HttpRequest, slug: str) -> HttpResponse:
    """Record the consent of the sites."""
    pilot = pilot_for(request, slug)
    if not rules.may_consent(request.user, pilot):
        raise NotPermitted("Only the council's problem owner or pilot manager can record the consent of the sites.")
    form = ConsentForm(request.POST or None)
    actor = person(request)
    if answer := sent(
        request, form, lambda: actions.give_site_consent(pilot=pilot, actor=actor, at=clock.now(), **form.cleaned_data),
        "The consent of the sites is recorded.", "pilot_workspace", slug=slug,
    ):  # fmt: skip
        return answer
    return show(request, "pilots/consent.html", {"pilot": pilot, "form": form})


def _sites_as_typed(pilot: Pilot) -> dict[str, str]:
    lines: dict[str, list[str]] = {Arm.PILOT: [], Arm.COMPARISON: []}
    for site in pilot.sites.prefetch_related("devices"):
        devices = [device.code for device in site.devices.all() if device.code != site.code]
        lines[site.arm].append(f"{site.name or site.code}{': ' + ', '.join(devices) if devices else ''}")
    return {"pilot_sites": "\n".join(lines[Arm.PILOT]), "comparison_sites": "\n".join(lines[Arm.COMPARISON])}
