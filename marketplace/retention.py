"""How long each kind of record is kept, why, and what is due for deletion. A person deletes; nothing here does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from notifications.models import Delivery
from pilots.models import FeedKey, HealthProbe, IncidentEntry, MilestoneStep, PilotState, ReadingToken
from suppliers.models import Submission, SubmissionState
from work.models import DueWork, RequestKey

YEAR = timedelta(days=365)
CONTRACT_YEARS = 7
NO_LIMIT = "For ever"
OVER = (PilotState.CLOSED, PilotState.ENDED, PilotState.DROPPED)


@dataclass(frozen=True)
class Kind:
    """One kind of record: `until` in words; `due` finds what is past it (None: nothing ever is)."""

    name: str
    until: str
    why: str
    due: Callable[[datetime], QuerySet[Any]] | None = None


SCHEDULE = (
    Kind("The record of what was done, and its chain", NO_LIMIT, "It is how anybody can check what happened."),
    Kind("Published challenges, notices, plans and results", NO_LIMIT, "The next council learns from them."),
    Kind(
        "Readings of a pilot",
        "For ever, as open data, unless they had to be erased or the plan names a day for a measure",
        "A result has to be repeatable: where raw readings go, on the day that the plan named and without anybody’s "
        "doing, daily sums, the result and the file it was computed from stay.",
    ),
    Kind(
        "Answers to a call, marks and prices",
        "Seven years after the challenge ended",
        "Six years for a claim (Limitation Act 1980), and one to be sure. A person decides case by case.",
    ),
    Kind(
        "Drafts that were never submitted",
        "90 days after the call closed",
        "Nobody reads them; their writers may want them once more.",
        lambda at: Submission.objects.filter(
            state=SubmissionState.DRAFT, challenge__closes_at__lt=at - timedelta(days=90)
        ),
    ),
    Kind(
        "The log of an incident",
        "Six years after it was closed",
        "As long as somebody could claim for what happened.",
        lambda at: IncidentEntry.objects.filter(erased_at=None, incident__closed_at__lt=at - 6 * YEAR),
    ),
    Kind(
        "Milestones, acceptances, invoices, payments",
        "Seven years after they were written",
        "Financial records of a contract.",
        lambda at: MilestoneStep.objects.filter(taken_at__lt=at - CONTRACT_YEARS * YEAR),
    ),
    Kind(
        "Tokens of pilots that were revoked",
        "One year after",
        "To tell later which key sent what.",
        lambda at: ReadingToken.objects.filter(revoked_at__lt=at - YEAR),
    ),
    Kind(
        "Keys of suppliers’ services",
        "Until nothing is fetched with them, at the latest until the pilot closes; deleted then by itself",
        "They are somebody else’s secrets.",
        lambda at: FeedKey.objects.filter(
            feed__pilot__state__in=(PilotState.CLOSED, PilotState.ENDED, PilotState.DROPPED)
        ),
    ),
    Kind(
        "Questions to a service’s health address",
        "Two years",
        "What they add up to stays with the clause checks.",
        lambda at: HealthProbe.objects.filter(due_at__lt=at - 2 * YEAR),
    ),
    Kind(
        "Letters that were sent",
        "Two years",
        "To show who was told of what; the record keeps that for ever, without the text.",
        lambda at: Delivery.objects.filter(sent_at__lt=at - 2 * YEAR),
    ),
    Kind(
        "Answers kept for repeated requests",
        "30 days",
        "A machine that lost the answer asks again within hours.",
        lambda at: RequestKey.objects.filter(created_at__lt=at - timedelta(days=30)),
    ),
    Kind(
        "Work that was due and is done",
        "One year",
        "To look for faults.",
        lambda at: DueWork.objects.filter(done_at__lt=at - YEAR),
    ),
)


def due(at: datetime) -> list[tuple[Kind, int]]:
    """Every kind with how many of its records are past their time."""
    return [(kind, kind.due(at).count() if kind.due else 0) for kind in SCHEDULE]
