"""Telling the chair about a submission, and the chair's answers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempting import attempt
from accounts.signed_in import person
from assessment import actions, queries
from assessment.forms import FlagAnswerForm, FlagForm
from assessment.views.doors import chair, member, require_open, submission_named
from assessment.visibility import Role
from audit import clock
from audit.transitions import NotPermitted

UNPROCESSABLE = 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """Tell the chair about a submission; what one told before, with the answers, stands below."""
    standing = member(request, slug)
    if standing.viewer.role is not Role.ASSESSOR:
        raise NotPermitted("Only an assessor of this panel can open this page.")
    require_open(standing, pseudonym)
    submission, form = submission_named(standing, pseudonym), FlagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        about: dict[str, Any] = {"round": standing.round, "submission": submission, **form.cleaned_data}
        if attempt(form, lambda: actions.raise_flag(**about, actor=person(request), at=clock.now())):
            messages.success(request, "The chair is told. Go on marking; the answer will stand here.")
            return redirect("assess_flag", slug=slug, pseudonym=pseudonym)
    told = [row for row in queries.flags_for(standing) if row.submission_id == submission.pk]
    context = {
        "round": standing.round, "challenge": standing.round.challenge, "submission": submission, "form": form,
        "told": told, "is_open": standing.round.state in actions.WHILE_JUDGED,
    }  # fmt: skip
    return render(request, "assessment/flag.html", context, status=_status(form))


@login_required
@require_safe
def flags(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that the chair was told, the open ones first."""
    standing = chair(request, slug)
    context = {"round": standing.round, "challenge": standing.round.challenge, "flags": queries.flags_for(standing)}
    return render(request, "assessment/flags.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flag_answer(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One flag, and its answer."""
    standing = chair(request, slug)
    found = next((row for row in queries.flags_for(standing) if row.pk == number), None)
    if found is None:
        raise Http404
    form = FlagAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words, user = form.cleaned_data["answer"], person(request)
        if attempt(form, lambda: actions.answer_flag(flag=found, answer=words, actor=user, at=clock.now())):
            messages.success(request, "Your answer is recorded. Only the assessor who told you reads it.")
            return redirect("assess_flags", slug=slug)
    context = {"round": standing.round, "challenge": standing.round.challenge, "flag": found, "form": form}
    return render(request, "assessment/flag_answer.html", context, status=_status(form))


def _status(form: FlagForm | FlagAnswerForm) -> int:
    return UNPROCESSABLE if form.is_bound and form.errors else 200
