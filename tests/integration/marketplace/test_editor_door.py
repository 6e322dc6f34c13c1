"""The door of the editor below /cms/: who enters, and what stays shut even for a superuser (S1)."""

import pytest
from django.test import Client

from accounts.models import CouncilRole, User
from tests import factories
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
FOR_OFFICERS = "The editor is for the problem owners and procurement leads of councils."
NOT_HERE = "People and their roles are not changed in the editor"


def superuser() -> Client:
    return make.signed_in(User.objects.create_superuser("root@people.example", factories.PASSWORD))


def test_people_without_an_officers_role_are_told_so_and_not_sent_round_in_circles() -> None:
    council = factories.council()
    people = [make.admin_of(make.supplier()), factories.user(), factories.person(council, CouncilRole.AUDITOR)]

    pages = [make.signed_in(who).get("/cms/") for who in people]

    assert [page.status_code for page in pages] == [403, 403, 403]
    assert all(FOR_OFFICERS in page.content.decode() for page in pages)


def test_a_stranger_is_led_to_the_sign_in(client: Client) -> None:
    page = client.get("/cms/pages/")

    assert (page.status_code, page.url) == (302, "/accounts/login/?next=/cms/pages/")


def test_an_officer_enters() -> None:
    owner = factories.person(factories.council(), CouncilRole.OWNER)

    assert make.signed_in(owner).get("/cms/").status_code == 200


def test_S1_a_superuser_cannot_take_over_a_suppliers_account() -> None:
    admin = make.admin_of(make.supplier())
    change = {"email": "mine@people.example", "password1": "taken-over-now", "password2": "taken-over-now"}

    before = admin.password

    page = superuser().post(f"/cms/users/edit/{admin.pk}/", change | {"first_name": "A", "last_name": "B"})

    admin.refresh_from_db()
    assert (page.status_code, admin.password, admin.email != change["email"]) == (403, before, True)
    assert NOT_HERE in page.content.decode()


@pytest.mark.parametrize("address", ["/cms/users/", "/cms/users/new/", "/cms/groups/", "/cms/groups/new/"])
def test_S1_people_and_groups_are_not_listed_or_made_in_the_editor(address: str) -> None:
    assert superuser().get(address).status_code == 403
