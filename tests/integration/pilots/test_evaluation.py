"""Evaluations when due: monitoring without a verdict, the registered result once, the gate by the named person."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from pilots import actions, evaluating, queries, storage
from pilots.models import DailyRollup, Device, HourlyRollup, Pilot, PilotEvaluation, Reading
from pilots.rules import first_instant
from pilots.storage.batches import microseconds
from tests.factories import member_with, move_clock_to
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from work.actions import LEASE, LeaseLostError, lease_next, run_due_work
from work.models import DueWork


@pytest.mark.django_db
def test_P3_monitoring_between_the_dates_carries_no_verdict_and_moves_nothing() -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.starts_on + timedelta(weeks=3)))
    factory.send(
        pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.starts_on + timedelta(days=20), effect=-9)
    )
    run_due_work()
    pilot.refresh_from_db()
    looks = list(pilot.evaluations.all())
    assert [(look.kind, look.verdict) for look in looks] == [("monitoring", "")] * 3
    assert pilot.state == "running"
    assert looks[-1].result["note"] == "Monitoring between analysis dates: not a result."
    assert [key for look in looks for key in look.result if key in ("verdict", "reason", "ground")] == []
    assert looks[-1].result["signals"] != []


@pytest.mark.django_db
def test_P3_nothing_is_evaluated_before_it_is_due() -> None:
    pilot = factory.pilot_in("running")
    run_due_work()  # what other rooms had waiting
    assert pilot.evaluations.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("effect", "verdict"), [(-3.0, "scale"), (0.0, "stop"), (3.0, "stop")])
def test_the_registered_result_follows_the_readings(effect: float, verdict: str) -> None:
    pilot = factory.pilot_in("evaluating", effect=effect)
    evaluation = queries.registered_evaluation(pilot)
    assert (pilot.state, evaluation.verdict, evaluation.result["plan_sha256"]) == (
        "evaluating", verdict, pilot.plan_sha256,
    )  # fmt: skip


@pytest.mark.django_db
def test_P5_without_readings_the_result_is_inconclusive() -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.analysis_on))
    run_due_work()
    evaluation = queries.registered_evaluation(pilot)
    assert (evaluation.verdict, evaluation.result["ground"]) == ("inconclusive", "data")


@pytest.mark.django_db
def test_P4_P6_the_snapshot_is_the_same_whatever_the_order_of_arrival() -> None:
    pilot = factory.pilot_in("evaluating")
    snapshot = queries.registered_evaluation(pilot).snapshot_sha256
    readings = list(Reading.objects.all())
    random.Random(3).shuffle(readings)  # noqa: S311
    for table in (Reading, HourlyRollup, DailyRollup):
        table.objects.all().delete()
    for some in (readings[::2], readings[1::2]):
        storage.write(storage.Batch.of(map(_column, some)), "file", clock.now())
        storage.roll_up()
    assert evaluating.registered_result(pilot).snapshot == snapshot


@pytest.mark.django_db
def test_P6_the_result_stores_the_file_it_was_computed_from() -> None:
    pilot = factory.pilot_in("evaluating")
    lines = queries.analysed(queries.registered_evaluation(pilot)).text.splitlines()
    assert len(lines) == 1 + Device.objects.filter(site__pilot=pilot).count() * (12 + 8)
    assert lines[0] == "unit,arm,at,value,exposure,device,metric,readings,out_of_range,mark"


@pytest.mark.django_db
def test_P6_a_worker_that_lost_its_lease_writes_nothing() -> None:
    pilot = _at_analysis_date()
    slow = lease_next(clock.now())
    quick = lease_next(clock.now() + LEASE)
    assert slow.pk == quick.pk
    actions.evaluate_due(quick, clock.now())
    with pytest.raises(LeaseLostError):
        actions.evaluate_due(slow, clock.now())
    assert pilot.evaluations.count() == 1


@pytest.mark.django_db
def test_a_row_of_a_replaced_plan_is_finished_without_an_evaluation() -> None:
    pilot = factory.pilot_in("registered")
    old = pilot.analysis_on
    later = factory.registration(pilot, **{name: getattr(pilot, name) + timedelta(weeks=30) for name in (
        "baseline_starts_on", "starts_on", "ends_on", "analysis_on", "decision_on",
    )})  # fmt: skip
    actions.register_plan(
        pilot=pilot, registration=later, actor=factory.manager_of(pilot), at=clock.now(), reason="Later delivery."
    )
    move_clock_to(first_instant(old))
    run_due_work()
    assert DueWork.objects.get(kind="pilot.registered", due_at=first_instant(old)).done_at is not None
    assert (pilot.evaluations.count(), Pilot.objects.get(pk=pilot.pk).state) == (0, "registered")


@pytest.mark.django_db(transaction=True)
def test_P6_two_workers_that_race_write_one_result() -> None:
    pilot = _at_analysis_date()
    errors: list[BaseException] = []
    ready = threading.Barrier(2)

    def worker() -> None:
        try:
            ready.wait()
            run_due_work()
        except BaseException as error:  # noqa: BLE001 - reported by the test, not swallowed
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [evaluation.kind for evaluation in pilot.evaluations.all()] == ["registered"]
    assert Event.objects.about(pilot).filter(verb="pilot.evaluated").count() == 1
    assert DueWork.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db
def test_D6_the_gate_is_closed_before_the_registered_analysis_date() -> None:
    pilot = factory.pilot_in("running")
    with pytest.raises(Refused) as refused:
        factory.decide(pilot, "stop")
    assert refused.value.sentences == [
        "The pilot stands at “Running”. “Decide gate” can be done only while it stands at “Being evaluated”."
    ]


@pytest.mark.django_db
def test_D6_scale_only_where_the_verdict_is_scale() -> None:
    pilot = factory.pilot_in("evaluating", effect=0.0)
    with pytest.raises(Refused) as refused:
        factory.decide(pilot, "scale")
    assert refused.value.sentences == [
        "The registered verdict is “stop”: “Scale” can be chosen only where the verdict is scale."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("choice", ["scale", "extend", "stop"])
def test_D6_from_a_scale_verdict_every_way_is_open_to_the_named_person(choice: str) -> None:
    pilot = factory.pilot_in("decided", effect=-3.0, choice=choice)
    assert (pilot.state, pilot.gate.choice, pilot.gate.evaluation.verdict) == ("decided", choice, "scale")


@pytest.mark.django_db
def test_D6_only_the_named_person_decides_once_and_with_a_reason() -> None:
    pilot = factory.pilot_in("evaluating")
    lead = member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD)
    for actor in (lead, factory.manager_of(pilot)):
        with pytest.raises(NotPermitted):
            actions.decide_gate(pilot=pilot, choice="stop", reason="No.", actor=actor, at=clock.now())
    with pytest.raises(Refused, match="Give a reason"):
        actions.decide_gate(pilot=pilot, choice="stop", reason="", actor=factory.decider_of(pilot), at=clock.now())
    factory.decide(pilot, "stop")
    with pytest.raises(Refused, match="“Decided” already: nothing is left to do here"):
        factory.decide(pilot, "stop")


@pytest.mark.django_db
def test_D6_a_clause_that_is_found_broken_later_is_open_again() -> None:
    pilot = factory.pilot_in("running")
    assert queries.open_clauses(pilot) == []
    actions.check_clause(
        pilot=pilot, requirement=pilot.challenge.clause_requirements.get(code="SE-02"), verdict="not_met",
        evidence="The export holds no readings.", actor=factory.manager_of(pilot), at=clock.now(),
    )  # fmt: skip
    assert queries.open_clauses(pilot) == ["SE-02"]


@pytest.mark.django_db
def test_a_decided_pilot_is_closed_by_its_manager() -> None:
    pilot = factory.pilot_in("closed", choice="stop")
    assert pilot.state == "closed"
    assert PilotEvaluation.objects.filter(pilot=pilot, kind="registered").count() == 1


@pytest.mark.django_db
def test_what_is_due_ran_or_failed_is_told_and_what_was_given_up_is_tried_again() -> None:
    pilot = _at_analysis_date()
    path = f"/workspace/pilots/{pilot.slug}/evaluations/"
    manager, supplier = signed_in(factory.manager_of(pilot)), signed_in(pilot.supplier.members.get().user)
    row = DueWork.objects.get(kind="pilot.registered", subject_id=pilot.pk)
    again = f"{path}{row.pk}/again/"
    assert "It waits for a worker" in supplier.get(path).content.decode()
    assert manager.post(again).status_code == 409
    DueWork.objects.filter(pk=row.pk).update(failed_at=clock.now(), attempts=5, last_error="ValueError: <odd>")
    told, theirs = (client.get(path).content.decode() for client in (manager, supplier))
    assert ["It failed 5 times and was given up" in page for page in (told, theirs)] == [True, True]
    assert ["ValueError: &lt;odd&gt;" in page for page in (told, theirs)] == [True, False]
    assert (supplier.post(again).status_code, manager.get(again).status_code) == (403, 405)
    assert ["Try an evaluation again" in _desk(client) for client in (manager, supplier)] == [True, False]
    run_due_work()
    assert queries.registered_evaluation(pilot) is None
    assert manager.post(again).status_code == 302
    assert Event.objects.about(pilot).filter(verb="pilot.evaluation_retried").count() == 1
    assert manager.post(again).status_code == 409
    run_due_work()
    done = manager.get(path).content.decode()
    assert ("Due since" in done, ": scale." in done, queries.registered_evaluation(pilot) is None) == (
        False, True, False,
    )  # fmt: skip
    decider = _desk(signed_in(pilot.decider))
    assert [f"{path.removesuffix('evaluations/')}gate/" in page for page in (decider, _desk(manager))] == [True, False]


def _desk(client: Client) -> str:
    return str(client.get("/workspace/").content.decode())


def _at_analysis_date() -> Pilot:
    """A running pilot with all its readings, whose only open due row is the registered result."""
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.ends_on + timedelta(days=1)))
    factory.send(pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on, -2))
    run_due_work()
    pilot.evaluations.all().delete()
    move_clock_to(first_instant(pilot.analysis_on))
    return pilot


def _column(reading: Reading) -> tuple[int, int, int, int, float]:
    return 1, reading.device_id, reading.metric_id, microseconds(reading.taken_at), reading.value
