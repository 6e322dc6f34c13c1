"""What goes wrong in a pilot: incidents and their clocks, recalled devices, erasures, a supplier that stops."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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
from audit.transitions import NotPermitted, stands
from pilots import actions, queries, rules
from pilots.going_wrong_forms import (
    CloseIncidentForm,
    DutyForm,
    EntryForm,
    EraseForm,
    EraseWordsForm,
    IncidentForm,
    MistakeForm,
    RecallForm,
    StopsForm,
)
from pilots.models import DeviceRecall, Incident, IncidentDuty, Pilot, PilotState, SurveyAnswer
from pilots.views.desk import manager_only, pilot_for, steps_for
from pilots.views.preparing import sent, show

FOLLOWS = {
    "record": (
        "The other side is told at once. The page of the incident says who else has to be told, and until when.",
        "Readings of the days that you name are marked. Where the verdict hangs on them, it is inconclusive.",
        "Where it is not safe to go on, suspend the pilot as well.",
    ),
    "recall": (
        "The device’s readings from then on are marked, in public. They stay and they count.",
        "The result is judged with them and without them. Where the verdict hangs on them, it is inconclusive.",
        "It is inconclusive, too, where they are more than a fifth of a group’s values.",
    ),
    "mistake": (
        "The readings of this device are as any other again, also those that arrived meanwhile.",
        "The recall is not gone: that it was made, and why it was a mistake, stays on the public page.",
        "A result that was computed meanwhile stays as it was. Later ones say that the recall was a mistake.",
        "If the device turns out wrong after all, recall it again.",
    ),
    "erase": (
        "The readings of this device in this time are gone, with what they said before. It cannot be undone.",
        "That something was erased, how much, when and why stays, and is public.",
        "A result computed later lacks them: its gates judge whether enough is left.",
        "A result that stands already stays as it was, marked: nobody can repeat it from the data any more.",
    ),
    "words": ("The words of the line are gone. That there was a line, by whom and when, stays. It cannot be undone.",),
    "answer": (
        "The words are gone. What this person chose in other questions stays counted. It cannot be undone.",
        "That words were erased, when and why, is public. Neither the words nor the question are named.",
    ),
    "stops": (
        "It is public at once, and cannot be taken back. It ends nothing by itself.",
        "The council ends the pilot with what is paid and who clears up; no result is registered then.",
        "Where the analysis date comes first, the result is computed from what there is; too little is inconclusive.",
        "What was done and accepted is paid either way.",
    ),
}


@dataclass(frozen=True)
class _Asked:
    """A page of one form: its title, the button's words, what follows from it, the way back; whether it is done now."""

    title: str
    submit: str
    what: str
    back: str = ""
    is_time: bool = True


@require_safe
@login_required
def pilot_incidents(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that went wrong, and what can be done about it."""
    pilot, at, reader = pilot_for(request, slug), clock.now(), person(request)
    context = {
        "pilot": pilot,
        "incidents": pilot.incidents.all(),
        "clocks": [(duty, queries.is_late(duty, at)) for duty in queries.running_clocks(pilot)],
        "recalls": DeviceRecall.objects.filter(device__site__pilot=pilot).select_related("device").order_by("pk"),
        "erasures": pilot.erasures.all(),
        "may_take_back": rules.may_manage(request.user, pilot) and rules.recalls_are_taken_back(pilot, at),
        "may_record": rules.takes_incidents(pilot) and rules.may_record_incident(reader, pilot),
        "may_suspend": rules.may_suspend(reader, pilot),
        "is_under_way": pilot.state in rules.UNDER_WAY,
        "steps": [(words, reverse(name, args=[slug])) for name, words in steps_for(reader, pilot, at).items()],
    }
    return render(request, "pilots/incidents.html", context)


@login_required
def pilot_incident_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Record an incident."""
    pilot, actor = _for_both_sides(request, slug), person(request)
    form = IncidentForm(request.POST or None, initial={"found_at": clock.now()})
    if request.method == "POST" and attempt(
        form, lambda: actions.record_incident(pilot=pilot, found=form.found, actor=actor, at=clock.now())
    ):
        messages.success(request, "The incident is recorded. See below who has to be told, and until when.")
        newest = pilot.incidents.first()
        return redirect("pilot_incident", slug=slug, number=newest.number if newest else 1)
    asked = _Asked("Record an incident", "Record it", "record", is_time=rules.takes_incidents(pilot))
    return _one_form(request, pilot, form, asked)


@login_required
def pilot_incident(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One incident: its clocks, its log, and its end."""
    pilot, actor = pilot_for(request, slug), person(request)
    incident = get_object_or_404(Incident, pilot=pilot, number=number)
    step = request.POST.get("step", "")
    entry, closing = (
        form(request.POST if step == name else None, prefix=name)
        for form, name in ((EntryForm, "add"), (CloseIncidentForm, "close"))
    )
    steps: dict[str, tuple[Any, Callable[[], object], str]] = {
        "add": (entry, lambda: actions.add_to_incident(
            incident=incident, actor=actor, at=clock.now(), **entry.cleaned_data), "Added to the log."),
        "close": (closing, lambda: actions.close_incident(
            incident=incident, actor=actor, at=clock.now(), **closing.cleaned_data), "The incident is closed."),
    }  # fmt: skip
    if request.method == "POST" and step in steps:
        form, act, said = steps[step]
        if attempt(form, act):
            messages.success(request, said)
            return redirect("pilot_incident", slug=slug, number=number)
    page = _incident_page(request, pilot, incident, clock.now()) | {"entry": entry, "closing": closing}
    status = 422 if any(form.is_bound and form.errors for form in (entry, closing)) else 200
    return render(request, "pilots/incident.html", page, status=status)


@login_required
def pilot_incident_told(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Record that somebody was told of an incident, or why they need not be."""
    pilot, actor = pilot_for(request, slug), person(request)
    duty = get_object_or_404(IncidentDuty, incident__pilot=pilot, incident__number=number, pk=pk)
    if not rules.may_suspend(actor, pilot):
        raise NotPermitted("The council tells those outside, and records it.")
    form = DutyForm(request.POST or None)
    if answer := sent(
        request, form, lambda: actions.settle_duty(duty=duty, actor=actor, at=clock.now(), **form.cleaned_data),
        f"Recorded: {duty.get_whom_display()}.", "pilot_incident", slug=slug, number=number,
    ):  # fmt: skip
        return answer
    back = reverse("pilot_incident", args=[slug, number])
    return _one_form(request, pilot, form, _Asked(f"Told: {duty.get_whom_display()}", "Record it", "", back))


@login_required
def pilot_erase_words(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Erase the words of one line of an incident's log."""
    pilot, actor = _for_deciders(request, slug), person(request)
    incident = get_object_or_404(Incident, pilot=pilot, number=number)
    entry = get_object_or_404(incident.entries, pk=pk)
    form = EraseWordsForm(request.POST or None)
    if answer := sent(
        request, form, lambda: actions.erase_words(entry=entry, actor=actor, at=clock.now(), **form.cleaned_data),
        "The words are erased.", "pilot_incident", slug=slug, number=number,
    ):  # fmt: skip
        return answer
    back = reverse("pilot_incident", args=[slug, number])
    return _one_form(request, pilot, form, _Asked("Erase the words of a line", "Erase them", "words", back))


@login_required
def pilot_erase_answer(request: HttpRequest, slug: str, pk: int, answer: int, place: int) -> HttpResponse:
    """Erase what somebody wrote to one question of a survey."""
    pilot, actor = manager_only(request, slug), person(request)
    found = get_object_or_404(
        SurveyAnswer.objects.select_related("survey__pilot__challenge"), survey__pilot=pilot, survey=pk, pk=answer
    )
    form = EraseWordsForm(request.POST or None)
    if sent_to := sent(
        request, form,
        lambda: actions.erase_answer_words(
            answer=found, place=place, actor=actor, at=clock.now(), **form.cleaned_data
        ),
        "The words are erased.", "pilot_survey", slug=slug, pk=pk,
    ):  # fmt: skip
        return sent_to
    back = reverse("pilot_survey", args=[slug, pk])
    return _one_form(request, pilot, form, _Asked("Erase what somebody wrote", "Erase the words", "answer", back))


@login_required
def pilot_recall(request: HttpRequest, slug: str) -> HttpResponse:
    """Recall a device."""
    pilot, actor = _for_both_sides(request, slug), person(request)
    form = RecallForm(request.POST or None, pilot=pilot)
    if answer := sent(
        request, form, lambda: actions.recall_device(pilot=pilot, actor=actor, at=clock.now(), **form.cleaned_data),
        "The device is recalled. Its readings from then on are marked.", "pilot_incidents", slug=slug,
    ):  # fmt: skip
        return answer
    asked = _Asked("Recall a device", "Recall it", "recall", is_time=rules.keeps_register(pilot, clock.now()))
    return _one_form(request, pilot, form, asked)


@login_required
def pilot_recall_mistake(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take back a recall that was a mistake."""
    pilot, actor = manager_only(request, slug), person(request)
    recall = get_object_or_404(
        DeviceRecall.objects.select_related("device__site__pilot"), device__site__pilot=pilot, pk=pk
    )
    form = MistakeForm(request.POST or None)
    code = recall.device.code
    if answer := sent(
        request, form,
        lambda: actions.take_back_recall(recall=recall, actor=actor, at=clock.now(), **form.cleaned_data),
        f"The recall of {code} is taken back. Its readings count like any other.", "pilot_incidents", slug=slug,
    ):  # fmt: skip
        return answer
    is_time = recall.taken_back_at is None and rules.recalls_are_taken_back(pilot, clock.now())
    asked = _Asked(f"The recall of {code} was a mistake", "Take it back", "mistake", is_time=is_time)
    return _one_form(request, pilot, form, asked)


@login_required
def pilot_erase(request: HttpRequest, slug: str) -> HttpResponse:
    """Erase readings."""
    pilot, actor = _for_deciders(request, slug), person(request)
    form = EraseForm(request.POST or None, pilot=pilot)
    if answer := sent(
        request, form,
        lambda: actions.erase_readings(
            pilot=pilot, span=form.span, reason=form.cleaned_data["reason"], actor=actor, at=clock.now()
        ),
        "The readings are erased. That they were, and why, stays.", "pilot_incidents", slug=slug,
    ):  # fmt: skip
        return answer
    return _one_form(request, pilot, form, _Asked("Erase readings", "Erase them", "erase"))


@login_required
def pilot_stops(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the supplier cannot go on."""
    pilot, actor = pilot_for(request, slug), person(request)
    if not (rules.is_supplier_of(actor, pilot) or rules.may_end_early(actor, pilot)):
        raise NotPermitted("Its supplier, or the council's problem owner or procurement lead, says so.")
    form = StopsForm(request.POST or None)
    if answer := sent(
        request, form,
        lambda: actions.say_supplier_stops(pilot=pilot, actor=actor, at=clock.now(), **form.cleaned_data),
        "It is recorded and public.", "pilot_workspace", slug=slug,
    ):  # fmt: skip
        return answer
    is_own = rules.is_supplier_of(actor, pilot)
    title = "Withdraw from the pilot" if is_own else "The supplier has failed"
    asked = _Asked(title, "Say so in public", "stops", is_time=rules.supplier_can_stop(pilot))
    return _one_form(request, pilot, form, asked)


def _incident_page(request: HttpRequest, pilot: Pilot, incident: Incident, at: datetime) -> dict[str, Any]:
    return {
        "pilot": pilot, "incident": incident, "log": queries.log_of(incident),
        "duties": [(duty, queries.is_late(duty, at)) for duty in incident.duties.all()],
        "may_add": incident.closed_at is None and rules.may_record_incident(request.user, pilot),
        "may_close": incident.closed_at is None and rules.may_suspend(request.user, pilot),
        "may_erase": rules.may_end_early(request.user, pilot),
        "may_suspend": pilot.state == PilotState.RUNNING and rules.may_suspend(request.user, pilot),
    }  # fmt: skip


def _one_form(request: HttpRequest, pilot: Pilot, form: Any, asked: _Asked) -> HttpResponse:
    page = {
        "not_now": "" if asked.is_time or request.method == "POST" else f"{stands(pilot)}. This is not done now.",
        "pilot": pilot, "form": form, "title": asked.title, "submit": asked.submit,
        "follows": FOLLOWS.get(asked.what, ()), "is_grave": asked.what in ("erase", "words", "answer", "stops"),
        "back": asked.back or reverse("pilot_incidents", args=[pilot.slug]),
    }  # fmt: skip
    return show(request, "pilots/one_form.html", page)


def _for_both_sides(request: HttpRequest, slug: str) -> Pilot:
    pilot = pilot_for(request, slug)
    if not rules.may_record_incident(request.user, pilot):
        raise NotPermitted("Whoever works on the pilot does this; an auditor only reads.")
    return pilot


def _for_deciders(request: HttpRequest, slug: str) -> Pilot:
    pilot = pilot_for(request, slug)
    if not rules.may_end_early(request.user, pilot):
        raise NotPermitted("Only the council's problem owner or procurement lead has something erased.")
    return pilot
