"""Whoever gets or loses a role in a council is told; what people do to themselves needs no letter."""

import pytest

from accounts import actions
from accounts.models import CouncilRole, User
from audit import clock
from audit.actions import append_links
from notifications.models import Delivery
from notifications.tasks import deliver_events
from tests import factories

pytestmark = pytest.mark.django_db


def letters_of(who: User) -> list[tuple[str, str]]:
    append_links()
    deliver_events()
    deliver_events()
    return list(Delivery.objects.filter(user=who).order_by("pk").values_list("subject", "body"))


def test_a_changed_role_is_told_once_for_each_that_began_or_ended() -> None:
    council = factories.council("Exampleton")
    lead = factories.member_with(council, CouncilRole.PROCUREMENT_LEAD)
    who = factories.person(council, CouncilRole.AUDITOR)

    actions.set_roles(council=council, user=who, roles=[CouncilRole.PILOT_MANAGER], actor=lead, at=clock.now())
    told = letters_of(who)

    assert [subject for subject, _ in told] == [
        "You have a role at Exampleton", "A role of yours at Exampleton has ended",
    ]  # fmt: skip
    assert "you are now: Pilot manager" in told[0][1]
    assert "you are no longer: Auditor" in told[1][1]
    assert letters_of(lead) == []


def test_whoever_is_taken_out_is_told_and_whoever_leaves_is_not() -> None:
    council = factories.council()
    lead = factories.member_with(council, CouncilRole.PROCUREMENT_LEAD)
    out, leaver = (factories.person(council, CouncilRole.AUDITOR) for _ in range(2))

    actions.set_roles(council=council, user=out, roles=[], actor=lead, at=clock.now())
    actions.leave(council=council, actor=leaver, at=clock.now())

    assert len(letters_of(out)) == 1
    assert letters_of(leaver) == []
