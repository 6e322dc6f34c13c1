"""Reads about pilots: the analysis table, clause checks that stand, and what stands in the way of a contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncDate

from accounts.models import Council, User
from audit import clock
from audit.actors import SYSTEM
from audit.models import Event
from challenges.models import Challenge
from clauses.models import Due
from pilots import storage
from pilots.formats import DayOfDevice, Mark, PlanDocument, Readings, marked, readings_of
from pilots.models import (
    AnalysedReadings,
    CheckVerdict,
    ClauseCheck,
    DailyRollup,
    Device,
    EvaluationKind,
    Metric,
    OutOfRangeReading,
    Pilot,
    PilotEvaluation,
    PilotQuerySet,
    PilotState,
    Reading,
    ReadingVersion,
    ServiceRegistration,
    Verdict,
)
from pilots.moves import Move, placed
from pilots.plans import earlier_looks
from pilots.queries.devices import moves_of
from pilots.queries.gates import OpenEnd as OpenEnd
from pilots.queries.gates import end_is_open as end_is_open
from pilots.queries.gates import export_by_machine as export_by_machine
from pilots.queries.gates import gate_records as gate_records
from pilots.queries.gates import open_before_closing as open_before_closing
from pilots.queries.gates import open_ends as open_ends
from pilots.queries.going_wrong import is_late as is_late
from pilots.queries.going_wrong import log_of as log_of
from pilots.queries.going_wrong import marks_of as marks_of
from pilots.queries.going_wrong import running_clocks as running_clocks
from pilots.queries.going_wrong import went_wrong as went_wrong
from pilots.queries.paying import is_paid_late as is_paid_late
from pilots.queries.paying import milestones_of as milestones_of
from pilots.queries.waiting import waited_by_pilot as waited_by_pilot
from pilots.queries.waiting import waited_for_money as waited_for_money
from pilots.rules import DECIDERS, LONDON, LOOKED_AT, first_instant, local_day

STANDING = (CheckVerdict.MET, CheckVerdict.WAIVED)


NAMES = ("device__site__code", "device__site__arm", "device__code", "metric__code", "metric__unit")


@dataclass(frozen=True)
class Corrections:
    """How many readings were corrected, and how many of these after the registered result."""

    number: int
    after_result: int


@dataclass(frozen=True)
class HappenedToData:
    """Marks, moves of devices, suspended days and erasures; two that are equal leave the same data to an analysis."""

    marks: list[Mark]
    moves: Mapping[str, Sequence[Move]]
    suspended: list[tuple[date, date]]
    erased: list[int]


@dataclass(frozen=True)
class ClauseState:
    """A clause that this pilot owes, what counts about it (None: nothing found yet), and the machine's last look."""

    requirement: Any
    check: ClauseCheck | None
    look: ClauseCheck | None = None

    @property
    def is_settled(self) -> bool:
        return self.check is not None and self.check.verdict in STANDING

    @property
    def waits_for_a_person(self) -> bool:
        """The machine gathered what it could, and nobody has said yet that the clause is met."""
        return self.look is not None and self.look.verdict == CheckVerdict.TO_CONFIRM and not self.is_settled


def for_list(pilots: PilotQuerySet) -> PilotQuerySet:
    """What a card shows, in one query."""
    about = pilots.select_related("challenge__council", "supplier", "gate", "supplier_stop")
    return about.order_by("-registered_at", "-pk")


def last_event(slug: str) -> tuple[int | None, str]:
    """The number of the last event about a pilot or its challenge, and now, for `clock.told`.

    While the number stays, only readings change a page. There is no now where there is no such pilot.
    """
    last = Event.objects.filter(challenge_id=OuterRef("challenge_id")).order_by("-pk").values("pk")[:1]
    now = RawSQL(clock.expression(), [], output_field=CharField())  # noqa: S611 - our own words
    return Pilot.objects.filter(slug=slug).values_list(Subquery(last), now).first() or (None, "")


def under_way(challenge: Challenge) -> list[Pilot]:
    """Pilots that have started and whose gate nobody decided yet."""
    states = (PilotState.RUNNING, PilotState.SUSPENDED, PilotState.EVALUATING)
    return list(challenge.pilots.filter(state__in=states).select_related("supplier").order_by("pk"))


def undecided_of(user: User, council_id: int) -> PilotQuerySet:
    """The pilots of a council in whose plans this person is named to decide, and which are not decided yet."""
    ahead = (PilotState.REGISTERED, PilotState.RUNNING, PilotState.SUSPENDED, PilotState.EVALUATING)
    mine = Pilot.objects.filter(decider=user, challenge__council=council_id, state__in=ahead)
    return mine.select_related("challenge", "supplier").order_by("pk")


def duties_in_council(user: User, council: Council, roles: frozenset[str]) -> list[str]:
    """What the person decides and could not decide with only these roles, one sentence each."""
    if roles & frozenset(DECIDERS):
        return []
    return [
        f"{user} is named to decide the pilot of {pilot.supplier} in “{pilot.challenge}”."
        for pilot in undecided_of(user, council.pk)
    ]


def for_page(pilots: PilotQuerySet) -> PilotQuerySet:
    """What a pilot's own pages show of the pilot itself, in one query."""
    return pilots.select_related(
        "challenge__council", "supplier", "decider", "gate__decided_by",
        "extension__evaluation", "extension__proposed_by", "extension__agreed_by", "supplier_stop",
    )  # fmt: skip


def days_of(metric: Metric) -> list[DayOfDevice]:
    """Every device's daily sums of a metric where it stood, oldest first, then days with readings out of range.

    As far as they have been summed: a machine's readings are a moment after it sent them.
    """
    columns = ("device__site__code", "device__site__arm", "device__code", "day", "total", "number")
    readings = DailyRollup.objects.filter(metric=metric).order_by("day", "device__code").values_list(*columns)
    beyond = _daily(OutOfRangeReading.objects.filter(metric=metric)).annotate(number=Count("pk"))
    days = [
        *(DayOfDevice(*row) for row in readings),
        *(
            DayOfDevice(row[0], row[1], row[2], row[3], 0.0, 0, row[4])
            for row in beyond.order_by("day", "device__code")
        ),
    ]
    return list(placed(days, moves_of(metric.pilot_id)))


def _daily(rows: QuerySet[Any]) -> QuerySet[Any]:
    days = rows.annotate(day=TruncDate("taken_at", tzinfo=LONDON))
    return days.values_list("device__site__code", "device__site__arm", "device__code", "day")


def analysis_readings(pilot: Pilot, document: PlanDocument) -> Readings:
    """Every measure's cells, as an analysis reads them and as anybody can download them.

    Days on which the pilot was suspended are left out at every site; what then is missing, the gates judge (P5).
    """
    metrics, spans = {metric.code: metric for metric in pilot.metrics.all()}, suspended_days(pilot)
    days = {
        code: [day for day in days_of(metrics[code]) if not _is_within(day.day, spans)] for code in document.measures()
    }
    return marked(readings_of(days, document), marks_of(pilot), document)


def primary_readings(pilot: Pilot, document: PlanDocument) -> Readings:
    """The cells of the measure that decides, for looks between the dates and for the chart."""
    alone = replace(document, guardrails={}, secondaries={})
    codes = [code for code in (document.code, document.exposure) if code]
    return readings_of({metric.code: days_of(metric) for metric in pilot.metrics.filter(code__in=codes)}, alone)


def happened_to_data(pilot: Pilot) -> HappenedToData:
    """What an analysis reads of the data beside the readings, and what was erased of them, as it is now."""
    return HappenedToData(
        marks_of(pilot),
        moves_of(pilot.pk),
        suspended_days(pilot),
        list(pilot.erasures.order_by("pk").values_list("pk", flat=True)),
    )


def suspended_days(pilot: Pilot) -> list[tuple[date, date]]:
    """First and last days (London) of each suspension; one that lasts goes on to the end of the calendar."""
    spans = pilot.suspensions.values_list("began_at", "ended_at")
    return [(local_day(began), local_day(ended) if ended else date.max) for began, ended in spans]


def _is_within(day: date, spans: list[tuple[date, date]]) -> bool:
    return any(first <= day <= last for first, last in spans)


def clause_states(pilot: Pilot, *dues: str) -> list[ClauseState]:
    """Each clause that falls due at these times, with its last check; when none is named all but the submission's, of
    which those come at the end that were looked at on the pilot since."""
    checks = pilot.clause_checks.filter(requirement=OuterRef("pk")).order_by("-pk").values("pk")
    counting, look = checks.filter(counts=True)[:1], checks.filter(checked_by=SYSTEM.actor_key)[:1]
    since = Q(due=Due.BID) & Q(Exists(ClauseCheck.objects.filter(pilot=pilot, requirement=OuterRef("pk"))))
    wanted = Q(due__in=dues) if dues else Q(due__in=LOOKED_AT) | since
    asked = pilot.challenge.clause_requirements.filter(wanted).select_related("clause")
    requirements = list(asked.annotate(counting=Subquery(counting), look=Subquery(look)))
    found = ClauseCheck.objects.in_bulk([pk for each in requirements for pk in (each.counting, each.look) if pk])
    return [_clause_state(each, found, each.counting, each.look) for each in requirements]


def _clause_state(
    requirement: Any, checks: dict[int, ClauseCheck], counting: int | None, look: int | None
) -> ClauseState:
    return ClauseState(requirement, checks.get(counting or 0), checks.get(look or 0))


def clause_history(pilot: Pilot, requirement_id: int, number: int = 30) -> list[ClauseCheck]:
    """The latest checks of one clause whose verdict was new, newest first; what only repeats it is left out."""
    changes = pilot.clause_checks.filter(requirement=requirement_id, is_change=True)
    return list(changes.order_by("-pk")[:number])


def verdict_changes(pilot: Pilot, number: int = 300) -> dict[int, list[ClauseCheck]]:
    """The latest checks whose verdict was new, by requirement, newest first."""
    found: dict[int, list[ClauseCheck]] = {}
    for check in pilot.clause_checks.filter(is_change=True).order_by("-pk")[:number]:
        found.setdefault(check.requirement_id, []).append(check)
    return found


def registration_of(pilot: Pilot) -> ServiceRegistration | None:
    """Where the pilot's service is looked at now; None before anything was registered."""
    return pilot.service_registrations.order_by("number").last()


def waiting_for_a_person(pilot: Pilot) -> list[str]:
    """Codes of the clauses of which a machine gathered what it could, and which a person confirms next."""
    return [state.requirement.code for state in clause_states(pilot) if state.waits_for_a_person]


def open_clauses(pilot: Pilot, *dues: str) -> list[str]:
    """Codes of the clauses due at these times that are neither met nor waived."""
    return [state.requirement.code for state in clause_states(pilot, *dues) if not state.is_settled]


def registered_evaluation(pilot: Pilot) -> PilotEvaluation | None:
    """The registered result of the plan as it stands, None before it was computed; of an extension, the second look."""
    if pilot.analysis_on is None:
        return None
    due_at = first_instant(pilot.analysis_on)
    return pilot.evaluations.filter(kind=EvaluationKind.REGISTERED, due_at=due_at).first()


def earlier_results(pilot: Pilot) -> list[PilotEvaluation]:
    """The results of the analysis dates before the last one, the oldest first."""
    days = earlier_looks(pilot.plan or {})
    if not days:
        return []
    dues = [first_instant(day) for day in days]
    return list(pilot.evaluations.filter(kind=EvaluationKind.REGISTERED, due_at__in=dues).order_by("due_at"))


def result_to_end_on(pilot: Pilot) -> PilotEvaluation | None:
    """The latest earlier result, if a pilot may end on it: its verdict is scale or stop."""
    found = earlier_results(pilot)
    return found[-1] if found and found[-1].verdict in (Verdict.SCALE, Verdict.STOP) else None


def results_to_end_on(pilots: Iterable[Pilot]) -> dict[int, PilotEvaluation]:
    """The same for several running pilots by the pilot's id: a query for each whose plan names earlier dates."""
    named = [each for each in pilots if each.state == PilotState.RUNNING and earlier_looks(each.plan or {})]
    return {pilot.pk: found for pilot in named if (found := result_to_end_on(pilot))}


def registered_evaluations(pilots: Iterable[Pilot]) -> dict[int, PilotEvaluation]:
    """The registered results of several pilots by the pilot's id, as `registered_evaluation` has them: one query."""
    days = {pilot.pk: pilot.analysis_on for pilot in pilots}
    found = PilotEvaluation.objects.filter(pilot__in=days, kind=EvaluationKind.REGISTERED).order_by("due_at")
    return {each.pilot_id: each for each in found if local_day(each.due_at) == days[each.pilot_id]}


def analysed(evaluation: PilotEvaluation) -> AnalysedReadings | None:
    """The file that a registered result was computed from."""
    return AnalysedReadings.objects.filter(evaluation=evaluation).first()


def last_monitoring(pilot: Pilot, number: int = 8) -> list[PilotEvaluation]:
    """The latest looks between analysis dates, newest first: indicators, never results (P3)."""
    return list(pilot.evaluations.filter(kind=EvaluationKind.MONITORING).order_by("-due_at")[:number])


def number_of_readings(pilot: Pilot) -> int:
    """How many readings a pilot has, as far as they have been summed."""
    return DailyRollup.objects.filter(metric__pilot=pilot).aggregate(number=Sum("number"))["number"] or 0


def has_readings_since(pilot: Pilot, first: datetime) -> bool:
    """Whether a reading of this instant or later has arrived; asked device by device, which is what the key is for."""
    later = Reading.objects.filter(device=OuterRef("pk"), taken_at__gte=first)
    return Device.objects.filter(Exists(later), site__pilot=pilot).exists()


def readings_for_download(pilot: Pilot) -> Iterator[tuple[Any, ...]]:
    """Names, instant, value, source, version and arrival of each reading, in the order of time, slice by slice."""
    if pilot.baseline_starts_on and pilot.ends_on:
        # A day in London may begin in the month before, as UTC counts.
        for month in storage.months_between(pilot.baseline_starts_on - timedelta(days=1), pilot.ends_on):
            yield from _month_for_download(pilot, month)


def _month_for_download(pilot: Pilot, month: date) -> Iterator[tuple[Any, ...]]:
    devices = dict(_named(Device.objects.filter(site__pilot=pilot), "site__code", "site__arm", "code"))
    metrics = dict(_named(pilot.metrics.all(), "code", "unit"))
    for taken_at, device, metric, value, source, received_at, version in storage.readings_of(pilot, month):
        yield *devices[device], *metrics[metric], taken_at, value, source, version, received_at


def _named(rows: QuerySet[Any], *columns: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    return ((pk, tuple(names)) for pk, *names in rows.values_list("pk", *columns))


def corrections(pilot: Pilot, evaluation: PilotEvaluation | None) -> Corrections:
    """How many readings were corrected, and how many of them after the registered result was computed."""
    later = Q(replaced_at__gt=evaluation.computed_at) if evaluation else Q(pk__in=[])
    found = ReadingVersion.objects.filter(metric__pilot=pilot)
    return Corrections(**found.aggregate(number=Count("pk"), after_result=Count("pk", filter=later)))


def corrections_for_download(pilot: Pilot) -> Iterator[tuple[Any, ...]]:
    """What corrected readings said before: names, instant, value, version, when and why it was replaced."""
    found = ReadingVersion.objects.filter(metric__pilot=pilot).order_by("replaced_at", "pk")
    columns = (*NAMES, "taken_at", "value", "version", "replaced_at", "reason")
    return found.values_list(*columns).iterator(chunk_size=2000)
