"""Declaring interests: first about the challenge, then about each supplier by name, apart from any content (A3)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempting import attempt
from accounts.models import User
from accounts.signed_in import person
from assessment import actions, queries, rules
from assessment.forms import ChallengeInterestForm, RulingForm, SupplierInterestsForm
from assessment.models import InterestDeclaration, PanelMember, PanelRole, Round, Ruling
from assessment.views.doors import round_by, seat_in
from audit import clock
from audit.transitions import NotPermitted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest, slug: str) -> HttpResponse:
    """The declaration about the challenge; once it is made, the suppliers' names."""
    round_, user = round_by(slug), person(request)
    member = seat_in(round_, user)
    if member.terms_accepted_at is None:
        return redirect("assess_terms", slug=slug)
    form = ChallengeInterestForm(request.POST or None)
    if request.method == "POST" and attempt(form, lambda: _declare(round_, user, form)):
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
    if attempt(form, lambda: _declare_about_suppliers(round_, user, form)):
        messages.success(request, "Your declarations are recorded.")
        return redirect("assess_round", slug=slug)
    return _page(request, round_, member, form)


@login_required
@require_POST
def no_interests(request: HttpRequest, slug: str) -> HttpResponse:
    """No interest in any supplier that is not declared about yet: one click for the usual case."""
    round_, user = round_by(slug), person(request)
    names = queries.supplier_names(round_, seat_in(round_, user))
    none = [actions.SupplierInterest(each.supplier_id, has_interest=False) for each in names if not each.has_declared]
    actions.declare_about_suppliers(round=round_, actor=user, at=clock.now(), interests=none)
    messages.success(request, "Your declarations are recorded.")
    return redirect("assess_round", slug=slug)


@login_required
@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """What was declared still holds: one click."""
    actions.confirm_interests(round=round_by(slug), actor=person(request), at=clock.now())
    messages.success(request, "Thank you. Your confirmation is on the record.")
    return redirect("assess_round", slug=slug)


@login_required
@require_safe
def rulings(request: HttpRequest, slug: str) -> HttpResponse:
    """The interests that wait for this person's decision; no supplier and no submission is named (A6)."""
    round_, user = round_by(slug), person(request)
    context = {
        "round": round_, "challenge": round_.challenge, "rows": queries.to_rule(round_, user, _ruled_by(round_, user)),
        "is_member": rules.is_panel_member(user, round_), "is_open": queries.is_before_the_freeze(round_),
    }  # fmt: skip
    return render(request, "assessment/rulings.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ruling(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Decide about one declared interest."""
    round_, user = round_by(slug), person(request)
    row = next((each for each in queries.to_rule(round_, user, _ruled_by(round_, user)) if each.pk == number), None)
    if row is None:
        raise Http404
    form = RulingForm(request.POST or None, initial={"ruling": row.ruling or None, "reason": row.reason})
    if request.method == "POST" and form.is_valid():
        declaration = InterestDeclaration.objects.select_related("round__challenge", "member__user").get(pk=number)
        given = {"ruling": Ruling(form.cleaned_data["ruling"]), "reason": form.cleaned_data["reason"]}
        if attempt(
            form, lambda: actions.rule_on_interest(declaration=declaration, actor=user, at=clock.now(), **given)
        ):
            messages.success(request, "Your decision is recorded.")
            return redirect("assess_rulings", slug=slug)
    context = {"round": round_, "challenge": round_.challenge, "row": row, "form": form}
    return render(request, "assessment/ruling.html", context)


def _ruled_by(round_: Round, user: User) -> list[PanelRole]:
    roles = [role for role in PanelRole if rules.may_rule_on(user, round_, role)]
    if not roles:
        raise NotPermitted("The chair decides about members' interests; an officer or the deputy about the chair's.")
    return roles


def _declare(round_: Round, user: User, form: ChallengeInterestForm) -> None:
    actions.declare_interest(
        round=round_, actor=user, at=clock.now(), has_interest=form.has_interest, detail=form.cleaned_data["detail"]
    )


def _declare_about_suppliers(round_: Round, user: User, form: SupplierInterestsForm) -> None:
    actions.declare_about_suppliers(round=round_, actor=user, at=clock.now(), interests=form.interests())


def _page(
    request: HttpRequest, round_: Round, member: PanelMember, form: ChallengeInterestForm | SupplierInterestsForm
) -> HttpResponse:
    names = queries.supplier_names(round_, member)
    if names and isinstance(form, ChallengeInterestForm) and not form.is_bound:
        form = SupplierInterestsForm(suppliers=names)
    context = {
        "round": round_, "challenge": round_.challenge, "form": form, "names": names,
        "declared": sum(each.has_declared for each in names), "last_word": queries.last_word(round_, member),
        "may_confirm": queries.is_before_the_freeze(round_) and all(each.has_declared for each in names),
    }  # fmt: skip
    return render(request, "assessment/interests.html", context)
