"""Declaring interests: first about the challenge, then about each supplier by name, apart from any content (A3)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.signed_in import person
from assessment import actions, queries
from assessment.forms import ChallengeInterestForm, SupplierInterestsForm
from assessment.models import PanelMember, Round
from assessment.views.doors import round_by, seat_in
from audit import clock
from audit.transitions import NotPermitted, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest, slug: str) -> HttpResponse:
    """The declaration about the challenge; once it is made, the suppliers' names."""
    round_, user = round_by(slug), person(request)
    member = seat_in(round_, user)
    if member.terms_accepted_at is None:
        return redirect("assess_terms", slug=slug)
    form = ChallengeInterestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_interest(
                round=round_, actor=user, at=clock.now(), has_interest=form.has_interest,
                detail=form.cleaned_data["detail"],
            )  # fmt: skip
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your declaration is recorded.")
            return redirect("assess_interests", slug=slug)
    return _page(request, round_, member, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def supplier_interests(request: HttpRequest, slug: str) -> HttpResponse:
    """The declarations about each supplier."""
    round_, user = round_by(slug), person(request)
    member = seat_in(round_, user)
    names = queries.supplier_names(round_, member)
    if request.method != "POST" or not names:
        return redirect("assess_interests", slug=slug)
    form = SupplierInterestsForm(request.POST, suppliers=names)
    if form.is_valid():
        try:
            _declare(round_, user, form)
        except NotPermitted:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your declarations are recorded.")
            return redirect("assess_round", slug=slug)
    return _page(request, round_, member, form)


def _declare(round_: Round, user: User, form: SupplierInterestsForm) -> None:
    actions.declare_about_suppliers(round=round_, actor=user, at=clock.now(), interests=form.interests())


def _page(
    request: HttpRequest, round_: Round, member: PanelMember, form: ChallengeInterestForm | SupplierInterestsForm
) -> HttpResponse:
    names = queries.supplier_names(round_, member)
    if names and isinstance(form, ChallengeInterestForm) and not form.is_bound:
        form = SupplierInterestsForm(suppliers=names)
    context = {"round": round_, "challenge": round_.challenge, "form": form, "names": names}
    return render(request, "assessment/interests.html", context)
