"""The register of devices: what happened to each, kept by council and supplier, and the file for everybody."""

import csv
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted
from files.cells import harmless
from pilots import actions, rules
from pilots.models import Pilot
from pilots.people_forms import DevicesForm
from pilots.queries import devices
from pilots.views.desk import pilot_for

COLUMNS = ("device", "what", "on", "site", "detail")
SHOWN = 50


@login_required
def pilot_devices(request: HttpRequest, slug: str) -> HttpResponse:
    """Every device with what happened to it, and the upload of more; each refused row is told."""
    pilot, actor = pilot_for(request, slug), person(request)
    may_record = rules.may_manage(actor, pilot) or rules.is_supplier_of(actor, pilot)
    if request.method == "POST" and not may_record:
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager keep its register of devices.")
    form, recorded = DevicesForm(request.POST or None, request.FILES or None), []
    if request.method == "POST":
        attempt(
            form,
            lambda: recorded.append(
                actions.record_devices(pilot=pilot, rows=form.rows, actor=actor, at=clock.now())
            ),
        )  # fmt: skip
    known = devices.devices_now(pilot, {})
    context = {
        "pilot": pilot, "form": form, "devices": known, "warnings": devices.warnings_of(known, pilot),
        "recorded": recorded[0] if recorded else None, "refused": recorded[0].refused[:SHOWN] if recorded else [],
        "may_record": may_record, "may_move": rules.may_manage(actor, pilot),
    }  # fmt: skip
    is_wrong = bool(form.is_bound and form.errors) or bool(recorded and recorded[0].refused)
    return render(request, "pilots/devices.html", context, status=422 if is_wrong else 200)


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
