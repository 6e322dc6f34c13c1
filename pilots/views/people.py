"""What people say: the council's field notes and surveys, the form for residents, and what everybody reads of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from audit import clock
from pilots import actions, posters
from pilots.models import FieldNote, Pilot, Survey
from pilots.people_forms import (
    AnswerForm,
    FindingsFormSet,
    NoteForm,
    QuestionsFormSet,
    SurveyForm,
    WithdrawForm,
)
from pilots.queries import people
from pilots.views.desk import manager_only
from pilots.views.preparing import sent, show


@require_safe
def pilot_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that people said of a pilot, for everybody."""
    pilot = get_object_or_404(Pilot.objects.public().select_related("challenge"), slug=slug)
    context = {
        "pilot": pilot,
        "said": people.said_of(pilot),
        "withdrawn": pilot.field_notes.exclude(withdrawn_at=None),
        "surveys": [people.told(survey) for survey in pilot.surveys.prefetch_related("answers")],
    }
    return render(request, "pilots/people.html", context)


@require_safe
@login_required
def pilot_listening(request: HttpRequest, slug: str) -> HttpResponse:
    """The council's page: its notes, its surveys with their codes, and the way to more."""
    pilot = manager_only(request, slug)
    context = {"pilot": pilot, "notes": pilot.field_notes.all(), "surveys": people.surveys_of(pilot)}
    return render(request, "pilots/listening.html", context)


@login_required
def pilot_note(request: HttpRequest, slug: str) -> HttpResponse:
    """Note what people said on one occasion."""
    pilot, actor = manager_only(request, slug), person(request)
    form, rows = _typed(request, NoteForm, FindingsFormSet)
    if (
        rows.is_bound
        and rows.is_valid()
        and attempt(
            form,
            lambda: actions.add_field_note(
                pilot=pilot, occasion=form.occasion, findings=rows.filled_in, actor=actor, at=clock.now()
            ),
        )
    ):
        messages.success(request, "The note stands beside the numbers now, for everybody.")
        return redirect("pilot_listening", slug=slug)
    return _with_rows(request, "pilots/note.html", pilot, form, rows)


def _typed(request: HttpRequest, form: Any, formset: Any, **initial: str) -> tuple[Any, Any]:
    """A form and the rows under it as they were sent; unbound, with more rows, where somebody asked for more."""
    if request.method != "POST":
        return form(initial=initial), formset()
    if "onwards" in request.POST:
        return form(initial=request.POST.dict()), formset(request.POST).with_more()
    return form(request.POST), formset(request.POST)


def _with_rows(request: HttpRequest, template: str, pilot: Pilot, form: Any, rows: Any) -> HttpResponse:
    """The page of a form with rows; 422 where something is wrong with either."""
    wrong = rows.is_bound and not (form.is_valid() and rows.is_valid())
    return render(request, template, {"pilot": pilot, "form": form, "more": rows}, status=422 if wrong else 200)


@login_required
def pilot_note_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraw one note."""
    pilot, actor = manager_only(request, slug), person(request)
    note = get_object_or_404(FieldNote.objects.select_related("pilot__challenge"), pilot=pilot, pk=pk)
    form = WithdrawForm(request.POST or None)
    if answer := sent(
        request, form, lambda: actions.withdraw_field_note(note=note, actor=actor, at=clock.now(), **form.cleaned_data),
        "The note is withdrawn, and its words are deleted.", "pilot_listening", slug=slug,
    ):  # fmt: skip
        return answer
    return show(request, "pilots/note_withdraw.html", {"pilot": pilot, "form": form, "note": note})


@login_required
def pilot_survey_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a survey."""
    pilot, actor = manager_only(request, slug), person(request)
    form, rows = _typed(request, SurveyForm, QuestionsFormSet, controller=pilot.challenge.council.name)
    made: list[Survey] = []
    if (
        rows.is_bound
        and rows.is_valid()
        and attempt(
            form,
            lambda: made.append(
                actions.open_survey(pilot=pilot, asked=form.asked(rows.filled_in), actor=actor, at=clock.now())
            ),
        )
    ):
        messages.success(request, "The survey is open. Print its poster, or send its address.")
        return redirect("pilot_survey", slug=slug, pk=made[0].pk)
    return _with_rows(request, "pilots/survey_new.html", pilot, form, rows)


@login_required
def pilot_survey(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One survey for the council: its poster, its answers, and the form to type one in."""
    pilot, actor = manager_only(request, slug), person(request)
    survey = get_object_or_404(pilot.surveys.select_related("pilot__challenge__council"), pk=pk)
    form = AnswerForm(request.POST or None, survey=survey, is_typed=True)
    if answer := sent(
        request, form,
        lambda: actions.type_in_answer(
            survey=survey, answers=form.answers, mode=form.cleaned_data["mode"], actor=actor, at=clock.now()
        ),
        "The answer is kept, and marked as typed in.", "pilot_survey", slug=slug, pk=pk,
    ):  # fmt: skip
        return answer
    texts = [place for place, question in enumerate(survey.questions) if not question["options"]]
    told, answers = people.told(survey), survey.answers.order_by("-pk")[:200]
    context = {
        "pilot": pilot, "survey": survey, "form": form, "told": told, "address": posters.survey_address(survey),
        "words": [(survey.questions[place]["text"], place, _texts(answers, place)) for place in texts],
    }  # fmt: skip
    return show(request, "pilots/survey.html", context)


@require_POST
@login_required
def pilot_survey_close(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take no more answers."""
    pilot, actor = manager_only(request, slug), person(request)
    survey = get_object_or_404(pilot.surveys.select_related("pilot__challenge"), pk=pk)
    actions.close_survey(survey=survey, actor=actor, at=clock.now())
    messages.success(request, "The survey is closed.")
    return redirect("pilot_listening", slug=slug)


@require_safe
@login_required
def pilot_survey_print(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A poster with the code to scan, and the questions on paper for whoever has no internet."""
    pilot = manager_only(request, slug)
    survey = get_object_or_404(pilot.surveys.select_related("pilot__challenge__council"), pk=pk)
    context = {"pilot": pilot, "survey": survey, "address": posters.survey_address(survey)}
    return render(request, "pilots/survey_print.html", context)


def take_part(request: HttpRequest, code: str) -> HttpResponse:
    """The form for residents: no account, nothing kept of who answers."""
    survey = get_object_or_404(Survey.objects.select_related("pilot__challenge__council"), code=code)
    form = AnswerForm(request.POST if request.method == "POST" else None, survey=survey)
    if request.method == "POST" and attempt(
        form, lambda: actions.answer_survey(survey=survey, answers=form.answers, at=clock.now())
    ):
        return redirect("take_part_thanks", code=code)
    return show(request, "pilots/take_part.html", {"survey": survey, "pilot": survey.pilot, "form": form})


@require_safe
def take_part_thanks(request: HttpRequest, code: str) -> HttpResponse:
    """After the answer."""
    survey = get_object_or_404(Survey.objects.select_related("pilot__challenge"), code=code)
    return render(request, "pilots/thanks.html", {"survey": survey, "pilot": survey.pilot})


@require_safe
def take_part_code(request: HttpRequest, code: str) -> HttpResponse:
    """The code to scan, as a picture for a poster."""
    survey = get_object_or_404(Survey, code=code)
    return HttpResponse(posters.code_of(posters.survey_address(survey)), content_type=posters.SVG)


def _texts(answers: Any, place: int) -> list[tuple[int, str]]:
    return [(answer.pk, answer.answers[place]) for answer in answers if answer.answers[place]]
