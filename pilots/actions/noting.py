"""What happens to a pilot without changing its state, on the record."""

from datetime import datetime

from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import EventParts, append_event, draft_event
from pilots.models import Pilot


def note(
    verb: str, pilot: Pilot, actor: Actor, at: datetime, visibility: str = Visibility.COUNCIL, reason: str = "",
    **data: object,
) -> None:  # fmt: skip
    """Append an event about a pilot with its challenge; `data` is what it says."""
    append_event(
        verb=verb, subject=pilot, actor=actor, at=at, challenge_id=pilot.challenge_id, visibility=visibility,
        reason=reason, data=data,
    )  # fmt: skip


def draft(verb: str, pilot: Pilot, actor: Actor, at: datetime, **data: object) -> EventParts:
    """What `note` would append for the council to read."""
    return draft_event(verb=verb, subject=pilot, actor=actor, at=at, challenge_id=pilot.challenge_id, data=data)
