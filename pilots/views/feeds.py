"""Readings that are fetched: from where, with which key, how the last look went; both sides see it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.signed_in import person
from audit import clock
from audit.transitions import NotPermitted
from pilots import actions, queries, rules
from pilots.feed_keys import origin_of
from pilots.models import Pilot, ReadingFeed
from pilots.reading_forms import FeedForm, KeyForm
from pilots.views.desk import manager_only, pilot_for
from pilots.views.preparing import sent, show


@sensitive_post_parameters("secret")
@login_required
def pilot_feeds(request: HttpRequest, slug: str) -> HttpResponse:
    """The addresses that readings are fetched from; its pilot manager adds one."""
    pilot = manager_only(request, slug) if request.method == "POST" else pilot_for(request, slug)
    form, actor = FeedForm(request.POST or None), person(request)
    if answer := sent(
        request, form, lambda: actions.set_feed(pilot=pilot, asking=form.asking, actor=actor, at=clock.now()),
        "The address is fetched now; how it went appears here within a minute.", "pilot_feeds", slug=slug,
    ):  # fmt: skip
        return answer
    page = {
        "pilot": pilot, "form": form, "feeds": pilot.feeds.select_related("key"),
        "service": queries.registration_of(pilot), "may_manage": rules.may_manage(actor, pilot),
        "may_keep_key": rules.may_keep_feed_key(actor, pilot), "takes": rules.takes_readings(pilot, clock.now()),
    }  # fmt: skip
    return show(request, "pilots/feeds.html", page)


@sensitive_post_parameters("secret")
@login_required
def pilot_feed_key(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Enter the key that an address asks for, or replace it. What stood there before is never shown."""
    pilot, feed = _feed_to_keep(request, slug, pk)
    form, actor = KeyForm(request.POST or None), person(request)
    if answer := sent(
        request, form,
        lambda: actions.replace_feed_key(
            feed=feed, header=form.header, value=form.value, actor=actor, at=clock.now()
        ),
        "The key is kept, and the address is asked with it now; how it went appears here within a minute.",
        "pilot_feeds", slug=slug,
    ):  # fmt: skip
        return answer
    has_key = hasattr(feed, "key")
    page = {
        "pilot": pilot, "form": form, "title": "Replace the key" if has_key else "Enter the key",
        "submit": "Replace it" if has_key else "Keep it", "back": reverse("pilot_feeds", args=[slug]),
        "follows": [
            f"It is sent to {origin_of(feed.address)} alone, and not after a redirect.",
            "It is kept encrypted. Nobody can read it again; you can replace it, or delete it.",
            "It is deleted when nothing is fetched from there any more, at the latest when the pilot closes.",
        ],
    }  # fmt: skip
    return show(request, "pilots/one_form.html", page)


@require_POST
@login_required
def pilot_feed_key_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Delete the key of an address."""
    _, feed = _feed_to_keep(request, slug, pk)
    actions.remove_feed_key(feed=feed, actor=person(request), at=clock.now())
    messages.success(request, "The key is deleted. The address is asked without one.")
    return redirect("pilot_feeds", slug=slug)


@require_POST
@login_required
def pilot_feed_stop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Fetch nothing more from one address."""
    pilot, actor = manager_only(request, slug), person(request)
    feed = get_object_or_404(ReadingFeed, pilot=pilot, pk=pk)
    actions.stop_feed(feed=feed, actor=actor, at=clock.now())
    messages.success(request, "Nothing more is fetched from there. What came stays.")
    return redirect("pilot_feeds", slug=slug)


def _feed_to_keep(request: HttpRequest, slug: str, pk: int) -> tuple[Pilot, ReadingFeed]:
    pilot = pilot_for(request, slug)
    if not rules.may_keep_feed_key(request.user, pilot):
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager enter a key of its service.")
    return pilot, get_object_or_404(ReadingFeed.objects.select_related("pilot__challenge", "key"), pilot=pilot, pk=pk)
