"""The public list, and the short forms of a draft."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from accounts.whole_numbers import whole
from audit import clock
from audit.transitions import NotPermitted
from challenges import actions, queries, rules
from challenges.filters import ChallengeFilter
from challenges.forms import (
    OUTCOME_DEFAULTS,
    ClausesForm,
    DeadlineForm,
    OutcomeForm,
    OutcomesFormSet,
    ProcedureForm,
    ReasonForm,
    TimetableForm,
)
from challenges.models import Challenge, ChallengeQuerySet
from clauses.models import ClauseSet

PAGE = 20
SHORT_SET = 12


@require_safe
def challenge_list(request: HttpRequest) -> HttpResponse:
    """The public list, narrowed by the filter, newest first, paged by key."""
    at = clock.now()
    chosen = ChallengeFilter(request.GET, queryset=Challenge.objects.public(), request=request, at=at)
    found = queries.for_list(chosen.qs)
    page, older = _page(found, request.GET.get("before", ""))
    cards = [(challenge, challenge.phase(at)) for challenge in page]
    asked = request.GET.copy()
    is_first = "before" not in asked
    asked.pop("before", None)
    context = {
        "filter": chosen, "cards": cards, "at": at, "older_url": _older(request.GET, older), "is_first": is_first,
        "newest_url": f"?{asked.urlencode()}", "is_narrowed": any(asked.values()),
    }  # fmt: skip
    return render(request, "challenges/list.html", context)


def _page(found: ChallengeQuerySet, before: str) -> tuple[list[Challenge], Challenge | None]:
    number = whole(before)
    if number and (last := Challenge.objects.public().filter(pk=number).first()):
        found = found.filter(published_at__lte=last.published_at).exclude(
            published_at=last.published_at, pk__gte=last.pk
        )
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1] if len(rows) > PAGE else None


def _older(asked: QueryDict, last: Challenge | None) -> str:
    if last is None:
        return ""
    asked = asked.copy()
    asked["before"] = str(last.pk)
    return f"?{asked.urlencode()}"


def draft_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the draft of its slug, to people who may write it."""

    @login_required
    def guarded(request: HttpRequest, slug: str) -> HttpResponse:
        challenge = get_object_or_404(Challenge.objects.select_related("council"), slug=slug)
        if not rules.may_read_workspace(request.user, challenge):
            raise NotPermitted("Only people of this council can open its drafts.")
        if not rules.may_write(request.user, challenge):
            raise NotPermitted("This challenge is published, or is not yours to write: nothing here can be changed.")
        return view(request, challenge, clock.now())

    return guarded


@draft_view
def procedure(request: HttpRequest, challenge: Challenge, at: datetime) -> HttpResponse:
    """Money and procedure."""
    form = ProcedureForm(request.POST or None, instance=challenge)
    if request.method == "POST" and form.is_valid():
        return _save_fields(request, challenge, form, at, "Money and procedure are saved.")
    return _form_page(request, challenge, form, "Money and procedure")


@draft_view
def timetable(request: HttpRequest, challenge: Challenge, at: datetime) -> HttpResponse:
    """The dates; every fault is named before anything is saved."""
    form = TimetableForm(request.POST or None, instance=challenge, at=at)
    if request.method == "POST" and form.is_valid():
        return _save_fields(request, challenge, form, at, "The dates are saved.")
    lead = "Suppliers need time: the form says when a window is too short. Deadlines at noon are the kindest."
    return _form_page(request, challenge, form, "Dates", {"lead": lead})


@draft_view
def clauses(request: HttpRequest, challenge: Challenge, at: datetime) -> HttpResponse:
    """Open-data and security clauses: a set, and which of it."""
    sets = ClauseSet.objects.order_by("name")
    code = request.POST.get("clause_set") or request.GET.get("set") or challenge.clause_set or "standard-pilot"
    chosen = get_object_or_404(sets, code=code)
    initial = _clauses_to_begin_with(challenge, chosen)
    form = ClausesForm(request.POST or None, chosen_set=chosen, initial={"codes": initial, "clause_set": chosen.code})
    if request.method == "POST" and form.is_valid():
        codes = form.cleaned_data["codes"]
        actions.choose_clauses(challenge=challenge, clause_set=chosen, codes=codes, actor=person(request), at=at)
        return saved(request, challenge, f"{len(codes)} clauses are saved.")
    context = {"sets": sets, "chosen": chosen}
    return _form_page(request, challenge, form, "Clauses", context, template="challenges/clauses_form.html")


def _clauses_to_begin_with(challenge: Challenge, chosen: ClauseSet) -> list[str]:
    """What was asked for before; of a short set not used yet, all of it."""
    stored = list(challenge.clause_requirements.values_list("code", flat=True))
    every = list(chosen.clauses.values_list("code", flat=True))
    return every if challenge.clause_set != chosen.code and len(every) <= SHORT_SET else stored


@draft_view
def measures(request: HttpRequest, challenge: Challenge, at: datetime) -> HttpResponse:
    """What the pilot is measured by; frozen at publication."""
    fields = OutcomeForm.base_fields
    initial = [{name: getattr(outcome, name) for name in fields} for outcome in challenge.outcomes.all()]
    formset: Any = OutcomesFormSet(request.POST or None, initial=initial or [OUTCOME_DEFAULTS])
    if request.method == "POST" and formset.is_valid():
        actions.set_outcomes(challenge=challenge, outcomes=formset.rows(), actor=person(request), at=at)
        return saved(request, challenge, "The measures are saved.")
    lead = "How we will know that a pilot worked. One measure decides; it is frozen when the challenge is published."
    return _form_page(request, challenge, formset, "Outcomes and measures", {"lead": lead})


@login_required
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """A later deadline for everybody, as a numbered amendment."""
    challenge = _for_lead(request, slug)
    form = DeadlineForm(request.POST or None, initial={"closes_at": challenge.closes_at})
    if request.method == "POST" and form.is_valid() and _took(form, challenge, request, actions.extend_deadline):
        return saved(request, challenge, "The deadline is moved on for everybody, as a public amendment.")
    return _form_page(request, challenge, form, "Extend the deadline", {"submit": "Extend for everybody"})


@login_required
def conclude(request: HttpRequest, slug: str) -> HttpResponse:
    """Conclude without an award, with a public reason."""
    challenge = _for_lead(request, slug)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _took(form, challenge, request, actions.conclude_without_award):
        return saved(request, challenge, "The challenge is concluded without an award. Its page stays.")
    return _form_page(request, challenge, form, "Conclude without an award", {"submit": "Conclude", "tone": "warning"})


@login_required
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Cancel, with a public reason."""
    challenge = _for_lead(request, slug)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _took(form, challenge, request, actions.cancel_challenge):
        return saved(request, challenge, "The challenge is cancelled. Its page stays, with the reason.")
    return _form_page(request, challenge, form, "Cancel this challenge", {"submit": "Cancel it", "tone": "warning"})


def _took(form: forms.Form, challenge: Challenge, request: HttpRequest, step: Callable[..., Any]) -> bool:
    """Take the step with what the form holds; what refuses it is said on the form, which keeps what was typed."""
    given = {"challenge": challenge, "actor": person(request), "at": clock.now(), **form.cleaned_data}
    return attempt(form, lambda: step(**given))


def _for_lead(request: HttpRequest, slug: str) -> Challenge:
    challenge = get_object_or_404(Challenge.objects.select_related("council"), slug=slug)
    if not rules.may_conclude(request.user, challenge):
        raise NotPermitted("Only the council's procurement lead can do this.")
    return challenge


def _save_fields(
    request: HttpRequest, challenge: Challenge, form: forms.ModelForm, at: datetime, said: str
) -> HttpResponse:
    fresh = Challenge.objects.get(pk=challenge.pk)
    actions.edit_challenge(challenge=fresh, actor=person(request), at=at, values=form.cleaned_data)
    return saved(request, challenge, said)


def saved(request: HttpRequest, challenge: Challenge, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("challenge_workspace", slug=challenge.slug)


def _form_page(
    request: HttpRequest,
    challenge: Challenge,
    form: Any,
    title: str,
    more: dict[str, Any] | None = None,
    template: str = "challenges/form.html",
) -> HttpResponse:
    bad = request.method == "POST" and not form.is_valid()
    context = {"challenge": challenge, "form": form, "title": title, **(more or {})}
    return render(request, template, context, status=422 if bad else 200)
