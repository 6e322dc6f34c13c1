"""Readings in: what is kept, what is refused, and that sending again changes nothing."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import CouncilRole
from audit import clock
from audit.actors import SYSTEM, TokenActor
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from pilots import actions, queries
from pilots.evaluating import document_of
from pilots.models import OutOfRangeReading, Pilot, Reading
from pilots.rosters import roster_of
from pilots.rules import first_instant, local_day
from pilots.statistics import analysis_table
from tests.factories import council, move_clock_to, person
from tests.factories import pilots as factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot() -> Pilot:
    return factory.pilot_in("registered")


def rows_of(pilot: Pilot) -> list[dict[str, Any]]:
    return factory.weekly_rows(pilot, pilot.baseline_starts_on, local_day(clock.now()) - timedelta(days=1))


def test_good_rows_are_kept_and_the_event_counts_them(pilot: Pilot) -> None:
    rows = rows_of(pilot)
    intake = factory.send(pilot, rows)
    assert (intake.received, intake.added, intake.unchanged, intake.refused) == (len(rows), len(rows), 0, ())
    event = Event.objects.about(pilot).get(verb="pilot.readings_received")
    assert event.data == {"received": len(rows), "added": len(rows), "unchanged": 0, "refused": 0, "source": "file"}


def test_P4_sending_again_in_any_order_changes_nothing(pilot: Pilot) -> None:
    rows = rows_of(pilot)
    factory.send(pilot, rows)
    intake = factory.send(pilot, [*reversed(rows), rows[0]])
    assert (intake.added, intake.unchanged) == (0, len(rows) + 1)
    assert Reading.objects.count() == len(rows)


def test_another_value_for_the_same_moment_is_refused_and_the_first_kept(pilot: Pilot) -> None:
    row = rows_of(pilot)[0]
    factory.send(pilot, [row])
    intake = factory.send(pilot, [row | {"value": 11.5}, row])
    (refusal,) = intake.refused
    assert (refusal.number, refusal.reason, intake.unchanged) == (1, "conflict", 1)
    assert Reading.objects.get().value == row["value"]


def test_two_values_for_one_moment_in_one_batch(pilot: Pilot) -> None:
    row = rows_of(pilot)[0] | {"value": 9.0}
    intake = factory.send(pilot, [row, row | {"value": 9.5}])
    assert (intake.added, [refusal.number for refusal in intake.refused]) == (1, [2])


def test_a_bad_row_is_reported_with_its_number_and_the_rest_kept(pilot: Pilot) -> None:
    first, second = rows_of(pilot)[:2]
    intake = factory.send(pilot, [first, first | {"unit": "kg"}, first | {"device": "x9"}, second])
    assert intake.added == 2
    assert [(refusal.number, refusal.reason) for refusal in intake.refused] == [(2, "unit"), (3, "device")]


def test_P5_out_of_range_values_are_counted_once_and_never_analysed(pilot: Pilot) -> None:
    good, *_ = rows_of(pilot)
    bad = good | {"value": 1000}
    factory.send(pilot, [good])
    for _ in range(2):
        assert factory.send(pilot, [bad]).refused[0].reason == "range"
    assert (Reading.objects.count(), OutOfRangeReading.objects.count()) == (1, 1)
    assert queries.analysis_readings(pilot, document_of(pilot)).out_of_range(pilot.metrics.get().code) == 0.5


def test_P1_nothing_is_taken_before_registration() -> None:
    planned = factory.pilot_in("planned")
    with pytest.raises(Refused) as refused:
        factory.send(planned, [])
    assert refused.value.sentences == ["The measures are not registered yet: readings are taken from then on."]


def test_P6_nothing_is_taken_from_the_analysis_date_on_whatever_the_worker_does() -> None:
    running = factory.pilot_in("running")
    move_clock_to(first_instant(running.analysis_on))
    with pytest.raises(Refused) as refused:
        factory.send(running, rows_of(running)[:1])
    assert refused.value.sentences == ["The registered analysis date has come: this pilot takes no more readings."]


def test_strangers_send_nothing(pilot: Pilot) -> None:
    other = factory.pilot_in("planned", item=factory.selected_item(pilot.challenge))
    strangers = [
        person(council(), CouncilRole.PILOT_MANAGER),
        other.supplier.members.get().user,
        person(pilot.challenge.council, CouncilRole.AUDITOR),
        TokenActor("reading-token:0", "unknown"),
        SYSTEM,
    ]
    for actor in strangers:
        with pytest.raises(NotPermitted):
            actions.ingest(pilot=pilot, rows=[], source="file", actor=actor, at=clock.now())


def test_the_supplier_and_a_live_simulation_may_send(pilot: Pilot) -> None:
    first, second = rows_of(pilot)[:2]
    supplier = pilot.supplier.members.get().user
    Pilot.objects.filter(pk=pilot.pk).update(has_live_simulation=True)
    added = [
        actions.ingest(pilot=pilot, rows=[row], source=source, actor=actor, at=clock.now()).added
        for row, source, actor in ((first, "file", supplier), (second, "simulation", SYSTEM))
    ]
    assert added == [1, 1]


def test_P4_the_analysis_has_one_row_per_site_and_period_however_many_readings(pilot: Pilot) -> None:
    metric = pilot.metrics.get()
    day = pilot.baseline_starts_on
    row = {"device": "p1a", "metric": metric.code, "unit": metric.unit}
    rows = [row | {"taken_at": f"{day}T{hour:02d}:00:00Z", "value": 4.0} for hour in range(1, 21)]
    rows.append(row | {"device": "p1b", "taken_at": f"{day}T12:00:00Z", "value": 8.0})
    factory.send(pilot, rows)
    readings = queries.analysis_readings(pilot, document_of(pilot))
    table = analysis_table(readings.rows(metric.code), document_of(pilot).plan)
    (cell,) = np.argwhere(table.present)
    assert (table.units[cell[0]], table.arms[cell[0]], table.values[*cell]) == ("pilot-1", "pilot", 6.0)


def test_a_batch_costs_the_same_queries_with_one_row_and_with_many(pilot: Pilot) -> None:
    rows = rows_of(pilot)
    manager, at, counts = factory.manager_of(pilot), clock.now(), []
    roster_of(pilot)  # read once a process, in two queries
    for batch in (rows[:1], rows[1:101]):
        with CaptureQueriesContext(connection) as seen:
            actions.ingest(pilot=pilot, rows=batch, source="api", actor=manager, at=at)
        counts.append(len([query for query in seen if "SAVEPOINT" not in query["sql"]]))
    # What asks for readings, writes them and marks their hours goes past Django’s cursor.
    assert counts == [2, 2]
