"""A council's people: who they are, inviting, changing roles, handing over, leaving; what they may approve."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, duties, queries, rules
from accounts.actions.councils import COUNCIL
from accounts.attempting import attempt, status_of
from accounts.forms import HandOverForm, InviteForm, LeaveForm, LimitForm, RolesForm
from accounts.models import Council, CouncilRole, User
from accounts.signed_in import confirmed_again, person
from audit import clock
from audit.transitions import NotPermitted

NOT_A_KEEPER = "Only a procurement lead of this council can invite people and change their roles."


@login_required
@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who works for the council, and who is invited."""
    council = _council_of(request, slug)
    context = {
        "council": council, "colleagues": queries.colleagues(council),
        "may_keep": rules.may_keep(request.user, council),
        "owns": rules.has_role(request.user, council, CouncilRole.OWNER),
        "invitations": queries.open_invitations(council, COUNCIL, clock.now()),
    }  # fmt: skip
    return render(request, "accounts/people.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_again
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite somebody by e-mail."""
    council = _kept_by(request, slug)
    form = InviteForm(request.POST or None, roles=CouncilRole)
    about: dict[str, Any] = {"purpose": COUNCIL, "organisation": council, "actor": person(request), "at": clock.now()}
    if attempt(form, lambda: actions.invite(**about, **form.cleaned_data)):
        messages.success(request, f"An invitation goes to {form.cleaned_data['email']}. It is open for two weeks.")
        return redirect("council_people", slug=slug)
    return _page(request, "accounts/invite.html", form, council=council)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_again
def roles(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change what a person does for the council, or take them out of it."""
    council = _kept_by(request, slug)
    colleague = _colleague(council, number)
    held = council.memberships.filter(user=colleague).values_list("role", flat=True)
    form = RolesForm(request.POST if request.method == "POST" else None, initial={"roles": list(held)})
    about: dict[str, Any] = {"council": council, "user": colleague, "actor": person(request), "at": clock.now()}
    if attempt(form, lambda: actions.set_roles(**about, roles=form.cleaned_data["roles"])):
        messages.success(request, f"The roles of {colleague} are changed.")
        still_in = rules.may_see_people(request.user, council)
        return redirect(reverse("council_people", args=[slug]) if still_in else reverse("workspace"))
    return _page(request, "accounts/roles.html", form, council=council, colleague=colleague)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Pass on what a person holds, to another person of the council."""
    council = _council_of(request, slug)
    giver = _colleague(council, number)
    if not rules.may_hand_over(request.user, giver, council):
        raise NotPermitted("People hand over what is theirs; a procurement lead does it for somebody who is absent.")
    form = HandOverForm(request.POST or None, people=queries.others_of(council, giver))
    about: dict[str, Any] = {"council": council, "giver": giver, "actor": person(request), "at": clock.now()}
    if attempt(form, lambda: actions.hand_over(**about, **form.cleaned_data)):
        messages.success(request, f"Handed over to {form.cleaned_data['to']}.")
        return redirect("council_people", slug=slug)
    held = duties.held_in_council(giver, council)
    return _page(request, "accounts/hand_over.html", form, council=council, giver=giver, held=held)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """End one's own roles, with a successor where something is left to take over."""
    council, user = _council_of(request, slug), person(request)
    held, is_last = duties.held_in_council(user, council), rules.is_last_keeper(user, council)
    form = LeaveForm(
        request.POST if request.method == "POST" else None, people=queries.others_of(council, user),
        needs_successor=bool(held or is_last),
    )  # fmt: skip
    if attempt(form, lambda: actions.leave(council=council, actor=user, at=clock.now(), **form.succession())):
        messages.success(request, f"You no longer work for {council} here. What you did stays in the record.")
        return redirect("workspace")
    return _page(request, "accounts/leave.html", form, council=council, held=held, is_last_keeper=is_last)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_again
def delegated_limit(request: HttpRequest, slug: str) -> HttpResponse:
    """What officers may approve by themselves, who set it and why; for a procurement lead the form that changes it."""
    council = _council_of(request, slug)
    now, may_set = council.delegated_limit, rules.may_set_limit(request.user, council)
    if request.method == "POST" and not may_set:
        raise NotPermitted("Only a procurement lead of this council sets its delegated limit.")
    form = LimitForm(request.POST if request.method == "POST" else None, initial={"limit": now})
    about: dict[str, Any] = {"council": council, "actor": person(request), "at": clock.now()}
    if attempt(form, lambda: actions.set_delegated_limit(**about, **form.cleaned_data)):
        messages.success(request, "The limit is changed. It holds for every award approved from now on.")
        return redirect("council_limit", slug=slug)
    context = {
        "council": council, "now": now, "may_set": may_set, "form": form, "changes": queries.limit_changes(council),
    }  # fmt: skip
    return render(request, "accounts/limit.html", context, status=status_of(form))


def _page(request: HttpRequest, template: str, form: forms.Form, **context: object) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def _council_of(request: HttpRequest, slug: str) -> Council:
    council = get_object_or_404(Council, slug=slug)
    if not rules.may_see_people(request.user, council):
        raise NotPermitted("Only people of this council can see who works for it.")
    return council


def _kept_by(request: HttpRequest, slug: str) -> Council:
    council = get_object_or_404(Council, slug=slug)
    if not rules.may_keep(request.user, council):
        raise NotPermitted(NOT_A_KEEPER)
    return council


def _colleague(council: Council, number: int) -> User:
    return get_object_or_404(User.objects.filter(council_memberships__council=council).distinct(), pk=number)
