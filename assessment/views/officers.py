"""The interests of officers and advisers, from before the first notice on (D7)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.attempting import attempt, status_of
from accounts.models import User
from accounts.signed_in import person
from assessment import actions, queries, rules
from assessment.forms import AdviserForm, OfficerInterestForm, OfficerRulingForm, StepBackForm
from assessment.models import OfficerDeclaration, OfficerRuling
from assessment.views.doors import challenge_by, may_set_up
from audit import clock
from audit.transitions import NotPermitted
from challenges.models import Challenge

NOT_A_READER = "Only the council's officers, its auditor and the advisers of this challenge can open this page."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def officer_interests(request: HttpRequest, slug: str) -> HttpResponse:
    """My own declaration; and for officers and the auditor, whose word the next notice waits for."""
    challenge, user = challenge_by(slug), person(request)
    may_declare, may_read = rules.may_declare_as_officer(user, challenge), rules.may_read_officers(user, challenge)
    if not (may_declare or may_read):
        raise NotPermitted(NOT_A_READER)
    mine = queries.declaration_of(challenge, user)
    form = OfficerInterestForm(request.POST or None, initial=_initial(mine))
    if request.method == "POST" and attempt(form, lambda: _declare(challenge, user, form)):
        messages.success(request, "Your declaration is recorded.")
        return redirect("officer_interests", slug=slug)
    notices = queries.notices_of(challenge)
    people = queries.people_of(challenge) if may_read else []
    invited = queries.invited_advisers(challenge, clock.now()) if may_read else []
    context = {
        "challenge": challenge, "form": form, "mine": mine, "notices": notices,
        "is_current": mine is not None and mine.notice == notices,
        "is_aside": mine is not None and mine.ruling == OfficerRuling.ASIDE, "may_declare": may_declare,
        "may_read": may_read, "may_change": rules.may_set_up_panel(user, challenge),
        "people": people, "invitations": invited,
        "obstacle": queries.obstacle_of(challenge, people, invited) if may_read else None,
    }  # fmt: skip
    return render(request, "assessment/officers.html", context, status=status_of(form))


@login_required
@require_POST
def officer_confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """What was declared still holds: one click before each further notice."""
    actions.confirm_as_officer(challenge=challenge_by(slug), actor=person(request), at=clock.now())
    messages.success(request, "Thank you. Your confirmation is on the record.")
    return redirect("officer_interests", slug=slug)


@login_required
@require_POST
def officer_ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask everybody whose word is waited for, by e-mail and inbox."""
    count = actions.ask_officers(challenge=challenge_by(slug), actor=person(request), at=clock.now())
    messages.success(request, f"{count} {'person is' if count == 1 else 'people are'} asked by e-mail and inbox.")
    return redirect("officer_interests", slug=slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def officer_ruling(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Decide about a colleague's declared interest."""
    challenge, user = challenge_by(slug), person(request)
    may_set_up(challenge, user)
    rows = OfficerDeclaration.objects.select_related("user", "challenge")
    row = get_object_or_404(rows, pk=number, challenge=challenge, has_interest=True)
    form = OfficerRulingForm(request.POST or None, initial={"ruling": row.ruling or None, "reason": row.ruling_reason})
    if request.method == "POST" and form.is_valid():
        given = {"ruling": OfficerRuling(form.cleaned_data["ruling"]), "reason": form.cleaned_data["reason"]}
        if attempt(form, lambda: actions.rule_on_officer(declaration=row, actor=user, at=clock.now(), **given)):
            messages.success(request, "Your decision is recorded.")
            return redirect("officer_interests", slug=slug)
    context = {"challenge": challenge, "row": row, "form": form, "is_own": row.user_id == user.pk}
    return render(request, "assessment/officer_ruling.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def officer_step_back(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Record that somebody no longer works on the procurement."""
    challenge, user = challenge_by(slug), person(request)
    may_set_up(challenge, user)
    who = get_object_or_404(User, pk__in=[each.user.pk for each in queries.people_of(challenge)], pk=number)
    form = StepBackForm(request.POST or None)
    about: dict[str, Any] = {"challenge": challenge, "user": who, "actor": user, "at": clock.now()}
    if attempt(form, lambda: actions.record_step_back(**about, **form.cleaned_data)):
        messages.success(request, f"No notice waits for {who} any more.")
        return redirect("officer_interests", slug=slug)
    context = {"challenge": challenge, "who": who, "form": form}
    return render(request, "assessment/officer_step_back.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def adviser_invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Name an adviser by e-mail: from then on no notice goes out before they have declared."""
    challenge, user = challenge_by(slug), person(request)
    may_set_up(challenge, user)
    form = AdviserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"field": form.cleaned_data["field"], "email": form.cleaned_data["email"]}
        if attempt(form, lambda: actions.invite_adviser(challenge=challenge, actor=user, at=clock.now(), **given)):
            messages.success(request, f"An invitation goes to {given['email']}. It is open for two weeks.")
            return redirect("officer_interests", slug=slug)
    context = {"challenge": challenge, "form": form}
    return render(request, "assessment/adviser_invite.html", context, status=status_of(form))


def _declare(challenge: Challenge, user: User, form: OfficerInterestForm) -> None:
    detail = form.cleaned_data["detail"]
    actions.declare_as_officer(
        challenge=challenge, actor=user, at=clock.now(), has_interest=form.has_interest, detail=detail
    )


def _initial(mine: OfficerDeclaration | None) -> dict[str, str]:
    if mine is None:
        return {}
    return {"interest": "interest" if mine.has_interest else "none", "detail": mine.detail}
