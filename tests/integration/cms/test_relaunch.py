"""A challenge that ended without a contract can be started again, by its own council, with the same text and terms."""

import pytest

from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges import actions as challenge_actions
from challenges.models import Challenge, ChallengeState, Conclusion
from challenges.queries import terms
from cms import actions
from tests import factories
from tests.factories import pages
from tests.factories.suppliers import signed_in, unseal

pytestmark = pytest.mark.django_db


def ended_page() -> Challenge:
    """A challenge to which nobody answered, concluded with a reason."""
    page = pages.published_page()
    challenge = page.challenge
    factories.move_clock_to(challenge.closes_at)
    unseal(challenge)
    challenge.refresh_from_db()
    lead = factories.member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    challenge_actions.conclude_without_award(
        challenge=challenge, actor=lead, at=clock.now(), reason="Nobody answered in time."
    )
    return challenge


def test_a_concluded_challenge_begins_again_as_a_draft_with_the_same_terms() -> None:
    old = ended_page()
    owner = factories.member_with(old.council, CouncilRole.OWNER)

    answer = signed_in(owner).post(f"/workspace/challenges/{old.slug}/relaunch/")

    new = Challenge.objects.exclude(pk=old.pk).get()
    assert answer.url == f"/workspace/challenges/{new.slug}/"
    assert (new.state, new.published_at, new.closes_at) == (ChallengeState.DRAFT, None, None)
    assert terms(new) == terms(old)
    assert (new.pilot_budget, new.strapline) == (old.pilot_budget, old.strapline)
    assert actions.page_of(new).get_latest_revision_as_object().aim == actions.page_of(old).aim
    assert Event.objects.get(verb="challenge.relaunched").data == {"as": new.slug}
    assert Challenge.objects.get(pk=old.pk).conclusion == Conclusion.NO_AWARD


def test_a_challenge_that_goes_on_is_not_started_again() -> None:
    page = pages.published_page()
    owner = factories.member_with(page.challenge.council, CouncilRole.OWNER)

    with pytest.raises(Refused, match="cancelled, or concluded without an award"):
        actions.relaunch(challenge=page.challenge, actor=owner, at=clock.now())


def test_another_council_does_not_start_it_again() -> None:
    old = ended_page()
    stranger = factories.person(factories.council(), CouncilRole.OWNER)

    with pytest.raises(NotPermitted):
        actions.relaunch(challenge=old, actor=stranger, at=clock.now())
