"""Readings that people send: files with other columns, workbooks, one typed in; corrections; tokens replaced."""

import html
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from pilots import actions, queries
from pilots.models import DailyRollup, Pilot, Reading, ReadingVersion
from pilots.rules import first_instant
from tests.factories import move_clock_to
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot() -> Pilot:
    return factory.pilot_in("registered")


def desk(pilot: Pilot, page: str) -> str:
    return f"/workspace/pilots/{pilot.slug}/{page}/"


def a_row(pilot: Pilot, value: float = 4.0, device: str = "p1a", hour: int = 12) -> dict[str, Any]:
    metric = pilot.metrics.get()
    taken_at = f"{pilot.baseline_starts_on}T{hour:02}:00:00+00:00"
    return {"device": device, "metric": metric.code, "taken_at": taken_at, "value": value, "unit": metric.unit}


def text(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_a_workbook_with_other_columns_is_mapped_looked_at_and_taken(pilot: Pilot) -> None:
    client, metric = signed_in(factory.manager_of(pilot)), pilot.metrics.get()
    book = Workbook()
    book.active.append(["Sensor", "Measured", "Level"])
    for hour, level in ((9, 4.0), (10, 5.5), (11, 1e6)):
        book.active.append(["p1a", f"{pilot.baseline_starts_on}T{hour:02}:00:00", level])
    file = io.BytesIO()
    book.save(file)
    asked = client.post(desk(pilot, "readings"), {"file": SimpleUploadedFile("r.xlsx", file.getvalue())})
    assert asked.status_code == 422
    assert "the first line names sensor, measured, level" in text(asked)
    chosen = {
        "text": asked.context["text"], "device": "column:sensor", "taken_at": "column:measured", "decimal": ".",
        "value": "column:level", "metric": f"fixed:{metric.code}", "unit": f"fixed:{metric.unit}", "zone": "UTC",
        "dates": "year",
    }  # fmt: skip
    without = client.post(desk(pilot, "readings"), chosen | {"step": "look", "value": ""})
    assert (without.status_code, 'href="#id_value"' in text(without)) == (422, True)
    looked = client.post(desk(pilot, "readings"), chosen | {"step": "look"})
    assert "2 of 3 rows can be added" in text(looked)
    assert Reading.objects.count() == 0
    taken = client.post(desk(pilot, "readings"), chosen | {"step": "take"}, follow=True)
    assert "2 readings were added." in text(taken)
    assert sorted(Reading.objects.values_list("value", flat=True)) == [4.0, 5.5]


def ugly_workbook(pilot: Pilot) -> bytes:
    """Two sheets, a title above the names, days first, decimal commas, a time that no day has."""
    metric, day, book = pilot.metrics.get(), pilot.baseline_starts_on, Workbook()
    book.active.title = "Notes"
    book.active.append(["Logger of the depot", "winter"])
    sheet = book.create_sheet("Export")
    sheet.append(["Noise at the depot"])
    sheet.append(["Sensor", "Time", f"{metric.name} ({metric.unit})"])
    for hour, level in ((9, "4,5"), (10, "5,25"), (11, "loud"), (25, "3,5")):
        sheet.append(["p1a", f"{day:%d/%m/%Y} {hour:02}:00", level])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_ugly_workbook_is_led_to_readings_step_by_step_and_sent_again_changes_nothing(pilot: Pilot) -> None:
    client, metric = signed_in(pilot.supplier.members.get().user), pilot.metrics.get()
    asked = client.post(desk(pilot, "readings"), {"file": SimpleUploadedFile("r.xlsx", ugly_workbook(pilot))})
    assert "The workbook has several sheets" in text(asked)
    carried: dict[str, Any] = {"sheets": ["Notes", "Export"]}
    carried |= {key: content for key, _, content in asked.context["pairs"]}
    nothing = client.post(desk(pilot, "readings"), carried)
    assert (nothing.status_code, "Choose a sheet." in text(nothing)) == (422, True)
    mapping = client.post(desk(pilot, "readings"), carried | {"sheet": "1"})
    assert "line 2 names sensor, time" in text(mapping)
    form = mapping.context["columns"]
    assert (form["dates"].value(), form["zone"].value(), form["decimal"].value()) == ("day", None, ",")
    chosen = {name: form[name].value() or "" for name in ("device", "taken_at", "metric", "unit", "dates", "decimal")}
    chosen |= {
        "text": mapping.context["text"],
        "names": "2",
        "value": f"column:{metric.name.lower()} ({metric.unit.lower()})",
    }
    hasty = client.post(desk(pilot, "readings"), chosen | {"step": "look"})
    assert (hasty.status_code, "Say which zone" in text(hasty)) == (422, True)
    chosen |= {"zone": "Europe/London"}
    other = client.post(desk(pilot, "readings"), chosen | {"step": "names", "names": "1"})
    assert "the first line names noise at the depot" in text(other)

    looked = client.post(desk(pilot, "readings"), chosen | {"step": "look"})
    assert ("2 of 4 rows can be added" in text(looked), Reading.objects.count()) == (True, 0)
    assert [each.value for each in looked.context["seen"]] == ["4.5", "5.25"]
    file_of_refused = client.post(desk(pilot, "readings"), chosen | {"step": "refused"})
    assert file_of_refused["Content-Disposition"] == f'attachment; filename="{pilot.slug}-refused.csv"'
    lines = file_of_refused.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["row", "3", "4"]
    taken = [client.post(desk(pilot, "readings"), chosen | {"step": "take"}, follow=True) for _ in range(2)]
    assert ["2 readings were added." in text(taken[0]), "2 were here already" in text(taken[1])] == [True, True]
    assert sorted(Reading.objects.values_list("value", flat=True)) == [4.5, 5.25]
    assert "What the columns hold" in text(client.post(desk(pilot, "readings"), chosen | {"step": "map"}))


def test_one_reading_is_typed_in_and_each_problem_keeps_what_was_typed(pilot: Pilot) -> None:
    client, path = signed_in(pilot.supplier.members.get().user), desk(pilot, "readings/typed")
    metric, day = pilot.metrics.get(), str(pilot.baseline_starts_on)
    typed = {"device": "p1a", "metric": metric.code, "taken_on": day, "taken_at": "09:30", "value": "4.5"}
    assert client.post(path, typed).status_code == 302
    reading = Reading.objects.get()
    assert (reading.value, reading.source) == (4.5, "typed")
    high, other, future = (
        client.post(path, typed | change) for change in ({"value": "1000", "taken_at": "10:30"}, {"value": "5"}, {
            "taken_on": str(pilot.starts_on)
        })
    )  # fmt: skip
    assert [response.status_code for response in (high, other, future)] == [422] * 3
    assert "the highest value that is possible" in text(high)
    assert ("Another value, 4.5, came first" in text(other), 'value="5"' in text(other)) == (True, True)
    assert "lies in the future" in text(future)
    assert client.post(path, typed | {"value": "5", "correction": "Misread."}).status_code == 302
    assert (Reading.objects.get().value, ReadingVersion.objects.get().value) == (5.0, 4.5)


def test_a_correction_takes_the_place_and_what_stood_there_is_kept(pilot: Pilot) -> None:
    manager = factory.manager_of(pilot)
    factory.send(pilot, [a_row(pilot), a_row(pilot, hour=13)])
    sent: dict[str, Any] = {"pilot": pilot, "source": "file", "actor": manager, "at": clock.now()}
    rows = [a_row(pilot, 6.0), a_row(pilot, 7.0), a_row(pilot, hour=13), a_row(pilot, 9.0, hour=14)]
    foreseen = actions.preview(pilot=pilot, rows=rows, at=clock.now(), is_correction=True)
    intake = actions.ingest(rows=rows, correction="The counter was shaded.", **sent)
    assert foreseen == intake
    assert (intake.corrected, intake.unchanged, intake.added) == (1, 1, 1)
    assert [(each.number, each.reason) for each in intake.refused] == [(2, "conflict")]
    kept = ReadingVersion.objects.get()
    assert (kept.version, kept.value, kept.reason, kept.replaced_by) == (
        1, 4.0, "The counter was shaded.", manager.actor_key,
    )  # fmt: skip
    assert Reading.objects.get(version=2).value == 6.0
    assert DailyRollup.objects.get().total == 6.0 + 4.0 + 9.0
    event = Event.objects.about(pilot).get(verb="pilot.readings_corrected")
    assert (event.visibility, event.reason, event.data["corrected"]) == ("public", "The counter was shaded.", 1)
    again = actions.ingest(rows=[a_row(pilot, 6.0)], correction="Again.", **sent)
    assert (again.corrected, again.unchanged, ReadingVersion.objects.count()) == (0, 1, 1)
    actions.ingest(rows=[a_row(pilot, 4.0)], correction="It was right.", **sent)
    assert list(ReadingVersion.objects.order_by("version").values_list("version", "value")) == [(1, 4.0), (2, 6.0)]


def test_P6_after_the_result_readings_are_corrected_and_the_result_stands() -> None:
    pilot = factory.pilot_in("evaluating")
    result = queries.registered_evaluation(pilot)
    reading, manager = (
        Reading.objects.select_related("device", "metric").earliest("taken_at"),
        factory.manager_of(pilot),
    )
    row = {
        "device": reading.device.code, "metric": reading.metric.code, "unit": reading.metric.unit,
        "taken_at": reading.taken_at.isoformat(), "value": reading.value + 1,
    }  # fmt: skip
    new = row | {"taken_at": (reading.taken_at + timedelta(minutes=5)).isoformat()}
    sent: dict[str, Any] = {"pilot": pilot, "source": "file", "actor": manager, "at": clock.now()}
    with pytest.raises(Refused):
        actions.ingest(rows=[row], **sent)
    intake = actions.ingest(rows=[row, new], correction="Calibrated wrongly.", **sent)
    assert (intake.corrected, [(each.number, each.reason) for each in intake.refused]) == (1, [(2, "late")])
    now = queries.registered_evaluation(pilot)
    assert (now.snapshot_sha256, queries.analysed(now).text) == (result.snapshot_sha256, queries.analysed(result).text)
    page = text(Client().get(f"/pilots/{pilot.slug}/"))
    assert "1 reading was corrected" in page
    lines = b"".join(Client().get(f"/pilots/{pilot.slug}/corrections.csv")).decode().splitlines()
    assert (len(lines), "Calibrated wrongly." in lines[1]) == (2, True)


def test_P6_between_the_analysis_date_and_the_result_nothing_moves() -> None:
    pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.analysis_on))
    with pytest.raises(Refused) as refused:
        actions.ingest(
            pilot=pilot, rows=[], source="file", actor=factory.manager_of(pilot), at=clock.now(), correction="Wrong."
        )
    assert refused.value.sentences[0].startswith("Readings are corrected before the analysis date")


def test_a_replaced_token_and_its_successor_are_both_valid_for_a_day(pilot: Pilot) -> None:
    manager = factory.manager_of(pilot)
    token, old = actions.issue_token(pilot=pilot, label="depot", actor=manager, at=clock.now())
    with pytest.raises(NotPermitted):
        actions.rotate_token(pilot=pilot, token=token, actor=factory.decider_of(pilot), at=clock.now())
    page = signed_in(manager).post(desk(pilot, "tokens"), {"rotate": token.pk})
    new = page.context["secret"]
    with pytest.raises(Refused):
        actions.rotate_token(pilot=pilot, token=token, actor=manager, at=clock.now())
    assert [post(pilot, secret) for secret in (old, new)] == [200, 200]
    move_clock_to(clock.now() + timedelta(hours=25))
    assert [post(pilot, secret) for secret in (old, new)] == [401, 200]
    actions.revoke_token(pilot=pilot, token=pilot.tokens.latest("pk"), actor=manager, at=clock.now())
    assert post(pilot, new) == 401


def test_the_api_corrects_where_a_reason_is_given(pilot: Pilot) -> None:
    _, secret = actions.issue_token(pilot=pilot, label="depot", actor=factory.manager_of(pilot), at=clock.now())
    assert [post(pilot, secret, 4.0), post(pilot, secret, 5.0)] == [200, 422]
    assert post(pilot, secret, 5.0, "?correction=Firmware+fault") == 200
    assert post(pilot, secret, 5.0, "?correction=" + "x" * 501) == 400
    assert (Reading.objects.get().value, ReadingVersion.objects.get().reason) == (5.0, "Firmware fault")


def post(pilot: Pilot, secret: str, value: float = 4.0, query: str = "") -> int:
    answer = Client().post(
        f"/api/pilots/{pilot.public_id}/readings/{query}", json.dumps([a_row(pilot, value)]),
        content_type="application/json", headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    return answer.status_code
