"""The pilot's page and its dashboard: one screen for all, series beside the measure, coarse progress."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from pilots import actions
from pilots.models import AccompanyingSeries, HealthProbe, Pilot
from pilots.queries.showing import last_look
from pilots.rules import first_instant
from pilots.views import public
from tests.factories import member_with, move_clock_to
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from tests.integration.pilots.test_pilot_pages import file_of
from work.actions import run_due_work

pytestmark = pytest.mark.django_db
RAIN = "day,value\n2026-01-05,3.5\n2026-01-06,0\n"


def running() -> Pilot:
    """A pilot three weeks after its start, looked at each week."""
    pilot: Pilot = factory.pilot_in("running")
    move_clock_to(first_instant(pilot.starts_on + timedelta(weeks=3)))
    factory.send(pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.starts_on + timedelta(days=20)))
    run_due_work()
    return pilot


def test_P3_council_and_supplier_see_the_same_screen_while_it_runs_and_nothing_is_decided() -> None:
    pilot = running()
    path = f"/workspace/pilots/{pilot.slug}/dashboard/"
    people = [member_with(pilot.challenge.council, CouncilRole.OWNER), pilot.supplier.members.get().user]
    pages = [signed_in(who).get(path) for who in people]
    parts = [page.content.decode().split('id="main-content"')[1].split("<footer")[0] for page in pages]
    assert parts[0] == parts[1]
    assert "So far: provisional, not a result" in parts[0]
    assert "What any result rests on" in parts[0]
    assert "3 weekly looks: nothing decided" in parts[0]
    assert "Only the registered analysis date counts." in parts[0]
    assert Client().get(path).status_code == 302


def test_gate_three_tells_both_sides_of_freshness_data_drift_and_whether_the_service_answers() -> None:
    pilot = running()
    path, supplier = f"/workspace/pilots/{pilot.slug}/gates/", signed_in(pilot.supplier.members.get().user)
    look = last_look(pilot)
    assert look is not None
    assert (look.result["alarms"], look.result["drifting"]) == ([], [])
    HealthProbe.objects.create(pilot=pilot, due_at=clock.now(), is_up=False, milliseconds=9000)
    seen = {check.what: check.word for check in supplier.get(path).context["gates"][1].checks}
    move_clock_to(first_instant(pilot.starts_on + timedelta(weeks=6)))
    later = {check.what: (check.word, check.hint) for check in supplier.get(path).context["gates"][1].checks}
    checks = ("Readings keep arriving", "The data so far could carry a verdict", "No device drifts away")
    assert [word for what, word in seen.items() if what.startswith(checks)] == ["Done"] * 3
    assert seen["The service answers"] == "Looked at: not so"
    assert later["Readings keep arriving"][0] == "Looked at: not so"
    assert later["Readings keep arriving"][1].startswith("No reading for ")


def test_the_dates_tell_what_was_not_decided_and_why() -> None:
    pilot = factory.pilot_in("evaluating")
    waiting = [moment.title for moment in Client().get(f"/pilots/{pilot.slug}/").context["moments"]]
    move_clock_to(first_instant(pilot.decision_on + timedelta(days=3)))
    late = Client().get(f"/pilots/{pilot.slug}/").context["moments"][-1]
    factory.decide(pilot, "scale")
    last = Client().get(f"/pilots/{pilot.slug}/").context["moments"][-1]
    assert waiting == [
        "Measure registered", "8 weekly looks: nothing decided", "Result computed: scale", "Decision due",
    ]  # fmt: skip
    assert (late.title, late.is_decision) == ("The date of the decision passed: nothing decided", False)
    assert (last.title, last.note) == ("Decided: scale", "3 days after the registered date.")


def test_asking_for_progress_again_costs_a_304_until_something_changes(django_assert_max_num_queries: Any) -> None:
    pilot = running()
    path, client = f"/pilots/{pilot.slug}/progress/", Client()
    first = client.get(path)
    with django_assert_max_num_queries(3):
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
    next_week = pilot.starts_on + timedelta(weeks=4)
    move_clock_to(first_instant(next_week))
    factory.send(pilot, factory.weekly_rows(pilot, next_week - timedelta(days=7), next_week - timedelta(days=1)))
    later = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content, later.status_code) == (200, 304, b"", 200)
    assert "readings so far" in later.content.decode()
    assert again["Cache-Control"] == "public, max-age=60"


def test_many_who_look_at_a_pilot_cost_one_drawing_of_its_page_until_something_is_recorded(
    settings: Any, django_assert_num_queries: Any
) -> None:
    settings.PILOTS_KEPT_SECONDS = 600
    pilot = running()
    path, visitor, manager = f"/pilots/{pilot.slug}/", Client(), signed_in(factory.manager_of(pilot))
    try:
        first, progress = visitor.get(path).content, visitor.get(f"{path}progress/")
        with django_assert_num_queries(1):  # whether something was recorded since
            assert len(Client().get(path).content) == len(first)
        with django_assert_num_queries(0):
            again = Client().get(f"{path}progress/", headers={"If-None-Match": progress["ETag"]})
        actions.suspend_pilot(
            pilot=pilot, cause="safety", reason="A cover came loose.", actor=factory.manager_of(pilot), at=clock.now()
        )
        told = ["A cover came loose." in each.get(path).content.decode() for each in (visitor, manager)]
        assert (again.status_code, told) == (304, [True, True])
    finally:
        public.forget()


def test_a_series_stands_beside_the_measure_with_its_source_and_changes_no_result() -> None:
    pilot = factory.pilot_in("evaluating")
    before = Client().get(f"/pilots/{pilot.slug}/result.json").content
    client, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/beside/"
    text = RAIN.replace("2026-01-05", pilot.starts_on.isoformat())
    typed = {"name": "Rain", "unit": "mm", "source": "The weather office", "address": "https://weather.example/x"}
    added = client.post(path, typed | {"file": file_of(text)})
    queries = ("", "?beside=none", "?beside=none&tables=whole")
    page, bare, whole = (Client().get(f"/pilots/{pilot.slug}/{query}").content.decode() for query in queries)
    assert added.status_code == 302
    assert ['pf-chart__data" open' in text for text in (bare, whole)] == [False, True]
    assert ["Beside it: Rain" in text for text in (page, bare)] == [True, False]
    assert "Source: The weather office, added by the council. It enters no analysis and no verdict." in page
    assert Client().get(f"/pilots/{pilot.slug}/result.json").content == before
    assert Event.objects.filter(verb="pilot.accompanying_added").count() == 1
    series = AccompanyingSeries.objects.get()
    stranger = signed_in(member_with(pilot.challenge.council, CouncilRole.OWNER))
    asked = [who.post(f"{path}{series.pk}/remove/").status_code for who in (stranger, client, client)]
    assert asked == [403, 302, 409]
    assert "Beside it: Rain" not in Client().get(f"/pilots/{pilot.slug}/").content.decode()


def test_a_series_that_cannot_be_read_says_so_line_by_line_and_keeps_what_was_typed() -> None:
    pilot = factory.pilot_in("registered")
    client, path = signed_in(factory.manager_of(pilot)), f"/workspace/pilots/{pilot.slug}/beside/"
    typed = {"name": "Rain", "unit": "mm", "source": "The weather office"}
    cases = {
        "day,value\n31.5.2026,1\n2026-06-01,wet\n2026-06-02,1\n2026-06-02,2\n2026-06-03,inf\n": [
            "Line 2: “31.5.2026” is not a date like 2026-05-31.", "Line 3: “wet” is not a number.",
            "Line 5: 2026-06-02 appears twice.", "Line 6: “inf” is not a number.",
        ],
        "when,value\n2026-06-01,1\n": ["The first line has to name the columns day and value; day is missing."],
        b"MZ\x90\x00": ["This is a program, not a table."],
    }  # fmt: skip
    for content, sentences in cases.items():
        refused = client.post(path, typed | {"file": file_of(content)})
        text = refused.content.decode()
        assert refused.status_code == 422
        assert [sentence in text for sentence in sentences] == [True] * len(sentences)
        assert 'value="The weather office"' in text
    assert client.post(path, typed | {"address": "javascript:alert(1)", "file": file_of(RAIN)}).status_code == 422
    assert [client.post(path, typed | {"file": file_of(RAIN)}).status_code for _ in range(2)] == [302, 422]
    owner = signed_in(member_with(pilot.challenge.council, CouncilRole.OWNER))
    assert owner.get(path).status_code == 403
