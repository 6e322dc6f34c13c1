"""What goes wrong: incidents and their clocks, recalled devices, erasure, a supplier that stops; the verdict then."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from marketplace.dashboards.pilots_of import lines_for
from pilots import actions, queries, rules
from pilots.models import AnalysedReadings, Device, IncidentEntry, Pilot, Reading, ReadingVersion
from tests import factories
from tests.factories import council, member_with, person
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from tests.integration.pilots.test_repeating import downloaded, repeat

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def pilot() -> Pilot:
    """A pilot in its second week."""
    running = factory.pilot_in("running")
    assert running.starts_on is not None
    factories.move_clock_to(rules.first_instant(running.starts_on + timedelta(days=10)))
    return running


def refused(act: Any, **values: Any) -> str:
    with pytest.raises(Refused) as said:
        act(**values)
    return " ".join(said.value.sentences)


def test_an_incident_has_clocks_a_log_and_an_end(pilot: Pilot) -> None:
    manager, at = factory.manager_of(pilot), clock.now()
    for wrong in (member_with(pilot.challenge.council, CouncilRole.AUDITOR), person(council(), CouncilRole.OWNER)):
        with pytest.raises(NotPermitted):
            actions.record_incident(
                pilot=pilot, found=actions.Found("service", "Dark", "All night.", at), actor=wrong, at=at
            )
    odd = actions.Found("odd", " ", "It happened.", at + HOUR, touches_until=pilot.starts_on)
    words = refused(actions.record_incident, pilot=pilot, found=odd, actor=manager, at=at)
    assert [part in words for part in ("what kind", "in a line", "later than now", "from which day")] == [True] * 4

    incident = factory.incident_of(pilot)

    duties = {duty.whom: duty for duty in incident.duties.all()}
    assert {whom: duty.due_at - incident.found_at for whom, duty in duties.items()} == {
        "other_side": 24 * HOUR, "protection": 24 * HOUR, "commissioner": 72 * HOUR,
    }  # fmt: skip
    assert duties["other_side"].settled_at == incident.recorded_at
    assert [line.until for line in lines_for(manager, at) if line.what.startswith("Tell who has to know")] == [
        rules.local_day(duties["protection"].due_at)
    ]
    close = {"incident": incident, "reason": "The server is closed to outsiders.", "actor": manager}
    assert "The Information Commissioner" in refused(actions.close_incident, **close, at=at)
    factories.move_clock_to(at + 30 * HOUR)
    at = clock.now()
    assert [queries.is_late(duty, at) for duty in queries.running_clocks(pilot)] == [True, False]
    with pytest.raises(NotPermitted):
        actions.settle_duty(
            duty=duties["protection"],
            note="By phone.",
            is_needless=False,
            at=at,
            actor=pilot.supplier.members.get().user,
        )
    actions.settle_duty(duty=duties["protection"], note="By phone.", is_needless=False, actor=manager, at=at)
    again = refused(
        actions.settle_duty, duty=duties["protection"], note="By phone.", is_needless=False, actor=manager, at=at
    )
    assert "recorded already" in again
    no_risk = "Encrypted: no risk to anybody."
    actions.settle_duty(duty=duties["commissioner"], note=no_risk, is_needless=True, actor=manager, at=at)
    actions.add_to_incident(incident=incident, text="Access logs read: nobody came.", actor=manager, at=at)
    actions.close_incident(**close, at=at)
    assert "closed" in refused(actions.add_to_incident, incident=incident, text="More.", actor=manager, at=at)
    events = Event.objects.about(pilot).filter(verb__startswith="pilot.incident").order_by("pk")
    assert [(event.verb, event.visibility) for event in events][0::4] == [
        ("pilot.incident_recorded", "council"), ("pilot.incident_closed", "public"),
    ]  # fmt: skip
    page = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    assert ("The server is closed to outsiders." in page, "Access logs" in page) == (True, False)


def test_incidents_through_the_pages(pilot: Pilot) -> None:
    desk, member = f"/workspace/pilots/{pilot.slug}/", signed_in(pilot.supplier.members.get().user)
    assert "No incident so far" in member.get(f"{desk}incidents/").content.decode()
    typed = {
        "severity": "service",
        "title": "Counters stood still",
        "text": "The mast was down.",
        "found_at": "2030-01-01T10:00",
    }
    late = member.post(f"{desk}incidents/new/", typed)
    assert (late.status_code, "The mast was down." in late.content.decode()) == (422, True)
    typed["found_at"] = f"{clock.now() - HOUR:%Y-%m-%dT%H:%M}"
    assert member.post(f"{desk}incidents/new/", typed).status_code == 302
    page = f"{desk}incidents/1/"
    assert member.post(page, {"step": "add", "add-text": "The mast stands again."}).status_code == 302
    assert member.post(page, {"step": "add", "add-text": " "}).status_code == 422
    assert member.post(page, {"step": "close", "close-reason": "Repaired."}).status_code == 403
    manager = signed_in(factory.manager_of(pilot))
    text = manager.get(page).content.decode()
    words = ("The mast stands again.", "by the supplier", "Suspend the pilot", "Close and publish")
    assert [each in text for each in words] == [True] * 4
    assert manager.post(page, {"step": "close", "close-reason": "Repaired."}).status_code == 302
    entry = IncidentEntry.objects.order_by("pk")[0]
    erase = f"{page}erase/{entry.pk}/"
    assert manager.post(erase, {"reason": "A name stood in it."}).status_code == 403
    owner = signed_in(factory.decider_of(pilot))
    assert [owner.post(erase, {"reason": "A name stood in it."}).status_code for _ in range(2)] == [302, 422]
    entry.refresh_from_db()
    assert (entry.text, entry.written_by) == ("", pilot.supplier.members.get().user.actor_key)


@pytest.mark.parametrize(("effect", "verdict"), [(-3.0, "scale"), (0.0, "inconclusive")])
def test_P5_marked_readings_count_and_a_verdict_that_hangs_on_them_is_inconclusive(
    pilot: Pilot, tmp_path: Path, effect: float, verdict: str
) -> None:
    """A recalled device gave a third of the effect, or all of it; the verdict shows which."""
    device = Device.objects.get(code="p1a")
    manager, at = factory.manager_of(pilot), clock.now()
    begins = rules.first_instant(pilot.starts_on)
    recall = {"pilot": pilot, "device": device, "recalled_from": begins, "reason": "A batch drifts.", "actor": manager}
    words = refused(actions.recall_device, **recall | {"recalled_from": at + HOUR, "reason": ""}, at=at)
    assert ("a moment that has passed" in words, "why it is recalled" in words) == (True, True)
    with pytest.raises(NotPermitted):
        actions.recall_device(**recall | {"actor": person(council(), CouncilRole.PILOT_MANAGER)}, at=at)
    actions.recall_device(**recall, at=at)
    assert "recalled already" in refused(actions.recall_device, **recall, at=at)
    rows = factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on, effect)
    if not effect:
        factory.incident_of(
            pilot, severity="outside", touches_from=pilot.starts_on, touches_until=pilot.starts_on + timedelta(days=30)
        )
    factory.evaluate_with(pilot, rows)

    plan, result, table = downloaded(pilot, tmp_path, "plan.json", "result.json", "analysis.csv")
    published = json.loads(result.read_text())
    gate = next(gate for gate in published["gates"] if gate["name"] == "marked")
    assert (published["verdict"], gate["passed"]) == (verdict, verdict == "scale")
    assert "p1a recalled" in gate["sentence"]
    events = [gate["passed"] for gate in published["gates"] if gate["name"] == "other_event"]
    assert events == ([] if effect else [False])
    assert repeat(plan, table)[1]["snapshot"] == published["snapshot"]
    assert "The device p1a was recalled" in Client().get(f"/pilots/{pilot.slug}/").content.decode()


def test_P6_a_mistaken_recall_is_taken_back_and_a_result_computed_meanwhile_stands(
    pilot: Pilot, tmp_path: Path
) -> None:
    """One recall is taken back before the analysis, one after its result: each reason stays, and so does the result."""
    manager, firm, at = factory.manager_of(pilot), pilot.supplier.members.get().user, clock.now()
    first, second = (Device.objects.get(code=code) for code in ("p1a", "p2a"))
    recall = {"pilot": pilot, "recalled_from": rules.first_instant(pilot.starts_on), "reason": "A batch drifts."}
    early = actions.recall_device(**recall, device=first, actor=firm, at=at)
    late = actions.recall_device(**recall, device=second, actor=manager, at=at)
    path, typed = f"/workspace/pilots/{pilot.slug}/recall/{early.pk}/mistake/", {"reason": "Another serial number."}
    others = (firm, factory.decider_of(pilot), person(council(), CouncilRole.PILOT_MANAGER))
    assert [signed_in(each).post(path, typed).status_code for each in others] == [403] * 3
    desk = signed_in(manager)
    for page, words in (("incidents", "It was a mistake"), ("devices", "Recalled: p1a, p2a.")):
        assert words in desk.get(f"/workspace/pilots/{pilot.slug}/{page}/").content.decode()

    assert [desk.post(path, {"reason": words}).status_code for words in (" ", "Another serial number.", "Again.")] == [
        422, 302, 422,
    ]  # fmt: skip
    events = Event.objects.about(pilot).filter(verb__contains="recall").order_by("pk")
    assert [(event.verb, event.reason, event.visibility) for event in events][0::2] == [
        ("pilot.device_recalled", "A batch drifts.", "public"),
        ("pilot.recall_taken_back", "Another serial number.", "public"),
    ]
    assert not rules.recalls_are_taken_back(pilot, rules.first_instant(pilot.analysis_on))
    factory.evaluate_with(pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on, -3.0))
    plan, result, table = downloaded(pilot, tmp_path, "plan.json", "result.json", "analysis.csv")
    before, published = (result.read_bytes(), table.read_bytes()), json.loads(result.read_text())
    gates = {gate["name"]: gate["sentence"] for gate in published["gates"]}
    assert ("p1a" in gates["marked"], "p2a recalled" in gates["marked"]) == (False, True)
    assert "(p1a recalled by mistake). That was taken back" in gates["by_mistake"] in published["sentences"]
    assert repeat(plan, table)[1]["snapshot"] == published["snapshot"]

    actions.take_back_recall(recall=late, reason="Its certificate came.", actor=manager, at=clock.now())

    _, result, table = downloaded(pilot, tmp_path, "plan.json", "result.json", "analysis.csv")
    assert (result.read_bytes(), table.read_bytes()) == before
    page = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    words = ("p1a was recalled by mistake", "Another serial number.", "p2a was recalled by mistake", "stands as it is")
    assert [page.count(each) for each in words] == [1, 1, 1, 1]
    assert [wrong.is_final for wrong in queries.went_wrong(pilot)] == [False, True]
    assert "Its certificate came." in desk.get(f"/workspace/pilots/{pilot.slug}/gate/").content.decode()


def test_R2_what_is_erased_leaves_its_trace_and_marks_the_result() -> None:
    pilot = factory.pilot_in("evaluating", effect=-3.0)
    device, owner, at = Device.objects.get(code="p1a"), factory.decider_of(pilot), clock.now()
    first = rules.first_instant(pilot.baseline_starts_on)
    span = actions.Span(device, first, rules.first_instant(pilot.starts_on))
    erase = {"pilot": pilot, "span": span, "reason": "A resident could be recognised.", "actor": owner}
    with pytest.raises(NotPermitted):
        actions.erase_readings(**erase | {"actor": factory.manager_of(pilot)}, at=at)
    assert "why it has to be erased" in refused(actions.erase_readings, **erase | {"reason": " "}, at=at)
    backwards = actions.Span(device, at, first)
    assert "the end comes after" in refused(actions.erase_readings, **erase | {"span": backwards}, at=at)
    before = Reading.objects.count()

    erasure = actions.erase_readings(**erase, at=at)

    assert (erasure.number, before - Reading.objects.count()) == (12, 12)
    assert (AnalysedReadings.objects.count(), ReadingVersion.objects.count()) == (0, 0)
    assert queries.registered_evaluation(pilot).verdict == "scale"
    days = queries.days_of(pilot.metrics.get())
    assert min(day.day for day in days if day.device == "p1a") >= pilot.starts_on
    event = Event.objects.about(pilot).get(verb="pilot.data_erased")
    assert (event.data["number"], event.data["after_result"], event.visibility) == (12, True, "public")
    assert "no reading of this device" in refused(actions.erase_readings, **erase, at=at)
    page = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    assert "nobody can repeat it from the data any more" in page


def test_a_supplier_that_cannot_go_on_says_so_and_the_council_ends_the_pilot(pilot: Pilot) -> None:
    path, member = f"/workspace/pilots/{pilot.slug}/stops/", signed_in(pilot.supplier.members.get().user)
    assert signed_in(factory.manager_of(pilot)).get(path).status_code == 403
    assert "Withdraw from the pilot" in member.get(path).content.decode()
    answers = [member.post(path, {"reason": words}).status_code for words in (" ", "We are wound up.", "Again.")]
    assert answers == [422, 302, 422]
    pilot = Pilot.objects.get(pk=pilot.pk)
    assert (pilot.supplier_stop.kind, pilot.state) == ("withdraws", "running")
    public = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    assert ("We are wound up." in public, "If too much is missing, the verdict is inconclusive" in public) == (
        True,
        True,
    )
    assert "We are wound up." in member.get(f"/workspace/pilots/{pilot.slug}/").content.decode()
    desk = signed_in(factory.manager_of(pilot)).get(f"/workspace/pilots/{pilot.slug}/").content.decode()
    assert [words in desk for words in ("end the pilot, or let it run", f'{pilot.slug}/end/"', path)] == [
        True,
        False,
        False,
    ]
    owner = signed_in(factory.decider_of(pilot))
    ended = {"reason": "The supplier is wound up.", "payment": "What was accepted.", "removal": "The council."}
    assert owner.post(f"/workspace/pilots/{pilot.slug}/end/", ended).status_code == 302
    late = [member.get(f"/workspace/pilots/{pilot.slug}/{name}/") for name in ("stops", "recall", "incidents/new")]
    assert [(page.status_code, "This is not done now" in page.content.decode()) for page in late] == [(200, True)] * 3
    over = member.get(f"/workspace/pilots/{pilot.slug}/incidents/").content.decode()
    assert [words in over for words in ("incidents/new/", "/recall/", "Withdraw from")] == [False] * 3
    words = refused(
        actions.say_supplier_stops, pilot=Pilot.objects.get(pk=pilot.pk), reason="Late.", at=clock.now(),
        actor=factory.decider_of(pilot),
    )  # fmt: skip
    assert "while it is under way" in words
