"""A council's people: roles, handing over, leaving; a council that loses its officer does not lose its challenge."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.models import Council, CouncilRole, User
from accounts.rules import has_role
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges import actions as challenge_actions
from challenges.models import Challenge
from challenges.rules import may_approve
from tests import factories
from tests.factories import pilots
from tests.factories.accounts import confirmed, lead_of, mailed_link
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
OWNER, LEAD = CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD
MANAGER, AUDITOR = CouncilRole.PILOT_MANAGER, CouncilRole.AUDITOR
WHY = "She moves to another department."


def roles_of(user: User, council: Council) -> set[str]:
    return set(user.council_memberships.filter(council=council).values_list("role", flat=True))


def people_url(council: Council, rest: str = "") -> str:
    return f"/workspace/councils/{council.slug}/people/{rest}"


def leave_url(council: Council) -> str:
    return f"/workspace/councils/{council.slug}/leave/"


def events(council: Council) -> list[str]:
    return list(Event.objects.about(council).order_by("pk").values_list("verb", flat=True))


def set_roles(council: Council, user: User, *roles: str, by: User | None = None) -> None:
    actions.set_roles(council=council, user=user, roles=roles, actor=by or lead_of(council), at=clock.now())


def test_a_lead_invites_through_the_page_and_the_invited_officer_works_at_once() -> None:
    council, ada = factories.council(), confirmed()
    lead = signed_in(lead_of(council))

    answer = lead.post(people_url(council, "invite/"), {"email": ada.email, "role": OWNER})
    waiting = lead.get(people_url(council)).content.decode()
    signed_in(ada).post(mailed_link(ada.email))

    assert (answer.status_code, answer["Location"]) == (302, people_url(council))
    assert ada.email in waiting
    assert (roles_of(ada, council), signed_in(ada).get("/workspace/challenges/new/").status_code) == ({OWNER}, 200)
    assert ada.email not in lead.get(people_url(council)).content.decode()


def test_a_wrong_address_is_explained_and_what_was_typed_is_kept() -> None:
    council = factories.council()

    answer = signed_in(lead_of(council)).post(people_url(council, "invite/"), {"email": "no address", "role": OWNER})

    assert answer.status_code == 422
    assert 'value="no address"' in answer.content.decode()


def test_inviting_twice_is_explained_on_the_form() -> None:
    council = factories.council()
    lead, sent = signed_in(lead_of(council)), {"email": "new@people.example", "role": OWNER}
    lead.post(people_url(council, "invite/"), sent)

    again = lead.post(people_url(council, "invite/"), sent)

    assert (again.status_code, "invited to this role already" in again.content.decode()) == (422, True)


@pytest.mark.parametrize("rest", ["", "invite/", "{pk}/", "{pk}/hand-over/"])
def test_nobody_of_another_council_opens_its_people(rest: str) -> None:
    council = factories.council()
    url = people_url(council, rest.format(pk=lead_of(council).pk))

    for person in (factories.person(factories.council(), LEAD), factories.user()):
        assert (signed_in(person).get(url).status_code, signed_in(person).post(url).status_code) in (
            (403, 403), (403, 405),
        )  # fmt: skip


@pytest.mark.parametrize("role", [OWNER, MANAGER, AUDITOR])
def test_other_roles_see_the_people_and_change_nothing(role: CouncilRole) -> None:
    council = factories.council()
    lead, person = lead_of(council), factories.person(council, role)
    client = signed_in(person)

    assert client.get(people_url(council)).status_code == 200
    assert client.get(people_url(council, "invite/")).status_code == 403
    assert client.post(people_url(council, f"{lead.pk}/"), {"roles": []}).status_code == 403
    assert client.post(people_url(council, f"{lead.pk}/hand-over/"), {}).status_code == 403
    with pytest.raises(NotPermitted):
        set_roles(council, lead, AUDITOR, by=person)
    with pytest.raises(NotPermitted):
        actions.hand_over(council=council, giver=lead, to=person, reason=WHY, actor=person, at=clock.now())


def test_roles_change_through_the_page_and_count_at_once() -> None:
    council = factories.council()
    officer = factories.person(council, MANAGER)
    lead, client = signed_in(lead_of(council)), signed_in(officer)
    before = client.get("/workspace/challenges/new/").status_code

    lead.post(people_url(council, f"{officer.pk}/"), {"roles": [OWNER, AUDITOR]})

    assert (before, client.get("/workspace/challenges/new/").status_code) == (403, 200)
    assert roles_of(officer, council) == {OWNER, AUDITOR}
    assert events(council) == ["council.role_given", "council.role_given", "council.role_ended"]


def test_saving_the_same_roles_twice_writes_nothing_new() -> None:
    council = factories.council()
    officer = factories.person(council, MANAGER)
    set_roles(council, officer, OWNER)
    written = events(council)

    set_roles(council, officer, OWNER)

    assert events(council) == written


def test_taking_every_role_ends_the_work_for_the_council_and_the_editor() -> None:
    council = factories.council()
    officer = factories.person(council, OWNER)
    client = signed_in(officer)
    before = client.get("/cms/").status_code

    set_roles(council, officer)

    assert (before, client.get("/cms/").status_code) == (200, 403)
    assert has_role(officer, council) is False


def test_nobody_without_a_role_is_given_one_without_being_invited() -> None:
    council, stranger = factories.council(), factories.user()

    with pytest.raises(Refused, match="Invite them"):
        set_roles(council, stranger, OWNER)


def test_the_last_procurement_lead_keeps_that_role() -> None:
    council = factories.council()
    lead = lead_of(council)

    refused = signed_in(lead).post(people_url(council, f"{lead.pk}/"), {"roles": [OWNER]})

    assert (refused.status_code, "only procurement lead" in refused.content.decode()) == (422, True)
    assert roles_of(lead, council) == {LEAD}


def test_somebody_who_can_no_longer_sign_in_does_not_count_as_a_lead() -> None:
    council = factories.council()
    lead, gone = lead_of(council), factories.person(council, LEAD)
    gone.is_active = False
    gone.save()

    with pytest.raises(Refused, match="only procurement lead"):
        actions.leave(council=council, actor=lead, at=clock.now())


def test_one_of_two_leads_may_leave_and_the_other_may_not() -> None:
    council = factories.council()
    first, second = lead_of(council), factories.person(council, LEAD)

    left = signed_in(first).post(leave_url(council))
    stuck = signed_in(second).post(leave_url(council))

    assert (left.status_code, roles_of(first, council)) == (302, set())
    assert (stuck.status_code, roles_of(second, council)) == (422, {LEAD})
    assert events(council) == ["council.role_ended", "council.left"]


def test_the_last_lead_leaves_with_a_successor_who_becomes_lead_and_owns_their_challenges() -> None:
    challenge = factories.draft_challenge()
    council, owner = challenge.council, challenge.owner
    lead = lead_of(council)
    Challenge.objects.filter(pk=challenge.pk).update(owner=lead)

    answer = signed_in(lead).post(leave_url(council), {"to": owner.pk, "reason": WHY})

    challenge.refresh_from_db()
    assert (answer.status_code, challenge.owner, roles_of(lead, council)) == (302, owner, set())
    assert roles_of(owner, council) == {OWNER, LEAD}
    assert events(council) == ["council.role_given", "council.handed_over", "council.role_ended", "council.left"]
    assert Event.objects.about(challenge).get(verb="challenge.handed_over").data == {
        "from": lead.actor_key, "to": owner.actor_key,
    }  # fmt: skip


def test_an_owner_cannot_leave_a_challenge_alone_and_is_told_which() -> None:
    challenge = factories.draft_challenge()
    client = signed_in(challenge.owner)

    page = client.get(leave_url(challenge.council)).content.decode()
    answer = client.post(leave_url(challenge.council), {})

    assert (str(challenge) in page, answer.status_code) == (True, 422)
    assert roles_of(challenge.owner, challenge.council) == {OWNER}


def test_an_owner_cannot_lose_the_role_while_owning_a_challenge() -> None:
    challenge = factories.draft_challenge()

    with pytest.raises(Refused, match="Hand this over"):
        set_roles(challenge.council, challenge.owner, AUDITOR)
    set_roles(challenge.council, challenge.owner, LEAD)

    assert roles_of(challenge.owner, challenge.council) == {LEAD}


def test_a_finished_challenge_keeps_nobody() -> None:
    challenge = factories.draft_challenge()
    lead = lead_of(challenge.council)
    challenge_actions.cancel_challenge(challenge=challenge, actor=lead, at=clock.now(), reason="No money.")

    actions.leave(council=challenge.council, actor=challenge.owner, at=clock.now())

    assert roles_of(challenge.owner, challenge.council) == set()


def test_a_lead_hands_over_for_somebody_absent_and_the_record_says_who_and_why() -> None:
    challenge = factories.draft_challenge()
    council, owner = challenge.council, challenge.owner
    lead, new = lead_of(council), factories.person(council, OWNER)

    answer = signed_in(lead).post(people_url(council, f"{owner.pk}/hand-over/"), {"to": new.pk, "reason": WHY})

    challenge.refresh_from_db()
    event = Event.objects.about(challenge).get(verb="challenge.handed_over")
    assert (answer.status_code, challenge.owner) == (302, new)
    assert (event.actor_key, event.reason) == (lead.actor_key, WHY)
    assert roles_of(owner, council) == {OWNER}


@pytest.mark.parametrize("role", [MANAGER, AUDITOR])
def test_a_challenge_goes_only_to_somebody_who_may_own_it(role: CouncilRole) -> None:
    challenge = factories.draft_challenge()
    other = factories.person(challenge.council, role)
    url = people_url(challenge.council, f"{challenge.owner_id}/hand-over/")

    answer = signed_in(challenge.owner).post(url, {"to": other.pk, "reason": WHY})

    assert (answer.status_code, "cannot own" in answer.content.decode(), WHY in answer.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    challenge.refresh_from_db()
    assert challenge.owner != other


def test_handing_over_needs_a_reason_and_a_colleague() -> None:
    challenge = factories.draft_challenge()
    council, owner, lead = challenge.council, challenge.owner, lead_of(challenge.council)
    given = {"council": council, "giver": owner, "actor": owner, "at": clock.now()}

    for to, reason, sentence in (
        (lead, " ", "reason"), (owner, WHY, "nobody hands over to themselves"), (factories.user(), WHY, "works for"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            actions.hand_over(**given, to=to, reason=reason)

    assert Event.objects.filter(verb="challenge.handed_over").exists() is False


def test_the_choice_offers_nobody_of_another_council() -> None:
    challenge = factories.draft_challenge()
    stranger = factories.person(factories.council(), OWNER)
    url = people_url(challenge.council, f"{challenge.owner_id}/hand-over/")

    answer = signed_in(challenge.owner).post(url, {"to": stranger.pk, "reason": WHY})

    assert (answer.status_code, str(stranger) in answer.content.decode()) == (422, False)


def test_T5_nobody_hands_a_challenge_over_to_approve_it_themselves() -> None:
    """Publishing takes a lead who does not own the challenge; handing it over does not make one of its owner."""
    challenge = factories.draft_challenge()
    council, lead = challenge.council, lead_of(challenge.council)
    other = factories.person(council, LEAD)
    Challenge.objects.filter(pk=challenge.pk).update(owner=lead)

    actions.hand_over(council=council, giver=lead, to=challenge.owner, reason=WHY, actor=lead, at=clock.now())
    challenge.refresh_from_db()

    assert (may_approve(lead, challenge), may_approve(other, challenge)) == (False, True)
    with pytest.raises(NotPermitted):
        challenge_actions.publish_challenge(challenge=challenge, actor=lead, at=clock.now())


def test_D6_the_person_named_to_decide_a_pilot_is_replaced_in_public_with_a_reason() -> None:
    pilot = pilots.pilot_in("running")
    council, decider = pilot.challenge.council, pilots.decider_of(pilot)
    new, plan = factories.person(council, LEAD), pilot.plan_sha256
    keeper = factories.person(council, LEAD)

    with pytest.raises(Refused, match="named to decide"):
        set_roles(council, decider, AUDITOR, by=keeper)
    actions.hand_over(council=council, giver=decider, to=new, reason=WHY, actor=keeper, at=clock.now())

    pilot.refresh_from_db()
    event = Event.objects.about(pilot).get(verb="pilot.decider_replaced")
    assert (pilot.decider, pilot.plan_sha256) == (new, plan)
    assert (event.visibility, event.reason, event.actor_key) == ("public", WHY, keeper.actor_key)


def test_P1_whoever_registered_the_plan_does_not_become_the_one_who_decides() -> None:
    pilot = pilots.pilot_in("running")
    council, decider = pilot.challenge.council, pilots.decider_of(pilot)
    manager = pilots.manager_of(pilot)
    actions.give_role(council=council, user=manager, role=LEAD, actor=decider, at=clock.now())

    with pytest.raises(Refused, match="registered the plan"):
        actions.hand_over(council=council, giver=decider, to=manager, reason=WHY, actor=decider, at=clock.now())


def test_the_page_of_people_costs_the_same_for_1_and_30() -> None:
    council = factories.council()
    lead = signed_in(lead_of(council))
    one = _queries(lead, council)
    for _ in range(30):
        factories.person(council, OWNER)

    assert (one, _queries(lead, council)) == (13, 13)


def _queries(client: Client, council: Council) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(people_url(council)).status_code == 200
    return len(seen)


def test_a_council_without_anybody_is_rescued_from_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    council, ada = factories.council(), factories.user("Ada Okafor")

    call_command("council_role", council.slug, ada.email, LEAD)

    assert capsys.readouterr().out == f"Ada Okafor is procurement lead of {council}.\n"
    assert roles_of(ada, council) == {LEAD}
    assert Event.objects.about(council).get().actor_key == "system"
    with pytest.raises(CommandError, match="no account"):
        call_command("council_role", council.slug, "nobody@people.example", LEAD)
