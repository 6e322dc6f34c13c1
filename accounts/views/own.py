"""A person's own account: where they are signed in, what is kept about them, and closing it."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, duties, own_data, queries
from accounts.actions.closing import objections_to_closing
from accounts.signed_in import confirmed_again, person
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


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_again
def data(request: HttpRequest) -> HttpResponse:
    """Everything kept about this person, as a JSON file."""
    user = person(request)
    if request.method != "POST":
        return render(request, "accounts/data.html", {"email": user.email})
    kept = {"made_at": clock.now(), **own_data.export(user), "kept_by_rooms": duties.kept_by_rooms(user)}
    answer = JsonResponse(kept, encoder=DjangoJSONEncoder, json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_again
def close(request: HttpRequest) -> HttpResponse:
    """Close the account for good, once nothing is left that somebody has to take over."""
    user = person(request)
    sentences = objections_to_closing(user)
    if request.method == "POST" and not sentences:
        actions.close_account(actor=user, at=clock.now())
        logout(request)
        messages.success(request, "Your account is closed. What you did stays in the record, without your name.")
        return redirect("/")
    status = 409 if request.method == "POST" else 200
    return render(request, "accounts/close.html", {"sentences": sentences}, status=status)


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""
