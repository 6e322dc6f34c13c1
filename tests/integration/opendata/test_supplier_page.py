"""A supplier's public page: what it switched on, and what councils have to publish anyway; nothing of sealed work."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted
from awards.models import AwardKind
from suppliers import actions
from suppliers.models import Submission, Supplier
from tests.factories import awards, open_challenge, pilots
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
EVERYTHING = ["description", "size", "region", "website", "certificates"]


def page_of(firm: Supplier) -> str:
    return f"/suppliers/{firm.public_id}/"


def read(firm: Supplier) -> str:
    """The page as anybody sees it, without the nonce that is new at every request."""
    return re.sub(r'nonce="[^"]*"', "", Client().get(page_of(firm)).content.decode())


def filled() -> Supplier:
    firm = make.supplier("Wickerlock Ltd")
    values = {
        "description": "Shelters for streets.", "website": "https://wickerlock.example/", "region": "Hull",
        "insurance_held": "Secret cover", "accessibility_needs": "Step-free rooms",
    }  # fmt: skip
    actions.edit_profile(supplier=firm, values=values, actor=make.admin_of(firm), at=clock.now())
    make.certificate_of(firm, "NUMBER-7")
    return firm


def show(firm: Supplier, *shows: str, has_page: bool = True) -> None:
    actions.set_public_page(
        supplier=firm, has_page=has_page, shows=shows, actor=make.admin_of(firm), at=clock.now()
    )  # fmt: skip


def test_a_supplier_has_no_page_until_it_says_so_and_its_own_people_can_look_ahead() -> None:
    firm = filled()

    own = make.signed_in(make.colleague(firm)).get(page_of(firm))

    assert Client().get(page_of(firm)).status_code == 404
    assert make.signed_in(make.admin_of(make.supplier())).get(page_of(firm)).status_code == 404
    assert (own.status_code, "Only your own people see this page" in own.content.decode()) == (200, True)


def test_the_page_shows_what_was_ticked_and_no_more() -> None:
    firm = filled()
    client = make.signed_in(make.admin_of(firm))
    settings = f"/supplier/organisations/{firm.public_id}/page/"

    saved = client.post(settings, {"has_page": "on", "shows": ["region"]})
    some = read(firm)
    client.post(settings, {"has_page": "on", "shows": EVERYTHING})
    all_of_it = read(firm)
    client.post(settings, {})

    words = ("Hull", "Shelters for streets.", "https://wickerlock.example/", "Micro", "Cyber Essentials")
    assert saved.status_code == 302
    assert [word in some for word in words] == [True, False, False, False, False]
    assert [word in all_of_it for word in words] == [True] * 5
    assert [word for word in ("NUMBER-7", "Secret cover", "Step-free") if word in all_of_it] == []
    assert Client().get(page_of(firm)).status_code == 404
    assert Event.objects.about(firm).filter(verb="supplier.page_set").count() == 3


def test_something_else_than_offered_cannot_be_shown() -> None:
    firm = filled()

    refused = make.signed_in(make.admin_of(firm)).post(
        f"/supplier/organisations/{firm.public_id}/page/", {"has_page": "on", "shows": ["accessibility_needs"]}
    )

    firm.refresh_from_db()
    assert (refused.status_code, firm.has_page, firm.page_shows) == (422, False, [])


def test_a_member_cannot_switch_the_page_on() -> None:
    firm = filled()

    with pytest.raises(NotPermitted):
        actions.set_public_page(
            supplier=firm, has_page=True, shows=[], actor=make.colleague(firm), at=clock.now()
        )  # fmt: skip


def test_S2_a_page_tells_nothing_of_drafts_or_sealed_submissions() -> None:
    firm, challenge = filled(), open_challenge()
    show(firm, *EVERYTHING)
    before = read(firm)

    make.submitted(challenge, firm)

    assert read(firm) == before
    assert challenge.title not in before


def test_P7_a_pilot_stands_on_the_page_from_its_start_with_its_result_whether_it_worked_or_not() -> None:
    pilot = pilots.pilot_in("registered")
    supplier_before = Client().get(page_of(pilot.supplier)).status_code
    pilots.start(pilot)
    running = read(pilot.supplier)
    pilots.evaluate(pilot, effect=0.0)
    measured = read(pilot.supplier)

    assert supplier_before == 404
    assert (pilot.challenge.title in running, "Nobody knows yet" in running) == (True, True)
    assert "Nobody knows yet" not in measured
    assert "Did it work?" in measured
    assert "Cyber" not in measured


def test_A16_an_award_stands_on_the_page_from_its_notice_on() -> None:
    award = awards.award_in("approved", kind=AwardKind.PILOT)
    before = Client().get(page_of(award.supplier)).status_code
    awards.notify(award)

    text = read(award.supplier)

    assert before == 404
    assert ("Paid pilot by" in text, award.supplier.company_number in text) == (True, True)


def test_A16_public_pages_name_a_supplier_only_from_a_notice_or_the_start_of_its_pilot() -> None:
    pilot = pilots.pilot_in("registered")
    before = Client().get("/opendata/").content.decode()
    pilots.start(pilot)
    after = Client().get("/opendata/").content.decode()

    assert (pilot.supplier.name in before, page_of(pilot.supplier) in after) == (False, True)
    assert page_of(pilot.supplier) in Client().get(f"/pilots/{pilot.slug}/").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_the_same_number_of_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pilot = pilots.pilot_in("running")
    firm, challenge = pilot.supplier, pilot.challenge
    for number in range(count - 1):
        challenge.pk, challenge.slug, challenge.public_id = None, f"another-{number}", uuid4()
        challenge.save()
        pilot.submission = Submission.objects.create(challenge=challenge, supplier=firm, created_at=clock.now())
        pilot.pk, pilot.slug, pilot.public_id, pilot.challenge = None, f"pilot-{number}", uuid4(), challenge
        pilot.save()
    show(firm, *EVERYTHING)

    with django_assert_num_queries(7):
        page = Client().get(page_of(firm))

    assert page.content.decode().count("Did it work?") == count
