"""After an outage every call that it touched goes on by the same days, for everybody and in public (C6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.transitions import NotPermitted, Refused, append_event, lock, objections, perform
from challenges import queries, rules
from challenges.models import Amendment, Challenge, Outage, OutageState
from challenges.timetable import day_of, days_later, last_known_day

ONLY_RUNNERS = "Only the people who run this marketplace can extend calls after an outage."
LONGEST, AHEAD = 28, timedelta(days=1)


@dataclass(frozen=True)
class Downtime:
    """When submissions could not be taken, by how many days calls go on for it, and what happened, in public words."""

    began_at: datetime
    ended_at: datetime
    days: int
    reason: str


@transaction.atomic
def propose_extension(*, downtime: Downtime, actor: User, at: datetime) -> Outage:
    """Name an outage and the extension for all; a second person confirms it before anything moves (C6)."""
    if not rules.may_extend_for_all(actor):
        raise NotPermitted(ONLY_RUNNERS)
    if problems := _problems(downtime, at):
        raise Refused(*problems)
    outage = Outage.objects.create(
        began_at=downtime.began_at, ended_at=downtime.ended_at, days=downtime.days, reason=downtime.reason.strip(),
        proposed_by=actor, proposed_at=at,
    )  # fmt: skip
    _refuse_without_effect(outage, at)
    append_event(verb="outage.proposed", subject=outage, actor=actor, at=at, challenge_id=None, reason=outage.reason)
    return outage


@transaction.atomic
def confirm_extension(*, outage: Outage, actor: User, at: datetime) -> list[Amendment]:
    """Extend every touched call that is not unsealed, all by the same days; by a second, different person.

    Each gets its numbered public amendment. A call whose deadline fell into the outage opens again for everybody.
    """
    lock(outage)
    if not rules.may_extend_for_all(actor):
        raise NotPermitted(ONLY_RUNNERS)
    if sentences := objections(outage, "extend", at=at):
        raise Refused(*sentences)
    if actor.pk == outage.proposed_by_id:
        raise Refused("You have proposed this. A second, different person must confirm it.")
    _refuse_without_effect(outage, at)
    touched = list(queries.touched_by(outage))
    perform(
        outage, "extend", actor=actor, at=at, reason=outage.reason,
        changes={"confirmed_by": actor, "confirmed_at": at},
        data={"began_at": outage.began_at.isoformat(), "ended_at": outage.ended_at.isoformat(), "days": outage.days,
              "challenges": [challenge.slug for challenge in touched]},
    )  # fmt: skip
    return [_extend(challenge, outage, actor, at) for challenge in touched]


@transaction.atomic
def withdraw_extension(*, outage: Outage, actor: User, at: datetime) -> None:
    """Take back what nobody has confirmed yet."""
    perform(outage, "withdraw", actor=actor, at=at)


def _problems(downtime: Downtime, at: datetime) -> list[str]:
    found = []
    if downtime.ended_at <= downtime.began_at:
        found.append("The outage must end after it began.")
    if downtime.ended_at > at:
        found.append("Calls are extended once the outage is over: then it is known how long it was.")
    if not 1 <= downtime.days <= LONGEST:
        found.append(f"Give between 1 and {LONGEST} whole days.")
    elif downtime.ended_at - downtime.began_at > timedelta(days=downtime.days):
        found.append("Give at least as many days as the outage took.")
    if not downtime.reason.strip():
        found.append("Say what happened: the reason is published with every amendment.")
    return found


def _refuse_overlap(outage: Outage) -> None:
    extended = Outage.objects.filter(state=OutageState.EXTENDED, began_at__lt=outage.ended_at)
    if extended.filter(ended_at__gt=outage.began_at).exclude(pk=outage.pk).exists():
        raise Refused("Calls were extended for an outage at this time already.")


def _refuse_without_effect(outage: Outage, at: datetime) -> None:
    """Nothing to extend, or a new deadline that nobody would hear of in time."""
    _refuse_overlap(outage)
    touched = list(queries.touched_by(outage))
    if not touched:
        raise Refused("No call that is still sealed was open at that time: there is nothing to extend.")
    late = [each for each in touched if each.closes_at and days_later(each.closes_at, outage.days) < at + AHEAD]
    if late:
        names = ", ".join(f"“{each}”" for each in late)
        raise Refused(f"With {outage.days} days suppliers would have less than a day left at {names}. Give more days.")
    if any(each.closes_at and day_of(days_later(each.closes_at, outage.days)) > last_known_day() for each in touched):
        raise Refused("A call would close on a day of which it is not known yet whether it is a working day.")


def _extend(challenge: Challenge, outage: Outage, actor: User, at: datetime) -> Amendment:
    lock(challenge)
    moved = {name: (was, days_later(was, outage.days)) for name, was in queries.dates_after(challenge, outage.began_at)}
    difference = {name: [was.isoformat(), now.isoformat()] for name, (was, now) in moved.items()}
    number = challenge.amendments.count() + 1
    changes: dict[str, Any] = {name: now for name, (_, now) in moved.items()}
    perform(
        challenge, "extend_for_all", actor=actor, at=at, reason=outage.reason, changes=changes,
        data={"difference": difference, "number": number, "outage": outage.pk},
    )  # fmt: skip
    return Amendment.objects.create(
        challenge=challenge, number=number, made_at=at, made_by=actor.actor_key, reason=outage.reason,
        difference=difference, outage=outage, terms_hash=challenge.terms_hash,
    )  # fmt: skip
