"""A person's own account: where they are signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, queries
from accounts.signed_in import person
from audit import clock


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Every device on which this person is signed in."""
    found = queries.sessions_of(person(request), _key(request))
    context = {"sessions": found, "has_others": any(not each.is_current for each in found)}
    return render(request, "accounts/sessions.html", context)


@login_required
@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """Sign one other device out."""
    actions.end_session(number=number, current_key=_key(request), actor=person(request), at=clock.now())
    messages.success(request, "That device is signed out.")
    return redirect("sessions")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign all other devices out."""
    ended = actions.end_other_sessions(current_key=_key(request), actor=person(request), at=clock.now())
    messages.success(request, f"Signed out elsewhere: {ended}. You are signed in on this device only.")
    return redirect("sessions")


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""
