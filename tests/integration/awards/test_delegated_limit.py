"""D7: approving an award checks up to what value the council's officers may approve by themselves."""

import html
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actions import set_delegated_limit
from accounts.models import CouncilRole
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from awards import actions
from awards.models import Award, AwardState
from awards.rules import Authority
from challenges.money import money
from challenges.timetable import day_of
from tests.factories import council, person
from tests.factories.awards import REASONS, award_in, lead_of, proposer_of
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
WHY = "The scheme of delegation of May 2026, part 3."
PENNY = Decimal("0.01")
GIVEN = {"text": REASONS, "decided_by": "Cabinet", "decided_on": "2026-05-12", "reference": "minute 14 <b>"}


def limit_of(where, limit, actor=None):
    lead = actor or where.memberships.filter(role=CouncilRole.PROCUREMENT_LEAD).first().user
    set_delegated_limit(
        council=where, limit=None if limit is None else Decimal(limit), reason=WHY, actor=lead, at=clock.now()
    )


def page_of(award, name="award_approve"):
    return reverse(name, args=[award.public_id])


def test_D7_no_limit_a_higher_one_the_same_value_and_another_councils_ask_for_no_authority():
    award = award_in("proposed")
    where, lead = award.challenge.council, signed_in(lead_of(award.challenge))
    other = council()
    person(other, CouncilRole.PROCUREMENT_LEAD)
    limit_of(other, 1)

    for limit in (None, award.value + PENNY, award.value):
        if limit is not None:
            limit_of(where, limit)
        page = lead.get(page_of(award)).content.decode()
        assert ("No limit is set" in page, "Who decided" in page) == (limit is None, False)
        with transaction.atomic():
            assert lead.post(page_of(award), {"text": REASONS, "decided_by": "Cabinet"}).status_code == 302
            kept = Award.objects.get(pk=award.pk)
            assert (kept.state, kept.limit_at_approval, kept.authority) == (AwardState.APPROVED, limit, "")
            event = Event.objects.get(verb="award.approved", subject_id=award.pk)
            assert event.data["delegated_limit"] == (None if limit is None else str(limit))
            transaction.set_rollback(True)


def test_D7_above_the_limit_an_approval_without_its_authority_is_refused_and_loses_nothing():
    award = award_in("proposed")
    limit_of(award.challenge.council, award.value - PENNY)
    lead, today, at = signed_in(lead_of(award.challenge)), day_of(clock.now()), clock.now()
    sentence = (
        f"{money(award.value)} is more than the council&#x27;s delegated limit, {money(award.value - PENNY)}: "
        "name the body or post that decided"
    )

    assert sentence in lead.get(page_of(award)).content.decode()
    for wrong, status, said in (
        ({"decided_by": " "}, 422, sentence),
        ({"decided_on": ""}, 422, sentence),
        ({"reference": ""}, 422, "Give the reference of the decision."),
        ({"decided_on": (today + timedelta(days=1)).isoformat()}, 409, "lies in the future"),
    ):
        typed = GIVEN | wrong
        refused = lead.post(page_of(award), typed)
        seen = html.unescape(refused.content.decode())
        assert (refused.status_code, html.unescape(said) in seen) == (status, True)
        assert [value for value in typed.values() if value.strip() and value not in seen] == []
    for authority in (None, Authority(" ", today, "14"), Authority("Cabinet", today, " ")):
        with pytest.raises(Refused, match="delegated limit"):
            actions.approve_award(
                award=award, reasons=REASONS, authority=authority, actor=lead_of(award.challenge), at=at
            )
    with pytest.raises(NotPermitted):
        actions.approve_award(award=award, reasons=REASONS, actor=proposer_of(award.challenge), at=at)

    award.refresh_from_db()
    assert (award.state, Event.objects.filter(verb="award.approved").count()) == (AwardState.PROPOSED, 0)


def test_D7_above_the_limit_who_decided_stays_with_the_award_and_on_the_record():
    award = award_in("proposed")
    where, today = award.challenge.council, day_of(clock.now())
    limit_of(where, award.value - PENNY)

    approved = signed_in(lead_of(award.challenge)).post(page_of(award), GIVEN | {"decided_on": today.isoformat()})

    award.refresh_from_db()
    kept = (award.authority, award.authority_decided_on, award.authority_reference, award.limit_at_approval)
    assert (approved.status_code, kept) == (302, ("Cabinet", today, "minute 14 <b>", award.value - PENNY))
    told = Event.objects.get(verb="award.approved").data
    assert told == {
        "from": "proposed", "to": "approved", "value": str(award.value),
        "delegated_limit": str(award.value - PENNY), "authority": "Cabinet",
        "authority_decided_on": today.isoformat(), "authority_reference": "minute 14 <b>",
    }  # fmt: skip
    limit_of(where, None)
    for role in (CouncilRole.AUDITOR, CouncilRole.OWNER):
        seen = signed_in(person(where, role)).get(page_of(award, "award")).content.decode()
        assert ("Cabinet" in seen, "minute 14 &lt;b&gt;" in seen, "When it was approved" in seen) == (True, True, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(authority="", authority_decided_on=None, authority_reference="")


def test_D7_a_procurement_lead_sets_the_limit_and_every_change_is_on_the_record_with_its_reason():
    where = council()
    setter = person(where, CouncilRole.PROCUREMENT_LEAD, "Ada Byron")
    page, lead = reverse("council_limit", args=[where.slug]), signed_in(setter)

    assert "No limit is set" in lead.get(page).content.decode()
    for typed, status, said in (
        ({"limit": "50000", "reason": ""}, 422, "50000"),
        ({"limit": "-1", "reason": WHY}, 422, "cannot be less than nothing"),
        ({"limit": "NaN", "reason": WHY}, 422, WHY),
        ({"limit": "", "reason": WHY}, 409, "there is nothing to set"),
    ):
        refused = lead.post(page, typed)
        assert (refused.status_code, said in refused.content.decode()) == (status, True)
    for who in (CouncilRole.OWNER, CouncilRole.PILOT_MANAGER, CouncilRole.AUDITOR):
        other = person(where, who)
        seen = signed_in(other).get(page)
        assert (seen.status_code, 'name="limit"' in seen.content.decode()) == (200, False)
        assert signed_in(other).post(page, {"limit": "1", "reason": WHY}).status_code == 403
        with pytest.raises(NotPermitted):
            limit_of(where, 1, other)
    stranger = signed_in(person(council(), CouncilRole.PROCUREMENT_LEAD))
    assert [stranger.get(page).status_code, stranger.post(page, {"limit": "1", "reason": WHY}).status_code] == [
        403,
        403,
    ]
    with pytest.raises(Refused, match="Say why"):
        set_delegated_limit(council=where, limit=Decimal(5), reason=" ", actor=setter, at=clock.now())

    assert lead.post(page, {"limit": "50000", "reason": WHY}).status_code == 302
    assert lead.post(page, {"limit": "50000.00", "reason": WHY}).status_code == 409
    assert lead.post(page, {"limit": "", "reason": "Council decides alone."}).status_code == 302

    events = Event.objects.about(where).filter(verb="council.delegated_limit_set").order_by("pk")
    assert [(each.actor_key, each.reason, each.data) for each in events] == [
        (setter.actor_key, WHY, {"from": None, "to": "50000.00"}),
        (setter.actor_key, "Council decides alone.", {"from": "50000.00", "to": None}),
    ]
    seen = lead.get(page).content.decode()
    assert "£50,000, until then none set" in seen
    assert ("None set, until then £50,000" in seen, "Ada Byron" in seen) == (True, True)
