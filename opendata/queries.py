"""Reads of what was published, and of the public part of the record."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from audit.actions import event_content
from audit.models import ChainLink, Event
from awards.models import Award
from awards.queries import with_names
from challenges.models import Challenge
from opendata.models import Release
from opendata.releases import without_emails
from pilots.answers import Answer, answer
from pilots.models import Pilot
from pilots.queries import for_page, registered_evaluations
from suppliers.models import Supplier

CHUNK = 1000


def releases_after(after: int, since: datetime | None, until: datetime | None) -> QuerySet[Release]:
    """Releases in the order in which they were published, after a key, within instants (both included)."""
    found = Release.objects.filter(pk__gt=after).order_by("pk")
    if since is not None:
        found = found.filter(date__gte=since)
    return found if until is None else found.filter(date__lte=until)


def releases_of(ocid: str) -> list[Release]:
    """All releases of one contracting process, oldest first."""
    return list(Release.objects.filter(ocid=ocid).order_by("pk"))


def totals() -> dict[str, Any]:
    """How many releases there are, of how many processes, and when the last one was published."""
    return Release.objects.aggregate(
        releases=Count("pk"), processes=Count("ocid", distinct=True), latest=Max("date")
    )  # fmt: skip


def public_pilots(most: int) -> list[Pilot]:
    """Pilots whose readings are open, newest first, with `is_named`."""
    found = with_names(Pilot.objects.public()).select_related("challenge__council", "supplier")
    return list(found.order_by("-pk")[:most])


@dataclass(frozen=True)
class Tried:
    """A pilot of a supplier, with what came of it."""

    pilot: Pilot
    answer: Answer


@dataclass(frozen=True)
class PublicRecord:
    """What is public about a supplier whether it likes it or not: awards by their notices, pilots by their start."""

    tried: list[Tried]
    awards: list[Award]

    def __bool__(self) -> bool:
        return bool(self.tried or self.awards)


def record_of(supplier: Supplier) -> PublicRecord:
    """The pilots and awards that name a supplier in public, newest first: three queries."""
    named = with_names(Pilot.objects.public()).filter(Q(is_named=True), supplier=supplier)
    pilots = list(for_page(named).order_by("-pk"))
    results = registered_evaluations(pilots)
    tried = [Tried(pilot, answer(pilot, results.get(pilot.pk))) for pilot in pilots]
    awards = Award.objects.public().filter(supplier=supplier).select_related("challenge__council", "pilot")
    return PublicRecord(tried, list(awards.order_by("-notified_at", "-pk")))


def public_events(challenge: Challenge | None = None) -> QuerySet[Event]:
    """Events that everybody may read. A draft's events stay the council's own, whatever a later step makes of it."""
    published = Challenge.objects.public()
    found = Event.objects.public().filter(Q(challenge_id=None) | Q(challenge_id__in=published.values("pk")))
    if challenge is not None:
        found = found.of_challenge(challenge.pk)
    return found.select_related("link")


def linked_public_events(after: int, challenge: Challenge | None = None) -> Iterator[dict[str, Any]]:
    """Public events in the chain's order after a position, each as a row of the public file."""
    found = public_events(challenge).filter(link__position__gt=after).order_by("link__position")
    return (public_row(event) for event in found.iterator(chunk_size=CHUNK))


def all_events() -> Iterator[dict[str, Any]]:
    """The whole record with its links, oldest first; confidential, for the operator's own export."""
    found = Event.objects.select_related("link").order_by("pk")
    return (row(event) for event in found.iterator(chunk_size=CHUNK))


def row(event: Event) -> dict[str, Any]:
    """An event and its link as they were recorded: enough to compute the link's hash again."""
    link: ChainLink | None = getattr(event, "link", None)
    chained = {
        "position": link.position if link else None,
        "previous_hash": link.previous_hash if link else None,
        "hash": link.hash if link else None,
    }
    return {**json.loads(event_content(event)), **chained}


def public_row(event: Event) -> dict[str, Any]:
    """The same without anybody's e-mail address (R4); `redacted` says where that made the hash unverifiable."""
    whole = row(event)
    cleaned: dict[str, Any] = without_emails(whole)
    return cleaned | {"redacted": cleaned != whole}
