"""Series that stand beside a pilot's measure: added and removed by the council, part of no analysis (P1)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock
from pilots import rules
from pilots.actions.noting import note
from pilots.models import AccompanyingSeries, Pilot, PilotState
from pilots.tables import Table, read_day

MOST_SERIES, MOST_DAYS = 5, 4000
NEEDED = ("day", "value")


@dataclass(frozen=True)
class Accompaniment:
    """A series to add: its name, unit and source in words, where it is published, its values by day."""

    name: str
    unit: str
    source: str
    days: Sequence[tuple[date, float]]
    address: str = ""
    is_summed: bool = False


def read_days(table: Table) -> tuple[list[tuple[date, float]], list[str]]:
    """The days of a table with the columns day and value, and a sentence for each line that cannot be read."""
    if missing := [name for name in NEEDED if name not in table.header]:
        return [], [f"The first line has to name the columns day and value; {' and '.join(missing)} is missing."]
    found: dict[date, float] = {}
    wrong: list[str] = []
    columns = [table.header.index(name) for name in NEEDED]
    for number, line in enumerate(table.lines, start=2):
        cells = [line[column] if column < len(line) else "" for column in columns]
        day, value = read_day(cells[0]), _number(cells[1])
        if day is None:
            wrong.append(f"Line {number}: “{cells[0][:30]}” is not a date like 2026-05-31.")
        elif value is None:
            wrong.append(f"Line {number}: “{cells[1][:30]}” is not a number.")
        elif day in found:
            wrong.append(f"Line {number}: {day.isoformat()} appears twice.")
        else:
            found[day] = value
    return sorted(found.items()), wrong


@transaction.atomic
def add_accompanying(*, pilot: Pilot, series: Accompaniment, actor: Actor, at: datetime) -> AccompanyingSeries:
    """Show another series beside the measure; its source is named in public."""
    lock(pilot)
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager can show another series beside the measure.")
    standing = pilot.accompanying.filter(removed_at=None)
    if sentences := _problems(pilot, series, [each.name for each in standing]):
        raise Refused(*sentences)
    added = AccompanyingSeries.objects.create(
        pilot=pilot, name=series.name, unit=series.unit, source=series.source, address=series.address,
        is_summed=series.is_summed, days=[[day.isoformat(), value] for day, value in series.days],
        added_at=at, added_by=actor.actor_key,
    )  # fmt: skip
    _note("pilot.accompanying_added", added, actor, at)
    return added


@transaction.atomic
def remove_accompanying(*, series: AccompanyingSeries, actor: Actor, at: datetime) -> None:
    """Take a series off the page; it stays in the database with who added and who removed it on the record."""
    lock(series.pilot)
    if not rules.may_manage(actor, series.pilot):
        raise NotPermitted("Only the council's pilot manager can take a series off the page.")
    series.refresh_from_db()
    if series.removed_at is not None:
        raise Refused("This series is off the page already.")
    series.removed_at = at
    series.save(update_fields=["removed_at"])
    _note("pilot.accompanying_removed", series, actor, at)


def _problems(pilot: Pilot, series: Accompaniment, names: list[str]) -> list[str]:
    checks = (
        (pilot.state in (PilotState.PLANNED, PilotState.DROPPED), "The pilot has no public page that could show it."),
        (not series.days, "There is no day with a value in it."),
        (len(series.days) > MOST_DAYS, f"There are more than {MOST_DAYS:,} days: leave out those before the baseline."),
        (not series.source.strip(), "Name the source: who measured it, and who publishes it."),
        (series.name in names, f"A series called “{series.name}” stands beside the measure already."),
        (len(names) >= MOST_SERIES, f"At most {MOST_SERIES} series stand beside a measure: take one away first."),
    )
    return [sentence for is_wrong, sentence in checks if is_wrong]


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e15 else None


def _note(verb: str, series: AccompanyingSeries, actor: Actor, at: datetime) -> None:
    days = len(series.days)
    note(verb, series.pilot, actor, at, Visibility.PUBLIC, name=series.name, source=series.source, days=days)
