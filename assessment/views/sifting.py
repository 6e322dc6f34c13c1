"""The sift: an assessor's list and one submission of it, and the chair's conclusion."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.attempting import attempt
from accounts.signed_in import person
from assessment import actions, queries, rules
from assessment.forms import SiftConclusionForm, SiftForm
from assessment.models import PanelMember, PanelRole, RoundState
from assessment.queries import Standing
from assessment.views.doors import blind, member, submission_named
from audit import clock
from audit.transitions import NotPermitted, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sift(request: HttpRequest, slug: str) -> HttpResponse:
    """What is still to be sifted; for the chair, everybody's verdicts and the conclusion."""
    standing, seat = _in_sift(request, slug)
    round_, user = standing.round, person(request)
    rows, concludes = queries.sift_rows(round_, seat), seat.role in (PanelRole.CHAIR, PanelRole.DEPUTY)
    form = SiftConclusionForm(request.POST or None, rows=rows) if concludes else None
    if request.method == "POST" and form is None:
        raise NotPermitted("Only the chair of the panel can conclude the sift.")
    if request.method == "POST" and form is not None and form.is_valid():
        take = partial(actions.conclude_sift, round=round_, choices=form.choices(), actor=user, at=clock.now())
        if attempt(form, take):
            messages.success(request, "The sift is concluded, and marking has begun.")
            return redirect("assess_round", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "rows": rows, "form": form,
        "said": [(row, [(each, queries.sift_lines(round_, each)) for each in row.verdicts]) for row in rows],
        "waiting": queries.sift_waiting(round_), "questions": queries.sift_questions(round_),
        "may_sift": rules.may_mark(user, round_),
    }  # fmt: skip
    return render(request, "assessment/sift.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sift_one(request: HttpRequest, slug: str, pseudonym: str) -> HttpResponse:
    """One blind submission with the questions beside it."""
    standing, seat = _in_sift(request, slug)
    round_, user = standing.round, person(request)
    if not rules.may_mark(user, round_):
        raise NotPermitted("Only an assessor of this panel can sift.")
    shown = blind(standing, pseudonym)
    own = next((row.own for row in queries.sift_rows(round_, seat) if row.slug == pseudonym), None)
    form = SiftForm(request.POST or None, questions=queries.sift_questions(round_)) if own is None else None
    if request.method == "POST" and form is not None and form.is_valid():
        take = partial(
            actions.sift, round=round_, submission=submission_named(standing, pseudonym), answers=form.answers(),
            actor=user, at=clock.now(),
        )  # fmt: skip
        if attempt(form, take):
            messages.success(request, f"Sifted: {shown.pseudonym}.")
            return redirect("assess_sift", slug=slug)
    if request.method == "POST" and form is None:
        raise Refused("You have sifted this submission already: what you gave stands.")
    context = {"round": round_, "challenge": round_.challenge, "shown": shown, "form": form, "own": own}
    context |= {"own_lines": queries.sift_lines(round_, own) if own else []}
    return render(request, "assessment/sift_one.html", context)


def _in_sift(request: HttpRequest, slug: str) -> tuple[Standing, PanelMember]:
    standing = member(request, slug)
    if standing.round.state != RoundState.SIFTING or standing.member is None:
        raise Refused("There is no sift to be done here now.")
    if not standing.viewer.has_declared:
        raise Refused("Declare your interests first: answers are shown after that.")
    return standing, standing.member
