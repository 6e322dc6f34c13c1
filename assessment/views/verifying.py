"""Checking suppliers outside the panel: exclusion grounds, debarment, conditions of participation, subcontractors."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempting import attempt
from accounts.models import User
from accounts.signed_in import person
from assessment import actions, queries, rules
from assessment.actions.verifying import VERIFIERS
from assessment.forms import VerificationForm
from assessment.models import Round, RoundState
from assessment.views.doors import round_by
from audit import clock
from audit.transitions import NotPermitted


@login_required
@require_safe
def suppliers(request: HttpRequest, slug: str) -> HttpResponse:
    """The suppliers to be checked, by name; nothing here tells which submission is whose."""
    round_, _ = _for_verifier(request, slug)
    context = {
        "round": round_, "challenge": round_.challenge, "rows": queries.to_verify(round_.challenge),
        "is_before_award": round_.state == RoundState.DECIDED,
    }  # fmt: skip
    return render(request, "assessment/verification.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    """One supplier and everybody who answers together with it, beside what they declared."""
    round_, user = _for_verifier(request, slug)
    submission = queries.submission_of(round_.challenge, public_id)
    if submission is None:
        raise Http404
    parties = queries.parties_of(submission)
    form = VerificationForm(request.POST or None, parties=parties)
    if request.method == "POST" and form.is_valid():
        points = form.given()
        if attempt(
            form, lambda: actions.verify_supplier(submission=submission, points=points, actor=user, at=clock.now())
        ):
            messages.success(request, f"The check of {submission.supplier} is recorded.")
            return redirect("verification", slug=slug)
    context = {
        "round": round_, "challenge": round_.challenge, "supplier": submission.supplier, "parties": parties,
        "form": form, "said": queries.declared_standing(submission), "earlier": queries.verifications_of(submission),
    }  # fmt: skip
    return render(request, "assessment/verify.html", context)


def _for_verifier(request: HttpRequest, slug: str) -> tuple[Round, User]:
    round_, user = round_by(slug), person(request)
    if not rules.may_verify(user, round_):
        raise NotPermitted(f"Only {VERIFIERS} can check suppliers.")
    return round_, user
