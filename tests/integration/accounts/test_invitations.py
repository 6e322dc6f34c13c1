"""Invitations by e-mail: the signed link, once, in time, and only for the address it was sent to."""

import re
import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import actions
from accounts.models import CouncilRole, Invitation, User
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from tests import factories
from tests.factories.accounts import confirmed, invited, lead_of, mailed_link
from tests.factories.suppliers import signed_in
from work.actions import run_due_work

pytestmark = pytest.mark.django_db
OWNER, LEAD = CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD


def roles_of(user: User) -> set[str]:
    return set(user.council_memberships.values_list("role", flat=True))


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="council.").order_by("pk").values_list("verb", flat=True))


def test_a_person_with_an_account_accepts_by_the_mailed_link_and_everything_is_recorded() -> None:
    council, ada = factories.council(), confirmed()
    invited(council, ada.email.upper())
    link = mailed_link(ada.email)
    client = signed_in(ada)

    page = client.get(link).content.decode()
    answer = client.post(link)

    assert (str(lead_of(council)) in page, "Problem owner" in page, council.name in page) == (True, True, True)
    assert (answer.status_code, answer["Location"], roles_of(ada)) == (302, "/workspace/", {OWNER})
    assert verbs() == ["council.invited", "council.role_given", "council.invitation_accepted"]
    told = Event.objects.filter(verb__startswith="council.")
    assert [ada.email in f"{event.data}{event.reason}" for event in told] == [False, False, False]


def test_reading_the_page_accepts_nothing() -> None:
    council, ada = factories.council(), confirmed()
    invited(council, ada.email)

    signed_in(ada).get(mailed_link(ada.email))

    assert (roles_of(ada), Invitation.objects.get().accepted_at) == (set(), None)


def test_a_newcomer_registers_from_the_link_and_need_not_confirm_the_address_again(client: Client) -> None:
    invited(factories.council(), "new@people.example")
    link = mailed_link("new@people.example")
    client.get(link)
    sent_before = len(mail.outbox)

    answer = client.post(f"/accounts/signup/?next={link}", {
        "email": "new@people.example", "password1": "a long enough phrase", "password2": "a long enough phrase",
        "full_name": "Ada Okafor", "next": link,
    })  # fmt: skip
    client.post(link)

    new = User.objects.get(email="new@people.example")
    assert (answer.status_code, answer["Location"], len(mail.outbox)) == (302, link, sent_before)
    assert EmailAddress.objects.get(user=new).verified is True
    assert roles_of(new) == {OWNER}


def test_the_link_is_for_the_invited_address_only_and_only_once_confirmed() -> None:
    council, ada, other = factories.council(), factories.user(), confirmed()
    invited(council, ada.email)
    link = mailed_link(ada.email)

    seen = [signed_in(other).post(link).status_code, signed_in(ada).post(link).status_code]

    assert (seen, roles_of(other), roles_of(ada)) == ([403, 403], set(), set())
    assert "another address" in signed_in(other).get(link).content.decode()


def test_a_stranger_with_the_link_is_asked_to_sign_in_and_changes_nothing(client: Client) -> None:
    invited(factories.council(), "new@people.example")
    link = mailed_link("new@people.example")

    answer = client.post(link)

    assert (answer.status_code, Invitation.objects.get().accepted_at) == (200, None)
    assert f"/accounts/login/?next={link}" in answer.content.decode()


def test_a_forged_or_altered_link_leads_nowhere(client: Client) -> None:
    invitation = invited(factories.council(), "new@people.example")
    other = invited(factories.council(), "new@people.example")
    crossed = f"{invitation.public_id.hex}.{other.token.partition('.')[2]}"

    for token in (invitation.public_id.hex, f"{invitation.token}x", crossed, "nonsense"):
        assert client.get(f"/invitations/{token}/").status_code == 404


def test_a_link_works_once() -> None:
    council, ada = factories.council(), confirmed()
    invited(council, ada.email)
    link, client = mailed_link(ada.email), signed_in(ada)
    client.post(link)
    ada.council_memberships.all().delete()

    again = client.post(link)

    assert (again.status_code, roles_of(ada)) == (409, set())
    assert client.get(link).status_code == 410


def test_an_expired_invitation_says_so_and_a_new_one_can_be_sent() -> None:
    council, ada = factories.council(), confirmed()
    old = invited(council, ada.email)
    factories.move_clock_to(old.expires_at)

    refused = signed_in(ada).post(f"/invitations/{old.token}/")
    invited(council, ada.email)

    assert (refused.status_code, "has expired" in refused.content.decode()) == (409, True)
    assert signed_in(ada).post(mailed_link(ada.email)).status_code == 302
    assert roles_of(ada) == {OWNER}


def test_an_instant_before_its_end_it_still_works() -> None:
    council, ada = factories.council(), confirmed()
    invitation = invited(council, ada.email)

    just_before = invitation.expires_at - timedelta(microseconds=1)
    actions.accept_invitation(invitation=invitation, actor=ada, at=just_before)

    assert roles_of(ada) == {OWNER}


def test_taking_an_invitation_back_makes_its_link_worthless() -> None:
    council, ada = factories.council(), confirmed()
    invitation = invited(council, ada.email)
    link = mailed_link(ada.email)

    answer = signed_in(lead_of(council)).post(f"/invitations/{invitation.public_id}/withdraw/")
    refused = signed_in(ada).post(link)

    assert answer.status_code == 302
    assert (refused.status_code, "was taken back" in refused.content.decode(), roles_of(ada)) == (409, True, set())
    assert verbs() == ["council.invited", "council.invitation_withdrawn"]


def test_only_a_procurement_lead_of_that_council_invites_and_takes_back() -> None:
    council = factories.council()
    invitation = invited(council, "new@people.example")
    strangers = [
        *(factories.person(council, role) for role in (OWNER, CouncilRole.PILOT_MANAGER, CouncilRole.AUDITOR)),
        factories.person(factories.council(), LEAD), factories.user(),
    ]  # fmt: skip

    for person in strangers:
        with pytest.raises(NotPermitted):
            actions.invite(
                purpose="council", organisation=council, role=OWNER, email="x@people.example", actor=person,
                at=clock.now(),
            )  # fmt: skip
        with pytest.raises(NotPermitted):
            actions.withdraw_invitation(invitation=invitation, actor=person, at=clock.now())

    assert Invitation.objects.count() == 1


def test_inviting_the_same_address_to_the_same_role_twice_is_refused() -> None:
    council = factories.council()
    invited(council, "new@people.example")

    with pytest.raises(Refused, match="invited to this role already"):
        invited(council, "New@People.example")
    invited(council, "new@people.example", LEAD)

    assert Invitation.objects.count() == 2


def test_the_database_keeps_an_open_invitation_single() -> None:
    open_one = invited(factories.council(), "new@people.example")
    open_one.pk, open_one.public_id = None, uuid.uuid4()

    with pytest.raises(IntegrityError), transaction.atomic():
        open_one.save(force_insert=True)


def test_there_is_an_end_to_how_many_are_open_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.actions.invitations.MOST_OPEN", 2)
    council = factories.council()
    for name in ("one", "two"):
        invited(council, f"{name}@people.example")

    with pytest.raises(Refused, match="2 invitations are open"):
        invited(council, "three@people.example")


def test_an_invitation_ends_with_its_senders_right_to_invite() -> None:
    council, ada = factories.council(), confirmed()
    invitation = invited(council, ada.email)
    lead_of(council).council_memberships.all().delete()

    with pytest.raises(Refused, match="can no longer"):
        actions.accept_invitation(invitation=invitation, actor=ada, at=clock.now())

    assert roles_of(ada) == set()


def test_the_mail_goes_once_to_one_address_and_not_for_one_taken_back() -> None:
    council = factories.council()
    invited(council, "one@people.example")
    back = invited(council, "two@people.example")
    actions.withdraw_invitation(invitation=back, actor=lead_of(council), at=clock.now())

    run_due_work()
    run_due_work()

    assert [message.to for message in mail.outbox] == [["one@people.example"]]


def test_known_and_unknown_addresses_get_the_same_mail_and_page(client: Client) -> None:
    known, council = confirmed(), factories.council()
    seen = []
    for email in (known.email, "new@people.example"):
        invitation = invited(council, email)
        page = client.get(mailed_link(email)).content.decode()
        texts = [page, str(mail.outbox[-1].body), mail.outbox[-1].subject]
        seen.append([_without(text, email, invitation.token) for text in texts])

    assert seen[0] == seen[1]


def _without(text: str, *parts: str) -> str:
    for part in parts:
        text = text.replace(part, "")
    return re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_it_waits_on_the_desk_and_in_the_inbox_until_it_is_accepted() -> None:
    council, ada = factories.council(), confirmed()
    invitation = invited(council, ada.email)
    client = signed_in(ada)

    pages = [client.get(url).content.decode() for url in ("/workspace/", "/inbox/")]
    client.post(f"/invitations/{invitation.token}/")
    waits = "invites you" in client.get("/inbox/").content.decode()

    assert [f"/invitations/{invitation.token}/" in page for page in pages] == [True, True]
    assert waits is False
