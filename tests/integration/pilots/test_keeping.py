"""Raw readings go on the day that the plan named; the result and what it was computed from stay."""

from datetime import timedelta

import pytest
from django.test import Client

from audit import clock
from audit.models import Event
from audit.transitions import Refused
from pilots import actions, queries
from pilots.actions import forgetting
from pilots.models import DailyRollup, HourlyRollup, Pilot, Reading, ReadingsKept
from pilots.rules import first_instant
from tests.factories import move_clock_to
from tests.factories import pilots as factory
from work.actions import run_due_work

pytestmark = pytest.mark.django_db
DAYS = 75


def registered_again(pilot: Pilot, days: int) -> None:
    code = pilot.metrics.get(role="primary").code
    actions.register_plan(
        pilot=pilot, registration=factory.registration(pilot, keep_days={code: days}),
        actor=factory.manager_of(pilot), at=clock.now(), reason="Readings of homes are personal.",
    )  # fmt: skip


def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "MOST", 7)
    monkeypatch.setattr(forgetting, "BREATH", 0)


def test_raw_readings_go_on_the_day_the_plan_named_and_the_result_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    in_small_pieces(monkeypatch)
    pilot = factory.pilot_in("registered")
    with pytest.raises(Refused, match="kept at least until the decision"):
        registered_again(pilot, 3)
    registered_again(pilot, DAYS)
    assert pilot.plan["keep_days"] == {pilot.metrics.get(role="primary").code: DAYS}
    factory.start(pilot)
    factory.evaluate(pilot, -3.0)
    result, public = queries.registered_evaluation(pilot), f"/pilots/{pilot.slug}/"
    analysed, rows = Client().get(f"{public}analysis.csv").content, Reading.objects.count()
    assert "then deleted; daily sums and results stay" in Client().get(public).content.decode()

    move_clock_to(first_instant(pilot.analysis_on + timedelta(days=DAYS)))
    run_due_work()
    assert Reading.objects.count() == rows, "nothing goes while it may still be extended"
    factory.decide(pilot, "stop")
    factory.close(pilot)
    packed = actions.archive_readings(at=clock.now())
    assert packed + Reading.objects.count() == rows
    sums = DailyRollup.objects.count()
    breaks_off_and_goes_on(pilot, rows)

    gone = ReadingsKept.objects.get()
    left = (Reading.objects.count(), HourlyRollup.objects.count(), pilot.archives.exclude(number=0).count())
    assert (gone.number, left, DailyRollup.objects.count()) == (rows, (0, 0, 0), sums)
    assert b"".join(Client().get(f"{public}readings.csv").streaming_content).count(b"\n") == 1
    assert Client().get(f"{public}analysis.csv").content == analysed
    described = Client().get(f"{public}datapackage.json").json()["resources"][0]["description"]
    assert "were deleted on" in described
    assert queries.registered_evaluation(pilot).snapshot_sha256 == result.snapshot_sha256
    assert "The result stands; the file that it was computed from stays" in Client().get(public).content.decode()
    assert Event.objects.about(pilot).filter(verb="pilot.readings_deleted").values_list("visibility").get() == (
        "public",
    )


def breaks_off_and_goes_on(pilot: Pilot, rows: int) -> None:
    """A packed month is damaged: what went by then is gone, the rest goes once it is restored."""
    last = pilot.archives.exclude(number=0).latest("month")
    pilot.archives.filter(pk=last.pk).update(parquet=b"damaged")
    move_clock_to(clock.now() + timedelta(days=2))
    run_due_work()
    kept = ReadingsKept.objects.get()
    left_over = Reading.objects.count() + sum(pilot.archives.values_list("number", flat=True))
    assert (kept.deleted_at, kept.number + left_over, 0 < left_over < rows) == (None, rows, True)
    assert "then deleted; daily sums and results stay" in Client().get(f"/pilots/{pilot.slug}/").content.decode()
    pilot.archives.filter(pk=last.pk).update(parquet=last.parquet)
    move_clock_to(clock.now() + timedelta(days=1))
    run_due_work()
