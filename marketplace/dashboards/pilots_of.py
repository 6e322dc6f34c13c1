"""What waits for a person in the pilots of their councils and firms: one line for each step that they can take."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import CouncilMembership, User
from pilots import lateness, portfolio, queries, turns
from pilots.models import Incident, Judged, Milestone, Pilot, PilotQuerySet, PilotState, ResidentReading
from pilots.rules import local_day
from suppliers.models import SupplierMember

MOST, SHOWN = 200, 40
OVER = (PilotState.CLOSED, PilotState.ENDED, PilotState.DROPPED)


@dataclass(frozen=True)
class Line:
    """A step in a pilot that waits for this person; `is_late` says that its day has passed."""

    pilot: Pilot
    what: str
    url: str
    since: date | None
    until: date | None
    is_late: bool


def lines_for(user: User, at: datetime) -> list[Line]:
    """What this person can move on, what is late first, then by its day: three queries, and nine about all pilots."""
    pilots = list(_with_something_to_do(user)[:MOST])
    if not pilots:
        return []
    roles: dict[int, list[str]] = {}
    for council_id, role in CouncilMembership.objects.filter(user=user).values_list("council_id", "role"):
        roles.setdefault(council_id, []).append(role)
    firms = set(SupplierMember.objects.filter(user=user).values_list("supplier_id", flat=True))
    today = local_day(at)
    facts = turns.facts_of(pilots, today)
    found = [
        _line(pilot, wait, today)
        for pilot in pilots
        for wait in _waits(pilot, facts)
        if wait.is_for(user, roles.get(pilot.challenge.council_id, []), is_supplier=pilot.supplier_id in firms)
    ]
    return sorted(found, key=lambda line: (not line.is_late, line.until or date.max, line.since or date.max))


def _with_something_to_do(user: User) -> PilotQuerySet:
    """Pilots that go on; those that are over, but not paid for, or with an open incident, an end to record, or readings
    of residents that nobody looked at."""
    wrong = Incident.objects.filter(pilot=OuterRef("pk"), closed_at=None)
    unpaid = Milestone.objects.filter(pilot=OuterRef("pk"), state__in=turns.MONEY)
    by_residents = ResidentReading.objects.filter(form__pilot=OuterRef("pk"), judged=Judged.WAITING)
    is_left = Exists(unpaid) | Exists(wrong) | Exists(by_residents) | queries.end_is_open()
    mine = Pilot.objects.visible_to(user).filter(~Q(state__in=OVER) | is_left)
    return portfolio.with_sites(queries.for_list(mine)).order_by("-pk")


def _waits(pilot: Pilot, facts: turns.Facts) -> tuple[turns.Wait, ...]:
    quiet = lateness.why_quiet(pilot, facts.last.get(pilot.pk), facts.today)
    return turns.waits_of(pilot, facts, is_quiet=bool(quiet))


def _line(pilot: Pilot, wait: turns.Wait, today: date) -> Line:
    what = wait.what[0].upper() + wait.what[1:]
    return Line(pilot, what, wait.url(pilot), wait.since, wait.until, wait.until is not None and wait.until < today)
