"""Who belongs to an organisation: every change by the right person, recorded, and never without an administrator."""

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.actions import accept_invitation, invite
from accounts.models import Invitation, User
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from suppliers import actions, queries
from suppliers.models import Supplier, SupplierMember, SupplierRole
from tests.factories import assessment, open_challenge, user
from tests.factories import suppliers as make
from tests.factories.accounts import confirmed, mailed_link

pytestmark = pytest.mark.django_db
ADMIN, MEMBER = SupplierRole.ADMIN, SupplierRole.MEMBER


def page_of(firm: Supplier, page: str = "members/") -> str:
    return f"/supplier/organisations/{firm.public_id}/{page}"


def membership(who: User) -> SupplierMember:
    return SupplierMember.objects.get(user=who)


def roles_of(firm: Supplier) -> dict[str, str]:
    return {row.user.email: row.role for row in firm.members.select_related("user")}


def verbs(firm: Supplier) -> list[str]:
    """What happened to the firm's people, in order."""
    before = ("supplier.registered", "supplier.declared")
    return list(Event.objects.about(firm).exclude(verb__in=before).order_by("pk").values_list("verb", flat=True))


def test_a_colleague_is_invited_by_mail_accepts_and_works_with_the_firm() -> None:
    firm, ada = make.supplier(), confirmed()
    sent = make.signed_in(make.admin_of(firm)).post(page_of(firm), {"email": ada.email, "role": "member"})
    link = mailed_link(ada.email)
    client = make.signed_in(ada)

    answer = client.post(link)

    assert (sent.status_code, answer.status_code, answer["Location"]) == (302, 302, "/supplier/")
    assert roles_of(firm)[ada.email] == MEMBER
    assert client.get(page_of(firm)).status_code == 200
    assert verbs(firm) == ["supplier.invited", "supplier.member_joined", "supplier.invitation_accepted"]


def test_S1_letting_somebody_read_sealed_drafts_asks_again_who_is_there() -> None:
    firm = make.supplier()
    boss, colleague = make.admin_of(firm), make.colleague(firm)
    client = Client()
    client.force_login(boss)
    member = page_of(firm, f"members/{membership(colleague).pk}/")

    asked = [
        client.post(page_of(firm), {"email": "eve@people.example", "role": "admin"}),
        client.post(member, {"role": "admin"}), client.post(f"{member}hand-over/"),
    ]  # fmt: skip
    shown = client.get(page_of(firm))

    assert [each["Location"].partition("?")[0] for each in asked] == ["/accounts/reauthenticate/"] * 3
    assert (shown.status_code, Invitation.objects.count(), roles_of(firm)[colleague.email]) == (200, 0, MEMBER)


def test_the_same_invitation_twice_is_refused_and_says_so() -> None:
    firm = make.supplier()
    client = make.signed_in(make.admin_of(firm))
    form = {"email": "ada@people.example", "role": "member"}
    client.post(page_of(firm), form)

    again = client.post(page_of(firm), form)

    assert again.status_code == 409
    assert "This address was invited to this role already." in again.content.decode()
    assert Invitation.objects.count() == 1


def test_a_member_sees_the_people_and_can_change_nothing() -> None:
    firm = make.supplier()
    ada = make.colleague(firm)
    client = make.signed_in(ada)

    text = client.get(page_of(firm)).content.decode()
    codes = [
        client.post(page_of(firm), {"email": "x@people.example", "role": "admin"}).status_code,
        client.post(page_of(firm, f"members/{membership(ada).pk}/"), {"role": "admin"}).status_code,
        client.post(page_of(firm, f"members/{membership(ada).pk}/hand-over/")).status_code,
        client.post(page_of(firm, f"members/{membership(make.admin_of(firm)).pk}/remove/")).status_code,
    ]

    assert (make.admin_of(firm).email in text, "Send the invitation" in text) == (True, False)
    assert codes == [403] * 4
    assert (roles_of(firm)[ada.email], len(mail.outbox)) == (MEMBER, 0)


def test_S2_another_suppliers_people_do_not_exist() -> None:
    firm, rival = make.supplier(), make.supplier()
    row = membership(make.admin_of(firm))
    client = make.signed_in(make.admin_of(rival))

    assert client.get(page_of(firm)).status_code == 404
    assert client.post(page_of(rival, f"members/{row.pk}/remove/")).status_code == 404
    with pytest.raises(NotPermitted):
        actions.remove_member(member=row, actor=make.admin_of(rival), at=clock.now())
    assert Client().get(page_of(firm)).status_code == 302


def test_roles_change_and_the_last_administrator_stays_one() -> None:
    firm = make.supplier()
    boss, ada = make.admin_of(firm), make.colleague(firm)
    client = make.signed_in(boss)

    alone = client.post(page_of(firm, f"members/{membership(boss).pk}/"), {"role": "member"})
    client.post(page_of(firm, f"members/{membership(ada).pk}/"), {"role": "admin"})
    client.post(page_of(firm, f"members/{membership(boss).pk}/"), {"role": "member"})

    assert (alone.status_code, "You are the only administrator." in alone.content.decode()) == (409, True)
    assert roles_of(firm) == {boss.email: MEMBER, ada.email: ADMIN}
    assert verbs(firm) == ["supplier.member_joined", "supplier.role_changed", "supplier.role_changed"]


def test_the_same_role_again_writes_no_event() -> None:
    firm = make.supplier()
    ada = membership(make.colleague(firm))

    actions.change_role(member=ada, role=MEMBER, actor=make.admin_of(firm), at=clock.now())

    assert verbs(firm) == ["supplier.member_joined"]


def test_handing_over_is_one_step_and_works_once() -> None:
    firm = make.supplier()
    boss, ada = make.admin_of(firm), make.colleague(firm)
    client = make.signed_in(boss)
    address = page_of(firm, f"members/{membership(ada).pk}/hand-over/")

    done = client.post(address)
    again = client.post(address)

    assert (done.status_code, again.status_code) == (302, 403)
    assert roles_of(firm) == {boss.email: MEMBER, ada.email: ADMIN}
    assert verbs(firm) == ["supplier.member_joined", "supplier.handed_over"]


def test_handing_over_to_oneself_or_to_a_closed_account_is_refused() -> None:
    firm = make.supplier()
    boss, gone = make.admin_of(firm), make.colleague(firm)
    gone.is_active = False
    gone.save()

    for who, sentence in ((boss, "You are an administrator already"), (gone, "has no working account any more")):
        with pytest.raises(Refused, match=sentence):
            actions.hand_over(to=membership(who), actor=boss, at=clock.now())


def test_the_last_administrator_cannot_leave_and_a_closed_account_does_not_count() -> None:
    firm = make.supplier()
    boss, gone = make.admin_of(firm), make.colleague(firm)
    actions.change_role(member=membership(gone), role=ADMIN, actor=boss, at=clock.now())
    gone.is_active = False
    gone.save()

    page = make.signed_in(boss).post(page_of(firm, "leave/"))

    assert page.status_code == 409
    assert "You are the only administrator. Hand over first" in page.content.decode()
    assert roles_of(firm)[boss.email] == ADMIN


def test_whoever_left_has_lost_everything_at_once() -> None:
    firm = make.supplier()
    submission = make.submitted(open_challenge(), firm)
    ada = make.colleague(firm)
    client = make.signed_in(ada)
    before = client.get(f"/supplier/submissions/{submission.public_id}/").status_code

    left = client.post(page_of(firm, "leave/"))

    after = [
        client.get(f"/supplier/submissions/{submission.public_id}/{page}").status_code
        for page in ("", "receipt.json", "content.json", "answers/outcome/")
    ]
    assert (before, left.status_code, after) == (200, 302, [404] * 4)
    assert client.get(page_of(firm)).status_code == 404
    assert verbs(firm) == ["supplier.member_joined", "supplier.member_left"]
    with pytest.raises(NotPermitted):
        actions.leave_supplier(supplier=firm, actor=ada, at=clock.now())


def test_a_removed_member_can_neither_read_nor_write_nor_have_their_invitations_accepted() -> None:
    firm = make.supplier()
    submission = make.drafted(open_challenge(), firm)
    boss, ada, newcomer = make.admin_of(firm), make.colleague(firm), confirmed()
    actions.change_role(member=membership(ada), role=ADMIN, actor=boss, at=clock.now())
    client = make.signed_in(ada)
    sent = invite(purpose="supplier", organisation=firm, role=MEMBER, email=newcomer.email, actor=ada, at=clock.now())

    removed = make.signed_in(boss).post(page_of(firm, f"members/{membership(ada).pk}/remove/"))

    assert removed.status_code == 302
    assert client.get(f"/supplier/submissions/{submission.public_id}/").status_code == 404
    assert client.post(f"/supplier/submissions/{submission.public_id}/submit/", {"version": "1"}).status_code == 404
    with pytest.raises(NotPermitted):
        queries.read_draft(submission, ada)
    with pytest.raises(NotPermitted):
        actions.submit(submission=submission, actor=ada, at=clock.now(), accepts_terms=True)
    with pytest.raises(Refused, match="Whoever invited you can no longer do so"):
        accept_invitation(invitation=sent, actor=newcomer, at=clock.now())


def test_R2_the_record_keeps_whoever_was_removed() -> None:
    firm = make.supplier()
    ada = make.colleague(firm)

    actions.remove_member(member=membership(ada), actor=make.admin_of(firm), at=clock.now())

    event = Event.objects.about(firm).get(verb="supplier.member_removed")
    assert event.data == {"user": ada.actor_key, "role": "member"}


def test_removing_oneself_or_somebody_twice_is_refused() -> None:
    firm = make.supplier()
    boss = make.admin_of(firm)
    ada = membership(make.colleague(firm))
    key = ada.pk
    actions.remove_member(member=ada, actor=boss, at=clock.now())
    ada.pk = key

    with pytest.raises(Refused, match="does not belong to your organisation any more"):
        actions.remove_member(member=ada, actor=boss, at=clock.now())
    with pytest.raises(Refused, match="You cannot remove yourself"):
        actions.remove_member(member=membership(boss), actor=boss, at=clock.now())


def test_a_member_cannot_join_twice() -> None:
    firm = make.supplier()
    ada = make.colleague(firm)

    with pytest.raises(Refused, match="Its administrators change your role"):
        actions.join_supplier(organisation=firm, user=ada, role=ADMIN, actor=ada, at=clock.now())


def test_A2_whoever_assesses_joins_no_supplier_until_it_is_finished() -> None:
    """The refusal does not depend on whether that supplier submitted: it would tell who did."""
    panel = assessment.round_in("marking").panel
    assessor, stranger = panel.members.filter(role="assessor").first().user, make.supplier()

    with pytest.raises(Refused, match="You sit on a panel that is assessing"):
        actions.join_supplier(organisation=stranger, user=assessor, role=MEMBER, actor=assessor, at=clock.now())
    with pytest.raises(Refused, match="You sit on a panel that is assessing"):
        actions.register_supplier(
            values={"name": "x", "company_number": "01234567", "size_class": "micro"}, actor=assessor, at=clock.now()
        )


@pytest.mark.parametrize("count", [1, 30])
def test_the_people_ask_the_same_number_of_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    firm = make.supplier()
    for _ in range(count - 1):
        make.colleague(firm)
    client = make.signed_in(make.admin_of(firm))

    with django_assert_num_queries(11):
        page = client.get(page_of(firm))

    assert page.content.decode().count("pf-tasks__item") == count


def test_somebody_of_no_organisation_is_told_nothing_about_one() -> None:
    firm = make.supplier()

    assert make.signed_in(user()).get(page_of(firm, "leave/")).status_code == 404
