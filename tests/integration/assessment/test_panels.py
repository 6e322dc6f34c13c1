"""Naming a panel and opening its round."""

import pytest

from accounts.models import CouncilRole
from assessment import actions
from assessment.models import PanelMember
from assessment.scoring import FORMULAS
from audit import clock
from audit.transitions import NotPermitted, Refused
from challenges.actions import set_criteria
from challenges.states import TABLE as CHALLENGES
from tests.factories import council, draft_challenge, open_challenge, person, user
from tests.factories import suppliers as supply
from tests.factories.assessment import declare, lead_of, owner_of, panel_for, round_in, second_lead

pytestmark = pytest.mark.django_db


def name_panel(challenge, chair=None, assessors=None, actor=None):
    return actions.set_up_panel(
        challenge=challenge, chair=chair or user(), assessors=[user(), user()] if assessors is None else assessors,
        actor=actor or owner_of(challenge), at=clock.now(),
    )  # fmt: skip


def test_A1_criteria_that_the_arithmetic_refuses_stand_in_the_way_of_publishing():
    challenge = draft_challenge()
    rows = [
        {"code": "outcome", "name": "Outcome", "weight": 70, "maximum": 5},
        {"code": "price", "name": "Price", "weight": 30, "kind": "price", "formula": "cheapest"},
    ]
    set_criteria(challenge=challenge, criteria=rows, actor=owner_of(challenge), at=clock.now())
    guards = CHALLENGES.added["publish"]["assessment"]

    assert [sentence for guard in guards if (sentence := guard(challenge, clock.now()))] == [
        f"Criterion price: there is no price formula 'cheapest'; there are {', '.join(FORMULAS)}."
    ]


def test_A2_a_panel_needs_two_assessors_beside_its_chair():
    challenge = open_challenge()
    chair = user("Ada")

    with pytest.raises(Refused) as refused:
        name_panel(challenge, chair=chair, assessors=[chair])

    assert refused.value.sentences == [
        "A panel has at least 2 different assessors beside its chair.",
        "Ada cannot be chair and assessor at once: the chair moderates what others marked.",
    ]


def test_A2_exactly_one_chair_also_after_a_change_of_chair():
    challenge = open_challenge()
    first, second, third, fourth = (user() for _ in range(4))
    name_panel(challenge, chair=first, assessors=[second, third])

    panel = name_panel(challenge, chair=second, assessors=[first, third, fourth])

    seats = PanelMember.objects.active().filter(panel=panel).order_by("user_id").values_list("user_id", "role")
    assert list(seats) == [
        (first.pk, "assessor"),
        (second.pk, "chair"),
        (third.pk, "assessor"),
        (fourth.pk, "assessor"),
    ]


def test_A2_nobody_of_a_supplier_that_submitted_sits_on_the_panel():
    challenge = supply.unsealed_challenge(1)
    of_supplier = supply.admin_of(challenge.submissions.get().supplier)

    with pytest.raises(Refused, match="belongs to a supplier that submitted and cannot assess"):
        name_panel(challenge, chair=of_supplier)


def test_S1_before_the_unsealing_naming_a_panel_does_not_tell_who_submitted_but_opening_asks_again():
    challenge = open_challenge()
    submission = supply.submitted(challenge)
    name_panel(challenge, chair=supply.admin_of(submission.supplier))
    supply.unseal(challenge)

    with pytest.raises(Refused, match="belongs to a supplier that submitted and cannot assess"):
        actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())

    assert not challenge.rounds.exists()


def test_D1_somebody_is_left_to_approve():
    challenge = open_challenge()
    lead = lead_of(challenge)

    with pytest.raises(Refused, match="No procurement lead is left to approve"):
        name_panel(challenge, chair=lead)

    second_lead(challenge)
    assert name_panel(challenge, chair=lead).members.count() == 3


def test_the_auditor_judges_nothing():
    challenge = open_challenge()
    auditor = person(challenge.council, CouncilRole.AUDITOR, "Olga")

    with pytest.raises(Refused, match="Olga is the council's auditor"):
        name_panel(challenge, chair=auditor)


@pytest.mark.parametrize("role", [CouncilRole.PILOT_MANAGER, CouncilRole.AUDITOR])
def test_wrong_role_cannot_name_or_open(role):
    challenge = open_challenge()
    other = person(challenge.council, role)

    with pytest.raises(NotPermitted):
        name_panel(challenge, actor=other)
    with pytest.raises(NotPermitted):
        actions.open_round(challenge=challenge, actor=other, at=clock.now())


def test_another_councils_officer_cannot_name_or_open():
    challenge = open_challenge()
    stranger = person(council(), CouncilRole.PROCUREMENT_LEAD)

    with pytest.raises(NotPermitted):
        name_panel(challenge, actor=stranger)
    with pytest.raises(NotPermitted):
        actions.open_round(challenge=challenge, actor=stranger, at=clock.now())


def test_no_panel_for_a_draft():
    with pytest.raises(Refused, match="between publication and assessment"):
        name_panel(draft_challenge())


def test_no_round_before_the_unsealing():
    challenge = open_challenge()
    panel_for(challenge)

    with pytest.raises(Refused, match="once the submissions are unsealed"):
        actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())


def test_a_second_click_on_open_is_refused():
    round_ = round_in("declaring", n=1)

    with pytest.raises(Refused, match="already open"):
        actions.open_round(challenge=round_.challenge, actor=owner_of(round_.challenge), at=clock.now())


def test_no_submission_leads_to_a_conclusion_and_not_to_a_round():
    challenge = open_challenge()
    supply.unseal(challenge)
    panel_for(challenge)

    with pytest.raises(Refused, match="Nothing was submitted"):
        actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())


def test_C4_criteria_that_are_not_those_published_stop_the_round():
    challenge = supply.unsealed_challenge(1)
    panel_for(challenge)
    challenge.criteria.filter(code="outcome").update(threshold=0)

    with pytest.raises(Refused, match="not those that were published"):
        actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())


def test_the_panel_stays_once_marking_began_and_a_member_taken_off_keeps_what_they_declared():
    round_ = round_in("declaring", n=1)
    leaving = PanelMember.objects.filter(role="assessor").first()
    declare(round_, leaving.user)
    chair = PanelMember.objects.get(role="chair").user
    staying = PanelMember.objects.filter(role="assessor").last().user

    name_panel(round_.challenge, chair=chair, assessors=[staying, user()])

    leaving.refresh_from_db()
    assert (leaving.left_at is not None, leaving.declarations.count()) == (True, 2)
    for seat in PanelMember.objects.active():
        declare(round_, seat.user)
    with pytest.raises(Refused, match="Marking has begun"):
        name_panel(round_.challenge)
