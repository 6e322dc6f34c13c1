"""When a pilot is late, told the same way of one pilot (a sentence) and of many (a condition of the database)."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from challenges.models import MeasureRole, Period
from pilots.models import DailyRollup, Pilot, PilotState
from pilots.rules import UNDER_WAY, in_words

# Two periods without a reading are worth a look.
QUIET_DAYS = {Period.DAY: 2, Period.WEEK: 14, Period.MONTH: 62}


def why_late(pilot: Pilot, last_reading: date | None, today: date) -> str:
    """What is late about a pilot, in one sentence; empty when nothing is. `last_reading` is of its primary measure."""
    dues = (
        (pilot.state == PilotState.REGISTERED, pilot.starts_on, "It was to start on {day}."),
        (pilot.state in UNDER_WAY, pilot.analysis_on, "Its result was due on {day}."),
        (pilot.state == PilotState.EVALUATING, pilot.decision_on, "The decision was due on {day}."),
    )
    for is_awaited, day, words in dues:
        if is_awaited and day is not None and day < today:
            return words.format(day=in_words(day))
    return why_quiet(pilot, last_reading, today)


def is_late(today: date) -> Q:
    """The same for a query of pilots."""
    dues = (
        Q(state=PilotState.REGISTERED, starts_on__lt=today)
        | Q(state__in=UNDER_WAY, analysis_on__lt=today)
        | Q(state=PilotState.EVALUATING, decision_on__lt=today)
    )
    for period, days in QUIET_DAYS.items():
        quiet_since = today - timedelta(days=days)
        recent = DailyRollup.objects.filter(
            metric__pilot=OuterRef("pk"), metric__role=MeasureRole.PRIMARY, day__gte=quiet_since
        )
        running = Q(state=PilotState.RUNNING, plan__period=str(period), starts_on__lt=quiet_since)
        dues |= running & Q(ends_on__gte=today) & ~Q(Exists(recent))
    return dues


def why_quiet(pilot: Pilot, last_reading: date | None, today: date) -> str:
    """That readings of a running pilot have stopped, in a sentence; empty while they come."""
    is_reporting = pilot.state == PilotState.RUNNING and pilot.ends_on is not None and pilot.ends_on >= today
    if not (is_reporting and pilot.starts_on and pilot.plan):
        return ""
    since = max(last_reading or pilot.starts_on, pilot.starts_on)
    if since >= today - timedelta(days=QUIET_DAYS[Period(pilot.plan["period"])]):
        return ""
    return f"No reading for {(today - since).days} days."
