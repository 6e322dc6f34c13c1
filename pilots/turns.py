"""What pilots wait for: who can move each on, until when and where, and whether that is the person looking."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.models import CouncilRole, User
from audit.actors import SYSTEM
from challenges.models import MeasureRole
from pilots import queries
from pilots.models import (
    CheckVerdict,
    ClauseCheck,
    DailyRollup,
    Device,
    GateItem,
    Incident,
    Milestone,
    MilestoneState,
    MilestoneStep,
    Pilot,
    PilotEvaluation,
    PilotState,
    Suspension,
)
from pilots.queries import residents, runs
from pilots.rules import DECIDERS, KEEPERS, UNDER_WAY, local_day

COUNCIL, SUPPLIER, MARKETPLACE, NOBODY = "The council", "The supplier", "The marketplace", ""
MANAGER = (CouncilRole.PILOT_MANAGER,)
ACCEPTERS, PAYERS = (*MANAGER, CouncilRole.OWNER), (CouncilRole.PROCUREMENT_LEAD, CouncilRole.OWNER)
CONSENTERS = (CouncilRole.OWNER, *MANAGER)
WORKING = (*UNDER_WAY, PilotState.EVALUATING, PilotState.DECIDED)
MONEY: Mapping[str, tuple[str, str, Sequence[str]]] = {
    MilestoneState.DELIVERED: (COUNCIL, "accept milestone {}", ACCEPTERS),
    MilestoneState.ACCEPTED: (SUPPLIER, "send the invoice of milestone {}", ()),
    MilestoneState.INVOICED: (COUNCIL, "pay milestone {}", PAYERS),
}
TO_RECORD = {
    GateItem.REMOVAL: "what became of the equipment",
    GateItem.EXPORT: "the export drill",
    GateItem.LESSONS: "what was learned",
}


@dataclass(frozen=True)
class Wait:
    """What a pilot waits for: who can move it on, what they do, and since when (None: not known).

    `until` is the day by which it is to be done, where there is one. `name` and `args` are the page on which it is
    done. `roles` are those of the council who do it, `person` the one who does it alone, `never` those who may not.
    """

    who: str
    what: str
    since: date | None
    name: str = "pilot_workspace"
    args: tuple[str | int, ...] = ()
    roles: Sequence[str] = ()
    until: date | None = None
    person: int | None = None
    never: frozenset[str] = field(default_factory=frozenset)

    def is_for(self, user: User, roles: Iterable[str], *, is_supplier: bool) -> bool:
        """Whether this person, with these roles in the pilot's council or in its supplier, can do it."""
        if self.person is not None:
            return user.pk == self.person
        if user.actor_key in self.never:
            return False
        return bool(set(roles) & set(self.roles)) or (is_supplier and self.who == SUPPLIER)

    def url(self, pilot: Pilot) -> str:
        """Where it is done."""
        return reverse(self.name, args=[pilot.slug, *self.args])


@dataclass(frozen=True)
class Several:
    """How many of something a pilot has open, and since when the first of them is."""

    number: int
    day: date


@dataclass(frozen=True)
class Open:
    """The open incidents of a pilot: since when, how many are still to be told, and until when the first of them."""

    since: date
    to_tell: int
    until: date | None


@dataclass(frozen=True)
class Facts:
    """What was read once for all pilots of a page, by the pilot's id."""

    today: date
    last: dict[int, date]
    results: dict[int, PilotEvaluation]
    earlier: dict[int, PilotEvaluation]
    suspended: dict[int, date]
    to_confirm: dict[int, Several]
    not_met: dict[int, Several]
    by_residents: dict[int, tuple[int, date]]
    money: dict[int, list[Wait]]
    incidents: dict[int, Open]
    failed: dict[int, date]
    ends: dict[int, queries.OpenEnd]


def facts_of(pilots: Sequence[Pilot], today: date) -> Facts:
    """What these pilots may wait for, however many there are: nine queries, one more where some are at their end, and
    one for each with earlier dates.
    """
    return Facts(
        today=today,
        last=last_readings(pilots),
        results=queries.registered_evaluations(pilots),
        earlier=queries.results_to_end_on(pilots),
        suspended={
            each.pilot_id: local_day(each.began_at)
            for each in Suspension.objects.filter(pilot__in=pilots, ended_at=None)
        },
        to_confirm=_clauses(pilots, CheckVerdict.TO_CONFIRM, Q(checked_by=SYSTEM.actor_key)),
        not_met=_clauses(pilots, CheckVerdict.NOT_MET, Q(counts=True)),
        by_residents=residents.waiting_of(pilots),
        money=_money({pilot.pk: pilot for pilot in pilots}, today),
        incidents=_incidents(pilots),
        failed=runs.given_up(pilots),
        ends=queries.open_ends(pilots),
    )


def waits_of(pilot: Pilot, facts: Facts, *, is_quiet: bool) -> tuple[Wait, ...]:
    """What one pilot waits for; `is_quiet`: its readings have stopped."""
    found = [*_of_state(pilot, facts), *_of_what_went_wrong(pilot, facts), *_of_clauses(pilot, facts)]
    found += facts.money.get(pilot.pk, [])
    if pilot.pk in facts.by_residents:
        number, since = facts.by_residents[pilot.pk]
        what = f"look at {number} reading{'' if number == 1 else 's'} of residents"
        found.append(Wait(COUNCIL, what, since, "pilot_residents", roles=MANAGER))
    if is_quiet:
        since_then = facts.last.get(pilot.pk) or pilot.starts_on
        found.append(Wait(SUPPLIER, "readings have stopped", since_then, "pilot_devices", roles=MANAGER))
    return tuple(found)


def last_readings(pilots: Iterable[Pilot]) -> dict[int, date]:
    """The last day with a reading of the primary measure, by the pilot's id: a look at each device's key, no scan."""
    last = DailyRollup.objects.filter(metric=OuterRef("site__pilot__metrics"), device=OuterRef("pk"))
    devices = Device.objects.filter(site__pilot__in=pilots, site__pilot__metrics__role=MeasureRole.PRIMARY)
    newest = devices.annotate(last=Subquery(last.order_by("-day").values("day")[:1]))
    rows = newest.values("site__pilot").annotate(newest=Max("last")).order_by("site__pilot")
    return {row["site__pilot"]: row["newest"] for row in rows if row["newest"]}


def _clauses(pilots: Iterable[Pilot], verdict: str, rules: Q) -> dict[int, Several]:
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
    return {pilot: Several(len(moments), local_day(min(moments))) for pilot, moments in found.items()}


def _incidents(pilots: Iterable[Pilot]) -> dict[int, Open]:
    """The open incidents of pilots: since when, and who is still to be told."""
    waiting = Q(duties__settled_at=None, duties__pk__isnull=False)
    rows = Incident.objects.filter(pilot__in=pilots, closed_at=None).values("pilot").order_by("pilot")
    rows = rows.annotate(
        found=Min("found_at"), to_tell=Count("duties", filter=waiting), first=Min("duties__due_at", filter=waiting)
    )
    return {
        row["pilot"]: Open(local_day(row["found"]), row["to_tell"], row["first"] and local_day(row["first"]))
        for row in rows
    }


def _money(pilots: Mapping[int, Pilot], today: date) -> dict[int, list[Wait]]:
    """Milestones that wait to be accepted, invoiced or paid, whatever became of the pilot; work that is late."""
    last = MilestoneStep.objects.filter(milestone=OuterRef("pk")).order_by("-taken_at", "-pk")
    behind = Q(state=MilestoneState.AHEAD, due_on__lt=today, pilot__state__in=WORKING)
    waiting = Milestone.objects.filter(Q(state__in=MONEY) | behind, pilot__in=pilots).order_by("pilot", "number")
    found: dict[int, list[Wait]] = {}
    for each in waiting.annotate(since=Subquery(last.values("taken_at")[:1])):
        found.setdefault(each.pilot_id, []).append(_of_milestone(each))
    return found


def _of_milestone(each: Any) -> Wait:
    where: dict[str, Any] = {"name": "pilot_milestone", "args": (each.number,)}
    if each.state == MilestoneState.AHEAD:
        day = each.due_on + timedelta(days=1)
        return Wait(SUPPLIER, f"milestone {each.number} is late", day, until=each.due_on, **where)
    who, what, roles = MONEY[each.state]
    since = local_day(each.since) if each.since else None
    never = frozenset([each.accepted_by] if each.state == MilestoneState.INVOICED else [])
    return Wait(who, what.format(each.number), since, roles=roles, until=each.pay_by, never=never, **where)


def _of_state(pilot: Pilot, facts: Facts) -> list[Wait]:
    steps: dict[str, Callable[[Any, Facts], Wait]] = {
        PilotState.PLANNED: _of_planned,
        PilotState.REGISTERED: _of_registered,
        PilotState.SUSPENDED: _of_suspended,
        PilotState.EVALUATING: _of_evaluating,
        PilotState.DECIDED: _of_extended,
    }
    if pilot.pk in facts.ends:
        return list(_of_end(pilot, facts.ends[pilot.pk]))
    step = steps.get(pilot.state)
    return [step(pilot, facts)] if step else _of_running(pilot, facts)


def _of_running(pilot: Any, facts: Facts) -> list[Wait]:
    """Nothing, but where an earlier result says enough: nobody has to end a pilot on it, and one person may."""
    if pilot.pk not in facts.earlier:
        return []
    result = facts.earlier[pilot.pk]
    what = f"an earlier result says {result.get_verdict_display().lower()}: end the pilot on it, or let it go on"
    where: dict[str, Any] = {"name": "pilot_end_on_look", "until": pilot.analysis_on, "person": pilot.decider_id}
    return [Wait(COUNCIL, what, local_day(result.computed_at), **where)]


def _of_planned(pilot: Any, facts: Facts) -> Wait:
    since = local_day(pilot.created_at)
    if pilot.has_sites:
        return Wait(COUNCIL, "register the plan", since, "pilot_register", roles=MANAGER)
    return Wait(COUNCIL, "name the sites", since, "pilot_sites", roles=MANAGER)


def _of_registered(pilot: Any, facts: Facts) -> Wait:
    if pilot.starts_on and pilot.starts_on < facts.today:
        what = "register the plan again, with a later start"
        return Wait(COUNCIL, what, pilot.starts_on, "pilot_register", roles=MANAGER)
    since = local_day(pilot.registered_at) if pilot.registered_at else None
    if pilot.site_consent_at is None:
        what = "record the consent of the sites"
        return Wait(COUNCIL, what, since, "pilot_consent", roles=CONSENTERS, until=pilot.starts_on)
    return Wait(COUNCIL, "start the pilot", since, roles=MANAGER, until=pilot.starts_on)


def _of_suspended(pilot: Any, facts: Facts) -> Wait:
    since = facts.suspended.get(pilot.pk)
    return Wait(COUNCIL, "take it up again, or end it", since, "pilot_suspend", roles=KEEPERS, until=pilot.analysis_on)


def _of_evaluating(pilot: Any, facts: Facts) -> Wait:
    result = facts.results.get(pilot.pk)
    if result is None:
        return Wait(MARKETPLACE, "compute the registered result", pilot.analysis_on)
    since = local_day(result.computed_at)
    return Wait(COUNCIL, "decide the gate", since, "pilot_gate", until=pilot.decision_on, person=pilot.decider_id)


def _of_extended(pilot: Any, facts: Facts) -> Wait:
    gate = getattr(pilot, "gate", None)
    since = local_day(gate.decided_at) if gate else None
    never = frozenset([f"user:{gate.decided_by_id}"] if gate else [])
    return Wait(COUNCIL, "register the extension", since, "pilot_extend", roles=KEEPERS, never=never)


def _of_end(pilot: Any, end: queries.OpenEnd) -> Iterator[Wait]:
    """What the council has still to record; the supplier's turn where something of its own is known to be there."""
    is_early = pilot.state == PilotState.ENDED
    began = pilot.ended_early_at if is_early else pilot.gate.decided_at
    since = local_day(began) if began else None
    if end.missing:
        *others, last = [TO_RECORD[item] for item in end.missing]
        what = f"{', '.join(others)} and {last}" if others else last
        yield Wait(COUNCIL, f"record {what}", since, "pilot_close", roles=KEEPERS)
    elif not (is_early or end.still_there):
        yield Wait(COUNCIL, "close the pilot", since, "pilot_close", roles=MANAGER)
    if end.still_there:
        what, where = "something is still there, to be taken away or handed over", (GateItem.REMOVAL,)
        yield Wait(SUPPLIER, what, end.still_there, "pilot_gate_record", where, roles=KEEPERS)


def _of_what_went_wrong(pilot: Any, facts: Facts) -> list[Wait]:
    found = []
    if wrong := facts.incidents.get(pilot.pk):
        what = "tell who has to know of an incident" if wrong.to_tell else "put an incident right, and close it"
        found.append(Wait(COUNCIL, what, wrong.since, "pilot_incidents", roles=KEEPERS, until=wrong.until))
    if pilot.pk in facts.failed:
        what = "try an evaluation again: it failed"
        found.append(Wait(COUNCIL, what, facts.failed[pilot.pk], "pilot_evaluations", roles=MANAGER))
    stop = getattr(pilot, "supplier_stop", None)
    if stop and pilot.state in UNDER_WAY:
        what = "end the pilot, or let it run to its date: the supplier cannot go on"
        found.append(Wait(COUNCIL, what, local_day(stop.said_at), "pilot_end", roles=DECIDERS))
    return found


def _of_clauses(pilot: Pilot, facts: Facts) -> list[Wait]:
    if pilot.is_over:
        return []
    found = []
    if clauses := facts.to_confirm.get(pilot.pk):
        what = f"{_some(clauses.number)} to confirm"
        found.append(Wait(COUNCIL, what, clauses.day, "pilot_clauses", roles=MANAGER))
    if clauses := facts.not_met.get(pilot.pk):
        found.append(Wait(SUPPLIER, f"{_some(clauses.number)} not met", clauses.day, "pilot_clauses"))
    return found


def _some(number: int) -> str:
    return f"{number} clause{'' if number == 1 else 's'}"
