"""Questions about a call: the public list, asking, and the council's answers."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempting import attempt, status_of
from audit import clock
from challenges.models import Challenge
from challenges.rules import takes_answers, takes_questions
from suppliers import actions, queries, rules
from suppliers.forms import AskForm, CorrectionForm, ReplyForm
from suppliers.models import Clarification
from suppliers.views.lookup import actor, council_challenge, public_challenge


@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every answered question, for everybody; asking, for suppliers."""
    challenge = public_challenge(slug)
    if request.method == "GET":
        return _list_page(request, challenge, _ask_form(request, challenge))
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    form = _ask_form(request, challenge)
    if form is None:
        return _list_page(request, challenge, None, code=403)
    about: dict[str, Any] = {"challenge": challenge, "actor": actor(request), "at": clock.now()}
    if not attempt(form, lambda: actions.ask(**about, **form.asked())):
        return _list_page(request, challenge, form, code=status_of(form))
    messages.success(request, "Your question reached the council. It is published together with the answer.")
    return redirect("questions", slug)


@login_required
@require_safe
def council_questions(request: HttpRequest, slug: str) -> HttpResponse:
    """What suppliers asked, unanswered first; who asked is not shown."""
    challenge = council_challenge(request, slug)
    page = {
        "challenge": challenge, "rows": queries.questions_for_council(challenge), "now": clock.now(),
        "may_answer": rules.may_answer_questions(request.user, challenge),
    }  # fmt: skip
    return render(request, "suppliers/council_questions.html", page)


@login_required
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Answer one question, or correct what the answer says."""
    challenge = council_challenge(request, slug)
    clarification = get_object_or_404(Clarification, challenge=challenge, pk=number)
    form, act, told = _replying(clarification, request.POST or None)
    about: dict[str, Any] = {"clarification": clarification, "actor": actor(request), "at": clock.now()}
    if attempt(form, lambda: act(**about, **form.cleaned_data)):
        messages.success(request, told)
        return redirect("council_questions", slug)
    page = {
        "challenge": challenge, "clarification": clarification, "form": form,
        "takes_answers": takes_answers(challenge, about["at"]),
        "may_answer": rules.may_answer_questions(request.user, challenge),
    }  # fmt: skip
    return render(request, "suppliers/reply.html", page, status=status_of(form))


def _replying(clarification: Clarification, typed: Any) -> tuple[forms.Form, Callable[..., None], str]:
    """The form, the action it leads to, and what is said when it is done."""
    if clarification.answered_at is None:
        return ReplyForm(typed), actions.answer_clarification, "Question and answer are published to everybody."
    form = CorrectionForm(typed, initial={"answer": clarification.answer})
    return form, actions.correct_answer, "The corrected answer is published. What it said before stands below it."


def _ask_form(request: HttpRequest, challenge: Challenge) -> AskForm | None:
    """The form, for those who may ask while questions are taken."""
    suppliers = list(queries.own_suppliers(request.user))
    if not suppliers or not rules.may_ask(request.user, challenge):
        return None
    return AskForm(request.POST or None, suppliers=suppliers)


def _list_page(request: HttpRequest, challenge: Challenge, form: AskForm | None, code: int = 200) -> HttpResponse:
    at = clock.now()
    page = {
        "challenge": challenge, "rows": queries.published_questions(challenge, request.user), "now": at,
        "takes_questions": takes_questions(challenge, at), "form": form,
    }  # fmt: skip
    return render(request, "suppliers/questions.html", page, status=code)
