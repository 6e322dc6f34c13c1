"""The chain's single writer, and the check that reads the chain back."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC

from django.db import transaction

from audit.models import ChainHead, ChainLink, Event, ReaderCursor

GENESIS = "0" * 64
BATCH = 1000


def event_content(event: Event) -> str:
    """The canonical JSON text of an event: what its hash covers."""
    return json.dumps(
        {
            "id": event.pk,
            "at": event.at.astimezone(UTC).isoformat(),
            "verb": event.verb,
            "actor_key": event.actor_key,
            "actor_label": event.actor_label,
            "subject_type": event.subject_type,
            "subject_id": event.subject_id,
            "challenge_id": event.challenge_id,
            "visibility": event.visibility,
            "reason": event.reason,
            "data": event.data,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )


def link_hash(previous_hash: str, event: Event) -> str:
    """sha256 (hex) over the previous link's hash and the event's canonical JSON."""
    return hashlib.sha256(f"{previous_hash}\n{event_content(event)}".encode()).hexdigest()


@transaction.atomic
def append_links() -> int:
    """Link every event that has no link yet, in order of id; returns how many. Safe when several run at once."""
    ChainHead.objects.get_or_create(name="record")
    ChainHead.objects.select_for_update().get(name="record")
    last = ChainLink.objects.order_by("-position").first()
    position, previous = (last.position, last.hash) if last else (0, GENESIS)
    links = []
    for event in Event.objects.filter(link=None).order_by("pk")[:BATCH]:
        position += 1
        digest = link_hash(previous, event)
        links.append(ChainLink(event=event, position=position, previous_hash=previous, hash=digest))
        previous = digest
    ChainLink.objects.bulk_create(links)
    return len(links)


def first_broken_link() -> str | None:
    """Recompute the chain from its start; returns a sentence that names the first broken row, or None."""
    previous, expected = GENESIS, 1
    for link in ChainLink.objects.select_related("event").order_by("position").iterator(chunk_size=BATCH):
        if link.position != expected:
            return f"Link {expected} is missing: the chain goes on at {link.position} (event {link.event_id})."
        if link.previous_hash != previous:
            return f"Link {link.position} (event {link.event_id}) does not follow the link before it."
        if link.hash != link_hash(previous, link.event):
            return f"Event {link.event_id} (link {link.position}) is not what was recorded."
        previous, expected = link.hash, expected + 1
    return None


def read_new_events(reader: str, handle: Callable[[Event], None], *, limit: int = 200) -> int:
    """Give `handle` each event after this reader's cursor, in the chain's order; returns how many were read.

    Reads linked events only: a link is written after the event's transaction ended, so none is overtaken.
    """
    with transaction.atomic():
        ReaderCursor.objects.get_or_create(reader=reader)
        cursor = ReaderCursor.objects.select_for_update().get(reader=reader)
        links = ChainLink.objects.filter(position__gt=cursor.last_position).select_related("event")
        read = list(links.order_by("position")[:limit])
        for link in read:
            handle(link.event)
        if read:
            cursor.last_position = read[-1].position
            cursor.save(update_fields=["last_position"])
    return len(read)
