"""Readings of residents: asked for by the council, sent by anybody, shown once the council has looked at them.

They are kept in a table of their own, which no analysis reads: only what was registered beforehand decides (P1).
"""

import math
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from accounts.hourly import is_too_much
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock
from pilots import plans, rules
from pilots.actions.noting import note
from pilots.models import Judged, Metric, Pilot, ResidentForm, ResidentReading, Site
from pilots.rows import LARGEST

MOST_AN_HOUR = 120
CALM = "Very many readings came in within this hour. Please try again in the next; nothing of yours was kept."


@transaction.atomic
def open_to_residents(*, pilot: Pilot, metric: Metric, how: str, actor: Actor, at: datetime) -> ResidentForm:
    """Take readings of a measure from residents, on a public form; opening it again changes what it says."""
    lock(pilot)
    _manager_only(actor, pilot)
    if not rules.takes_readings(pilot, at):
        raise Refused("The pilot takes no readings now, so residents cannot send any.")
    if metric.pilot_id != pilot.pk:
        raise Refused("This is not a measure of the pilot.")
    if not plans.may_be_sent_by_residents(pilot.plan or {}, metric.code):
        raise Refused("The registered plan does not say that residents may send readings of this measure.")
    if not how.strip():
        raise Refused("Say how somebody takes a reading, so that two people do it in the same way.")
    given = {"metric": metric, "how": how, "opened_at": at, "opened_by": actor.actor_key, "closed_at": None}
    form, _ = ResidentForm.objects.update_or_create(pilot=pilot, defaults=given)
    note("pilot.residents_asked", pilot, actor, at, Visibility.PUBLIC, metric=metric.code)
    return form


@transaction.atomic
def close_to_residents(*, form: ResidentForm, actor: Actor, at: datetime) -> None:
    """Take no more readings from residents; what was accepted stays on the page."""
    lock(form)
    _manager_only(actor, form.pilot)
    if form.closed_at is not None:
        raise Refused("The form is closed already.")
    form.closed_at = at
    form.save(update_fields=["closed_at"])
    note("pilot.residents_asked_no_more", form.pilot, actor, at, Visibility.PUBLIC)


@transaction.atomic
def send_resident_reading(*, form: ResidentForm, site: Site, taken_on: date, value: float, at: datetime) -> None:
    """Keep what a resident measured until the council has looked at it.

    There is no actor and no event on purpose: nothing is kept of who sent it. What one hour may bring is limited.
    """
    lock(form)
    if sentences := _problems(form, site, taken_on, value, at):
        raise Refused(*sentences)
    if is_too_much(f"residents:{form.pk}", at, MOST_AN_HOUR):
        raise Refused(CALM)
    ResidentReading.objects.create(
        form=form, site=site, taken_on=taken_on, value=value, received_on=rules.local_day(at)
    )  # fmt: skip


@transaction.atomic
def judge_resident_readings(
    *, pilot: Pilot, readings: Collection[int], is_accepted: bool, reason: str, actor: Actor, at: datetime
) -> int:
    """Show these waiting readings as residents', or keep them off the page with a reason; returns how many."""
    lock(pilot)
    _manager_only(actor, pilot)
    if not is_accepted and not reason.strip():
        raise Refused("Say why they are not shown.")
    waiting = ResidentReading.objects.filter(form__pilot=pilot, pk__in=readings, judged=Judged.WAITING)
    number = waiting.update(
        judged=Judged.ACCEPTED if is_accepted else Judged.REFUSED, judged_at=at, judged_by=actor.actor_key,
        refused_because="" if is_accepted else reason.strip()[:300],
    )  # fmt: skip
    if not number:
        raise Refused("Choose at least one reading that still waits.")
    note("pilot.resident_readings_judged", pilot, actor, at, number=number, shown=is_accepted)
    return number


def _problems(form: ResidentForm, site: Site, taken_on: date, value: float, at: datetime) -> list[str]:
    pilot, metric = form.pilot, form.metric
    if form.closed_at is not None or not rules.takes_readings(pilot, at):
        return ["Residents' readings are not taken any more. Thank you for wanting to help."]
    first = pilot.baseline_starts_on
    low, high = metric.lowest, metric.highest
    checks = (
        (site.pilot_id != pilot.pk, "Choose one of the places of this pilot."),
        (taken_on > rules.local_day(at), "This day has not come yet."),
        (first is not None and taken_on < first, "This day lies before the pilot's baseline."),
        (not math.isfinite(value), "The value has to be a number."),
        (abs(value) > LARGEST, "The value is too large to calculate with."),
        (low is not None and value < low, f"The lowest value that is possible is {low or 0:g} {metric.unit}."),
        (high is not None and value > high, f"The highest value that is possible is {high or 0:g} {metric.unit}."),
    )
    return [sentence for is_wrong, sentence in checks if is_wrong]


def _manager_only(actor: Actor, pilot: Pilot) -> None:
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager asks residents for readings and looks at them.")
