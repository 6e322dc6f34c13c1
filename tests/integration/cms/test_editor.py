"""Who gets into Wagtail's admin, whose pages they reach there, and what the editor writes on."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.models import Collection, Page, Site, Workflow

from accounts.models import CouncilMembership, CouncilRole, User
from audit.models import Event
from clauses.models import Clause
from cms.actions import lay_tree
from cms.models import HomePage
from tests import factories
from tests.factories import pages
from tests.factories.suppliers import admin_of, signed_in, supplier
from tests.integration.cms.test_publishing import form_of

pytestmark = pytest.mark.django_db


def enters(who: User) -> bool:
    """Whether Wagtail's admin lets this person in; it sends everybody else away."""
    return signed_in(who).get(reverse("wagtailadmin_home")).status_code == 200


def test_officers_who_write_enter_the_admin_and_nobody_else_does() -> None:
    council = factories.council()
    expected = {role: role in (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD) for role in CouncilRole}

    assert {role: enters(factories.person(council, role)) for role in CouncilRole} == expected


def test_suppliers_and_strangers_never_enter_the_admin(client: Client) -> None:
    assert enters(admin_of(supplier())) is False
    assert enters(factories.user()) is False
    assert client.get(reverse("wagtailadmin_home")).status_code == 302
    holders = Permission.objects.get(codename="access_admin").group_set
    assert set(holders.exclude(name__in=["Editors", "Moderators"]).values_list("user__council_memberships__role")) <= {
        (CouncilRole.OWNER,), (CouncilRole.PROCUREMENT_LEAD,), (None,),
    }  # fmt: skip


def test_a_role_taken_away_shuts_the_admin() -> None:
    council = factories.council()
    owner = factories.person(council, CouncilRole.OWNER)
    client = signed_in(owner)
    before = client.get(reverse("wagtailadmin_home")).status_code

    CouncilMembership.objects.get(user=owner).delete()

    assert (before, client.get(reverse("wagtailadmin_home")).status_code) == (200, 403)


@pytest.mark.parametrize("route", ["edit", "view_draft", "history", "preview_on_edit", "copy", "move", "usage"])
def test_a_councils_authors_reach_no_page_of_another_council(route: str) -> None:
    page = pages.ready_page()
    other = factories.person(factories.council(), CouncilRole.OWNER)
    url = reverse(f"wagtailadmin_pages:{route}", args=[page.pk])

    answer = signed_in(other).get(url)

    assert answer.status_code in (302, 403, 404)
    assert "Bicycles are stolen every day" not in answer.content.decode()


def test_another_councils_author_cannot_save_the_page() -> None:
    page = pages.ready_page()
    other = factories.person(factories.council(), CouncilRole.PROCUREMENT_LEAD)

    signed_in(other).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page) | {"aim": "Ours now"})

    assert pages.fresh(page).get_latest_revision_as_object().aim == pages.STORY["aim"]


def test_choosing_a_page_to_link_to_shows_no_other_councils_draft() -> None:
    pages.ready_page(title="A secret plan for the harbour")
    own = pages.ready_page(title="A plan of our own")
    client = signed_in(own.challenge.owner)

    seen = client.get(reverse("wagtailadmin_choose_page_search"), {"q": "plan"}).content.decode()
    browsed = [
        client.get(reverse("wagtailadmin_choose_page_child", args=[page.pk])).content.decode()
        for page in Page.objects.filter(depth__lte=3)
    ]

    assert "A plan of our own" in seen
    assert [text for text in [seen, *browsed] if "A secret plan" in text] == []


def test_searching_the_admin_shows_no_other_councils_draft() -> None:
    pages.ready_page(title="A secret plan for the harbour")
    own = pages.ready_page(title="A plan of our own")

    seen = signed_in(own.challenge.owner).get(reverse("wagtailadmin_pages:search"), {"q": "plan"}).content.decode()

    assert "A secret plan" not in seen


def test_the_drafts_title_strapline_and_promise_reach_the_challenge_once() -> None:
    page = pages.started_page()
    owner = signed_in(page.challenge.owner)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    told = form_of(page) | pages.STORY | {"title": "Bicycles that stay"}

    owner.post(url, told)
    owner.post(url, told)

    challenge = pages.fresh(page).challenge
    assert (challenge.title, challenge.strapline) == ("Bicycles that stay", pages.STORY["strapline"])
    edits = Event.objects.about(challenge).filter(verb="challenge.edited")
    assert [event.data["fields"] for event in edits] == [["if_it_works", "strapline", "title"]]


def test_an_unreadable_picture_is_refused_in_a_sentence() -> None:
    page = pages.started_page()
    broken = SimpleUploadedFile("street.png", b"this is no picture", content_type="image/png")
    folder = Collection.objects.get(name=f"Pictures of {page.challenge.council.name}")

    answer = signed_in(page.challenge.owner).post(
        reverse("wagtailimages:add"), {"title": "A street", "file": broken, "collection": folder.pk}
    )

    assert "The file you uploaded was either not an image or a corrupted image." in answer.content.decode()
    assert get_image_model().objects.count() == 0


def test_the_editor_has_a_policy_of_its_own_and_other_pages_keep_the_strict_one(client: Client) -> None:
    page = pages.started_page()

    editor = signed_in(page.challenge.owner).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    public = client.get("/challenges/")

    assert "style-src 'self' 'unsafe-inline'" in editor["Content-Security-Policy"]
    assert "script-src 'self'" in editor["Content-Security-Policy"]
    assert "unsafe-inline" not in editor["Content-Security-Policy"].split("script-src")[1].split(";")[0]
    assert "unsafe" not in public["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in public["Content-Security-Policy"]


def test_laying_the_tree_and_loading_the_clauses_twice_changes_nothing() -> None:
    before = counted()

    lay_tree()
    call_command("migrate", verbosity=0)

    assert counted() == before
    assert HomePage.objects.count() == 1
    assert Event.objects.filter(verb="clause.versioned").count() == Clause.objects.count() == 45


def counted() -> tuple[int, ...]:
    return (
        Page.objects.count(), Site.objects.count(), Workflow.objects.count(), Event.objects.count(),
        Clause.objects.count(),
    )  # fmt: skip
