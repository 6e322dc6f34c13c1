"""The decision by somebody who did not assess (D1)."""

import pytest

from accounts.models import CouncilMembership, CouncilRole
from assessment import actions, queries
from assessment.models import Decision
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused, objections, perform
from tests.factories import council, person
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    choices_for,
    decided_challenge,
    lead_of,
    open_prices,
    owner_of,
    round_in,
    second_lead,
)
from tests.factories.assessment import decide as decide_by_rank

pytestmark = pytest.mark.django_db


def clear(round_, actor, detail=""):
    return actions.declare_as_approver(
        round=round_, actor=actor, at=clock.now(), has_interest=bool(detail), detail=detail
    )


def decide(round_, actor, choices=None, reasons="By rank."):
    given = choices_for(round_) if choices is None else choices
    return actions.decide(round=round_, choices=given, reasons=reasons, actor=actor, at=clock.now())


def test_D1_a_decision_selects_up_to_the_published_number_and_moves_everything_on():
    challenge = decided_challenge()

    challenge.refresh_from_db()
    states = sorted(challenge.submissions.values_list("state", flat=True))
    assert (challenge.state, states) == ("assessed", ["not_selected", "selected", "selected"])
    assert Decision.objects.get().items.filter(is_selected=True).count() == challenge.max_pilots


def test_D1_whoever_assessed_does_not_approve():
    round_ = round_in("ranked", n=1)
    for who in (chair_of(round_), assessors_of(round_)[0]):
        CouncilMembership.objects.create(council=round_.challenge.council, user=who, role=CouncilRole.PROCUREMENT_LEAD)
        with pytest.raises(NotPermitted, match="who did not sit on the panel"):
            clear(round_, who)
        with pytest.raises(NotPermitted, match="who did not sit on the panel"):
            decide(round_, who)


def test_D1_wrong_role_and_wrong_council_decide_nothing():
    round_ = round_in("ranked", n=1)
    strangers = [
        owner_of(round_.challenge), person(round_.challenge.council, CouncilRole.AUDITOR),
        person(council(), CouncilRole.PROCUREMENT_LEAD),
    ]  # fmt: skip

    for stranger in strangers:
        with pytest.raises(NotPermitted):
            decide(round_, stranger)


def test_D1_there_is_no_decision_before_the_ranking_and_no_second_one():
    round_ = round_in("prices", n=1)
    with pytest.raises(Refused, match="this needs the step “ranked”"):
        decide(round_, lead_of(round_.challenge), choices={})

    open_prices(round_)
    decide_by_rank(round_)
    with pytest.raises(Refused, match="this needs the step “ranked”"):
        decide(round_, lead_of(round_.challenge))
    assert Event.objects.filter(verb="round.decided").count() == 1


def test_D7_the_approver_declares_first_and_an_interest_bars():
    round_ = round_in("ranked", n=1)
    lead = lead_of(round_.challenge)

    with pytest.raises(Refused, match="Declare your interests in the ranked suppliers"):
        decide(round_, lead)
    clear(round_, lead, detail="I own shares in one of them.")
    with pytest.raises(NotPermitted, match="another procurement lead decides"):
        decide(round_, lead)
    with pytest.raises(Refused, match="not taken back"):
        clear(round_, lead)
    seen = next(row for row in queries.sight_at(round_, clock.now()).rows if row.person == str(lead))
    assert (seen.declared, seen.answers, seen.prices) == ("Declared an interest; does not decide", 0, 0)

    other = second_lead(round_.challenge)
    clear(round_, other)
    assert decide(round_, other).approver == other


def test_D1_every_ranked_submission_has_its_reason_and_too_many_are_refused():
    round_ = round_in("ranked", n=3)
    lead = lead_of(round_.challenge)
    clear(round_, lead)
    submissions = queries.submissions_in(round_)

    with pytest.raises(Refused) as refused:
        decide(round_, lead, {each.pk: actions.Choice(True, "") for each in submissions}, reasons=" ")

    assert refused.value.sentences == [
        "Give the reasons for the decision as a whole.",
        "3 are selected; this challenge published that at most 2 go into a pilot.",
        *(f"{each.pseudonym}: give the reason." for each in submissions),
    ]


def test_A8_a_disregarded_submission_cannot_be_selected_and_none_can_be_left_out():
    round_ = round_in("ranked", n=2, failing=1)
    lead = lead_of(round_.challenge)
    clear(round_, lead)
    admitted, disregarded = queries.submissions_in(round_)
    reason = actions.Choice(True, "Best.")

    for choices in ({}, {disregarded.pk: reason}, {admitted.pk: reason, disregarded.pk: reason}):
        with pytest.raises(Refused, match="Decide about every ranked submission, and about no other"):
            decide(round_, lead, choices)


def test_the_challenge_is_assessed_only_through_a_decision():
    round_ = round_in("ranked", n=1)

    with pytest.raises(Refused, match="when an approver who did not assess has decided"):
        perform(round_.challenge, "record_assessment", actor=lead_of(round_.challenge), at=clock.now())

    assert objections(round_.challenge, "record_assessment", at=clock.now()) == [
        "The assessment is finished when an approver who did not assess has decided."
    ]


def test_selecting_nobody_is_a_decision_too():
    round_ = round_in("ranked", n=1)
    lead = lead_of(round_.challenge)
    clear(round_, lead)
    only = queries.submissions_in(round_)[0]

    decide(round_, lead, {only.pk: actions.Choice(False, "The risk to residents is too high.")})

    round_.challenge.refresh_from_db()
    only.refresh_from_db()
    assert (round_.challenge.state, only.state) == ("assessed", "not_selected")
