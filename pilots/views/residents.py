"""Readings of residents: the public form, the council's look at what came, and the file for everybody."""

import csv
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from accounts.whole_numbers import whole
from audit import clock
from pilots import actions, posters, rules
from pilots.models import Pilot, ResidentForm
from pilots.people_forms import AskResidentsForm, JudgeForm, ResidentReadingForm
from pilots.queries import residents
from pilots.views.desk import manager_only
from pilots.views.preparing import sent, show

SHOWN = 100
COLUMNS = ("site", "arm", "metric", "unit", "taken_on", "value", "source")


def your_reading(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for residents: a place, a day, a value; nothing about whoever sends it."""
    asked = get_object_or_404(
        ResidentForm.objects.select_related("pilot__challenge__council", "metric"), pilot__slug=slug
    )
    pilot, at = asked.pilot, clock.now()
    form = ResidentReadingForm(
        request.POST if request.method == "POST" else None, sites=pilot.sites.order_by("-arm", "code"),
        metric=asked.metric, initial={"taken_on": rules.local_day(at)},
    )  # fmt: skip
    if answer := sent(
        request, form, lambda: actions.send_resident_reading(form=asked, at=clock.now(), **form.cleaned_data),
        "Thank you. The council looks at your reading; then it is shown as residents’.", "your_reading", slug=slug,
    ):  # fmt: skip
        return answer
    is_open = asked.closed_at is None and rules.takes_readings(pilot, at)
    return show(request, "pilots/your_reading.html", {"pilot": pilot, "asked": asked, "form": form, "is_open": is_open})


@require_safe
def your_reading_code(request: HttpRequest, slug: str) -> HttpResponse:
    """The code to scan that leads to the form, as a picture for a poster."""
    asked = get_object_or_404(ResidentForm.objects.select_related("pilot"), pilot__slug=slug)
    return HttpResponse(posters.code_of(posters.readings_address(asked.pilot)), content_type=posters.SVG)


@require_safe
@login_required
def pilot_residents_print(request: HttpRequest, slug: str) -> HttpResponse:
    """A poster that asks for readings."""
    pilot = manager_only(request, slug)
    asked = get_object_or_404(ResidentForm.objects.select_related("metric"), pilot=pilot)
    context = {"pilot": pilot, "asked": asked, "address": posters.readings_address(pilot)}
    return render(request, "pilots/residents_print.html", context)


@require_safe
def residents_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Residents' readings that are shown, as open data and marked as theirs."""
    pilot = get_object_or_404(Pilot.objects.public(), slug=slug)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pilot.slug}-residents.csv"'
    writer: Any = csv.writer(response, lineterminator="\n")
    writer.writerow(COLUMNS)
    for *names, taken_on, value in residents.for_download(pilot):
        writer.writerow([*names, taken_on.isoformat(), value, "residents"])
    return response


@login_required
def pilot_residents(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask residents for readings, and look at those that came."""
    pilot, actor = manager_only(request, slug), person(request)
    asked = ResidentForm.objects.filter(pilot=pilot).select_related("metric").first()
    form = _asking(pilot, asked, request.POST or None)
    if answer := sent(
        request, form, lambda: actions.open_to_residents(pilot=pilot, actor=actor, at=clock.now(), **form.cleaned_data),
        "Residents can send readings now.", "pilot_residents", slug=slug,
    ):  # fmt: skip
        return answer
    return show(request, "pilots/residents.html", _page(pilot, asked) | {"form": form})


@require_POST
@login_required
def pilot_residents_judge(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the chosen readings, or keep them off the page with a reason."""
    pilot, actor = manager_only(request, slug), person(request)
    chosen = [number for text in request.POST.getlist("reading")[:SHOWN] if (number := whole(text))]
    is_accepted, form = request.POST.get("step") == "show", JudgeForm(request.POST)
    numbers: list[int] = []
    if attempt(
        form,
        lambda: numbers.append(
            actions.judge_resident_readings(
                pilot=pilot, readings=chosen, is_accepted=is_accepted, actor=actor, at=clock.now(), **form.cleaned_data
            )
        ),
    ):
        words = "shown as residents’ now" if is_accepted else "kept off the page"
        messages.success(request, f"{numbers[0]} reading{'' if numbers[0] == 1 else 's'}: {words}.")
        return redirect("pilot_residents", slug=slug)
    asked = ResidentForm.objects.filter(pilot=pilot).select_related("metric").first()
    context = _page(pilot, asked, form) | {"form": _asking(pilot, asked), "chosen": chosen}
    return render(request, "pilots/residents.html", context, status=422)


@require_POST
@login_required
def pilot_residents_close(request: HttpRequest, slug: str) -> HttpResponse:
    """Take no more of them."""
    pilot, actor = manager_only(request, slug), person(request)
    asked = get_object_or_404(ResidentForm.objects.select_related("pilot__challenge"), pilot=pilot)
    actions.close_to_residents(form=asked, actor=actor, at=clock.now())
    messages.success(request, "Residents’ readings are not taken any more. What was shown stays.")
    return redirect("pilot_residents", slug=slug)


def _asking(pilot: Pilot, asked: ResidentForm | None, data: Any = None) -> AskResidentsForm:
    initial = {"metric": asked.metric_id, "how": asked.how} if asked else {}
    return AskResidentsForm(data, metrics=residents.askable(pilot), initial=initial)


def _page(pilot: Pilot, asked: ResidentForm | None, judge: JudgeForm | None = None) -> dict[str, Any]:
    return {
        "pilot": pilot, "asked": asked, "waiting": residents.waiting(pilot)[:SHOWN], "judge": judge or JudgeForm(),
        "shown": residents.shown(pilot).count(), "takes": rules.takes_readings(pilot, clock.now()),
    }  # fmt: skip
