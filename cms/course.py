"""The course of a challenge as its public page tells it."""

from dataclasses import dataclass
from datetime import datetime

from audit.models import Event
from challenges.models import Challenge, ChallengeState, Conclusion, Phase

ORDER = (
    Phase.UPCOMING, Phase.OPEN, Phase.CLOSED, Phase.ASSESSING, Phase.ASSESSED, Phase.PILOTING, Phase.CONCLUDED,
)  # fmt: skip


@dataclass(frozen=True)
class Milestone:
    """One step of the course; `state` is done, now or later."""

    title: str
    at: datetime | None
    state: str


@dataclass(frozen=True)
class Ending:
    """How a challenge ended, with the reason that was given in public."""

    title: str
    reason: str
    at: datetime


def course_of(challenge: Challenge, at: datetime) -> list[Milestone]:
    """The steps of a call with their dates, and which is now."""
    phase = challenge.phase(at)
    now = ORDER.index(phase) if phase in ORDER else -1
    steps = (
        ("Published", challenge.published_at),
        ("Open for answers", challenge.opens_at),
        ("Deadline for answers", challenge.closes_at),
        ("A panel assesses", None),
        ("Suppliers chosen for pilots", None),
        ("Pilots run and are measured", None),
        ("Concluded", None),
    )
    return [Milestone(title, when, _place(number, now)) for number, (title, when) in enumerate(steps)]


def ending_of(challenge: Challenge) -> Ending | None:
    """The public end of a challenge that was cancelled or concluded; None while it goes on."""
    ended = {ChallengeState.CANCELLED: "challenge.cancelled", ChallengeState.CONCLUDED: "challenge.concluded"}
    verb = ended.get(ChallengeState(challenge.state))
    if verb is None:
        return None
    event = Event.objects.about(challenge).filter(verb=verb).order_by("pk").last()
    if event is None:
        return None
    awarded = challenge.conclusion == Conclusion.AWARDED
    words = "A contract was awarded" if awarded else "Concluded without a contract"
    title = "Cancelled" if verb == "challenge.cancelled" else words
    return Ending(title, event.reason, event.at)


def _place(number: int, now: int) -> str:
    if number == now:
        return "now"
    return "done" if number < now else "later"
