"""Residents' readings: sent without a name, shown once looked at, marked as theirs, and in no registered analysis."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from audit import clock
from audit.models import Event
from audit.transitions import Refused
from marketplace.dashboards.pilots_of import lines_for
from pilots import actions, evaluating
from pilots.models import Pilot, Reading, ResidentForm, ResidentReading
from pilots.rules import OF_CLOSING, first_instant, local_day
from tests.factories import move_clock_to
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db


def asked() -> tuple[Pilot, Client, dict[str, Any]]:
    """A running pilot that asks residents, its manager, and a reading that can be sent."""
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.starts_on + timedelta(weeks=2)))
    manager = signed_in(factory.manager_of(pilot))
    metric = pilot.metrics.get(role="primary")
    path = f"/workspace/pilots/{pilot.slug}/residents/"
    assert [manager.post(path, {"metric": metric.pk, "how": how}).status_code for how in (" ", "Count them.")] == [
        422, 302,
    ]  # fmt: skip
    site = pilot.sites.filter(arm="pilot").earliest("pk")
    day = local_day(clock.now()) - timedelta(days=3)
    return pilot, manager, {"site": site.pk, "taken_on": day.isoformat(), "value": "7.5"}


def test_residents_send_readings_only_of_a_measure_that_the_plan_registered_for_them() -> None:
    pilot = factory.pilot_in("registered")
    metric, manager = pilot.metrics.get(role="primary"), factory.manager_of(pilot)
    assert f"Residents may measure</span>{metric.name}" in Client().get(f"/pilots/{pilot.slug}/").content.decode()
    actions.register_plan(
        pilot=pilot, registration=factory.registration(pilot, residents=()), actor=manager, at=clock.now(),
        reason="Nobody can measure it by hand.",
    )  # fmt: skip
    with pytest.raises(Refused, match="does not say that residents may send"):
        actions.open_to_residents(pilot=pilot, metric=metric, how="Count them.", actor=manager, at=clock.now())
    page = signed_in(manager).get(f"/workspace/pilots/{pilot.slug}/residents/").content.decode()
    assert "The plan names no measure for residents" in page
    assert "Residents may measure" not in Client().get(f"/pilots/{pilot.slug}/").content.decode()


def end_with_everything_recorded(pilot: Pilot) -> None:
    actions.end_pilot_early(
        pilot=pilot, reason="It is not safe.", payment="What was accepted.", removal="The supplier.",
        actor=factory.decider_of(pilot), at=clock.now(),
    )  # fmt: skip
    factory.record_gate(pilot, *OF_CLOSING)


def test_P1_residents_readings_are_marked_as_theirs_and_enter_no_analysis(django_assert_max_num_queries: Any) -> None:
    pilot, manager, reading = asked()
    form, desk = f"/pilots/{pilot.slug}/your-reading/", f"/workspace/pilots/{pilot.slug}/residents/"
    computed, readings, events = evaluating.registered_result(pilot), Reading.objects.count(), Event.objects.count()
    assert "You can measure too" in Client().get(f"/pilots/{pilot.slug}/").content.decode()
    code, poster = Client().get(f"{form}code.svg"), manager.get(f"{desk}print/").content.decode()
    assert (b"<svg" in code.content, f"{form}code.svg" in poster, "Count them." in poster) == (True, True, True)
    answers = [Client().post(form, reading | {"value": value}).status_code for value in ("7,5", "9", "99")]
    assert "the same came before" not in manager.get(desk).content.decode()
    assert (answers, Event.objects.count()) == ([302, 302, 302], events)
    assert Client().get(f"/pilots/{pilot.slug}/residents.csv").content.decode().count("\n") == 1
    waiting = manager.get("/workspace/pilots/").context["glances"][0].waits
    assert ("The council", "look at 3 readings of residents") in [(wait.who, wait.what) for wait in waiting]
    with transaction.atomic():
        end_with_everything_recorded(Pilot.objects.get(pk=pilot.pk))
        assert [line.url for line in lines_for(factory.manager_of(pilot), clock.now())] == [desk]
        transaction.set_rollback(True)
    first, second, odd = ResidentReading.objects.order_by("pk").values_list("pk", flat=True)
    judged = [
        manager.post(f"{desk}judge/", data).status_code
        for data in (
            {"reading": [first, second], "step": "show"}, {"reading": [first], "step": "show"},
            {"reading": [odd], "step": "refuse"}, {"reading": [odd], "step": "refuse", "reason": "Beyond any lamp."},
            {"reading": ["²", "x"], "step": "show"},
        )
    ]  # fmt: skip
    assert judged == [302, 422, 422, 302, 422]
    lines = Client().get(f"/pilots/{pilot.slug}/residents.csv").content.decode().splitlines()
    assert [line.split(",")[-2:] for line in lines[1:]] == [["7.5", "residents"], ["9.0", "residents"]]
    with django_assert_max_num_queries(15):
        page = Client().get(f"/pilots/{pilot.slug}/?beside=residents").content.decode()
    assert "Residents’ readings: 2 that anybody could send" in page
    assert "It enters no analysis and no verdict." in page
    assert (evaluating.registered_result(pilot), Reading.objects.count()) == (computed, readings)


def test_a_reading_that_cannot_be_is_refused_with_its_sentence() -> None:
    pilot, manager, reading = asked()
    form, desk = f"/pilots/{pilot.slug}/your-reading/", f"/workspace/pilots/{pilot.slug}/residents/"
    low = "The lowest value that is possible is 0"
    cases: dict[str, dict[str, Any]] = {
        low: {"value": "-1"},
        "The highest value that is possible is 100": {"value": "1e9"},
        "Write a number in digits, such as 12 or 12.5.": {"value": "nan"},
        "This day has not come yet.": {"taken_on": "2099-01-01"},
        "This day lies before the pilot": {"taken_on": "1999-01-01"},
        "Select a valid choice.": {"site": "999999"},
    }
    for sentence, wrong in cases.items():
        answer = Client().post(form, reading | wrong)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True), sentence
    assert manager.post(f"{desk}close/").status_code == 302
    closed = Client().post(form, reading)
    assert (closed.status_code, manager.post(f"{desk}close/").status_code) == (422, 409)
    assert "No more readings are taken here" in closed.content.decode()
    assert "Your reading was not kept" in closed.content.decode()
    assert "Your reading was not kept" not in Client().get(form).content.decode()
    assert ResidentReading.objects.count() == 0
    supplier = signed_in(pilot.supplier.members.get().user)
    assert [supplier.get(desk).status_code, supplier.post(f"{desk}judge/").status_code] == [403, 403]
    asked_for = ResidentForm.objects.select_related("pilot__challenge", "metric").get()
    asked_for.metric.highest, asked_for.closed_at = None, None
    ResidentForm.objects.update(closed_at=None)
    given = {"site": pilot.sites.earliest("pk"), "taken_on": local_day(clock.now())}
    with pytest.raises(Refused, match="too large to calculate with"):
        actions.send_resident_reading(form=asked_for, value=1e16, at=clock.now(), **given)
    for _ in range(2):
        actions.send_resident_reading(form=asked_for, value=7.5, at=clock.now(), **given)
    refused = manager.post(f"{desk}judge/", {"step": "show"}).content.decode()
    assert (refused.count("the same came before"), "Count them." in refused) == (1, True)
    assert Client().get("/pilots/none-1/your-reading/").status_code == 404
