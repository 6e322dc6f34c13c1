"""The steps of a published challenge: amend, cancel, conclude; who may, when, with which reason (C1, C4, C5, T2)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event, Visibility
from audit.transitions import NotPermitted, Refused
from challenges import actions
from challenges.models import Challenge, ChallengeState
from tests import factories
from tests.factories import pages
from tests.factories.suppliers import signed_in
from tests.integration.challenges.test_short_forms import local

pytestmark = pytest.mark.django_db


def test_C1_extending_the_deadline_is_a_numbered_public_amendment() -> None:
    challenge = factories.open_challenge()
    lead = factories.member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    was = challenge.closes_at

    for days in (2, 5):
        factories.settle_interests(challenge)
        actions.extend_deadline(
            challenge=challenge, closes_at=was + timedelta(days=days), actor=lead, at=clock.now(), reason="Flooding."
        )

    assert list(challenge.amendments.values_list("number", "reason")) == [(1, "Flooding."), (2, "Flooding.")]
    event = Event.objects.filter(verb="challenge.amended").latest("pk")
    assert event.visibility == Visibility.PUBLIC
    assert event.data["difference"]["closes_at"][1] == (was + timedelta(days=5)).isoformat()


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_C6_nobody_is_let_in_late_by_an_extension(late: timedelta) -> None:
    challenge = factories.open_challenge()
    lead = factories.member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)

    with pytest.raises(Refused, match="nobody is let in late"):
        actions.extend_deadline(
            challenge=challenge, closes_at=challenge.closes_at + timedelta(days=9), actor=lead,
            at=challenge.closes_at + late, reason="Flooding.",
        )  # fmt: skip


def test_an_earlier_deadline_is_refused_on_the_form_with_what_was_typed() -> None:
    page = pages.published_page()
    earlier = local(page.challenge.closes_at - timedelta(days=1))

    answer = signed_in(pages.lead_of(page)).post(
        reverse("challenge_extend", args=[page.challenge.slug]), {"closes_at": earlier, "reason": "Sooner is better."}
    )

    told = answer.content.decode()
    assert answer.status_code == 422
    assert "The new deadline must be later than the one published." in told
    assert "Sooner is better." in told
    assert page.challenge.amendments.count() == 0


@pytest.mark.parametrize("step", ["extend", "cancel", "conclude"])
def test_a_step_in_public_needs_its_reason(step: str) -> None:
    page = pages.published_page()

    answer = signed_in(pages.lead_of(page)).post(
        reverse(f"challenge_{step}", args=[page.challenge.slug]),
        {"closes_at": local(page.challenge.closes_at + timedelta(days=5)), "reason": " "},
    )

    assert answer.status_code == 422
    assert "Give a reason: it is published with this step." in answer.content.decode()


@pytest.mark.parametrize("step", ["extend", "cancel", "conclude"])
@pytest.mark.parametrize(
    "role", [CouncilRole.OWNER, CouncilRole.PILOT_MANAGER, CouncilRole.AUDITOR, "other council's lead"]
)
def test_only_the_councils_lead_takes_these_steps(step: str, role: str) -> None:
    page = pages.published_page()
    who = (
        factories.person(page.challenge.council, role)
        if role in CouncilRole.values
        else factories.person(factories.council(), CouncilRole.PROCUREMENT_LEAD)
    )

    answer = signed_in(who).post(reverse(f"challenge_{step}", args=[page.challenge.slug]), {"reason": "Because."})

    assert answer.status_code == 403
    assert Challenge.objects.get(pk=page.challenge.pk).state == ChallengeState.PUBLISHED


def test_C5_cancelling_twice_is_refused_the_second_time() -> None:
    challenge = factories.published_challenge()
    lead = factories.member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    actions.cancel_challenge(challenge=challenge, actor=lead, at=clock.now(), reason="No money.")

    with pytest.raises(Refused):
        actions.cancel_challenge(challenge=challenge, actor=lead, at=clock.now(), reason="No money.")

    assert Event.objects.filter(verb="challenge.cancelled").count() == 1


def test_concluding_a_call_that_is_still_open_is_refused() -> None:
    challenge = factories.open_challenge()
    lead = factories.member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)

    with pytest.raises(Refused, match="stands at"):
        actions.conclude_without_award(challenge=challenge, actor=lead, at=clock.now(), reason="Enough.")


def test_C4_terms_change_by_no_action_after_publication() -> None:
    challenge = factories.published_challenge()
    owner, before = challenge.owner, challenge.terms_hash
    writes = (
        lambda: actions.edit_challenge(challenge=challenge, actor=owner, at=clock.now(), values={"max_pilots": 5}),
        lambda: actions.set_criteria(challenge=challenge, actor=owner, at=clock.now(), criteria=[]),
        lambda: actions.set_outcomes(challenge=challenge, actor=owner, at=clock.now(), outcomes=[]),
    )

    for write in writes:
        with pytest.raises(Refused, match="changes only by an amendment"):
            write()

    assert actions.terms_hash(Challenge.objects.get(pk=challenge.pk)) == before


def test_the_owner_is_refused_publication_and_the_system_too() -> None:
    challenge = factories.draft_challenge()

    with pytest.raises(NotPermitted):
        actions.publish_challenge(challenge=challenge, actor=challenge.owner, at=clock.now())

    assert Challenge.objects.get(pk=challenge.pk).published_at is None
