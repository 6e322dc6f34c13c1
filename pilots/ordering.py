"""In which order pilots are listed, and where the next page of such a list begins."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from pilots import lateness
from pilots.models import PilotQuerySet, PilotState
from pilots.queries import end_is_open
from pilots.rules import UNDER_WAY

ATTENTION, NEWEST, NEXT, COUNCIL, TITLE = "", "newest", "next", "council", "title"
CHOICES = [(NEXT, "The next date"), (COUNCIL, "The council"), (TITLE, "The title"), (NEWEST, "The newest first")]
KEYS: Mapping[str, Sequence[str]] = {
    ATTENTION: ("urgency", "next_on"),
    NEWEST: (),
    NEXT: ("next_on",),
    COUNCIL: ("challenge__council__name", "challenge__title"),
    TITLE: ("challenge__title",),
}
_FOR_THE_COUNCIL = (
    PilotState.PLANNED,
    PilotState.REGISTERED,
    PilotState.SUSPENDED,
    PilotState.EVALUATING,
    PilotState.DECIDED,
)


def in_order(pilots: PilotQuerySet, order: str, today: date) -> PilotQuerySet:
    """Pilots in an order: what is late first and then what waits for a council, unless another one is asked for."""
    return _keyed(pilots, order, today).order_by(*KEYS.get(order, KEYS[ATTENTION]), "-pk")


def after(pilots: PilotQuerySet, order: str, last: int, today: date) -> PilotQuerySet:
    """Those that come after the pilot `last` in this order; all of them where there is no such pilot."""
    keys = KEYS.get(order, KEYS[ATTENTION])
    row = _keyed(type(pilots)(pilots.model).filter(pk=last), order, today).values_list(*keys, "pk").first()
    if row is None:
        return pilots
    later, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, row, strict=False):
        later |= same & Q(**{f"{key}__gt": value})
        same &= Q(**{key: value})
    return pilots.filter(later | same & Q(pk__lt=last))


def _keyed(pilots: PilotQuerySet, order: str, today: date) -> PilotQuerySet:
    if order in (NEWEST, COUNCIL, TITLE):
        return pilots
    next_on = Case(
        When(state=PilotState.REGISTERED, then=F("starts_on")),
        When(state__in=UNDER_WAY, then=F("analysis_on")),
        When(state=PilotState.EVALUATING, then=F("decision_on")),
    )
    waits = When(Q(state__in=_FOR_THE_COUNCIL) | end_is_open(), then=1)
    urgency = Case(When(lateness.is_late(today), then=0), waits, default=2, output_field=IntegerField())
    return pilots.annotate(next_on=Coalesce(next_on, Value(date.max)), urgency=urgency)
