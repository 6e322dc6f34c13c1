"""Incidents: recorded by either side, told to whom it concerns by a clock, closed with a reason."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit import clock
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock
from pilots import incident_clocks, rules
from pilots.actions import noting
from pilots.models import Incident, IncidentDuty, IncidentEntry, Pilot, Severity, Whom

BY_US = "Told by this marketplace when it was recorded."


@dataclass(frozen=True)
class Found:
    """What was found: `touches_from` and `touches_until` are the days whose readings it may have changed."""

    severity: str
    title: str
    text: str
    found_at: datetime
    touches_from: date | None = None
    touches_until: date | None = None


@transaction.atomic
def record_incident(*, pilot: Pilot, found: Found, actor: User, at: datetime) -> Incident:
    """Open an incident and start its clocks, which run from when it was found; the other side is told at once."""
    lock(pilot)
    at = max(at, clock.now())
    if not rules.may_record_incident(actor, pilot):
        raise NotPermitted("Only people of the pilot's council and supplier record an incident.")
    if sentences := _wrong(pilot, found, at):
        raise Refused(*sentences)
    incident = Incident.objects.create(
        pilot=pilot, number=pilot.incidents.count() + 1, severity=found.severity, title=found.title.strip(),
        found_at=found.found_at, recorded_at=at, recorded_by=actor.actor_key, touches_from=found.touches_from,
        touches_until=found.touches_until or found.touches_from,
    )  # fmt: skip
    IncidentEntry.objects.create(incident=incident, written_at=at, written_by=actor.actor_key, text=found.text.strip())
    for whom, due_at in incident_clocks.duties(found.severity, found.found_at):
        IncidentDuty.objects.create(incident=incident, whom=whom, due_at=due_at)
    told = incident.duties.filter(whom=Whom.OTHER_SIDE)
    told.update(settled_at=at, settled_by=actor.actor_key, note=BY_US)
    noting.note("pilot.incident_recorded", incident.pilot, actor, at, severity=found.severity, incident=incident.number)
    return incident


@transaction.atomic
def add_to_incident(*, incident: Incident, text: str, actor: User, at: datetime) -> IncidentEntry:
    """Add a line to the log of an open incident."""
    _open(incident, actor)
    if not text.strip():
        raise Refused("Say what happened, or what was done.")
    noting.note("pilot.incident_added_to", incident.pilot, actor, at, incident=incident.number)
    return IncidentEntry.objects.create(incident=incident, written_at=at, written_by=actor.actor_key, text=text.strip())


@transaction.atomic
def settle_duty(*, duty: IncidentDuty, note: str, is_needless: bool, actor: User, at: datetime) -> None:
    """Record that somebody was told, and how, or why nobody had to be."""
    incident = duty.incident
    _open(incident, actor)
    duty.refresh_from_db()
    if not rules.may_suspend(actor, incident.pilot):
        raise NotPermitted("The council tells those outside, and records it.")
    if duty.settled_at:
        raise Refused(f"This is recorded already: {duty.get_whom_display()}.")
    if not note.strip():
        raise Refused("Say how they were told, or why they need not be.")
    duty.settled_at, duty.settled_by, duty.is_needless, duty.note = at, actor.actor_key, is_needless, note.strip()
    duty.save()
    noting.note(
        "pilot.incident_told", incident.pilot, actor, at, whom=duty.whom, needless=is_needless, incident=incident.number
    )


@transaction.atomic
def close_incident(*, incident: Incident, reason: str, actor: User, at: datetime) -> None:
    """Close an incident, with a reason that is public; not while somebody has still to be told."""
    _open(incident, actor)
    if not rules.may_suspend(actor, incident.pilot):
        raise NotPermitted("Only the council's problem owner, procurement lead or pilot manager closes an incident.")
    waiting = [duty.get_whom_display() for duty in incident.duties.filter(settled_at=None)]
    if waiting:
        raise Refused(f"Not told yet, and not said why not: {', '.join(waiting)}.")
    if not reason.strip():
        raise Refused("Say what it was and what was put right: it is published.")
    incident.closed_at, incident.closed_by, incident.closed_because = at, actor.actor_key, reason.strip()
    incident.save()
    noting.note(
        "pilot.incident_closed", incident.pilot, actor, at, Visibility.PUBLIC, reason.strip(), incident=incident.number
    )


def _wrong(pilot: Pilot, found: Found, at: datetime) -> list[str]:
    checks = (
        (rules.takes_incidents(pilot), "Incidents belong to a pilot that is registered and not over."),
        (found.severity in Severity.values, "Say what kind of incident it is."),
        (bool(found.title.strip() and found.text.strip()), "Say in a line what it is, and below what happened."),
        (found.found_at <= at, "It cannot have been found later than now."),
        (found.touches_from is not None or found.touches_until is None, "Say from which day readings may be touched."),
        (
            not (found.touches_from and found.touches_until) or found.touches_from <= found.touches_until,
            "The last day it touched cannot come before the first.",
        ),
    )
    return [sentence for is_right, sentence in checks if not is_right]


def _open(incident: Incident, actor: Actor) -> None:
    lock(incident.pilot)
    incident.refresh_from_db()
    if not rules.may_record_incident(actor, incident.pilot):
        raise NotPermitted("Only people of the pilot's council and supplier work on an incident.")
    if incident.closed_at:
        raise Refused("The incident is closed: record a new one if it came back.")
