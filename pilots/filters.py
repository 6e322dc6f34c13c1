"""One filter set for every list of pilots."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate

from accounts.models import Council
from audit import clock
from pilots import lateness, ordering
from pilots.models import (
    EvaluationKind,
    GateChoice,
    GateItem,
    GateRecord,
    PilotEvaluation,
    PilotQuerySet,
    PilotState,
    Site,
    Verdict,
)
from pilots.rules import LONDON, local_day

NOT_PUBLIC = (PilotState.PLANNED,)
LATE, IN_TIME = "late", "in_time"


class PilotFilter(django_filters.FilterSet):
    """Narrow pilots; every field may be empty. `today` decides what is late; `is_public` leaves out what is not;
    `is_ordered` lets the order be chosen."""

    text = django_filters.CharFilter(label="Words: a title, a street, what was learned", method="by_text")
    council = django_filters.ModelChoiceFilter(
        label="Council", field_name="challenge__council", queryset=Council.objects.order_by("name"),
        to_field_name="slug", empty_label="Any council",
    )  # fmt: skip
    state = django_filters.ChoiceFilter(label="Where it stands", choices=PilotState.choices, empty_label="Anywhere")
    time = django_filters.ChoiceFilter(
        label="Late", choices=[(LATE, "Only what is late"), (IN_TIME, "Only what is in time")], method="by_time",
        empty_label="Late or in time",
    )  # fmt: skip
    verdict = django_filters.ChoiceFilter(
        label="What was measured", choices=[each for each in Verdict.choices if each[0]], method="by_verdict",
        empty_label="Any verdict, or none yet",
    )  # fmt: skip
    decision = django_filters.ChoiceFilter(
        label="What was decided", field_name="gate__choice", choices=[each for each in GateChoice.choices if each[0]],
        empty_label="Any decision, or none yet",
    )  # fmt: skip

    order = django_filters.ChoiceFilter(
        label="In the order of",
        choices=ordering.CHOICES,
        method="as_it_is",
        empty_label="What is late, then what waits",
    )

    class Meta:
        fields: list[str] = []

    def __init__(
        self, *args: Any, today: date | None = None, is_public: bool = True, is_ordered: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.today = today or local_day(clock.now())
        super().__init__(*args, **kwargs)
        if not is_ordered:
            del self.filters["order"]
        if is_public:
            states: Any = self.filters["state"]
            states.extra["choices"] = [each for each in PilotState.choices if each[0] not in NOT_PUBLIC]

    def as_it_is(self, pilots: PilotQuerySet, name: str, value: str) -> PilotQuerySet:
        """An order leaves nobody out."""
        return pilots

    def by_text(self, pilots: PilotQuerySet, name: str, value: str) -> PilotQuerySet:
        for word in value.split()[:6]:
            council = Q(challenge__council__name__icontains=word)
            named = Q(supplier__name__icontains=word, started_at__isnull=False)
            learned = GateRecord.objects.filter(pilot=OuterRef("pk"), item=GateItem.LESSONS, words__icontains=word)
            tried = Site.objects.filter(
                Q(name__icontains=word) | Q(name="", code__icontains=word), pilot=OuterRef("pk")
            )
            found = Q(challenge__title__icontains=word) | council | named | Exists(learned) | Exists(tried)
            pilots = pilots.filter(found)
        return pilots

    def by_time(self, pilots: PilotQuerySet, name: str, value: str) -> PilotQuerySet:
        is_late = lateness.is_late(self.today)
        return pilots.filter(is_late) if value == LATE else pilots.exclude(is_late)

    def by_verdict(self, pilots: PilotQuerySet, name: str, value: str) -> PilotQuerySet:
        """By the result of the plan's last date, as pages show it: a pilot that runs on has none yet."""
        registered = PilotEvaluation.objects.filter(pilot=OuterRef("pk"), kind=EvaluationKind.REGISTERED, verdict=value)
        is_last = registered.annotate(day=TruncDate("due_at", tzinfo=LONDON)).filter(day=OuterRef("analysis_on"))
        return pilots.filter(Exists(is_last))
