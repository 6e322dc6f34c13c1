"""A pilot that is not to go on: suspended any day (P3), taken up again, ended early; and its verdict then."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import CouncilRole
from audit import clock
from audit.actions import append_links
from audit.models import Event
from audit.transitions import NotPermitted, Refused, objections
from awards import queries as awarding
from awards.models import AwardKind
from marketplace.dashboards.desk import rows_for
from marketplace.dashboards.pilots_of import lines_for
from opendata.actions import publish_due_notices
from opendata.models import Release
from pilots import actions, queries, rules
from pilots.evaluating import document_of
from pilots.gates import gates_of
from pilots.models import Pilot
from tests import factories
from tests.factories import awards as contracts
from tests.factories import pilots as factory
from tests.factories import suppliers
from work.actions import run_due_work

pytestmark = pytest.mark.django_db
PUT_RIGHT = "The bracket was changed for a stronger one."


@pytest.fixture
def pilot() -> Pilot:
    """A pilot in its second week."""
    running = factory.pilot_in("running")
    assert running.starts_on is not None
    factories.move_clock_to(rules.first_instant(running.starts_on + timedelta(days=10)))
    return running


def suspend(pilot: Pilot, cause: str = "safety") -> None:
    manager = factory.manager_of(pilot)
    actions.suspend_pilot(pilot=pilot, cause=cause, reason="A bracket came loose.", actor=manager, at=clock.now())


def resume(pilot: Pilot) -> None:
    actions.resume_pilot(pilot=pilot, put_right=PUT_RIGHT, actor=factory.decider_of(pilot), at=clock.now())


def end(pilot: Pilot, **values: object) -> None:
    usual = {
        "reason": "The supplier cannot make it safe.", "payment": "The first milestone, which was accepted.",
        "removal": "The supplier, within two weeks.", "actor": factory.decider_of(pilot),
    }  # fmt: skip
    actions.end_pilot_early(pilot=pilot, at=clock.now(), **{**usual, **values})  # type: ignore[arg-type]


def measure(pilot: Pilot) -> None:
    """Let all readings arrive, the analysis date come, and what is due be done."""
    factory.evaluate(pilot, -3.0)


def test_P3_a_suspended_pilot_takes_no_readings_until_it_goes_on(pilot: Pilot) -> None:
    rows, manager = factory.weekly_rows(pilot, pilot.starts_on, pilot.starts_on), factory.manager_of(pilot)
    leaked, _ = actions.issue_token(pilot=pilot, label="depot", actor=manager, at=clock.now())

    suspend(pilot)

    actions.rotate_token(pilot=pilot, token=leaked, actor=manager, at=clock.now())
    actions.revoke_token(pilot=pilot, token=leaked, actor=manager, at=clock.now())

    with pytest.raises(Refused, match="The pilot is suspended: no readings are taken"):
        factory.send(pilot, rows)
    with pytest.raises(Refused):
        suspend(pilot)
    resume(pilot)
    assert factory.send(pilot, rows).added == len(rows)
    verbs = Event.objects.about(pilot).filter(verb__in=["pilot.suspended", "pilot.resumed"])
    assert [(each.verb, each.reason, each.visibility) for each in verbs.order_by("pk")] == [
        ("pilot.suspended", "A bracket came loose.", "public"), ("pilot.resumed", PUT_RIGHT, "public"),
    ]  # fmt: skip


def test_who_may_stop_a_pilot_and_what_has_to_be_said(pilot: Pilot) -> None:
    at, council = clock.now(), pilot.challenge.council
    told = {"pilot": pilot, "cause": "safety", "reason": "Loose.", "at": at}
    for outsider in (suppliers.admin_of(pilot.supplier), factories.member_with(council, CouncilRole.AUDITOR)):
        with pytest.raises(NotPermitted):
            actions.suspend_pilot(actor=outsider, **told)
    with pytest.raises(NotPermitted):
        end(pilot, actor=factory.manager_of(pilot))
    with pytest.raises(Refused, match="safety, security, or unlawful processing"):
        suspend(pilot, "boredom")
    with pytest.raises(Refused):
        actions.suspend_pilot(actor=factory.manager_of(pilot), **{**told, "reason": " "})
    for missing, sentence in (("payment", "Say what is paid"), ("removal", "Say who takes the equipment away")):
        with pytest.raises(Refused, match=sentence):
            end(pilot, **{missing: " "})
    pilot.refresh_from_db()
    assert (pilot.state, pilot.suspensions.count()) == ("running", 0)


def test_P5_days_of_a_suspension_count_for_no_result_and_a_long_one_leaves_it_inconclusive(pilot: Pilot) -> None:
    suspend(pilot)
    factories.move_clock_to(clock.now() + timedelta(days=28))
    resume(pilot)

    measure(pilot)

    (span,) = queries.suspended_days(pilot)
    days = {
        cell.row.at for cell in queries.analysis_readings(pilot, document_of(pilot)).cells[pilot.metrics.get().code]
    }
    evaluation = queries.registered_evaluation(pilot)
    assert evaluation is not None
    assert (pilot.state, evaluation.verdict) == ("evaluating", "inconclusive")
    assert days
    assert not any(span[0] <= day <= span[1] for day in days)


def test_P3_a_short_suspension_leaves_the_result_to_the_data(pilot: Pilot) -> None:
    suspend(pilot)
    resume(pilot)

    measure(pilot)

    assert queries.registered_evaluation(pilot).verdict == "scale"


def test_the_result_of_a_pilot_that_stays_suspended_is_computed_on_its_date(pilot: Pilot) -> None:
    suspend(pilot)
    factories.move_clock_to(rules.first_instant(pilot.analysis_on))

    run_due_work()

    pilot.refresh_from_db()
    assert (pilot.state, queries.registered_evaluation(pilot).verdict) == ("evaluating", "inconclusive")
    assert pilot.suspensions.get().ended_at is not None


def test_D6_a_pilot_that_was_ended_early_has_no_result_and_leads_to_no_contract(pilot: Pilot) -> None:
    suspend(pilot)
    end(pilot)
    factories.move_clock_to(rules.first_instant(pilot.analysis_on))

    run_due_work()

    pilot.refresh_from_db()
    assert (pilot.state, pilot.is_over, queries.registered_evaluation(pilot)) == ("ended", True, None)
    with pytest.raises(Refused):
        contracts.proposed(pilot, AwardKind.CONTRACT)
    assert objections(pilot, "resume", at=clock.now()) != []
    assert awarding.undecided_pilots(pilot.challenge) == []
    lead = factories.member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD)
    assert [(row.waiting, row.is_yours) for row in rows_for(lead, clock.now())] == [
        ("No pilot led to a contract: conclude the challenge", True)
    ]
    assert Event.objects.about(pilot).filter(verb="pilot.ended_early", visibility="public").count() == 1


def test_the_end_of_its_contract_is_open_data(pilot: Pilot) -> None:
    end(pilot)

    while append_links():
        pass
    publish_due_notices()

    ended = Event.objects.about(pilot).get(verb="pilot.ended_early")
    (contract,) = Release.objects.get(event_id=ended.pk).body["contracts"]
    assert contract["status"] == "terminated"


def test_the_pages_suspend_take_up_again_and_end_and_everybody_reads_why(pilot: Pilot) -> None:
    client = suppliers.signed_in(factory.decider_of(pilot))
    suspending, ending = (reverse(name, args=[pilot.slug]) for name in ("pilot_suspend", "pilot_end"))

    wrong = client.post(suspending, {"reason": "A bracket came loose."})
    client.post(suspending, {"cause": "security", "reason": "A bracket came loose."})
    desk = client.get(reverse("pilot_workspace", args=[pilot.slug])).content.decode()
    client.post(suspending, {"put_right": PUT_RIGHT})
    factory.incident_of(pilot)
    client.post(ending, {"reason": "Enough.", "payment": "Milestone one.", "removal": "By Friday."})

    public = Client().get(reverse("pilot", args=[pilot.slug])).content.decode()
    assert (wrong.status_code, "A bracket came loose." in wrong.content.decode()) == (422, True)
    assert "The pilot is suspended" in desk
    for words in ("A bracket came loose.", PUT_RIGHT, "Enough.", "Milestone one.", "By Friday.", "was ended early"):
        assert words in public
    lessons = reverse("pilot_gate_record", args=[pilot.slug, "lessons"])
    left = client.get(reverse("pilot_workspace", args=[pilot.slug])).content.decode()
    assert f'href="{lessons}">Write down what was learned' in left

    def waiting() -> list[str]:
        return [line.url.rpartition(pilot.slug)[2] for line in lines_for(factory.manager_of(pilot), clock.now())]

    assert waiting() == ["/incidents/", "/close/"]
    assert [words in left for words in ("Milestones and payment", "Tokens for automatic readings")] == [True, False]
    pilot.refresh_from_db()
    moot = {check.word for gate in gates_of(pilot, clock.now()) for check in gate.checks if gate.number < 6}
    assert moot == {"Done", "Not asked any more"}
    for item in rules.OF_CLOSING:
        factory.record_gate(pilot, item, words="Brackets of that kind need two people.")
    assert waiting() == ["/incidents/"], "whoever has to be told of an incident is told, whatever became of the pilot"
    assert "All of it is recorded" in client.get(reverse("pilot_close", args=[pilot.slug])).content.decode()
    assert (
        "Brackets of that kind need two people." in Client().get(reverse("pilot", args=[pilot.slug])).content.decode()
    )


def test_days_after_an_early_end_count_for_the_council_until_its_end_is_recorded(pilot: Pilot) -> None:
    undone = pilot.milestones.create(
        number=9, title="The second street", amount=100, due_on=rules.local_day(clock.now()) - timedelta(days=3)
    )
    end(pilot)
    at = clock.now()
    before = queries.waited_by_pilot([pilot], at)[pilot.pk].council
    factories.move_clock_to(at + timedelta(days=3, hours=1))
    factory.record_gate(pilot, "removal", "lessons")
    manager = factory.manager_of(pilot)
    assert [line.what for line in lines_for(manager, clock.now())] == ["Record the export drill"]
    factory.record_gate(pilot, "export", is_so=False)

    factories.move_clock_to(at + timedelta(days=9))

    assert lines_for(manager, clock.now()) == []
    assert queries.waited_by_pilot([pilot], clock.now())[pilot.pk].council - before == 3
    assert queries.waited_for_money([undone], clock.now()).supplier == 2, "nobody asks for it since the end"
    page = suppliers.signed_in(manager).get(reverse("pilot_dashboard", args=[pilot.slug])).content.decode()
    assert ("Days go on after the decision or an early end" in page, "Now nothing waits" in page) == (True, True)


def test_the_page_and_the_lists_ask_again_where_a_removal_turns_out_not_to_be_done(pilot: Pilot) -> None:
    end(pilot)
    factory.record_gate(pilot, *rules.OF_CLOSING)
    manager, supplier = factory.manager_of(pilot), suppliers.admin_of(pilot.supplier)
    before = queries.waited_by_pilot([pilot], clock.now())[pilot.pk]
    assert (lines_for(manager, clock.now()), lines_for(supplier, clock.now())) == ([], [])

    for is_so, asks_again in ((False, True), (True, False)):
        factory.record_gate(pilot, "removal", is_so=is_so)
        factories.move_clock_to(clock.now() + timedelta(days=4))

        page = suppliers.signed_in(manager).get(reverse("pilot_close", args=[pilot.slug])).content.decode()
        told = [[line.what for line in lines_for(each, clock.now())] for each in (manager, supplier)]
        assert ("still there, as recorded" in page) == asks_again
        assert told == [["Something is still there, to be taken away or handed over"] * asks_again] * 2
    after = queries.waited_by_pilot([pilot], clock.now())[pilot.pk]
    assert (after.council - before.council, after.supplier - before.supplier) == (0, 4), "it was the supplier's turn"
