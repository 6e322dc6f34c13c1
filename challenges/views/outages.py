"""After an outage: name it, let a second person confirm, and every call that it touched goes on (C6)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import confirmed_again, person
from audit import clock
from audit.transitions import NotPermitted, Refused
from challenges import actions, queries, rules
from challenges.forms import OutageForm
from challenges.models import Challenge, Outage, OutageState
from challenges.timetable import days_later


def runners_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only the people through who run the marketplace."""

    @login_required
    def guarded(request: HttpRequest, **asked: Any) -> HttpResponse:
        if not rules.may_extend_for_all(request.user):
            raise NotPermitted("Only the people who run this marketplace can open this page.")
        return view(request, **asked)

    return guarded


@runners_only
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Name an outage; and those named before."""
    form = OutageForm(request.POST or None)
    sentences: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_extension(downtime=form.downtime(), actor=person(request), at=clock.now())
        except Refused as refused:
            sentences = refused.sentences
        else:
            messages.success(request, "Proposed. Nothing has moved yet: a second person confirms on this page.")
            return redirect("outage", pk=made.pk)
    context = {"form": form, "sentences": sentences, "outages": Outage.objects.select_related("proposed_by")[:50]}
    return render(request, "challenges/outages.html", context, status=422 if request.method == "POST" else 200)


@runners_only
@require_http_methods(["GET", "POST"])
@confirmed_again
def outage(request: HttpRequest, pk: int) -> HttpResponse:
    """What would move and to when; the second person's confirmation moves it."""
    found = get_object_or_404(Outage.objects.select_related("proposed_by", "confirmed_by"), pk=pk)
    if request.method == "POST":
        made = actions.confirm_extension(outage=found, actor=person(request), at=clock.now())
        count = f"{len(made)} call{' is' if len(made) == 1 else 's are'}"
        messages.success(request, f"{count} extended, each by a public amendment. Everybody concerned is being told.")
        return redirect("outage", pk=pk)
    waits = found.state == OutageState.PROPOSED
    context = {
        "outage": found, "waits": waits, "rows": _ahead(found) if waits else _done(found),
        "gone": queries.unsealed_since(found) if waits else [],
        "is_mine": found.proposed_by_id == person(request).pk,
    }  # fmt: skip
    return render(request, "challenges/outage.html", context)


@runners_only
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what nobody confirmed."""
    actions.withdraw_extension(outage=get_object_or_404(Outage, pk=pk), actor=person(request), at=clock.now())
    messages.success(request, "Withdrawn. No call was moved.")
    return redirect("outages")


Row = tuple[Challenge, datetime, datetime]


def _ahead(found: Outage) -> list[Row]:
    touched = [(each, each.closes_at) for each in queries.touched_by(found)]
    return [(each, closes, days_later(closes, found.days)) for each, closes in touched if closes is not None]


def _done(found: Outage) -> list[Row]:
    made = found.amendments.select_related("challenge__council").order_by("pk")
    pairs = [(each.challenge, each.difference["closes_at"]) for each in made]
    return [(challenge, datetime.fromisoformat(was), datetime.fromisoformat(now)) for challenge, (was, now) in pairs]
