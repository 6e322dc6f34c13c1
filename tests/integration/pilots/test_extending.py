"""An extension is a registered second look: once, by a second person, sharing alpha with the first (P2)."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from marketplace.dashboards.pilots_of import lines_for
from pilots import actions, plans, queries, rules
from pilots.models import Extension, Pilot
from pilots.rules import local_day
from tests.factories import council, member_with, person
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in
from tests.integration.pilots.test_repeating import downloaded, repeat, schema

pytestmark = pytest.mark.django_db
WHY = "Two months more tell winter from summer."


def longer(pilot: Pilot, **values: Any) -> plans.Longer:
    ends_on = local_day(clock.now()) + timedelta(weeks=8)
    usual = plans.Longer(ends_on, ends_on + timedelta(days=3), ends_on + timedelta(days=9), factory.decider_of(pilot))
    return replace(usual, **values)


def extend(pilot: Pilot, **values: Any) -> Extension:
    given = {"longer": longer(pilot), "reason": WHY, "actor": factory.manager_of(pilot), "at": clock.now()}
    return actions.extend_pilot(pilot=pilot, **given | values)


def test_P2_an_extension_is_registered_once_by_a_second_person() -> None:
    pilot = factory.pilot_in("decided", effect=-0.4, choice="extend")
    where = pilot.challenge.council
    for wrong in (
        factory.decider_of(pilot),
        person(council(), CouncilRole.PILOT_MANAGER),
        pilot.supplier.members.get().user,
    ):
        with pytest.raises(NotPermitted):
            extend(pilot, actor=wrong)
    lead = member_with(where, CouncilRole.PROCUREMENT_LEAD)
    asked = [[line.what for line in lines_for(who, clock.now())] for who in (factory.decider_of(pilot), lead)]
    assert asked == [[], ["Register the extension"]], "whoever decided on it does not register it"
    planner = person(where, CouncilRole.PROCUREMENT_LEAD)
    Pilot.objects.filter(pk=pilot.pk).update(registered_by=planner.actor_key)
    refused = [
        ({"longer": longer(pilot, ends_on=pilot.ends_on)}, "later than the pilot did"),
        ({"longer": longer(pilot, analysis_on=local_day(clock.now()))}, "The second look comes after the last day."),
        ({"longer": longer(pilot, decision_on=local_day(clock.now()))}, "cannot come before the second look"),
        ({"longer": longer(pilot, decider=factory.manager_of(pilot))}, "problem owner or procurement lead"),
        ({"longer": longer(pilot, decider=lead), "actor": lead}, "does not decide on its result"),
        ({"longer": longer(pilot, decider=planner)}, "Whoever registered the plan does not decide"),
        ({"reason": " "}, "reason"),
    ]
    for values, words in refused:
        with pytest.raises(Refused) as said:
            extend(pilot, **values)
        assert words in " ".join(said.value.sentences)
    assert not Extension.objects.exists()

    extension = extend(pilot, actor=lead)

    with pytest.raises(Refused, match="registered the extension of the pilot"):
        actions.hand_over_deciding(
            giver=factory.decider_of(pilot), to=lead, council=where, actor=lead, at=clock.now(), reason="She leaves."
        )
    pilot = Pilot.objects.get(pk=pilot.pk)
    assert (pilot.state, hasattr(pilot, "gate"), pilot.plan["looks"]) == ("running", False, 2)
    assert (pilot.plan["replaces"], pilot.plan_sha256) == (extension.first_plan_sha256, plans.digest(pilot.plan))
    assert rules.takes_readings(pilot, clock.now())
    assert queries.registered_evaluation(pilot) is None
    event = Event.objects.about(pilot).get(verb="pilot.extended")
    assert (event.reason, event.visibility, event.data["foreseen"]) == (WHY, "public", False)
    with pytest.raises(Refused) as again:
        extend(pilot)
    assert "stands at “Running” already" in again.value.sentences[0]


@pytest.mark.parametrize(
    ("looks", "words"), [(1, "up to 7.5 times in 100, not 5."), (2, "second of two registered looks")]
)
def test_P2_the_second_look_shares_alpha_and_says_so(looks: int, words: str, tmp_path: Path) -> None:
    pilot = factory.pilot_in("decided", effect=-3.0, choice="extend", looks=looks)
    first = queries.registered_evaluation(pilot)
    extend(pilot)
    factory.evaluate(pilot, -3.0)
    plan, result, table = downloaded(pilot, tmp_path, "plan.json", "result.json", "analysis.csv")
    published = json.loads(result.read_text())
    jsonschema.validate(json.loads(plan.read_text()), schema("plan"))
    assert (published["confidence"], published["verdict"]) == (0.975, "scale")
    assert words in " ".join(published["sentences"])
    assert repeat(plan, table)[1]["sentences"] == published["sentences"]
    old = Client().get(f"/pilots/{pilot.slug}/result.json?look=1").json()
    assert old["snapshot"] == first.snapshot_sha256
    page = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    assert ("It was extended" in page, WHY in page, f"said “{first.get_verdict_display().lower()}”" in page) == (
        True,
    ) * 3

    with pytest.raises(Refused) as refused:
        factory.decide(pilot, "extend")
    assert refused.value.sentences == ["A pilot is extended once, and this one was: choose scale or stop."]
    factory.decide(pilot, "scale")
    assert Pilot.objects.get(pk=pilot.pk).gate.evaluation.result["confidence"] == 0.975


def test_P2_the_page_of_an_extension() -> None:
    pilot = factory.pilot_in("decided", effect=-0.4, choice="extend")
    path = f"/workspace/pilots/{pilot.slug}/extend/"
    manager = signed_in(factory.manager_of(pilot))
    assert "A second person does this" in signed_in(factory.decider_of(pilot)).get(path).content.decode()
    assert "Register the extension" in manager.get(f"/workspace/pilots/{pilot.slug}/").content.decode()
    given = longer(pilot)
    typed = {
        "ends_on": given.ends_on, "analysis_on": given.analysis_on, "decision_on": given.decision_on,
        "decider": given.decider.pk, "reason": WHY,
    }  # fmt: skip
    wrong = manager.post(path, typed | {"ends_on": pilot.ends_on})
    assert (wrong.status_code, WHY in wrong.content.decode()) == (422, True)
    factory.record_gate(pilot, "removal")
    away = manager.post(path, typed)
    assert (away.status_code, "everything of the supplier’s is away" in away.content.decode()) == (422, True)
    factory.record_gate(pilot, "removal", is_so=False)
    assert manager.post(path, typed).status_code == 302
    later = clock.now() + timedelta(days=9)
    assert queries.waited_by_pilot([pilot], later)[pilot.pk].supplier == 0, "what stands there is meant to, again"
    assert "Not now" in manager.get(path).content.decode()
    assert "was extended and runs until" in Client().get(f"/pilots/{pilot.slug}/").content.decode()
