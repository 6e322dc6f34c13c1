"""What is published here, and the public record."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from accounts.queries import names_of
from accounts.whole_numbers import whole
from audit import clock
from audit.models import ChainLink, Event
from challenges.models import Challenge
from challenges.timetable import day_of
from opendata import queries
from opendata.extensions import LICENCE
from opendata.releases import without_emails
from opendata.releases.pieces import url
from opendata.words import event_words
from suppliers.models import Shown, Supplier
from suppliers.queries import certificates_of
from suppliers.rules import is_member

PAGE = 30
PILOTS_SHOWN = 50
WORDS_OF_A_REASON = 60


@dataclass(frozen=True)
class Line:
    """One event of the record as a page shows it."""

    event: Event
    words: str
    challenge: Challenge | None
    link: ChainLink | None
    reason: str
    who: str


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everything that is open, under which licence, and how to get it."""
    context = {
        "totals": queries.totals(), "pilots": queries.public_pilots(PILOTS_SHOWN), "licence": LICENCE,
        "at": clock.now(), "releases_url": url(reverse("ocds_releases")), "record_url": url(reverse("record_file")),
        "api_url": url(reverse("api_challenges")),
    }  # fmt: skip
    return render(request, "opendata/index.html", context)


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The public events, newest first, each with its place in the chain; `challenge` narrows to one."""
    slug = request.GET.get("challenge", "")
    challenge = get_object_or_404(Challenge.objects.public(), slug=slug) if slug else None
    before = whole(request.GET.get("before", ""), otherwise=-1)
    found = queries.public_events(challenge).order_by("-pk")
    if before >= 0:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    context = {
        "lines": _lines(rows[:PAGE]), "challenge": challenge,
        "older_url": _older(request.GET, rows[PAGE - 1]) if len(rows) > PAGE else "",
        "newest_url": _newest(slug) if before >= 0 else "",
    }  # fmt: skip
    return render(request, "opendata/record.html", context)


@require_safe
def supplier_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a supplier chose to show, and what is public about it anyway; nothing else makes it exist for readers."""
    supplier = get_object_or_404(Supplier, public_id=public_id)
    found = queries.record_of(supplier)
    is_own = is_member(request.user, supplier)
    if not (supplier.has_page or found or is_own):
        raise Http404("There is no such page.")
    at = clock.now()
    shows = supplier.page_shows if supplier.has_page else []
    in_date = [each.certificate for each in certificates_of(supplier, day_of(at)) if each.standing.look != "fail"]
    context = {
        "supplier": supplier, "record": found, "shows": shows, "is_own": is_own,
        "certificates": in_date if Shown.CERTIFICATES in shows else [],
    }  # fmt: skip
    return render(request, "opendata/supplier.html", context)


def _lines(events: list[Event]) -> list[Line]:
    challenges = Challenge.objects.in_bulk({event.challenge_id for event in events if event.challenge_id})
    names = names_of(event.actor_key for event in events)
    return [
        Line(
            event, event_words(event.verb), challenges.get(event.challenge_id or 0), getattr(event, "link", None),
            Truncator(without_emails(event.reason)).words(WORDS_OF_A_REASON),
            names.get(event.actor_key, event.actor_label),
        )
        for event in events
    ]  # fmt: skip


def _older(asked: QueryDict, last: Event) -> str:
    kept: dict[str, Any] = {"challenge": asked["challenge"]} if asked.get("challenge") else {}
    return f"?{urlencode({**kept, 'before': last.pk})}"


def _newest(slug: str) -> str:
    return f"?{urlencode({'challenge': slug})}" if slug else reverse("record")
