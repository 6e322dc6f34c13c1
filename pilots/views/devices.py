"""The register of devices: what happened to each, kept by council and supplier, and the file for everybody."""

import csv
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted
from files.cells import harmless
from pilots import actions, rules
from pilots.models import DeviceEvent, Pilot
from pilots.people_forms import DevicesForm, HappenedForm, TakeBackForm
from pilots.queries import devices
from pilots.views.desk import pilot_for
from pilots.views.preparing import sent, show

COLUMNS = ("device", "what", "on", "site", "detail", "time")
SHOWN = 50


@login_required
def pilot_devices(request: HttpRequest, slug: str) -> HttpResponse:
    """Every device with what happened to it, and the upload of more; each refused row is told."""
    pilot, actor = pilot_for(request, slug), person(request)
    may_record = rules.may_keep_register(actor, pilot)
    if request.method == "POST" and not may_record:
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager keep its register of devices.")
    may_move = rules.may_manage(actor, pilot)
    known = devices.devices_now(pilot, {})
    file, one = _forms(request, pilot, [device.code for device in known] if may_record else [], may_move=may_move)
    recorded: list[actions.Recorded] = []
    used: Any = one if one.is_bound else file
    if request.method == "POST":
        attempt(
            used,
            lambda: recorded.append(
                actions.record_devices(pilot=pilot, rows=_rows(used), actor=actor, at=clock.now())
            ),
        )  # fmt: skip
    if recorded and one.is_bound and (answer := _said(request, recorded[0], one)):
        return answer
    known = devices.devices_now(pilot, {}) if recorded else known
    told = recorded[0] if recorded and not one.is_bound else None
    context = {
        "pilot": pilot, "form": file, "one": one, "devices": known, "warnings": devices.warnings_of(known, pilot),
        "recorded": told, "refused": told.refused[:SHOWN] if told else [], "may_record": may_record,
        "may_move": may_move, "is_kept": rules.keeps_register(pilot, clock.now()),
    }  # fmt: skip
    is_wrong = bool(used.is_bound and used.errors) or bool(told and told.refused)
    return render(request, "pilots/devices.html", context, status=422 if is_wrong else 200)


def _forms(
    request: HttpRequest, pilot: Pilot, codes: Sequence[str], *, may_move: bool
) -> tuple[DevicesForm, HappenedForm]:
    """The form for a file, and the one for a single thing, which says so by its step."""
    is_one = request.POST.get("step") == "one"
    sites = list(pilot.sites.order_by("code")) if may_move else []
    file = DevicesForm(None if is_one else request.POST or None, None if is_one else request.FILES or None)
    initial = {"on": rules.local_day(clock.now())}
    return file, HappenedForm(request.POST if is_one else None, devices=codes, sites=sites, initial=initial)


def _rows(form: Any) -> list[dict[str, str]]:
    return [form.row] if isinstance(form, HappenedForm) else form.rows


def _said(request: HttpRequest, recorded: actions.Recorded, form: HappenedForm) -> HttpResponse | None:
    """Onwards where the one row was kept or here already; None where it was refused, which the form says then."""
    if recorded.refused:
        sentence = recorded.refused[0].partition(": ")[2]
        form.add_error(None, sentence[:1].upper() + sentence[1:])
        return None
    messages.success(request, "It stands in the register." if recorded.kept else "It stood in the register already.")
    return redirect(request.path)


@login_required
def pilot_device_take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back what was noted wrongly of a device."""
    pilot, actor = pilot_for(request, slug), person(request)
    if not rules.may_keep_register(actor, pilot):
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager keep its register of devices.")
    happened = DeviceEvent.objects.filter(device__site__pilot=pilot).order_by("-recorded_at", "-pk")
    happened = happened.select_related("device__site__pilot", "site")
    if not rules.may_manage(actor, pilot):
        happened = happened.exclude(what__in=actions.PLACING)
    form = TakeBackForm(request.POST or None, happened=happened)
    if answer := sent(
        request, form, lambda: actions.take_back_happening(actor=actor, at=clock.now(), **form.cleaned_data),
        "It is taken back. The record keeps what it said.", "pilot_devices", slug=slug,
    ):  # fmt: skip
        return answer
    page = {
        "pilot": pilot, "form": form, "title": "Take back what was noted wrongly", "submit": "Take it back",
        "back": reverse("pilot_devices", args=[slug]), "follows": [
            "It goes from the register, as if it had not happened, and marks no reading any more.",
            "What it said, and your reason, stay on the public record. Note what is right in its place.",
        ],
    }  # fmt: skip
    return show(request, "pilots/one_form.html", page)


@require_safe
def devices_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The register of a public pilot's devices as open data, in the columns that it is sent in."""
    pilot = get_object_or_404(Pilot.objects.public(), slug=slug)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pilot.slug}-devices.csv"'
    writer: Any = csv.writer(response, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in row] for row in devices.for_download(pilot))
    return response


def last_days(days: Any) -> dict[str, date]:
    """The last day with a reading, by the device's code."""
    found: dict[str, date] = {}
    for day in days:
        found[day.device] = max(day.day, found.get(day.device, day.day))
    return found
