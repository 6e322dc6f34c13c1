"""Questions about a call: the public list, asking, and the council's answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit import clock
from audit.transitions import Refused
from challenges.models import Challenge
from challenges.rules import takes_questions
from suppliers import actions, queries, rules
from suppliers.forms import AskForm, ReplyForm
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
    if form is None or not form.is_valid():
        return _list_page(request, challenge, form, code=422 if form else 403)
    try:
        actions.ask(
            challenge=challenge, supplier=form.chosen(), question=form.cleaned_data["question"], actor=actor(request),
            at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        form.add_error(None, refused.sentences[0])
        return _list_page(request, challenge, form, code=409)
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
    """Answer one question."""
    challenge = council_challenge(request, slug)
    clarification = get_object_or_404(Clarification, challenge=challenge, pk=number)
    form = ReplyForm(request.POST or None)
    code = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.answer_clarification(
                clarification=clarification, answer=form.cleaned_data["answer"], actor=actor(request), at=clock.now()
            )
        except Refused as refused:
            form.add_error(None, refused.sentences[0])
            code = 409 if rules.may_answer_questions(request.user, challenge) else 403
        else:
            messages.success(request, "Question and answer are published to everybody.")
            return redirect("council_questions", slug)
    page = {"challenge": challenge, "clarification": clarification, "form": form, "now": clock.now()}
    return render(request, "suppliers/reply.html", page, status=code)


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
