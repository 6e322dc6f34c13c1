"""Readings that are fetched: from where, how the last look went, and the form for another address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.signed_in import person
from audit import clock
from pilots import actions, queries
from pilots.models import ReadingFeed
from pilots.reading_forms import FeedForm
from pilots.views.desk import manager_only
from pilots.views.preparing import sent, show


@login_required
def pilot_feeds(request: HttpRequest, slug: str) -> HttpResponse:
    """The addresses that readings are fetched from."""
    pilot, form, actor = manager_only(request, slug), FeedForm(request.POST or None), person(request)
    if answer := sent(
        request, form, lambda: actions.set_feed(pilot=pilot, actor=actor, at=clock.now(), **form.feed),
        "The address is fetched now; how it went appears here within a minute.", "pilot_feeds", slug=slug,
    ):  # fmt: skip
        return answer
    page = {"pilot": pilot, "form": form, "feeds": pilot.feeds.all(), "service": queries.registration_of(pilot)}
    return show(request, "pilots/feeds.html", page)


@require_POST
@login_required
def pilot_feed_stop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Fetch nothing more from one address."""
    pilot, actor = manager_only(request, slug), person(request)
    feed = get_object_or_404(ReadingFeed, pilot=pilot, pk=pk)
    actions.stop_feed(feed=feed, actor=actor, at=clock.now())
    messages.success(request, "Nothing more is fetched from there. What came stays.")
    return redirect("pilot_feeds", slug=slug)
