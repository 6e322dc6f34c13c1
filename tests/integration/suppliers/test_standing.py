"""What a supplier declares, who answers with it, and that neither is seen by the panel."""

import json
import re

import pytest
from django.test import Client

from assessment import actions as assessing
from assessment.models import Round
from assessment.queries import seats
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from challenges.models import Challenge
from suppliers import actions, queries
from suppliers.models import Declaration, DeclarationKind, Partner, Submission, Supplier
from tests.factories import assessment, awards, open_challenge, user
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
NOTHING = {"exclusion": "none", "debarment": "none"}
PARTNER = {"name": "Partnerly Works Ltd", "company_number": "00777777", "role": "Builds the shelters"}


def undeclared_supplier() -> Supplier:
    values = {"name": "New Ltd", "company_number": "01234567", "size_class": "micro"}
    return actions.register_supplier(values=values, actor=user(), at=clock.now())


def page_of(firm: Supplier) -> str:
    return f"/supplier/organisations/{firm.public_id}/declarations/"


def at(submission: Submission, page: str = "") -> str:
    return f"/supplier/submissions/{submission.public_id}/{page}"


def name_partner(submission: Submission, **change: str) -> None:
    actions.add_partner(
        submission=submission, actor=make.admin_of(submission.supplier), at=clock.now(), **(PARTNER | change)
    )


def above_threshold(challenge: Challenge) -> Challenge:
    Challenge.objects.filter(pk=challenge.pk).update(is_above_threshold=True)
    challenge.refresh_from_db()
    return challenge


def test_O2_the_list_of_what_is_missing_holds_the_declarations_and_leads_to_their_page() -> None:
    firm = undeclared_supplier()
    submission = make.drafted(open_challenge(), firm)
    client = make.signed_in(make.admin_of(firm))

    page = client.get(at(submission, "check/"))
    link = f"{page_of(firm)}?next={at(submission, 'check/')}"
    refused = client.post(at(submission, "submit/"), {"accepts_terms": "on", "version": str(submission.draft_version)})
    declared = client.post(link, NOTHING)
    after = client.get(declared.url)

    text = page.content.decode()
    assert ("Declare whether a ground for exclusion applies" in text, text.count(link)) == (True, 2)
    assert refused.status_code == 422
    assert (declared.status_code, declared.url) == (302, at(submission, "check/"))
    assert "Nothing is missing" in after.content.decode()


def test_O4_a_declaration_is_made_once_and_used_in_every_answer() -> None:
    firm = make.supplier()

    make.submitted(open_challenge(), firm)
    make.submitted(open_challenge(), firm)

    assert firm.declarations.count() == 2
    said = [json.loads(queries.read_submitted(each, make.admin_of(firm))) for each in firm.submissions.all()]
    assert [sorted(each["supplier"]["declarations"]) for each in said] == [["debarment", "exclusion"]] * 2


def test_a_call_above_the_threshold_asks_for_the_share_code_before_the_deadline() -> None:
    firm, challenge = make.supplier(), above_threshold(open_challenge())
    submission = make.drafted(challenge, firm)
    boss = make.admin_of(firm)

    with pytest.raises(actions.Incomplete, match="Confirm your registration on the central digital platform"):
        make.submit(submission)
    make.signed_in(boss).post(page_of(firm), NOTHING | {"share_code": "abcd-1234"})
    make.submit(submission)

    code = Declaration.objects.get(kind=DeclarationKind.REGISTRATION)
    assert (code.share_code, code.declared_by) == ("ABCD1234", boss.actor_key)


def test_a_yes_needs_an_explanation_and_keeps_nobody_from_answering() -> None:
    firm = undeclared_supplier()
    client = make.signed_in(make.admin_of(firm))

    bare = client.post(page_of(firm), NOTHING | {"exclusion": "some"})
    explained = client.post(page_of(firm), NOTHING | {"exclusion": "some", "exclusion_explained": "Fined in 2023."})
    make.submitted(open_challenge(), firm)

    assert (bare.status_code, "Explain your yes" in bare.content.decode()) == (422, True)
    assert explained.status_code == 302
    assert firm.submissions.get().state == "submitted"


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({}, 422, "Choose one."),
        (NOTHING | {"share_code": "ab"}, 409, "Enter the share code as the platform shows it"),
        (NOTHING | {"exclusion": "perhaps"}, 422, "Select a valid choice."),
    ],
)
def test_a_bad_declaration_is_told_and_nothing_is_kept(form: dict[str, str], status: int, sentence: str) -> None:
    firm = undeclared_supplier()

    page = make.signed_in(make.admin_of(firm)).post(page_of(firm), form)

    assert (page.status_code, sentence in page.content.decode()) == (status, True)
    assert not firm.declarations.exists()


def test_only_an_administrator_declares_and_the_record_holds_no_explanation() -> None:
    firm = make.supplier()
    member = make.colleague(firm)

    refused = make.signed_in(member).post(page_of(firm), NOTHING)
    actions.declare(
        supplier=firm, kind=DeclarationKind.EXCLUSION, applies=True, explanation="canarywren",
        actor=make.admin_of(firm), at=clock.now(),
    )  # fmt: skip

    assert refused.status_code == 403
    assert make.signed_in(member).get(page_of(firm)).status_code == 200
    assert [row for row in Event.objects.about(firm) if "canarywren" in str(row.data)] == []
    with pytest.raises(NotPermitted):
        actions.declare(
            supplier=firm, kind=DeclarationKind.DEBARMENT, applies=False, actor=member, at=clock.now()
        )  # fmt: skip


def test_earlier_declarations_are_kept_and_the_newest_counts() -> None:
    firm = make.supplier()
    actions.declare(
        supplier=firm, kind=DeclarationKind.EXCLUSION, applies=True, explanation="Since May.",
        actor=make.admin_of(firm), at=clock.now(),
    )  # fmt: skip

    assert firm.declarations.filter(kind="exclusion").count() == 2
    assert queries.declared(firm)["exclusion"].applies is True


def test_partners_are_named_and_removed_through_the_page() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    named = client.post(at(submission, "partners/"), PARTNER)
    text = client.get(at(submission, "partners/")).content.decode()
    client.post(at(submission, "partners/remove/"), {"name": PARTNER["name"]})
    again = client.post(at(submission, "partners/remove/"), {"name": PARTNER["name"]})

    submission.refresh_from_db()
    assert (named.status_code, PARTNER["role"] in text) == (302, True)
    assert queries.read_draft(submission, make.admin_of(submission.supplier)).partners == []
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"company_number": "12"}, "Enter a Companies House number"),
        ({"name": "partnerly works ltd", "company_number": ""}, "This organisation is named already."),
        ({"name": "Other"}, "This organisation is named already."),
        ({"role": ""}, "Fill this in."),
    ],
)
def test_a_bad_partner_is_told_and_what_was_typed_is_kept(change: dict[str, str], sentence: str) -> None:
    submission = make.started(open_challenge())
    name_partner(submission)

    page = make.signed_in(make.admin_of(submission.supplier)).post(at(submission, "partners/"), PARTNER | change)

    assert page.status_code in (409, 422)
    assert sentence in page.content.decode()


def test_ones_own_number_an_eleventh_partner_and_a_late_one_are_refused() -> None:
    submission = make.started(open_challenge())
    with pytest.raises(Refused, match="your own organisation's number"):
        name_partner(submission, company_number=submission.supplier.company_number)
    for number in range(10):
        name_partner(submission, name=f"Partner {number}", company_number="")
    with pytest.raises(Refused, match="You have named 10 organisations"):
        name_partner(submission)
    make.after_closing(submission.challenge)
    with pytest.raises(Refused, match="This call has closed"):
        actions.remove_partner(
            submission=submission, name="Partner 1", actor=make.admin_of(submission.supplier), at=clock.now()
        )  # fmt: skip


def test_S2_another_supplier_can_neither_see_nor_name() -> None:
    submission, rival = make.started(open_challenge()), make.supplier()

    assert make.signed_in(make.admin_of(rival)).get(at(submission, "partners/")).status_code == 404
    with pytest.raises(NotPermitted):
        actions.add_partner(submission=submission, actor=make.admin_of(rival), at=clock.now(), **PARTNER)


def test_S1_a_partner_stands_nowhere_in_the_clear_before_the_unsealing_and_in_rows_after_it() -> None:
    challenge = open_challenge()
    submission = make.drafted(challenge)
    name_partner(submission)
    make.submit(submission)
    before = Partner.objects.count()

    make.unseal(challenge)

    assert before == 0
    assert [(row.name, row.company_number, row.role) for row in queries.partners_of(submission)] == [
        tuple(PARTNER.values())
    ]
    assert [each["applies"] for each in queries.said_standing(submission)] == [False, False]


def blind_round(state: str = "marking") -> Round:
    """A round in which one submission names a partner and declares something."""
    challenge, firm = open_challenge(), make.supplier()
    actions.declare(
        supplier=firm, kind=DeclarationKind.EXCLUSION, applies=True, explanation="canarywren",
        actor=make.admin_of(firm), at=clock.now(),
    )  # fmt: skip
    submission = make.drafted(challenge, firm)
    name_partner(submission)
    make.submit(submission)
    make.submitted(challenge)
    make.unseal(challenge)
    return assessment.round_in(state, challenge)


def crawled(client: Client, start: str) -> dict[str, str]:
    """Every page that links lead to, from `start` on and not above it."""
    seen: dict[str, str] = {}
    waiting = [start]
    while waiting:
        page = waiting.pop()
        if page not in seen:
            seen[page] = client.get(page).content.decode()
            waiting += [link for link in re.findall(r'href="([^"#?]+)', seen[page]) if link.startswith(start)]
    return seen


@pytest.mark.parametrize("state", ["marking", "moderating"])
def test_A6_no_page_of_the_panel_shows_a_partner_or_a_declaration(state: str) -> None:
    """A3 shows names, a partner's too, on the page for declaring interests, and nothing else there."""
    round_ = blind_round(state)
    home = f"/assess/{round_.challenge.slug}/"
    people = [assessment.assessors_of(round_)[0], assessment.chair_of(round_)]

    shown = {(who.pk, page): text for who in people for page, text in crawled(make.signed_in(who), home).items()}

    interests = [text for (_, page), text in shown.items() if page == f"{home}interests/"]
    others = [text for (_, page), text in shown.items() if page != f"{home}interests/"]
    assert len(others) > 6
    words = (PARTNER["name"], PARTNER["role"], PARTNER["company_number"], "canarywren")
    assert [word for text in others for word in words if word in text] == []
    assert [word for text in interests for word in words[1:] if word in text] == []


def test_A3_a_partner_is_named_where_interests_are_declared() -> None:
    round_ = blind_round("declaring")
    member = assessment.seats_of(round_)[0]
    assessing.declare_interest(round=round_, actor=member.user, at=clock.now(), has_interest=False)

    names = [each.name for each in seats.supplier_names(round_, member)]

    assert [name for name in names if name.endswith(f", with {PARTNER['name']}")] != []
    assert len(names) == 2


def test_A2_nobody_of_a_partner_sits_on_the_panel() -> None:
    challenge, partner = open_challenge(), make.supplier()
    submission = make.drafted(challenge)
    name_partner(submission, company_number=partner.company_number)
    make.submit(submission)
    make.unseal(challenge)

    with pytest.raises(Refused, match="belongs to a supplier that submitted and cannot assess"):
        assessing.set_up_panel(
            challenge=challenge, chair=make.admin_of(partner), assessors=[user(), user()],
            actor=assessment.owner_of(challenge), at=clock.now(),
        )  # fmt: skip


def test_the_council_reads_what_was_declared_once_an_award_is_near() -> None:
    award = awards.award_in("proposed")

    page = make.signed_in(awards.lead_of(award.challenge)).get(f"/workspace/awards/{award.public_id}/")

    text = page.content.decode()
    assert ("What the supplier declared" in text, text.count("Nothing applies, declared")) == (True, 2)
