"""Missing evidence: the chair asks once, everybody concerned at once; each supplier answers once (A13)."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.attempting import attempt
from accounts.signed_in import person
from assessment import actions, queries, rules
from assessment.forms import AdditionsForm, EvidenceForm
from assessment.models import EvidenceState, RoundState
from assessment.views.doors import DECLARE_FIRST, chair
from audit import clock
from audit.transitions import NotPermitted, Refused
from suppliers.views.lookup import own_submission

FORMS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(FORMS)
def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """What is missing of whom; after it is sent, who was asked what and who has answered."""
    standing, at = chair(request, slug), clock.now()
    if not standing.viewer.has_declared:
        raise Refused(DECLARE_FIRST)
    round_, board = standing.round, queries.evidence_board(standing)
    asks = queries.asks_for_evidence(round_) == standing.member
    may_ask = asks and not board.is_sent and round_.state in (RoundState.MARKING, RoundState.MODERATING)
    form = EvidenceForm(request.POST or None, rows=board.rows) if may_ask else None
    if request.method == "POST" and not asks:
        raise NotPermitted(actions.WHO_ASKS)
    if request.method == "POST" and form is None:
        raise Refused("Missing evidence was asked for already, or the judging is over: nothing can be asked for now.")
    if request.method == "POST" and form is not None and form.is_valid():
        submissions = {each.pk: each for each in standing.submissions}
        take = partial(
            actions.ask_for_evidence, round=round_, missing=form.missing(submissions), actor=person(request), at=at
        )
        if attempt(form, take):
            messages.success(request, "The suppliers are asked, all with the same time to answer.")
            return redirect("assess_evidence", slug=slug)
    context = {"round": round_, "challenge": round_.challenge, "board": board, "form": form, "now": at}
    context |= {"who_asks": "" if asks else actions.WHO_ASKS}
    return render(request, "assessment/evidence.html", context | {"until": actions.evidence_due_at(at)})


@login_required
@require_http_methods(FORMS)
def evidence_asked(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The supplier's side: what is missing, until when, and the one answer."""
    own, at = own_submission(request, public_id), clock.now()
    asked = queries.request_to(own)
    if asked is None:
        raise Http404
    may_answer = asked.state == EvidenceState.ASKED and at < asked.due_at
    fields = queries.asked_fields(asked)
    form = AdditionsForm(request.POST or None, request.FILES or None, asked=fields) if may_answer else None
    if request.method == "POST" and form is None:
        raise Refused("This request can no longer be answered.")
    if request.method == "POST" and form is not None and form.is_valid():
        take = partial(
            actions.answer_evidence, request=asked, additions=form.additions(), actor=person(request), at=clock.now()
        )
        if attempt(form, take):
            messages.success(request, "Your evidence is with the panel.")
            return redirect("evidence_asked", public_id=public_id)
    context = {
        "challenge": own.challenge, "submission": own, "asked": asked, "fields": fields, "form": form, "now": at,
        "is_administrator": rules.may_answer_evidence(person(request), asked),
    }  # fmt: skip
    return render(request, "assessment/evidence_asked.html", context)
