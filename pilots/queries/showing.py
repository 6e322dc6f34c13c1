"""What a pilot's pages show, in as few queries as they need: at most fifteen, whatever the history."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from pilots.figures import PlannedPlace
from pilots.formats import DayOfDevice
from pilots.models import (
    DailyRollup,
    EvaluationKind,
    Judged,
    Metric,
    Pilot,
    PilotEvaluation,
    PilotQuerySet,
    ReadingVersion,
    ResidentReading,
)
from pilots.queries import for_page


def for_showing(pilots: PilotQuerySet) -> PilotQuerySet:
    """A pilot with what its page says of it and with how many readings were corrected, before and after its result."""
    result = PilotEvaluation.objects.filter(pilot=OuterRef("metric__pilot"), kind=EvaluationKind.REGISTERED)
    computed_at = Subquery(result.order_by("-due_at").values("computed_at")[:1])
    corrected = ReadingVersion.objects.filter(metric__pilot=OuterRef("pk")).order_by()
    later = corrected.annotate(computed_at=computed_at).filter(replaced_at__gt=F("computed_at"))
    shown_by_residents = ResidentReading.objects.filter(form__pilot=OuterRef("pk"), judged=Judged.ACCEPTED).order_by()
    return (
        for_page(pilots)
        .select_related("resident_form__metric")
        .annotate(
            corrected=number_of(corrected, "metric__pilot"),
            corrected_after=number_of(later, "metric__pilot"),
            of_residents=number_of(shown_by_residents, "form__pilot"),
        )
    )


def number_of(rows: QuerySet[Any], group: str) -> Coalesce:
    """How many rows of a correlated query there are, as a column."""
    counted = rows.values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def daily_sums(metric: Metric) -> list[DayOfDevice]:
    """Every device's daily sums of a metric, oldest first, as far as they have been summed."""
    columns = ("device__site__code", "device__site__arm", "device__code", "day", "total", "number")
    rows = DailyRollup.objects.filter(metric=metric).order_by("day", "device__code").values_list(*columns)
    return [DayOfDevice(*row) for row in rows]


def daily_means(metric: Metric) -> Iterator[tuple[date, float]]:
    """A metric's mean over all its readings of each day."""
    rows = DailyRollup.objects.filter(metric=metric).values("day").annotate(total=Sum("total"), number=Sum("number"))
    return ((row["day"], row["total"] / row["number"]) for row in rows.order_by("day") if row["number"])


def places(pilot: Pilot) -> list[PlannedPlace]:
    """The sites of a pilot with the number of their devices, pilot sites first."""
    sites = pilot.sites.annotate(number=Count("devices")).order_by("-arm", "code")
    return [PlannedPlace(site.code, site.name, site.arm, site.number) for site in sites]


def last_look(pilot: Pilot) -> PilotEvaluation | None:
    """The latest look between analysis dates: indicators, never a result (P3)."""
    return pilot.evaluations.filter(kind=EvaluationKind.MONITORING).order_by("-due_at").first()
