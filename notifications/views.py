"""A person's messages, and following a challenge."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.queries import invitations_for
from accounts.signed_in import person
from accounts.whole_numbers import whole
from audit import clock
from challenges.models import Challenge
from notifications import actions
from notifications.forms import PreferenceForm
from notifications.models import Delivery, Pace, Preference
from notifications.status import status

PAGE = 20


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """What this person was told, newest first."""
    found = Delivery.objects.visible_to(request.user).order_by("-pk")
    if before := whole(request.GET.get("before", "")):
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    older = f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
    newest = "?" if before else ""
    context = {
        "me": [person(request)],
        "deliveries": [(each, status(each)) for each in rows[:PAGE]], "older_url": older, "newest_url": newest,
        "invitations": [] if before else invitations_for(person(request), clock.now()),
    }  # fmt: skip
    return render(request, "notifications/inbox.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """At once, once a day, or only here."""
    chosen = Preference.objects.filter(user=person(request)).first() or Preference()
    form = PreferenceForm(request.POST or None, initial={"pace": chosen.pace})
    if not form.is_valid():
        return render(request, "notifications/preferences.html", {"form": form}, status=422 if form.is_bound else 200)
    actions.choose_pace(pace=Pace(form.cleaned_data["pace"]), actor=person(request), at=clock.now())
    messages.success(request, "Saved. It counts for what happens from now on.")
    return redirect("inbox")


@login_required
@require_POST
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    challenge, user = _public(slug), _person(request)
    actions.follow(challenge=challenge, actor=user, at=clock.now())
    messages.success(request, "You follow this challenge. You will be told of every change by e-mail.")
    return redirect("challenge", slug=slug)


@login_required
@require_POST
def unfollow(request: HttpRequest, slug: str) -> HttpResponse:
    challenge, user = _public(slug), _person(request)
    actions.unfollow(challenge=challenge, actor=user, at=clock.now())
    messages.success(request, "You no longer follow this challenge.")
    return redirect("challenge", slug=slug)


def _public(slug: str) -> Challenge:
    return get_object_or_404(Challenge.objects.public(), slug=slug)


def _person(request: HttpRequest) -> Any:
    return request.user
