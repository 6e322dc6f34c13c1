"""Interests of officers and advisers: before the first notice, and again before each further one (D7)."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.actions import accept_invitation
from accounts.models import CouncilRole, User
from assessment import actions, queries
from assessment.models import OfficerDeclaration, OfficerRuling
from audit import clock
from audit.actions import append_links
from audit.models import Event
from audit.transitions import NotPermitted, Pointing, Refused
from challenges import actions as calling
from challenges.models import Challenge
from notifications.actions import make_deliveries
from notifications.models import Delivery
from tests.factories import council, draft_challenge, move_clock_to, person, published_challenge, user
from tests.factories.accounts import confirmed
from tests.factories.assessment import auditor_of, lead_of, owner_of
from tests.factories.pages import published_page, ready_page
from tests.factories.suppliers import admin_of, supplier
from tests.integration.assessment.browsing import client_of

pytestmark = pytest.mark.django_db
WORDS = "My sister runs a firm that makes stands."


def page_of(challenge: Challenge) -> str:
    return f"/workspace/challenges/{challenge.slug}/officers/"


def unsettled_draft() -> Challenge:
    challenge = draft_challenge()
    OfficerDeclaration.objects.all().delete()
    return challenge


def publish(challenge: Challenge, actor: User | None = None) -> None:
    calling.publish_challenge(challenge=challenge, actor=actor or lead_of(challenge), at=clock.now())


def extend(challenge: Challenge, actor: User | None = None) -> None:
    calling.extend_deadline(
        challenge=challenge, closes_at=challenge.closes_at + timedelta(days=7), actor=actor or lead_of(challenge),
        at=clock.now(), reason="Answers came late.",
    )  # fmt: skip


def declare(challenge: Challenge, who: User, detail: str = "") -> OfficerDeclaration:
    return actions.declare_as_officer(
        challenge=challenge, actor=who, at=clock.now(), has_interest=bool(detail), detail=detail
    )


def confirm(challenge: Challenge, who: User) -> None:
    actions.confirm_as_officer(challenge=challenge, actor=who, at=clock.now())


def rule(
    row: OfficerDeclaration, actor: User, ruling: OfficerRuling = OfficerRuling.ASIDE, reason: str = "So."
) -> None:
    actions.rule_on_officer(declaration=row, ruling=OfficerRuling(ruling), reason=reason, actor=actor, at=clock.now())


def refusal(act: object) -> Refused:
    with pytest.raises(Refused) as refused:
        act()  # type: ignore[operator]
    return refused.value


def test_D7_the_first_notice_waits_for_owner_and_publisher_and_each_further_one_for_both_again() -> None:
    challenge = unsettled_draft()
    owner, lead = owner_of(challenge), lead_of(challenge)

    waiting = refusal(lambda: publish(challenge))
    [sentence] = [each for each in waiting.sentences if "to be declared by" in each]
    assert str(owner) in sentence
    assert isinstance(sentence, Pointing)
    assert sentence.url == page_of(challenge)
    declare(challenge, owner)
    assert refusal(lambda: publish(challenge)).sentences == [
        "Declare your interests in this procurement first: a notice is published by somebody who has."
    ]
    declare(challenge, lead)
    publish(challenge)

    confirm(challenge, lead)
    assert refusal(lambda: extend(challenge)).sentences == [
        f"Interests are to be confirmed again before this notice by {owner}."
    ]
    confirm(challenge, owner)
    extend(challenge)
    assert [each.notice for each in queries.confirmations_of(challenge)] == [1, 1]
    said = Event.objects.filter(verb="interest.confirmed").latest("pk")
    assert (said.data, said.visibility) == ({"before_notice": 2}, "council")


def test_D7_an_interest_is_decided_by_another_officer_and_whoever_stands_aside_does_nothing_more() -> None:
    challenge = draft_challenge()
    owner, lead, second = owner_of(challenge), lead_of(challenge), person(challenge.council, "procurement_lead")
    row = declare(challenge, lead, WORDS)
    declare(challenge, second)

    assert isinstance(refusal(lambda: rule(row, lead)), NotPermitted)
    assert isinstance(refusal(lambda: rule(row, auditor_of(challenge))), NotPermitted)
    assert refusal(lambda: rule(row, owner, reason=" ")).sentences == ["Decide, and say why: both go on the record."]
    assert refusal(lambda: rule(declare(challenge, owner), second)).sentences == [
        "No interest was declared here, so there is nothing to decide."
    ]
    assert refusal(lambda: declare(challenge, lead)).sentences[0].startswith("You declared an interest here")
    rule(row, owner)
    assert refusal(lambda: publish(challenge, lead)).sentences == [
        "You stand aside from this procurement, as was decided about your interest: a colleague does this."
    ]
    assert isinstance(
        refusal(lambda: calling.edit_challenge(challenge=challenge, actor=lead, at=clock.now(), values={"title": "X"})),
        NotPermitted,
    )
    publish(challenge, second)

    for who in (owner, second):
        confirm(challenge, who)
    extend(challenge, second)
    rule(row, owner, OfficerRuling.MAY_ACT, "The firm was sold.")
    declare(challenge, lead, f"{WORDS} It was not sold.")
    row.refresh_from_db()
    assert row.ruling == OfficerRuling.OPEN


def test_D7_no_notice_goes_out_while_an_interest_is_undecided_or_the_owner_stands_aside() -> None:
    challenge = draft_challenge()
    owner, lead = owner_of(challenge), lead_of(challenge)
    row = declare(challenge, owner, WORDS)

    assert refusal(lambda: publish(challenge)).sentences == [
        f"A colleague still has to decide about the interest of {owner}."
    ]
    rule(row, lead)
    assert refusal(lambda: publish(challenge)).sentences == [
        f"{owner} owns the challenge and stands aside from it: hand it over first."
    ]
    rule(row, lead, OfficerRuling.MAY_ACT)
    publish(challenge)


def test_D7_whoever_works_on_it_is_on_the_list_until_they_step_back_and_again_when_they_come_back() -> None:
    challenge = draft_challenge()
    owner, colleague = owner_of(challenge), person(challenge.council, CouncilRole.OWNER)

    def edit() -> None:
        calling.edit_challenge(challenge=challenge, actor=colleague, at=clock.now(), values={"theme": "care"})

    def step_back(who: User, reason: str = "Moved to another team.") -> None:
        actions.record_step_back(challenge=challenge, user=who, reason=reason, actor=owner, at=clock.now())

    assert str(refusal(lambda: step_back(colleague))) == f"{colleague} does not work on this procurement."
    edit()
    assert str(colleague) in str(refusal(lambda: publish(challenge)))
    assert str(refusal(lambda: step_back(owner))) == "The owner of a challenge works on it: hand it over first."
    assert "Say why" in str(refusal(lambda: step_back(colleague, " ")))
    step_back(colleague)
    assert queries.why_not_declared(challenge, clock.now()) is None
    edit()
    assert str(colleague) in str(refusal(lambda: publish(challenge)))


def test_D7_an_adviser_is_named_by_e_mail_declares_and_reads_nothing_else() -> None:
    challenge, adviser = published_challenge(), confirmed(user("Ada Adviser"))
    owner, firm = owner_of(challenge), supplier()

    def invite(who: User) -> object:
        return actions.invite_adviser(challenge=challenge, field="legal", email=who.email, actor=owner, at=clock.now())

    invitation = invite(adviser)
    assert f"{adviser.email}, an invited adviser" in str(refusal(lambda: extend(challenge)))
    where = accept_invitation(invitation=invitation, actor=adviser, at=clock.now())
    client = client_of(adviser)
    mine = client.get(where).content.decode()
    assert (where, str(owner) in mine) == (page_of(challenge), False)
    assert "You advise on" in client.get("/workspace/").content.decode()
    assert str(adviser) in str(refusal(lambda: extend(challenge)))
    assert client.post(where, {"interest": "none"}).status_code == 302
    extend(challenge)

    assert isinstance(refusal(lambda: declare(challenge, user())), NotPermitted)
    theirs = invite(admin_of(firm))
    refused = refusal(lambda: accept_invitation(invitation=theirs, actor=confirmed(admin_of(firm)), at=clock.now()))
    assert "You belong to a supplier" in str(refused)


def test_D7_the_page_says_whose_word_is_missing_and_leads_there() -> None:
    page = ready_page()
    OfficerDeclaration.objects.all().delete()
    challenge = page.challenge
    owner, lead = owner_of(challenge), lead_of(challenge)
    client, base = client_of(owner), page_of(challenge)

    tasks = client.get(f"/workspace/challenges/{challenge.slug}/").content.decode()
    approval = client.get(f"/workspace/challenges/{challenge.slug}/approval/").content.decode()
    assert f'href="{base}"' in tasks
    assert f'<a class="govuk-link" href="{base}">Interests in this procurement are still to be declared' in approval
    refused = client.post(base, {"interest": "interest", "detail": ""})
    assert (refused.status_code, "Say what the interest is." in refused.content.decode()) == (422, True)
    assert client.post(base, {"interest": "interest", "detail": WORDS}).status_code == 302
    seen = client_of(lead).get(base).content.decode()
    row = OfficerDeclaration.objects.get()
    assert (WORDS in seen, f"{base}{row.pk}/decide/" in seen) == (True, True)
    ruled = client_of(lead).post(f"{base}{row.pk}/decide/", {"ruling": "may_act", "reason": "Another town."})
    assert ruled.status_code == 302
    assert "A colleague found no conflict: Another town." in client.get(base).content.decode()
    assert client_of(auditor_of(challenge)).get(base).status_code == 200
    assert client_of(auditor_of(challenge)).post(base, {"interest": "none"}).status_code == 403
    assert client_of(person(council(), "procurement_lead")).get(base).status_code == 403
    assert Client().get(base).status_code == 302


def test_D7_an_amendment_is_refused_on_its_form_with_a_link_and_those_waited_for_are_asked_once_a_day() -> None:
    page = published_page()
    challenge = page.challenge
    owner, lead = owner_of(challenge), lead_of(challenge)
    extend(challenge)
    client = client_of(lead)
    later = {"closes_at": "2031-01-01T12:00", "reason": "Flooding."}

    form = client.post(f"/workspace/challenges/{challenge.slug}/extend/", later).content.decode()
    assert f'<a href="{page_of(challenge)}">Interests are to be confirmed again' in form
    assert client.post(f"{page_of(challenge)}ask/").status_code == 302
    assert client.post(f"{page_of(challenge)}ask/").status_code == 409
    append_links()
    make_deliveries()
    asked = Delivery.objects.filter(event__verb="interest.asked")
    assert set(asked.values_list("user", flat=True)) == {owner.pk, lead.pk}
    move_clock_to(clock.now() + timedelta(days=1, minutes=1))
    assert actions.ask_officers(challenge=challenge, actor=owner, at=clock.now()) == 2
    for who in (owner, lead):
        assert client_of(who).post(f"{page_of(challenge)}confirm/").status_code == 302
    assert "Everybody at work" in str(
        refusal(lambda: actions.ask_officers(challenge=challenge, actor=owner, at=clock.now()))
    )
