"""One's own data as a file, and closing an account: the trace stays, the name goes (R2)."""

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.core import mail
from django.db import models
from django.test import Client

from accounts import actions, own_data
from accounts.models import CouncilRole, User
from audit import clock
from audit.actions import append_links, first_broken_link
from audit.models import Event
from audit.transitions import Refused
from notifications.models import Delivery, Follow
from suppliers.models import SupplierMember, SupplierRole
from tests import factories
from tests.factories import assessment, pages, suppliers
from tests.factories.accounts import confirmed, invited, lead_of
from tests.factories.suppliers import admin_of, signed_in
from tests.integration.accounts.test_sessions import asked_again
from tests.integration.accounts.test_signing_in import is_in, register, sign_in

pytestmark = pytest.mark.django_db
OWNER, LEAD = CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD
DATA, CLOSE = "/you/data/", "/you/close/"


def file_of(user: User) -> dict[str, Any]:
    answer = signed_in(user).post(DATA)
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    return dict(json.loads(answer.content))


def close(user: User) -> None:
    actions.close_account(actor=user, at=clock.now())
    user.refresh_from_db()


def test_the_file_holds_account_addresses_roles_devices_and_every_step() -> None:
    challenge = factories.draft_challenge()
    owner = confirmed(challenge.owner)

    kept = file_of(owner)

    assert (kept["person"]["email"], kept["person"]["full_name"]) == (owner.email, owner.full_name)
    assert [row["role"] for row in kept["kept"]["accounts.CouncilMembership.user"]] == [OWNER]
    assert [row["email"] for row in kept["kept"]["account.EmailAddress.user"]] == [owner.email]
    assert kept["held_in_offices"]["challenges.Challenge.owner"] == [challenge.pk]
    assert [row["verb"] for row in kept["done"]][:2] == ["challenge.started", "challenge.edited"]


def test_the_file_holds_no_password_key_or_code() -> None:
    ada = confirmed()
    Authenticator.objects.create(user=ada, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    client = signed_in(ada)
    sign_in(Client(), ada)

    text = client.post(DATA).content.decode()

    assert ada.password not in text
    assert "JBSWY3DPEHPK3PXP" not in text
    assert [key in text for key in UserSession.objects.values_list("session_key", flat=True)] == []


def test_nothing_of_anybody_else_is_in_the_file() -> None:
    ada, other = confirmed(), confirmed()
    challenge = factories.open_challenge()
    firm = suppliers.submitted(challenge).supplier

    text = json.dumps(file_of(ada))

    assert [each in text for each in (other.email, firm.name, admin_of(firm).email)] == [False, False, False]


def test_A6_the_file_of_an_assessor_ties_no_supplier_to_a_pseudonym() -> None:
    round_ = assessment.round_in("marking")
    assessor = assessment.assessors_of(round_)[0]

    kept = file_of(assessor)

    declared = kept["kept_by_rooms"]["interest_declarations"]
    assert declared != []
    assert {key for row in declared for key in row} == {"round_id", "has_interest", "detail", "declared_at"}


def test_the_file_is_asked_for_by_a_person_who_confirms_who_they_are(client: Client) -> None:
    ada = confirmed()

    asked = asked_again(ada).post(DATA)

    assert asked["Location"].partition("?")[0] == "/accounts/reauthenticate/"
    assert client.get(DATA)["Location"].startswith("/accounts/login/")


def test_R2_closing_keeps_every_event_with_its_key_and_an_unbroken_chain_and_no_name() -> None:
    challenge = factories.draft_challenge()
    owner, council = confirmed(challenge.owner), challenge.council
    name, email = owner.full_name, owner.email
    actions.hand_over(
        council=council, giver=owner, to=lead_of(council), reason="She leaves.", actor=owner, at=clock.now()
    )
    before = list(Event.objects.filter(actor_key=owner.actor_key).order_by("pk").values_list("pk", "verb"))

    close(owner)

    after = list(Event.objects.filter(actor_key=owner.actor_key).order_by("pk").values_list("pk", "verb"))
    append_links()
    assert after[: len(before)] == before
    assert [verb for _, verb in after[len(before) :]] == ["council.role_ended", "account.closed"]
    assert (first_broken_link(), str(owner)) == (None, "a person who has left")
    everything = str(list(Event.objects.values()))
    assert (name in everything, email in everything) == (False, False)


def test_R2_pages_say_that_a_person_has_left_where_the_name_stood() -> None:
    page = pages.published_page()
    owner, lead = page.challenge.owner, lead_of(page.challenge.council)
    name = owner.full_name
    url = f"/workspace/challenges/{page.challenge.slug}/"
    before = name in signed_in(lead).get(url).content.decode()
    actions.hand_over(
        council=page.challenge.council, giver=owner, to=lead, reason="She leaves.", actor=owner, at=clock.now()
    )

    close(owner)

    text = signed_in(lead).get(url).content.decode()
    assert (before, name in text, "a person who has left" in text) == (True, False, True)


def test_what_is_their_own_is_gone_and_the_address_is_free_again() -> None:
    ada = confirmed()
    email = ada.email
    challenge = factories.open_challenge()
    Follow.objects.create(user=ada, challenge=challenge)
    invited(factories.council(), email)
    client, wrong = Client(), Client()
    sign_in(wrong, ada, "wrong")
    sign_in(client, ada)

    close(ada)

    left = {each: own_data.rows_of(each, ada).count() for each in own_data.own_relations()}
    assert set(left.values()) == {0}
    assert (is_in(client), client.get("/workspace/").status_code) == (False, 302)
    assert AccessAttempt.objects.filter(username=email).exists() is False
    assert (ada.email, ada.is_active, ada.has_usable_password()) == (f"closed-{ada.pk}@closed.invalid", False, False)
    register(Client(), email)
    assert User.objects.filter(email=email).exists() is True


def test_nothing_is_sent_to_somebody_who_has_left() -> None:
    ada = confirmed()
    close(ada)
    mail.outbox.clear()

    Client().post("/accounts/password/reset/", {"email": ada.email})

    assert Delivery.objects.filter(user=ada).exists() is False
    assert EmailAddress.objects.filter(user=ada).exists() is False


def test_closing_through_the_page_signs_out_and_says_so() -> None:
    ada = confirmed()
    client = signed_in(ada)

    answer = client.post(CLOSE, follow=True)

    assert "Your account is closed" in answer.content.decode()
    assert is_in(client) is False


def test_closing_asks_again_who_is_there() -> None:
    ada = confirmed()

    asked = asked_again(ada).post(CLOSE)

    ada.refresh_from_db()
    assert (asked["Location"].partition("?")[0], ada.is_active) == ("/accounts/reauthenticate/", True)


def refusals(user: User) -> str:
    """What the page says in the way; posting changes nothing."""
    client = signed_in(user)
    answer = client.post(CLOSE)
    user.refresh_from_db()
    assert (answer.status_code, user.is_active) == (409, True)
    with pytest.raises(Refused):
        actions.close_account(actor=user, at=clock.now())
    return client.get(CLOSE).content.decode()


def test_a_councils_only_procurement_lead_cannot_close() -> None:
    assert "only procurement lead" in refusals(lead_of(factories.council()))


def test_an_owner_of_an_unfinished_challenge_cannot_close() -> None:
    challenge = factories.draft_challenge()

    assert str(challenge) in refusals(challenge.owner)


def test_a_firms_only_administrator_cannot_close_and_one_of_two_can() -> None:
    firm = suppliers.supplier()
    admin, second = admin_of(firm), suppliers.colleague(firm)
    said = f"only administrator of {firm}" in refusals(admin)

    SupplierMember.objects.filter(user=second).update(role=SupplierRole.ADMIN)
    close(admin)

    assert (said, admin.is_active) == (True, False)


def test_a_member_of_a_running_panel_cannot_close_and_may_once_it_is_assessed() -> None:
    running, done = assessment.round_in("marking"), assessment.round_in("decided")
    member = assessment.assessors_of(done)[0]

    said = "You sit on the panel" in refusals(assessment.assessors_of(running)[0])
    close(member)

    assert (said, member.is_active) == (True, False)


def test_closing_twice_changes_nothing_more() -> None:
    ada = confirmed()
    close(ada)
    at, number = ada.closed_at, Event.objects.count()

    close(ada)

    assert (ada.closed_at, Event.objects.count()) == (at, number)


def test_every_table_that_points_at_a_person_is_either_theirs_or_a_trace() -> None:
    """A new table with a person in it lands in the export by itself; only these outlive somebody who leaves."""
    relations = [each for each in User._meta.related_objects if not each.many_to_many]
    cascading = {each.related_model._meta.label for each in relations if each.on_delete is models.CASCADE}

    own = {each.related_model._meta.label for each in own_data.own_relations()}

    assert cascading - own == own_data.KEPT
