"""What a pilot's pages show, in as few queries as they need: at most fifteen, whatever the history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, JSONObject

from pilots import plans
from pilots.formats import DayOfDevice
from pilots.models import (
    DailyRollup,
    EvaluationKind,
    GateRecord,
    Judged,
    Metric,
    Milestone,
    MilestoneState,
    Pilot,
    PilotEvaluation,
    PilotQuerySet,
    ReadingsKept,
    ReadingVersion,
    ResidentReading,
)
from pilots.moves import Move, placed
from pilots.queries import for_page
from pilots.rules import OF_CLOSING, first_instant, in_words, local_day


def for_showing(pilots: PilotQuerySet) -> PilotQuerySet:
    """A pilot with what its page says of it and with how many readings were corrected, before and after its result."""
    result = PilotEvaluation.objects.filter(pilot=OuterRef("metric__pilot"), kind=EvaluationKind.REGISTERED)
    computed_at = Subquery(result.order_by("-due_at").values("computed_at")[:1])
    corrected = ReadingVersion.objects.filter(metric__pilot=OuterRef("pk")).order_by()
    later = corrected.annotate(computed_at=computed_at).filter(replaced_at__gt=F("computed_at"))
    shown_by_residents = ResidentReading.objects.filter(form__pilot=OuterRef("pk"), judged=Judged.ACCEPTED).order_by()
    milestones = Milestone.objects.filter(pilot=OuterRef("pk")).order_by()
    return (
        for_page(pilots)
        .select_related("resident_form__metric")
        .annotate(
            corrected=number_of(corrected, "metric__pilot"),
            corrected_after=number_of(later, "metric__pilot"),
            of_residents=number_of(shown_by_residents, "form__pilot"),
            agreed=_sum_of(milestones),
            paid=_sum_of(milestones.filter(state=MilestoneState.PAID)),
            **{f"recorded_{item}": _recorded(item) for item in OF_CLOSING},
        )
    )


@dataclass(frozen=True)
class Keeping:
    """Until when a measure's raw readings are kept; `gone` once they were deleted."""

    name: str
    until: date
    gone: ReadingsKept | None

    @property
    def words(self) -> str:
        """The same in a sentence."""
        if self.gone is None:
            return f"Raw readings of “{self.name}” are kept until {in_words(self.until)}, as the plan says."
        day, number = in_words(local_day(self.gone.deleted_at)), self.gone.number  # type: ignore[arg-type] # it is set
        return f"{number:,} raw readings of “{self.name}” were deleted on {day}, as the plan said; the result stands."


def keeping(pilot: Pilot, metrics: Iterable[Metric]) -> list[Keeping]:
    """The measures whose raw readings do not stay for ever, as the plan has it; metrics come with their `kept`."""
    found = ((metric, plans.kept_until(pilot.plan or {}, metric.code)) for metric in metrics)
    return [Keeping(metric.name, until, _gone(metric)) for metric, until in found if until]


def _gone(metric: Metric) -> ReadingsKept | None:
    """While they are being deleted they are not said to be gone."""
    kept = getattr(metric, "kept", None)
    return kept if kept and kept.deleted_at else None


@dataclass(frozen=True)
class Recorded:
    """What was recorded last about one thing at the end of a pilot."""

    is_so: bool
    on: date
    words: str


def ended(pilot: Pilot) -> dict[str, Recorded]:
    """What was recorded at the end of a pilot that `for_showing` read, by what closing asks for."""
    known = {str(item): getattr(pilot, f"recorded_{item}") for item in OF_CLOSING}
    return {
        item: Recorded(bool(row["is_so"]), date.fromisoformat(row["on"]), row["words"])
        for item, row in known.items()
        if row
    }


def _recorded(item: str) -> Subquery:
    last = GateRecord.objects.filter(pilot=OuterRef("pk"), item=item).order_by("-pk")
    return Subquery(last.values(row=JSONObject(is_so="is_so", on="on", words="words"))[:1])


def number_of(rows: QuerySet[Any], group: str) -> Coalesce:
    """How many rows of a correlated query there are, as a column."""
    counted = rows.values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _sum_of(milestones: QuerySet[Milestone]) -> Subquery:
    """What milestones of a correlated query amount to, as a column; None where there are none."""
    return Subquery(milestones.values("pilot").annotate(sum=Sum("amount")).values("sum")[:1])


def daily_sums(metric: Metric, moves: Mapping[str, Sequence[Move]]) -> list[DayOfDevice]:
    """Every device's daily sums of a metric where it stood, oldest first, as far as they have been summed."""
    columns = ("device__site__code", "device__site__arm", "device__code", "day", "total", "number")
    rows = DailyRollup.objects.filter(metric=metric).order_by("day", "device__code").values_list(*columns)
    return list(placed((DayOfDevice(*row) for row in rows), moves))


def daily_means(metric: Metric) -> Iterator[tuple[date, float]]:
    """A metric's mean over all its readings of each day."""
    rows = DailyRollup.objects.filter(metric=metric).values("day").annotate(total=Sum("total"), number=Sum("number"))
    return ((row["day"], row["total"] / row["number"]) for row in rows.order_by("day") if row["number"])


def result_or_look(pilot: Pilot) -> tuple[PilotEvaluation | None, PilotEvaluation | None]:
    """The registered result of the plan as it stands, or else the latest look: one query, one of the two is None."""
    due_at = first_instant(pilot.analysis_on) if pilot.analysis_on else None
    wanted = Q(kind=EvaluationKind.MONITORING) | Q(kind=EvaluationKind.REGISTERED, due_at=due_at)
    found = pilot.evaluations.filter(wanted).order_by("-kind", "-due_at").first()  # registered before monitoring
    is_result = found is not None and found.kind == EvaluationKind.REGISTERED
    return (found, None) if is_result else (None, found)


def last_look(pilot: Pilot) -> PilotEvaluation | None:
    """The latest look between analysis dates: indicators, never a result (P3)."""
    return pilot.evaluations.filter(kind=EvaluationKind.MONITORING).order_by("-due_at").first()
