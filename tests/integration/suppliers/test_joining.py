"""Asking to join an organisation whose number is registered already: its administrators answer."""

import pytest
from django.urls import reverse

from audit import clock
from audit.actions import append_links
from audit.transitions import NotPermitted, Refused
from notifications.models import Delivery
from notifications.tasks import deliver_events
from suppliers import actions, rules
from suppliers.models import Joining, SupplierMember
from tests import factories
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
FIRM = {"name": "Solver Ltd", "size_class": "micro", "region": "", "description": ""}


def test_whoever_registers_a_taken_number_asks_to_join_and_an_administrator_lets_them_in() -> None:
    firm, newcomer = make.supplier(), factories.user("Nia Newcomer")
    admin = make.admin_of(firm)
    client, theirs = make.signed_in(newcomer), make.signed_in(admin)
    people = reverse("supplier_members", args=[firm.public_id])

    refused = client.post(reverse("supplier_register"), FIRM | {"company_number": firm.company_number})
    client.post(reverse("supplier_join"), {"company_number": firm.company_number})
    again = client.post(reverse("supplier_join"), {"company_number": firm.company_number})
    shown = theirs.get(people).content.decode()
    asked = Joining.objects.get()
    answer = reverse("supplier_joining", args=[firm.public_id, asked.pk])
    stranger = make.signed_in(make.admin_of(make.supplier())).post(answer, {"answer": "accept"})
    theirs.post(answer, {"answer": "accept"})
    twice = theirs.post(answer, {"answer": "accept"})
    append_links()
    deliver_events()
    deliver_events()

    told = refused.content.decode()
    assert "Ask to join" in told
    assert (firm.name in told, admin.email in told) == (False, False)
    assert (refused.status_code, again.status_code, stranger.status_code, twice.status_code) == (422, 409, 404, 409)
    assert "Nia Newcomer" in shown
    assert rules.is_member(newcomer, firm)
    assert not rules.may_manage(newcomer, firm)
    letters = dict(Delivery.objects.values_list("user_id", "subject"))
    assert letters == {admin.pk: f"Somebody asks to join {firm}", newcomer.pk: f"You have joined {firm}"}


def test_declined_is_told_without_the_name_and_may_be_asked_again() -> None:
    firm, newcomer = make.supplier(), factories.user()
    asked = actions.ask_to_join(company_number=firm.company_number, actor=newcomer, at=clock.now())

    with pytest.raises(NotPermitted):
        actions.answer_joining(asked=asked, accepts=True, actor=make.colleague(firm), at=clock.now())
    actions.answer_joining(asked=asked, accepts=False, actor=make.admin_of(firm), at=clock.now())
    append_links()
    deliver_events()
    actions.ask_to_join(company_number=firm.company_number, actor=newcomer, at=clock.now())

    letter = Delivery.objects.get(user=newcomer)
    assert firm.name not in letter.subject + letter.body
    assert SupplierMember.objects.filter(user=newcomer).count() == 0


def test_what_is_refused_says_why() -> None:
    firms, newcomer = [make.supplier() for _ in range(4)], factories.user()

    with pytest.raises(Refused, match="Register it yourself"):
        actions.ask_to_join(company_number="99999999", actor=newcomer, at=clock.now())
    own, number = make.admin_of(firms[0]), firms[0].company_number
    with pytest.raises(Refused, match="You belong to"):
        actions.ask_to_join(company_number=number, actor=own, at=clock.now())
    for firm in firms[:3]:
        actions.ask_to_join(company_number=firm.company_number, actor=newcomer, at=clock.now())
    with pytest.raises(Refused, match="wait for an answer"):
        actions.ask_to_join(company_number=firms[3].company_number, actor=newcomer, at=clock.now())

    assert Joining.objects.count() == 3
