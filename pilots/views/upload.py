"""Readings from a file: shown before they are taken, each refused row with its reason."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted
from pilots import actions, rules
from pilots.forms import UploadForm
from pilots.models import Pilot, Source
from pilots.reading_files import FileRefusedError, csv_rows, decode
from pilots.views.desk import pilot_for

SHOWN = 100


@login_required
def pilot_upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file, look at what would be taken, take it."""
    pilot = pilot_for(request, slug)
    if not rules.may_send_readings(request.user, pilot):
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager send readings.")
    if request.method == "POST" and "text" in request.POST:
        return _take(request, pilot)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid() and (text := _text(form)):
            return _preview(request, pilot, form, text)
    return _page(request, pilot, {"form": form}, 422 if form.errors else 200)


def _text(form: UploadForm) -> str:
    file = form.cleaned_data["file"]
    if file.size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2:
        form.add_error("file", "The file is too large: send at most 10,000 rows at a time.")
        return ""
    try:
        return decode(file.read())
    except FileRefusedError as refused:
        form.add_error("file", str(refused))
        return ""


def _preview(request: HttpRequest, pilot: Pilot, form: UploadForm, text: str) -> HttpResponse:
    try:
        intake = actions.preview(pilot=pilot, rows=csv_rows(text), at=clock.now())
    except FileRefusedError as refused:
        form.add_error("file", str(refused))
        return _page(request, pilot, {"form": form}, 422)
    context = {"form": form, "intake": intake, "refused": intake.refused[:SHOWN], "text": text}
    return _page(request, pilot, context, 422 if intake.refused else 200)


def _take(request: HttpRequest, pilot: Pilot) -> HttpResponse:
    actor = person(request)
    form = UploadForm()
    try:
        rows = csv_rows(request.POST["text"])
    except FileRefusedError as refused:
        return _page(request, pilot, {"form": form, "sentences": [str(refused)]}, 422)
    intake = actions.ingest(pilot=pilot, rows=rows, source=Source.FILE, actor=actor, at=clock.now())
    messages.success(
        request,
        f"{intake.added:,} readings were added. {intake.unchanged:,} were here already, "
        f"{len(intake.refused):,} were refused.",
    )
    return redirect("pilot_upload", slug=pilot.slug)


def _page(request: HttpRequest, pilot: Pilot, context: dict[str, Any], status: int) -> HttpResponse:
    takes = rules.takes_readings(pilot, clock.now())
    metrics, devices = pilot.metrics.order_by("pk"), [site.devices.all() for site in pilot.sites.all()[:2]]
    example = next((device for found in devices for device in found), None)
    context |= {"pilot": pilot, "takes_readings": takes, "metrics": metrics, "example": example}
    return render(request, "pilots/upload.html", context, status=status)
