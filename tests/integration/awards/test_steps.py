"""Each step of an award in its order, and each refusal with its own sentence."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import CouncilRole
from assessment.models import Outcome, PanelMember
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from awards import actions, queries
from awards.models import AwardKind, AwardState, Contract
from challenges.actions import conclude_without_award
from challenges.models import ChallengeState, Conclusion
from challenges.timetable import day_of
from pilots import actions as running
from pilots.rules import first_instant
from tests.factories import council, move_clock_to, person
from tests.factories.assessment import decided_challenge, second_lead, verify
from tests.factories.awards import (
    REASONS,
    approve,
    award_in,
    lead_of,
    let_standstill_pass,
    notify,
    proposed,
    settle_clauses,
    sign,
    terms,
    walked,
)
from tests.factories.pilots import make_ready, manager_of, pilot_in, start

ALREADY = " already: nothing is left to do here."
pytestmark = pytest.mark.django_db


def sentences_of(call, **arguments):
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.sentences


def test_D4_pilot_award_walks_to_its_contract():
    award = award_in("contracted")

    verbs = list(Event.objects.about(award).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["award.proposed", "award.approved", "award.notified", "award.contracted"]
    assert (award.state, award.contract.value) == (AwardState.CONTRACTED, award.value)
    assert award.contract.signed_on > award.standstill_ends_on


def test_D4_nothing_is_signed_on_the_last_day_of_the_standstill():
    award = award_in("standstill")
    last = award.standstill_ends_on
    move_clock_to(first_instant(last + timedelta(days=1)) - timedelta(seconds=1))

    found = sentences_of(
        actions.sign_contract, award=award, terms=terms(award), actor=lead_of(award.challenge), at=clock.now()
    )

    day = f"{last.day} {last:%B %Y}"
    assert found == [f"The standstill runs to the end of {day}: sign on the day after, or later."]
    assert not Contract.objects.exists()


def test_D4_a_contract_dated_into_the_standstill_is_refused():
    award = award_in("over")
    last = award.standstill_ends_on
    early = terms(award, signed_on=last, starts_on=last)

    found = sentences_of(
        actions.sign_contract, award=award, terms=early, actor=lead_of(award.challenge), at=clock.now()
    )

    assert found == [f"The standstill runs to the end of {last.day} {last:%B %Y}: a contract is signed after it."]
    award.refresh_from_db()
    assert award.state == AwardState.STANDSTILL


@pytest.mark.parametrize(
    ("state", "step", "now", "wanted"),
    [
        ("proposed", "notify", "Proposed", "Approved"),
        ("proposed", "sign", "Proposed", "In standstill"),
        ("approved", "sign", "Approved", "In standstill"),
        ("approved", "approve", "Approved", ""),
        ("standstill", "notify", "In standstill", ""),
        ("contracted", "sign", "Contracted", ""),
    ],
)
def test_D4_steps_out_of_order_are_refused(state, step, now, wanted):
    award = award_in(state)
    take = {"approve": approve, "notify": notify, "sign": sign}[step]
    why = f". “{step.capitalize()}” can be done only while it stands at “{wanted}”." if wanted else ALREADY

    assert sentences_of(take, award=award) == [f"The award stands at “{now}”{why}"]


def test_D1_whoever_proposed_does_not_approve():
    pilot = pilot_in("registered")
    lead = lead_of(pilot.challenge)
    verify(pilot.submission)
    award = actions.propose_award(pilot=pilot, kind="pilot", value=Decimal(50_000), actor=lead, at=clock.now())

    with pytest.raises(NotPermitted, match="neither assessed nor proposed"):
        actions.approve_award(award=award, reasons=REASONS, actor=lead, at=clock.now())


def test_D1_whoever_assessed_does_not_approve():
    award = award_in("proposed")
    assessor = PanelMember.objects.filter(panel__challenge=award.challenge, role="assessor").first().user
    award.challenge.council.memberships.create(user=assessor, role=CouncilRole.PROCUREMENT_LEAD)

    with pytest.raises(NotPermitted, match="neither assessed nor proposed"):
        actions.approve_award(award=award, reasons=REASONS, actor=assessor, at=clock.now())


def test_D1_an_award_needs_reasons():
    award = award_in("proposed")

    found = sentences_of(
        actions.approve_award, award=award, reasons="  ", actor=lead_of(award.challenge), at=clock.now()
    )

    assert found == ["Give a reason: it is published with this step."]


def test_a_pilot_is_awarded_only_with_a_registered_plan():
    pilot = pilot_in("planned")

    assert sentences_of(proposed, pilot=pilot) == [
        "The pilot's plan is not registered yet: register its measures before the award."
    ]


def test_a_pilot_costs_at_most_what_was_published():
    pilot = pilot_in("registered")

    assert sentences_of(proposed, pilot=pilot, value=Decimal("60000.01")) == [
        "£60,000.01 is more than the money published for each pilot, £60,000."
    ]


def test_A8_an_award_waits_for_its_own_check_outside_the_panel():
    pilot = pilot_in("registered")
    propose = {"pilot": pilot, "kind": "pilot", "value": Decimal(50_000), "actor": lead_of(pilot.challenge)}
    with pytest.raises(Refused, match="has not been checked again for this award"):
        actions.propose_award(at=clock.now(), **propose)
    verify(pilot.submission)
    award = actions.propose_award(at=clock.now(), **propose)

    verify(pilot.submission, Outcome.EXCLUDED)

    with pytest.raises(Refused, match="cannot be given an award"):
        actions.approve_award(award=award, reasons=REASONS, actor=second_lead(pilot.challenge), at=clock.now())


def test_an_award_is_proposed_once():
    pilot = award_in("proposed").pilot

    assert sentences_of(proposed, pilot=pilot) == [
        "This award (paid pilot) has been proposed already: go on with that one."
    ]


def test_D4_a_pilot_starts_only_with_its_contract_signed():
    pilot = pilot_in("registered")
    make_ready(pilot)
    pilot.awards.filter(state=AwardState.CONTRACTED).update(state=AwardState.WITHDRAWN)

    found = sentences_of(running.start_pilot, pilot=pilot, actor=manager_of(pilot), at=clock.now())

    assert found == [
        "The pilot's contract is not signed yet: award it, let the standstill pass, and record the contract."
    ]


def test_D6_no_contract_before_the_gate():
    pilot = pilot_in("evaluating")

    assert sentences_of(proposed, pilot=pilot, kind=AwardKind.CONTRACT)[0] == (
        "The gate of this pilot has not been decided: no contract follows from it yet."
    )


def test_D6_no_contract_from_a_stopped_pilot():
    pilot = pilot_in("decided", effect=0.0, choice="stop")
    settle_clauses(pilot)

    assert sentences_of(proposed, pilot=pilot, kind=AwardKind.CONTRACT) == [
        "The gate decided “Stop”: a contract follows only from “Scale”.",
        "The registered result says “Stop”. As published with the call, only “Scale” leads to a contract.",
    ]


def test_D2_P7_no_contract_while_another_pilot_of_the_challenge_is_under_way():
    challenge = decided_challenge(2)
    first = pilot_in("decided", challenge=challenge)
    settle_clauses(first)
    second = pilot_in("registered", challenge=challenge)
    waits = f"The pilot of {second.supplier} is still under way: decide its gate first"

    # A pilot that nobody has begun to award holds nothing up; from its award on it is owed its gate.
    contract = proposed(first, AwardKind.CONTRACT)
    trial = proposed(second)
    with pytest.raises(Refused, match=waits):
        approve(contract)
    actions.withdraw_award(
        award=trial, reason="The sites are closed until spring.", actor=lead_of(challenge), at=clock.now()
    )  # fmt: skip
    approve(contract)
    start(second)
    with pytest.raises(Refused, match=waits):
        notify(contract)


def test_D6_a_gate_decided_before_the_analysis_date_carries_nothing():
    pilot = pilot_in("decided")
    settle_clauses(pilot)
    type(pilot).objects.filter(pk=pilot.pk).update(analysis_on=day_of(pilot.gate.decided_at) + timedelta(days=1))
    pilot.refresh_from_db()

    assert sentences_of(proposed, pilot=pilot, kind=AwardKind.CONTRACT) == [
        "The gate was decided before the registered analysis date: it cannot carry a contract."
    ]


def test_D6_no_contract_with_a_clause_that_is_not_met():
    pilot = pilot_in("decided")
    settle_clauses(pilot)
    requirement = pilot.challenge.clause_requirements.exclude(due="bid").order_by("code")[0]
    running.check_clause(
        pilot=pilot, requirement=requirement, verdict="not_met", evidence="The portal was shut.",
        actor=manager_of(pilot), at=clock.now(),
    )  # fmt: skip

    assert sentences_of(proposed, pilot=pilot, kind=AwardKind.CONTRACT) == [
        f"These clauses are neither met nor waived: {requirement.code}."
    ]


def test_D6_a_clause_waived_by_a_second_person_is_no_obstacle():
    pilot = pilot_in("decided")
    settle_clauses(pilot)
    requirement = pilot.challenge.clause_requirements.exclude(due="bid").order_by("code")[0]
    running.check_clause(
        pilot=pilot, requirement=requirement, verdict="not_met", evidence="The portal was shut.",
        actor=manager_of(pilot), at=clock.now(),
    )  # fmt: skip
    running.waive_clause(
        pilot=pilot, requirement=requirement, reason="The council's own gateway was down.",
        actor=lead_of(pilot.challenge), at=clock.now(),
    )  # fmt: skip

    assert proposed(pilot, AwardKind.CONTRACT).state == AwardState.PROPOSED


def test_D6_what_made_the_award_possible_is_asked_again_at_every_step():
    award = award_in("approved", kind=AwardKind.CONTRACT)
    requirement = award.challenge.clause_requirements.exclude(due="bid").order_by("code")[0]
    running.check_clause(
        pilot=award.pilot, requirement=requirement, verdict="not_met", evidence="Seen today.",
        actor=manager_of(award.pilot), at=clock.now(),
    )  # fmt: skip

    assert sentences_of(notify, award=award) == [f"These clauses are neither met nor waived: {requirement.code}."]


def test_a_contract_costs_at_most_the_published_ceiling():
    pilot = pilot_in("decided")
    settle_clauses(pilot)

    assert sentences_of(proposed, pilot=pilot, kind=AwardKind.CONTRACT, value=Decimal(900_001)) == [
        "£900,001 is more than the ceiling published with the call, £900,000."
    ]


def test_route_B_leads_to_no_contract_by_itself():
    pilot = pilot_in("decided")
    settle_clauses(pilot)
    type(pilot.challenge).objects.filter(pk=pilot.challenge_id).update(route="B")
    pilot.challenge.refresh_from_db()

    assert sentences_of(proposed, pilot=pilot, kind=AwardKind.CONTRACT) == [
        "Route B ends with the prototype: the full contract needs a new competition, published as its own challenge."
    ]


def test_the_full_contract_concludes_the_challenge():
    award = award_in("contracted", kind=AwardKind.CONTRACT)

    award.challenge.refresh_from_db()
    assert (award.challenge.state, award.challenge.conclusion) == (ChallengeState.CONCLUDED, Conclusion.AWARDED)
    assert award.contract.indicators.count() == 3


def test_D4_a_claim_during_the_standstill_suspends_and_can_end():
    award = award_in("standstill")
    lead = lead_of(award.challenge)
    actions.record_claim(award=award, reason="High Court, HT-2026-000001.", actor=lead, at=clock.now())
    let_standstill_pass(award)
    suspended = sentences_of(sign, award=award)

    actions.lift_suspension(award=award, reason="Order of the court.", actor=lead, at=clock.now())
    sign(award)

    assert suspended == [
        "The award stands at “Challenged in court”. “Sign” can be done only while it stands at “In standstill”."
    ]
    assert award.state == AwardState.CONTRACTED


def test_D4_a_claim_after_the_standstill_does_not_suspend():
    award = award_in("over")

    found = sentences_of(
        actions.record_claim, award=award, reason="Late.", actor=lead_of(award.challenge), at=clock.now()
    )

    assert found == ["The standstill is over: a claim notified now does not suspend the award."]


@pytest.mark.parametrize(
    ("state", "verb", "visibility"),
    [("approved", "award.dropped", "council"), ("standstill", "award.withdrawn", "public")],
)
def test_D5_a_reversal_is_a_new_event_with_its_reason(state, verb, visibility):
    award = award_in(state)
    was = (award.approved_at, award.notified_at, award.standstill_ends_on)

    actions.withdraw_award(award=award, reason="The sites fell away.", actor=lead_of(award.challenge), at=clock.now())

    event = Event.objects.about(award).order_by("pk").last()
    award.refresh_from_db()
    assert (event.verb, event.visibility, event.reason) == (verb, visibility, "The sites fell away.")
    assert (award.approved_at, award.notified_at, award.standstill_ends_on) == was
    assert award.state == AwardState.WITHDRAWN


def test_after_a_withdrawal_the_award_can_be_proposed_again():
    award = award_in("standstill")
    actions.withdraw_award(award=award, reason="A wrong figure.", actor=lead_of(award.challenge), at=clock.now())

    again = walked(proposed(award.pilot), "contracted")

    assert again.state == AwardState.CONTRACTED
    assert [each.pk for each in queries.public_awards(award.challenge)] == [award.pk, again.pk]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"reference": " "}, "Give the contract's reference."),
        ({"signed_on": "tomorrow"}, "The day of signing lies in the future: record the contract afterwards."),
        ({"starts_on": "before"}, "The contract starts before it was signed."),
        ({"ends_on": "at once"}, "The contract must end after it starts."),
    ],
)
def test_bad_terms_are_refused_and_nothing_is_kept(values, sentence):
    award = award_in("over")
    today = day_of(clock.now())
    days = {"tomorrow": today + timedelta(days=1), "before": today - timedelta(days=1), "at once": today}
    usual = {"starts_on": today + timedelta(days=1) if "signed_on" in values else today}
    bad = terms(award, **usual | {name: days.get(value, value) for name, value in values.items()})

    found = sentences_of(actions.sign_contract, award=award, terms=bad, actor=lead_of(award.challenge), at=clock.now())

    assert found == [sentence]
    assert not Contract.objects.exists()


def test_a_reference_is_used_once():
    first = award_in("contracted")
    second = award_in("over")
    copied = terms(second, reference=first.contract.reference.lower())

    found = sentences_of(
        actions.sign_contract, award=second, terms=copied, actor=lead_of(second.challenge), at=clock.now()
    )

    assert found == ["Another contract carries this reference."]


def test_a_contract_of_more_than_five_million_needs_three_indicators():
    award = award_in("over", kind=AwardKind.CONTRACT)
    type(award).objects.filter(pk=award.pk).update(value=Decimal(5_000_001))
    type(award.challenge).objects.filter(pk=award.challenge_id).update(contract_ceiling=Decimal(6_000_000))
    award.challenge.refresh_from_db()
    few = terms(award, indicators=terms(award).indicators[:2])

    found = sentences_of(actions.sign_contract, award=award, terms=few, actor=lead_of(award.challenge), at=clock.now())

    assert found == ["A contract of more than £5 million needs at least three key performance indicators."]


def test_P7_no_conclusion_without_award_while_a_pilot_is_undecided():
    pilot = pilot_in("running")
    lead = lead_of(pilot.challenge)

    found = sentences_of(
        conclude_without_award, challenge=pilot.challenge, actor=lead, at=clock.now(), reason="We stop here."
    )

    assert found == [f"Decide the gate first: the pilot of {pilot.supplier} is still under way."]


def test_no_conclusion_without_award_while_an_award_is_under_way():
    award = award_in("standstill")

    found = sentences_of(
        conclude_without_award, challenge=award.challenge, actor=lead_of(award.challenge), at=clock.now(),
        reason="We stop here.",
    )  # fmt: skip

    assert found == [f"Withdraw the award to {award.supplier} first: it is still under way."]


def test_people_of_another_council_propose_nothing():
    pilot = pilot_in("registered")
    stranger = person(council(), CouncilRole.OWNER)

    with pytest.raises(NotPermitted, match="Only the council's problem owner or procurement lead"):
        actions.propose_award(pilot=pilot, kind="pilot", value=Decimal(1), actor=stranger, at=clock.now())


def test_an_auditor_proposes_nothing():
    pilot = pilot_in("registered")
    auditor = person(pilot.challenge.council, CouncilRole.AUDITOR)

    with pytest.raises(NotPermitted, match="Only the council's problem owner or procurement lead"):
        actions.propose_award(pilot=pilot, kind="pilot", value=Decimal(1), actor=auditor, at=clock.now())
