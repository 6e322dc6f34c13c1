"""Many pilots at a glance: what is late, what waits for whom and since when, the last reading, the next date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery

from audit.actors import SYSTEM
from challenges.models import MeasureRole
from pilots import lateness, queries
from pilots.models import (
    CheckVerdict,
    ClauseCheck,
    DailyRollup,
    Device,
    GateChoice,
    Milestone,
    MilestoneState,
    MilestoneStep,
    Pilot,
    PilotEvaluation,
    PilotQuerySet,
    PilotState,
    Site,
    Suspension,
)
from pilots.queries import residents
from pilots.rules import UNDER_WAY, local_day
from pilots.waiting import Waited

COUNCIL, SUPPLIER, MARKETPLACE, NOBODY = "The council", "The supplier", "The marketplace", ""
MONEY = {
    MilestoneState.DELIVERED: (COUNCIL, "accept milestone {}"),
    MilestoneState.ACCEPTED: (SUPPLIER, "send the invoice of milestone {}"),
    MilestoneState.INVOICED: (COUNCIL, "pay milestone {}"),
}


@dataclass(frozen=True)
class Wait:
    """What a pilot waits for: who can move it on, what they do, and since when (None: not known)."""

    who: str
    what: str
    since: date | None


@dataclass(frozen=True)
class Glance:
    """One pilot of a portfolio. `next_on` is the next date of its plan, `next_word` what happens then."""

    pilot: Pilot
    last_reading: date | None
    late: str
    waits: tuple[Wait, ...]
    next_on: date | None
    next_word: str
    result: PilotEvaluation | None
    waited: Waited | None = None

    @property
    def waits_for_council(self) -> bool:
        return any(wait.who == COUNCIL for wait in self.waits)


@dataclass(frozen=True)
class Clauses:
    """How many clauses of a pilot stand so, and since when the first of them does."""

    number: int
    since: date


@dataclass(frozen=True)
class _Facts:
    """What was read once for all pilots of a page, by the pilot's id."""

    last: dict[int, date]
    results: dict[int, PilotEvaluation]
    suspended: dict[int, date]
    to_confirm: dict[int, Clauses]
    not_met: dict[int, Clauses]
    by_residents: dict[int, tuple[int, date]]
    money: dict[int, list[Wait]]


def at_a_glance(pilots: Sequence[Pilot], today: date, waited: Mapping[int, Waited] | None = None) -> list[Glance]:
    """These pilots, what is late first, then what waits for the council, then by the next date: seven queries.

    `waited` has the days that each side let the other wait, by the pilot's id, for those who see that.
    """
    facts = _Facts(
        last=last_readings(pilots),
        results=queries.registered_evaluations(pilots),
        suspended={
            each.pilot_id: local_day(each.began_at)
            for each in Suspension.objects.filter(pilot__in=pilots, ended_at=None)
        },
        to_confirm=_clauses(pilots, CheckVerdict.TO_CONFIRM, Q(checked_by=SYSTEM.actor_key)),
        not_met=_clauses(pilots, CheckVerdict.NOT_MET, Q(counts=True)),
        money=_money(pilots),
        by_residents=residents.waiting_of(pilots),
    )
    found = [replace(_glance(pilot, facts, today), waited=(waited or {}).get(pilot.pk)) for pilot in pilots]
    return sorted(found, key=lambda each: (not each.late, not each.waits_for_council, each.next_on or date.max))


def waits_of(pilot: Pilot, at: datetime) -> tuple[Wait, ...]:
    """What one registered pilot waits for now."""
    return at_a_glance([pilot], local_day(at))[0].waits


def with_sites(pilots: PilotQuerySet) -> PilotQuerySet:
    """Whether sites are named, which says what a planned pilot waits for."""
    return pilots.annotate(has_sites=Exists(Site.objects.filter(pilot=OuterRef("pk"))))


def counted(pilots: PilotQuerySet, today: date) -> dict[str, int]:
    """How many pilots there are, run, are late, and were decided each way: one query."""
    running, decided = Q(state__in=UNDER_WAY), Q(gate__isnull=False)
    return pilots.aggregate(
        all=Count("pk"),
        running=Count("pk", filter=running),
        late=Count("pk", filter=lateness.is_late(today)),
        decided=Count("pk", filter=decided),
        scaled=Count("pk", filter=Q(gate__choice="scale")),
    )


def last_readings(pilots: Iterable[Pilot]) -> dict[int, date]:
    """The last day with a reading of the primary measure, by the pilot's id: a look at each device's key, no scan."""
    last = DailyRollup.objects.filter(metric=OuterRef("site__pilot__metrics"), device=OuterRef("pk"))
    devices = Device.objects.filter(site__pilot__in=pilots, site__pilot__metrics__role=MeasureRole.PRIMARY)
    newest = devices.annotate(last=Subquery(last.order_by("-day").values("day")[:1]))
    rows = newest.values("site__pilot").annotate(newest=Max("last")).order_by("site__pilot")
    return {row["site__pilot"]: row["newest"] for row in rows if row["newest"]}


def _clauses(pilots: Iterable[Pilot], verdict: str, rules: Q) -> dict[int, Clauses]:
    """Clauses whose last check of a kind has this verdict and which are neither met nor waived since."""
    same = ClauseCheck.objects.filter(pilot=OuterRef("pilot"), requirement=OuterRef("requirement")).order_by("-pk")
    stands = Subquery(same.filter(counts=True).values("verdict")[:1])
    began = Subquery(same.filter(is_change=True, verdict=verdict).values("checked_at")[:1])
    checks = ClauseCheck.objects.filter(rules, pilot__in=pilots, verdict=verdict).annotate(
        last=Subquery(same.filter(rules).values("pk")[:1]), stands=stands, began=began
    )
    open_ones = checks.filter(pk=F("last")).exclude(stands__in=queries.STANDING).order_by("pk")
    found: dict[int, list[datetime]] = {}
    for pilot, since, checked_at in open_ones.values_list("pilot", "began", "checked_at"):
        found.setdefault(pilot, []).append(since or checked_at)
    return {pilot: Clauses(len(moments), local_day(min(moments))) for pilot, moments in found.items()}


def _money(pilots: Iterable[Pilot]) -> dict[int, list[Wait]]:
    """Milestones that wait to be accepted, invoiced or paid, whatever became of the pilot."""
    last = MilestoneStep.objects.filter(milestone=OuterRef("pk")).order_by("-taken_at", "-pk")
    waiting = Milestone.objects.filter(pilot__in=pilots, state__in=MONEY).order_by("pilot", "number")
    found: dict[int, list[Wait]] = {}
    for each in waiting.annotate(since=Subquery(last.values("taken_at")[:1])):
        who, what = MONEY[MilestoneState(each.state)]
        since = local_day(each.since) if each.since else None
        found.setdefault(each.pilot_id, []).append(Wait(who, what.format(each.number), since))
    return found


def _glance(pilot: Pilot, facts: _Facts, today: date) -> Glance:
    last, result = facts.last.get(pilot.pk), facts.results.get(pilot.pk)
    late = lateness.why_late(pilot, last, today)
    waits = [*_waits(pilot, facts, result, today), *_clause_waits(pilot, facts), *facts.money.get(pilot.pk, [])]
    if pilot.pk in facts.by_residents:
        number, since = facts.by_residents[pilot.pk]
        waits.append(Wait(COUNCIL, f"look at {number} reading{'' if number == 1 else 's'} of residents", since))
    if late.startswith("No reading"):
        waits.append(Wait(SUPPLIER, "readings have stopped", last or pilot.starts_on))
    return Glance(pilot, last, late, tuple(waits), *_next(pilot, today), result)


def _next(pilot: Pilot, today: date) -> tuple[date | None, str]:
    """The next date of the plan that is still ahead or overdue."""
    if pilot.is_over or pilot.state == PilotState.DECIDED:
        return None, ""
    dates = {
        PilotState.REGISTERED: (pilot.starts_on, "Starts"),
        PilotState.RUNNING: (pilot.analysis_on, "Result"),
        PilotState.SUSPENDED: (pilot.analysis_on, "Result"),
        PilotState.EVALUATING: (pilot.decision_on, "Decision"),
    }
    return dates.get(PilotState(pilot.state), (None, ""))


def _waits(pilot: Pilot, facts: _Facts, result: PilotEvaluation | None, today: date) -> list[Wait]:
    steps: dict[str, Any] = {
        PilotState.PLANNED: _of_planned,
        PilotState.REGISTERED: _of_registered,
        PilotState.SUSPENDED: _of_suspended,
        PilotState.EVALUATING: _of_evaluating,
        PilotState.DECIDED: _of_decided,
    }
    step = steps.get(pilot.state)
    return [step(pilot, facts, result, today)] if step else []


def _of_planned(pilot: Any, facts: _Facts, result: object, today: date) -> Wait:
    since = local_day(pilot.created_at)
    if pilot.has_sites:
        return Wait(COUNCIL, "register the plan", since)
    return Wait(COUNCIL, "name the sites", since)


def _of_registered(pilot: Pilot, facts: _Facts, result: object, today: date) -> Wait:
    if pilot.starts_on and pilot.starts_on < today:
        return Wait(COUNCIL, "register the plan again, with a later start", pilot.starts_on)
    since = local_day(pilot.registered_at) if pilot.registered_at else None
    if pilot.site_consent_at is None:
        return Wait(COUNCIL, "record the consent of the sites", since)
    return Wait(COUNCIL, "start the pilot", since)


def _of_suspended(pilot: Pilot, facts: _Facts, result: object, today: date) -> Wait:
    return Wait(COUNCIL, "take it up again, or end it", facts.suspended.get(pilot.pk))


def _of_evaluating(pilot: Pilot, facts: _Facts, result: PilotEvaluation | None, today: date) -> Wait:
    if result is None:
        return Wait(MARKETPLACE, "compute the registered result", pilot.analysis_on)
    return Wait(COUNCIL, "decide the gate", local_day(result.computed_at))


def _of_decided(pilot: Any, facts: _Facts, result: object, today: date) -> Wait:
    gate = getattr(pilot, "gate", None)
    what = "register the extension" if gate and gate.choice == GateChoice.EXTEND else "close the pilot"
    return Wait(COUNCIL, what, local_day(gate.decided_at) if gate else None)


def _clause_waits(pilot: Pilot, facts: _Facts) -> list[Wait]:
    if pilot.is_over:
        return []
    found = []
    if clauses := facts.to_confirm.get(pilot.pk):
        found.append(Wait(COUNCIL, f"{_some(clauses.number)} to confirm", clauses.since))
    if clauses := facts.not_met.get(pilot.pk):
        found.append(Wait(SUPPLIER, f"{_some(clauses.number)} not met", clauses.since))
    return found


def _some(number: int) -> str:
    return f"{number} clause{'' if number == 1 else 's'}"
