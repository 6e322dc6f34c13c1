"""Opened prices before the decision: the list, the question about a low one, sums done again; and the answer (A12)."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempting import attempt
from accounts.models import User
from accounts.signed_in import confirmed_again, person
from assessment import actions, queries, rules
from assessment.forms import AnswerForm, AskForm, LinesFormSet, OutcomeForm, SumsForm
from assessment.models import ClarificationState, PriceClarification, PricePart, Round, RoundState
from assessment.queries import PriceCheck
from assessment.views.doors import round_by
from assessment.visibility import NOTHING, visible_fields
from audit import clock
from audit.transitions import NotPermitted, Refused
from suppliers.models import Submission, SubmissionState
from suppliers.views.lookup import own_submission

FORMS = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def price_checks(request: HttpRequest, slug: str) -> HttpResponse:
    """Every opened price with its figures, and what is still to be asked or decided."""
    round_, _ = _for_checker(request, slug)
    context = {"round": round_, "challenge": round_.challenge, "checks": queries.price_checks(round_)}
    return render(request, "assessment/price_checks.html", context | {"is_open": round_.state == RoundState.RANKED})


@login_required
@require_http_methods(FORMS)
@confirmed_again
def price_check(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """One flagged price: ask about it, wait, then decide with reasons."""
    round_, user = _for_checker(request, slug)
    check, at = _check(round_, pseudonym), clock.now()
    form, take, said = _next(round_, check, user, request)
    if request.method == "POST" and form is None:
        raise Refused("Nothing can be decided here now: the supplier still has time to answer, or it is decided.")
    if request.method == "POST" and form.is_valid() and attempt(form, take):
        messages.success(request, said)
        return redirect("price_checks", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "check": check, "form": form, "at": at,
        "has_lapsed": check.clarification is not None and at >= check.clarification.due_at,
    }  # fmt: skip
    return render(request, "assessment/price_check.html", context)


@login_required
@require_http_methods(FORMS)
@confirmed_again
def price_sums(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """Do the sums of a price again from its own lines; both figures stay."""
    round_, user = _for_checker(request, slug)
    check = _check(round_, pseudonym)
    open_parts = [value for value in PricePart.values if value not in {row.part for row in check.corrections}]
    if not open_parts or check.submission.state != SubmissionState.ADMITTED or round_.state != RoundState.RANKED:
        raise Refused("No figure of this price can be corrected any more.")
    form = SumsForm(request.POST or None, open_parts=open_parts)
    lines: Any = LinesFormSet(request.POST or None)
    if "onwards" in request.POST:
        form, lines = SumsForm(initial=request.POST.dict(), open_parts=open_parts), lines.with_more()
    elif request.method == "POST" and form.is_valid() & lines.is_valid():
        take = partial(
            actions.correct_sums, round=round_, submission=check.submission, sums=lines.sums(form), actor=user,
            at=clock.now(),
        )  # fmt: skip
        if attempt(form, take):
            messages.success(request, f"Corrected: {check.pseudonym}. The ranking is computed again.")
            return redirect("price_checks", slug=slug)
    context = {"round": round_, "challenge": round_.challenge, "check": check, "form": form, "lines": lines}
    return render(request, "assessment/price_sums.html", context)


@login_required
@require_http_methods(FORMS)
def price_question(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The supplier's side: what the council asks about the price, and the one answer."""
    own, at = own_submission(request, public_id), clock.now()
    asked = queries.question_about_price(own)
    if asked is None:
        raise Http404
    may_answer = asked.state == ClarificationState.ASKED and at < asked.due_at
    form = AnswerForm(request.POST or None) if may_answer else None
    if request.method == "POST" and form is None:
        raise Refused("This question can no longer be answered.")
    if request.method == "POST" and form is not None and form.is_valid() and _answered(form, asked, person(request)):
        messages.success(request, "Your answer is with the council.")
        return redirect("price_question", public_id=public_id)
    context = {
        "challenge": own.challenge, "submission": own, "asked": asked, "form": form, "now": at,
        "is_administrator": rules.may_answer_about_price(person(request), asked),
    }  # fmt: skip
    return render(request, "assessment/price_question.html", context)


def _answered(form: AnswerForm, asked: PriceClarification, user: User) -> bool:
    answer = form.cleaned_data["answer"]
    take = partial(actions.answer_about_price, clarification=asked, answer=answer, actor=user, at=clock.now())
    return attempt(form, take)


def _next(round_: Round, check: PriceCheck, user: User, request: HttpRequest) -> tuple[Any, Any, str]:
    """The form that comes next for this price, what it does, and what is said afterwards; no form while one waits."""
    asked, at = check.clarification, clock.now()
    if round_.state != RoundState.RANKED or not check.is_open:
        return None, None, ""
    if asked is None:
        form = AskForm(request.POST or None, at=at)
        return form, lambda: _ask(round_, check.submission, form, user), "The supplier is asked."
    if asked.state == ClarificationState.ASKED and at < asked.due_at:
        return None, None, ""
    outcome = OutcomeForm(request.POST or None)
    return outcome, lambda: _decide(asked, outcome, user), "Your decision on the price is recorded."


def _ask(round_: Round, submission: Submission, form: AskForm, user: User) -> None:
    actions.ask_about_price(round=round_, submission=submission, actor=user, at=clock.now(), **form.cleaned_data)


def _decide(asked: PriceClarification, form: OutcomeForm, user: User) -> None:
    actions.decide_about_price(
        clarification=asked, is_accepted=form.is_accepted, reasons=form.cleaned_data["reasons"], actor=user,
        at=clock.now(),
    )  # fmt: skip


def _for_checker(request: HttpRequest, slug: str) -> tuple[Round, User]:
    """The ranked round, for whoever decides on it and has declared; the wall is asked as on the result page."""
    round_, user = round_by(slug), person(request)
    if not rules.may_approve(user, round_):
        raise NotPermitted("Only a procurement lead of the council who did not sit on the panel can check prices.")
    standing = queries.standing_of(round_, user)
    if visible_fields(standing.viewer, standing.phase, None) == NOTHING:
        raise Refused("Prices are checked once they are open, and after you declared your interests.")
    return round_, user


def _check(round_: Round, pseudonym: str) -> PriceCheck:
    found = queries.price_check(round_, pseudonym)
    if found is None:
        raise Http404
    return found
