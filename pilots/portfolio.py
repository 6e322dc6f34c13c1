"""Many pilots at a glance: what is late, what waits for whom and since when, the last reading, the next date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q

from pilots import lateness, turns
from pilots.models import Pilot, PilotEvaluation, PilotQuerySet, PilotState, Site
from pilots.rules import UNDER_WAY, local_day
from pilots.turns import COUNCIL, Facts, Wait
from pilots.waiting import Waited


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


def at_a_glance(pilots: Sequence[Pilot], today: date, waited: Mapping[int, Waited] | None = None) -> list[Glance]:
    """These pilots, what is late first, then what waits for the council, then by the next date: nine queries.

    `waited` has the days that each side let the other wait, by the pilot's id, for those who see that.
    """
    facts = turns.facts_of(pilots, today)
    found = [replace(_glance(pilot, facts), waited=(waited or {}).get(pilot.pk)) for pilot in pilots]
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


def _glance(pilot: Pilot, facts: Facts) -> Glance:
    last = facts.last.get(pilot.pk)
    late = lateness.why_late(pilot, last, facts.today)
    waits = turns.waits_of(pilot, facts, is_quiet=bool(lateness.why_quiet(pilot, last, facts.today)))
    return Glance(pilot, last, late, waits, *_next(pilot), facts.results.get(pilot.pk))


def _next(pilot: Pilot) -> tuple[date | None, str]:
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
