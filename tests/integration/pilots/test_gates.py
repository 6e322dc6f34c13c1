"""The last gates: what a person establishes before a contract (4), and what closing a pilot asks for (6)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import CouncilRole
from audit import clock
from audit.actors import SYSTEM
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from pilots import actions, queries
from pilots.models import GateRecord, Pilot
from pilots.rules import OF_CLOSING, local_day
from tests.factories import council, person
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
LESSONS = "Agree on power before the start: it took longer than the installation."


def typed(**values: str) -> dict[str, str]:
    usual = {"owner": "Highways", "on": local_day(clock.now()).isoformat(), "words": "Looked at.", "is_so": "yes"}
    return usual | values


def looked_at(pilot: Pilot, sentence: str) -> None:
    """What a machine found on the export of the pilot's service."""
    pilot.clause_checks.create(
        requirement=pilot.challenge.clause_requirements.earliest("pk"), verdict="not_met", evidence=sentence,
        checked_by=SYSTEM.actor_key, checked_at=clock.now(), findings=[{"step": "export", "sentence": sentence}],
    )  # fmt: skip


def test_closing_is_refused_with_the_way_to_what_is_missing_until_the_end_is_recorded() -> None:
    pilot = factory.pilot_in("decided", choice="stop")
    desk, manager = f"/workspace/pilots/{pilot.slug}/", signed_in(factory.manager_of(pilot))
    refused = manager.post(f"{desk}close/")
    page = refused.content.decode()
    links = [page.count(f'href="{desk}gates/{item}/"') for item in OF_CLOSING]
    assert (refused.status_code, links) == (409, [2, 2, 2]), "each in what is wrong, and in what is to do"
    assert f'href="{desk}gates/lessons/"' in manager.get(desk).content.decode()

    looked_at(pilot, "The export holds 90 of the 96 readings that had arrived.")
    assert "The export holds 90 of the 96 readings" in manager.get(f"{desk}gates/export/").content.decode()

    still_there = manager.post(f"{desk}gates/removal/", typed(is_so="no"))
    assert (still_there.status_code, still_there["Location"]) == (302, f"{desk}close/")
    assert "Recorded: Something is still there." in manager.get(f"{desk}close/").content.decode()
    naming = manager.post(f"{desk}gates/lessons/", typed(words="Ask ann@firm.example."))
    assert (naming.status_code, "it has an e-mail address in it" in naming.content.decode()) == (422, True)
    for item, values in (("lessons", typed(words=LESSONS)), ("export", typed(is_so="no"))):
        assert manager.post(f"{desk}gates/{item}/", values).status_code == 302
    closer = factory.manager_of(pilot)
    with pytest.raises(Refused, match="still there") as one_left, CaptureQueriesContext(connection) as asked:
        actions.close_pilot(pilot=pilot, actor=closer, at=clock.now())
    assert len(one_left.value.sentences) == 1, "an export that failed is a finding, and stands in no way"
    assert sum("pilots_gaterecord" in query["sql"] for query in asked) == 1, "three guards read what was recorded once"
    factory.record_gate(pilot, "removal")
    assert manager.post(f"{desk}close/").status_code == 302
    assert manager.post(f"{desk}close/").status_code == 409

    public = Client().get(f"/pilots/{pilot.slug}/").content.decode()
    assert (LESSONS in public, "Not all data came out" in public, "is away or handed over" in public) == (True,) * 3
    found = Client().get("/pilots/?text=agree+power+installation").content.decode()
    assert (f"/pilots/{pilot.slug}/" in found, GateRecord.objects.count()) == (True, 4)
    assert manager.post(f"{desk}gates/export/", typed()).status_code == 422, "it was closed on what was recorded"
    assert manager.post(f"{desk}gates/lessons/", typed()).status_code == 302
    assert set(Event.objects.about(pilot).filter(verb="pilot.gate_recorded").values_list("visibility", flat=True)) == {
        "public"
    }


def test_what_gate_four_asks_is_recorded_with_who_answers_for_it_and_the_day() -> None:
    pilot = factory.pilot_in("running")
    desk, owner = f"/workspace/pilots/{pilot.slug}/", signed_in(factory.decider_of(pilot))
    gates = owner.get(f"{desk}gates/").content.decode()
    assert (gates.count(f'href="{desk}gates/'), "Not recorded" in gates) == (4, False)
    no_sum = owner.post(f"{desk}gates/cost/", typed(amount="0", years="4"))
    assert (no_sum.status_code, "Give the whole cost in pounds" in no_sum.content.decode()) == (422, True)
    tomorrow = (local_day(clock.now()) + timedelta(days=1)).isoformat()
    assert owner.post(f"{desk}gates/audit/", typed(on=tomorrow)).status_code == 422
    assert owner.post(f"{desk}gates/nothing/", typed()).status_code == 404
    assert "between the decision and the closing" in owner.get(f"{desk}gates/export/").content.decode()
    answers = (
        owner.post(f"{desk}gates/cost/", typed(amount="240000", years="4")),
        owner.post(f"{desk}gates/take-over/", typed(is_so="no", words="The format is nowhere written down.")),
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    supplier = signed_in(pilot.supplier.members.get().user)
    seen = supplier.get(f"{desk}gates/").content.decode()
    assert ("£240,000 over 4 years" in seen, "Looked at: not so" in seen, f'href="{desk}gates/' in seen) == (
        True, True, False,
    )  # fmt: skip
    found = actions.Established("operations", "Highways", local_day(clock.now()), "They want it.")
    for wrong in (pilot.supplier.members.get().user, person(council(), CouncilRole.OWNER)):
        with pytest.raises(NotPermitted):
            actions.record_gate(pilot=pilot, found=found, actor=wrong, at=clock.now())
    assert queries.gate_records(pilot)["cost"].amount == Decimal(240_000)
