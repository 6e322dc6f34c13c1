"""Pages about clauses on the live service: registering it, what was found, and what the public sees."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from marketplace.demonstration import live_service as invented
from pilots import actions
from pilots.models import Pilot, ServiceRegistration
from tests.factories import member_with, move_clock_to
from tests.factories import pilots as factory
from tests.factories.services import Service, registered_at, service
from tests.factories.suppliers import admin_of, signed_in
from work.actions import run_due_work
from work.models import DueWork

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot() -> Pilot:
    return factory.pilot_in("registered")


@pytest.fixture
def live() -> Iterator[Service]:
    with service() as made:
        yield made


def desk(pilot: Pilot, page: str) -> str:
    return f"/workspace/pilots/{pilot.slug}/{page}"


def words(client: Client, path: str) -> str:
    main = BeautifulSoup(client.get(path).content, "html.parser").find("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def test_the_manager_says_where_the_service_is_and_sees_what_was_found(pilot: Pilot, live: Service) -> None:
    manager = signed_in(factory.manager_of(pilot))
    sent = {"hosts": "127.0.0.1\n", "data": live.url(), "stated_stars": "3"}
    answer = manager.post(desk(pilot, "service/"), sent)
    assert (answer.status_code, answer["Location"]) == (302, desk(pilot, "clauses/"))
    assert ServiceRegistration.objects.get().stated == {"stars": 3}
    run_due_work()
    live.pages["/feed.csv"] = (b"<html>Sign in</html>", "text/html")
    move_clock_to(clock.now() + timedelta(days=1))
    run_due_work()
    for client in (manager, signed_in(admin_of(pilot.supplier))):
        page = words(client, desk(pilot, "clauses/OD-02/"))
        assert "A web page comes instead of data, as when one has to sign in." in page
        assert "What the supplier does: Deliver data." in page
        assert "Next look:" in page
        assert page.count("by machine") >= 3
    again = manager.get(desk(pilot, "service/"))
    assert live.url() in again.content.decode()


def test_a_refusal_stands_at_its_field_and_loses_nothing(pilot: Pilot) -> None:
    manager = signed_in(factory.manager_of(pilot))
    sent = {"hosts": "data.service.example", "data": "https://10.0.0.1/feed", "stated_stars": "3"}
    answer = manager.post(desk(pilot, "service/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The data feed: Name the host by its name, not by a number." in page
    assert "https://10.0.0.1/feed" in page
    assert "data.service.example" in page
    assert ServiceRegistration.objects.count() == 0


def test_markup_from_a_service_is_shown_as_text(pilot: Pilot, live: Service) -> None:
    live.pages["/feed.csv"] = (b"<script>alert(1)</script>,b\n1,2\n", "text/csv")
    registered_at(pilot, {"data": live.url()})
    run_due_work()
    page = signed_in(factory.manager_of(pilot)).get(desk(pilot, "clauses/OD-02/")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_public_sees_verdicts_and_their_changes_and_no_evidence(pilot: Pilot, live: Service) -> None:
    live.pages["/feed.csv"] = (b"device,secret\np1a,hidden-cell\n", "text/csv")
    registered_at(pilot, {"data": live.url()})
    run_due_work()
    page = words(Client(), f"/pilots/{pilot.slug}/clauses/")
    assert "OD-02" in page
    assert "met, by machine" in page
    for path in (f"/pilots/{pilot.slug}/", f"/pilots/{pilot.slug}/clauses/"):
        shown = Client().get(path).content.decode()
        for hidden in ("hidden-cell", "secret", live.url(), "127.0.0.1"):
            assert hidden not in shown


def test_a_look_can_be_asked_for_by_the_supplier(pilot: Pilot, live: Service) -> None:
    registered_at(pilot, {"data": live.url()})
    run_due_work()
    move_clock_to(clock.now() + timedelta(minutes=3))
    supplier = signed_in(admin_of(pilot.supplier))
    assert supplier.post(desk(pilot, "clauses/OD-02/look/")).status_code == 302
    assert supplier.post(desk(pilot, "clauses/OD-02/look/")).status_code == 409
    assert supplier.post(desk(pilot, "clauses/OD-02/"), {"verdict": "met", "evidence": "Ours."}).status_code == 403
    run_due_work()
    assert pilot.clause_checks.filter(requirement__code="OD-02").count() == 2


def test_what_waits_for_a_person_is_a_task_of_the_pilot(pilot: Pilot, live: Service) -> None:
    text = b"Contact: tel:+44\nExpires: 2100-01-01T00:00:00Z\nPolicy: https://elsewhere.example/\n"
    live.pages["/.well-known/security.txt"] = (text, "text/plain")
    registered_at(pilot, {"data": live.url()})
    run_due_work()
    manager = signed_in(factory.manager_of(pilot))
    assert "Gathered, and waiting for you: SE-02." in words(manager, desk(pilot, ""))
    assert "Its policy lies elsewhere: open it." in words(manager, desk(pilot, "clauses/SE-02/"))


def test_a_waiver_shows_what_it_waives(pilot: Pilot, live: Service) -> None:
    live.pages["/feed.csv"] = (b"", "text/csv")
    registered_at(pilot, {"data": live.url()})
    run_due_work()
    lead = signed_in(member_with(pilot.challenge.council, CouncilRole.PROCUREMENT_LEAD))
    assert "What comes is empty." in words(lead, desk(pilot, "clauses/OD-02/waive/"))
    answer = lead.post(desk(pilot, "clauses/OD-02/waive/"), {"reason": "Files come by post until May."})
    assert answer.status_code == 302


def test_the_demonstrations_service_is_there_only_in_the_demonstration(pilot: Pilot, settings: object) -> None:
    Pilot.objects.filter(pk=pilot.pk).update(has_live_simulation=True)
    path = f"/demonstration/pilots/{pilot.slug}/"
    assert Client().get(f"{path}register.csv").status_code == 404
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]
    assert Client().get(f"{path}register.csv").content.decode().splitlines()[0] == "device,location,type,owner"
    assert json.loads(Client().get(f"{path}datapackage.json").content)["licenses"][0]["path"] == invented.LICENCE
    assert Client().get(f"{path}nothing.csv").status_code == 404


def test_the_demonstration_registers_its_service_once_and_looks_often(pilot: Pilot, settings: object) -> None:
    at = clock.now()
    invented.offer(pilot, at)
    assert ServiceRegistration.objects.count() == 0
    settings.DEMONSTRATION, settings.PUBLIC_URL = True, "http://127.0.0.1:1"  # type: ignore[attr-defined]
    settings.FETCH_LOOPBACK = ["1/demonstration/"]  # type: ignore[attr-defined]
    for _ in range(2):
        invented.offer(pilot, at)
    assert ServiceRegistration.objects.get().hosts == ["127.0.0.1"]
    before = DueWork.objects.filter(kind=actions.CLAUSE_CHECK).count()
    invented.look(pilot, at + timedelta(minutes=3))
    assert DueWork.objects.filter(kind=actions.CLAUSE_CHECK).count() == 2 * before
