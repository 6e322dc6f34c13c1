"""Several registered analysis dates: each gives a verdict, all share alpha, and a pilot may end on one (P1, P3)."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.db import connection
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from pilots import actions, plans, queries
from pilots.evaluating import document_of
from pilots.models import Device, DeviceRecall, Pilot, PilotEvaluation
from pilots.rules import first_instant, takes_readings
from tests.factories import member_with, move_clock_to
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from tests.integration.pilots.test_repeating import downloaded, repeat, schema
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db
READ = ('FROM "pilots_erasure"', 'FROM "pilots_outofrangereading"', 'FROM "pilots_incident"')  # in an analysis's order


def before_its_first_look(effect: float) -> Pilot:
    """A running pilot in its sixth week, whose first of two analysis dates has come and is not computed yet."""
    pilot = factory.pilot_in("planned")
    look = factory.registration(pilot).starts_on + timedelta(weeks=5)
    factory.register(pilot, earlier_looks=(look,))
    factory.start(pilot)
    move_clock_to(first_instant(look))
    factory.send(pilot, factory.weekly_rows(pilot, pilot.baseline_starts_on, look - timedelta(days=1), effect))
    pilot.refresh_from_db()
    return pilot


def looked_at_early(effect: float) -> Pilot:
    """The same, once it is computed."""
    pilot = before_its_first_look(effect)
    run_due_work()
    pilot.refresh_from_db()
    return pilot


def test_P1_an_earlier_analysis_date_is_registered_gives_a_verdict_and_may_end_the_pilot(tmp_path: Path) -> None:
    pilot = looked_at_early(-3.0)
    look, last = plans.earlier_looks(pilot.plan)[0], pilot.analysis_on
    found = queries.earlier_results(pilot)[0]
    assert (pilot.state, pilot.plan["looks"], found.verdict) == ("running", 2, "scale")
    assert found.result["confidence"] == 0.975
    assert any("This is analysis 1 of 2 that the plan names" in words for words in found.result["sentences"])
    assert queries.registered_evaluation(pilot) is None
    assert queries.last_monitoring(pilot)[0].due_at < first_instant(look)
    assert measured("scale") == [], "of a pilot that runs on nothing is measured yet, in the list as in its filter"
    page = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    assert ("Results of earlier registered dates" in page, "Earlier result: scale" in page) == (True, True)

    assert_it_repeats(pilot, look.isoformat(), tmp_path)
    end_it(pilot, look, found)
    assert (measured("scale"), measured("stop")) == ([pilot.slug], [])
    factory.decide(pilot, "scale")
    move_clock_to(first_instant(last))
    run_due_work()
    assert pilot.evaluations.filter(kind="registered").count() == 1
    assert Client().get(f"/pilots/{pilot.slug}/").status_code == 200


def measured(verdict: str) -> list[str]:
    """The pilots that the public list finds by what was measured."""
    return [each.slug for each in Client().get(f"/pilots/?verdict={verdict}").context["pilots"]]


def assert_it_repeats(pilot: Pilot, look: str, folder: Path) -> None:
    (plan,) = downloaded(pilot, folder, "plan.json")
    table, result = folder / "analysis.csv", Client().get(f"/pilots/{pilot.slug}/result.json?look={look}").json()
    table.write_bytes(Client().get(f"/pilots/{pilot.slug}/analysis.csv?look={look}").content)
    jsonschema.validate(json.loads(plan.read_text()), schema("plan"))
    jsonschema.validate(result, schema("result"))
    assert repeat(plan, table, look=look) == (
        0, {key: value for key, value in result.items() if key != "plan_sha256"}
    )  # fmt: skip
    package = Client().get(f"/pilots/{pilot.slug}/datapackage.json").json()
    paths = [each["path"].partition("/pilots/")[2] for each in package["resources"] if look in each["name"]]
    assert paths == [f"{pilot.slug}/{name}?look={look}" for name in ("analysis.csv", "result.json")]
    assert "no earlier analysis date" in str(repeat(plan, table, look="2026-01-01")[1])
    assert "is not a date" in str(repeat(plan, table, look="soon")[1])


def end_it(pilot: Pilot, look: date, found: PilotEvaluation) -> None:
    """The named person ends the pilot on its earlier result; nobody else may."""
    end = {"pilot": pilot, "reason": "It is clear enough.", "at": first_instant(look + timedelta(days=2))}
    move_clock_to(end["at"])
    for wrong in (factory.manager_of(pilot), member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD)):
        with pytest.raises(NotPermitted):
            actions.end_on_look(**end, actor=wrong)
    path = f"/workspace/pilots/{pilot.slug}/earlier/"
    assert "may, as the plan says" in signed_in(factory.manager_of(pilot)).get(path).content.decode()
    decider = signed_in(factory.decider_of(pilot))
    assert "n earlier result says scale: end the pilot on it" in decider.get("/workspace/").content.decode()
    assert "See the result" in decider.get(f"/workspace/pilots/{pilot.slug}/").content.decode()
    assert "It cannot be undone" in decider.get(path).content.decode()
    answers = [decider.post(path, {"reason": words}).status_code for words in (" ", "It is clear enough.", "Again.")]
    assert answers == [422, 302, 422]
    pilot.refresh_from_db()
    assert (pilot.state, pilot.analysis_on, queries.registered_evaluation(pilot)) == ("evaluating", look, found)
    assert (takes_readings(pilot, end["at"]), document_of(pilot).plan.end) == (False, look - timedelta(days=1))
    assert [event.data["verdict"] for event in Event.objects.about(pilot).filter(verb="pilot.evaluated")] == ["scale"]


def test_P3_an_unclear_earlier_result_lets_the_pilot_run_on_to_its_last_date(tmp_path: Path) -> None:
    pilot = looked_at_early(-0.9)
    assert queries.earlier_results(pilot)[0].verdict == "inconclusive"
    with pytest.raises(Refused, match="the pilot goes on to its last one"):
        actions.end_on_look(
            pilot=pilot, reason="Enough.", actor=factory.decider_of(pilot), at=first_instant(pilot.ends_on)
        )
    factory.evaluate(pilot, -3.0)
    plan, result, table = downloaded(pilot, tmp_path, "plan.json", "result.json", "analysis.csv")
    published = json.loads(result.read_text())
    assert (pilot.state, published["look"], published["confidence"]) == ("evaluating", None, 0.975)
    assert any("This is analysis 2 of 2" in words for words in published["sentences"])
    assert repeat(plan, table)[1]["snapshot"] == published["snapshot"]


def test_P1_what_is_wrong_with_earlier_dates_is_said_and_they_are_registered_again_as_they_were() -> None:
    pilot = factory.pilot_in("planned")
    given = factory.registration(pilot)
    wrong = {
        (given.starts_on,): "lies after the start",
        (given.ends_on + timedelta(days=1),): "not after the last day",
        (given.ends_on, given.ends_on): "each once",
        tuple(given.ends_on - timedelta(days=days) for days in range(3)): "at most 2",
    }
    for days, words in wrong.items():
        with pytest.raises(Refused, match=words):
            factory.register(pilot, earlier_looks=days)
    with pytest.raises(Refused, match="At least 75% of the readings"):
        factory.register(pilot, completeness_floor=given.alpha)
    factory.register(pilot, earlier_looks=(given.ends_on,), looks=2)
    pilot.refresh_from_db()
    assert (pilot.plan["looks"], plans.is_foreseen(pilot.plan), pilot.plan["quality_gates"]["units_lost"]) == (
        3, True, "0.2",
    )  # fmt: skip
    late = replace(given, earlier_looks=(given.ends_on,), sharing="late")
    again = {"pilot": pilot, "actor": factory.manager_of(pilot), "at": clock.now(), "reason": "Looked at late."}
    actions.register_plan(registration=late, **again)
    pilot.refresh_from_db()
    document = document_of(pilot)
    ranges = [round(document_of(pilot, look).plan.alpha_per_look, 4) for look in (given.ends_on, None)]
    assert (document.plan.looks, ranges) == (2, [0.0052, 0.048])
    former = plans.former(actions.plan_context(pilot))
    assert (former["looks"], former["earlier_looks"], former["sharing"]) == (1, [given.ends_on], "late")


@contextmanager
def after_the_readings_are_read(act: Callable[[], object]) -> Iterator[list[str]]:
    """Do this once, on the same connection, when an analysis has read its readings and what happened to them."""
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if len(seen) < len(READ) and READ[len(seen)] in sql:
            seen.append(sql)
            if len(seen) == len(READ):
                act()
        return answer

    with connection.execute_wrapper(watch):
        yield seen


def test_P6_what_is_recalled_or_erased_while_an_earlier_look_is_computed_is_in_its_result() -> None:
    pilot = before_its_first_look(-3.0)
    device, erased = Device.objects.filter(site__pilot=pilot).order_by("pk")[:2]
    span = actions.Span(erased, first_instant(pilot.baseline_starts_on), clock.now())

    def erase(what: actions.Span) -> None:
        owner, at = factory.decider_of(pilot), clock.now()
        actions.erase_readings(pilot=pilot, span=what, reason="A name stood in it.", actor=owner, at=at)

    def meanwhile() -> None:
        actions.recall_device(
            pilot=pilot, device=device, recalled_from=first_instant(pilot.starts_on), reason="A batch is faulty.",
            actor=factory.manager_of(pilot), at=clock.now(),
        )  # fmt: skip
        erase(span)

    with after_the_readings_are_read(meanwhile) as seen:
        run_due_work()

    (found,) = pilot.evaluations.filter(kind="registered")
    kept = gzip.decompress(queries.analysed(found).gzipped_csv).decode()
    assert len(seen) == len(READ)
    assert (f"{device.code} recalled" in kept, erased.code in kept) == (True, False)
    assert pilot.erasures.get().result is None, "the result was computed without them"
    assert DeviceRecall.objects.get().recorded_at < found.computed_at
    assert Event.objects.about(pilot).filter(verb="pilot.evaluated_earlier").count() == 1
    actions.take_back_recall(
        recall=DeviceRecall.objects.get(), reason="Another serial number.", actor=factory.manager_of(pilot),
        at=clock.now(),
    )  # fmt: skip
    factory.incident_of(pilot, touches_from=pilot.starts_on)
    page = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    told = ("was computed while they were marked", "does not know of it", "nobody can repeat it")
    assert [words in page for words in told] == [True, True, False]
    erase(replace(span, device=device))
    assert "nobody can repeat it" in Client().get(f"/pilots/{pilot.slug}/").content.decode()


def test_D6_a_pilot_that_is_ended_early_while_an_earlier_look_is_computed_has_no_result_of_it() -> None:
    pilot = before_its_first_look(-3.0)

    def meanwhile() -> None:
        actions.end_pilot_early(
            pilot=Pilot.objects.get(pk=pilot.pk), reason="It is not safe.", payment="All of it.", removal="By Friday.",
            actor=factory.decider_of(pilot), at=clock.now(),
        )  # fmt: skip

    with after_the_readings_are_read(meanwhile) as seen:
        run_due_work()

    pilot.refresh_from_db()
    assert (len(seen), pilot.state, pilot.evaluations.filter(kind="registered").count()) == (3, "ended", 0)
    assert not DueWork.objects.filter(kind="pilot.registered", done_at=None, due_at__lte=clock.now()).exists()
