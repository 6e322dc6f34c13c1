"""An organisation's profile and its certificates: written once, by its administrators, read by its own people alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import CouncilRole, User
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.timetable import day_of
from suppliers import actions, queries
from suppliers.models import Supplier
from tests.factories import member_with, open_challenge, user
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Renamed Ltd", "company_number": "SC123456", "size_class": "small", "region": "Hull",
    "description": "Bicycle shelters.", "website": "https://renamed.example/", "insurance_promised": "on",
    "insurance_held": "Public liability, £2 million", "accessibility_needs": "Step-free rooms",
}  # fmt: skip


def page_of(firm: Supplier, page: str = "") -> str:
    return f"/supplier/organisations/{firm.public_id}/{page}"


def test_an_administrator_changes_the_profile_and_the_record_keeps_only_which_fields() -> None:
    firm = make.supplier()

    done = make.signed_in(make.admin_of(firm)).post(page_of(firm, "edit/"), FORM)

    firm.refresh_from_db()
    text = make.signed_in(make.admin_of(firm)).get(page_of(firm)).content.decode()
    event = Event.objects.about(firm).get(verb="supplier.profile_changed")
    assert (done.status_code, done.url) == (302, page_of(firm))
    assert [shown in text for shown in ("Renamed Ltd", "Step-free rooms", "Public liability", "Hull")] == [True] * 4
    assert "region" in event.data["fields"]
    assert "Hull" not in str(event.data)


def test_saving_the_same_again_writes_no_event() -> None:
    firm = make.supplier()
    same = {"name": firm.name, "region": firm.region}

    actions.edit_profile(supplier=firm, values=same, actor=make.admin_of(firm), at=clock.now())

    assert not Event.objects.about(firm).filter(verb="supplier.profile_changed").exists()


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"company_number": "12"}, 422, "Enter a Companies House number: 8 digits"),
        ({"name": ""}, 422, "Fill this in."),
        ({"website": "not an address"}, 422, "This is no web address."),
        ({"company_number": "00000077"}, 409, "An organisation with the number 00000077 is registered already."),
    ],
)
def test_a_bad_profile_keeps_what_was_typed(change: dict[str, str], status: int, sentence: str) -> None:
    firm = make.supplier()
    Supplier.objects.create(name="Other", company_number="00000077", size_class="micro", created_at=clock.now())

    page = make.signed_in(make.admin_of(firm)).post(page_of(firm, "edit/"), {**FORM, **change})

    assert page.status_code == status
    assert sentence in page.content.decode()
    assert "Step-free rooms" in page.content.decode()
    assert Supplier.objects.get(pk=firm.pk).name == firm.name


def test_the_refusal_of_a_number_names_nobody() -> None:
    firm = make.supplier("Quietly Ltd")

    page = make.signed_in(user()).post("/supplier/register/", {**FORM, "company_number": firm.company_number})

    text = page.content.decode()
    assert (page.status_code, f"{firm.company_number} is registered already. If it is yours" in text) == (422, True)
    people = make.admin_of(firm)
    assert [word for word in (firm.name, people.email, people.full_name) if word in text] == []


def test_R4_the_number_stays_once_an_answer_was_submitted_under_it() -> None:
    firm = make.supplier()
    make.submitted(open_challenge(), firm)

    page = make.signed_in(make.admin_of(firm)).post(page_of(firm, "edit/"), FORM)

    assert page.status_code == 409
    assert "The number stays: an answer was submitted under it" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_registrations_at_the_same_time_make_one_organisation() -> None:
    people, together = [user(), user()], Barrier(2)

    with ThreadPoolExecutor(2) as threads:
        ends = sorted(threads.map(lambda who: register_together(who, together), people))

    assert (Supplier.objects.count(), ends[0][:62]) == (
        1, "An organisation with the number 01234567 is registered already"
    )  # fmt: skip
    assert ends[1] == "registered"


def register_together(who: User, together: Barrier) -> str:
    """Register one number as this person, at the moment when the other does; returns the refusal or "registered"."""
    values = {"name": "Solver Ltd", "company_number": "01234567", "size_class": "micro"}
    try:
        together.wait(timeout=10)
        actions.register_supplier(values=values, actor=who, at=clock.now())
    except Refused as refused:
        return str(refused)
    finally:
        connection.close()
    return "registered"


@pytest.mark.parametrize("page", ["edit/", "certificates/"])
def test_a_member_reads_the_profile_and_changes_nothing(page: str) -> None:
    firm = make.supplier()
    client = make.signed_in(make.colleague(firm))

    assert client.get(page_of(firm)).status_code == 200
    assert client.get(page_of(firm, page)).status_code == 403
    with pytest.raises(NotPermitted):
        actions.edit_profile(supplier=firm, values={"name": "x"}, actor=make.colleague(firm), at=clock.now())


def test_S1_S2_nobody_else_reads_a_profile() -> None:
    firm, challenge = make.supplier(), open_challenge()
    superuser = user()
    superuser.is_staff = superuser.is_superuser = True
    superuser.save()
    people = [member_with(challenge.council, role) for role in CouncilRole]
    people += [superuser, make.admin_of(make.supplier())]

    asked = [make.signed_in(who).get(page_of(firm)).status_code for who in people]

    assert asked == [404] * len(people)
    assert Client().get(page_of(firm)).status_code == 302


def test_a_certificate_is_added_renewed_and_removed() -> None:
    firm = make.supplier()
    client = make.signed_in(make.admin_of(firm))
    first = {"scheme": "cyber_essentials", "name": "", "number": "CE-77", "expires_on": "2099-05-01"}

    client.post(page_of(firm, "certificates/"), first)
    row = firm.certificates.get()
    client.post(page_of(firm, f"certificates/{row.pk}/"), {**first, "number": "CE-78"})
    shown = client.get(page_of(firm)).content.decode()
    client.post(page_of(firm, f"certificates/{row.pk}/remove/"))

    assert ("Number CE-78, to 1 May 2099" in shown, firm.certificates.count()) == (True, 0)
    verbs = Event.objects.about(firm).order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if "certificate" in verb] == [
        "supplier.certificate_kept", "supplier.certificate_kept", "supplier.certificate_removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"expires_on": ""}, 422, "Give the day on which the certificate expires."),
        ({"expires_on": "31/31/2030"}, 422, "This cannot be read as a day."),
        ({"scheme": "other"}, 422, "Say what the certificate is called."),
        ({"number": ""}, 422, "Fill this in."),
        ({"number": "CE-1"}, 409, "The certificate Cyber Essentials with the number CE-1 is on your profile already."),
    ],
)
def test_a_bad_certificate_says_what_is_wrong(change: dict[str, str], status: int, sentence: str) -> None:
    firm = make.supplier()
    make.certificate_of(firm)
    form = {"scheme": "cyber_essentials", "name": "", "number": "CE-2", "expires_on": "2099-05-01"}

    page = make.signed_in(make.admin_of(firm)).post(page_of(firm, "certificates/"), {**form, **change})

    assert page.status_code == status
    assert sentence in page.content.decode()
    assert firm.certificates.count() == 1


def test_another_organisations_certificate_does_not_exist() -> None:
    firm, rival = make.supplier(), make.supplier()
    row = make.certificate_of(firm)

    asked = make.signed_in(make.admin_of(rival)).get(page_of(rival, f"certificates/{row.pk}/"))

    assert asked.status_code == 404
    with pytest.raises(NotPermitted):
        actions.remove_certificate(certificate=row, actor=make.admin_of(rival), at=clock.now())


def test_there_is_a_last_certificate() -> None:
    firm = make.supplier()
    for number in range(30):
        make.certificate_of(firm, f"CE-{number}")

    with pytest.raises(Refused, match="30 certificates, which is the most we keep"):
        make.certificate_of(firm, "CE-31")


def test_what_expires_soon_stands_on_the_home_page() -> None:
    firm, today = make.supplier(), day_of(clock.now())
    make.certificate_of(firm, "SOON", today + timedelta(days=12))
    make.certificate_of(firm, "LATER", today + timedelta(days=61))

    text = make.signed_in(make.admin_of(firm)).get("/supplier/").content.decode()

    assert [held.certificate.number for held in queries.expiring([firm], today)] == ["SOON"]
    assert "Expires in 12 days" in text


@pytest.mark.parametrize("count", [1, 30])
def test_the_profile_asks_the_same_number_of_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    firm = make.supplier()
    for number in range(count):
        make.certificate_of(firm, f"CE-{number}")
    client = make.signed_in(make.admin_of(firm))

    with django_assert_num_queries(8):
        page = client.get(page_of(firm))

    assert page.content.decode().count("pf-tasks__item") == count
