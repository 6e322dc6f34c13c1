"""Who may open which page, and what can never be on one (A4, A6, A16)."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.text import slugify

from accounts.models import CouncilRole
from assessment import actions, queries
from assessment.models import Assessment, InterestDeclaration
from audit import clock
from tests.factories import council, person, user
from tests.factories import suppliers as supply
from tests.factories.assessment import (
    assessors_of,
    auditor_of,
    chair_of,
    declare,
    find_all,
    lead_of,
    mark_all,
    moderate,
    open_prices,
    owner_of,
    panel_for,
    round_in,
    rule_on_all,
    save,
    write_marks,
)
from tests.integration.assessment.browsing import client_of, leaky_challenge, statuses, urls

pytestmark = pytest.mark.django_db
LEAKS = ("Leaky Shelters Limited", "leaky-shelters", "31337", "987654", "prospect-of-leaky", "SECRET-REASON")


PANEL_ONLY = ("round", "submission", "mark", "sheet", "moderation", "moderate", "clauses", "freeze")
NOBODY = dict.fromkeys((*PANEL_ONLY, "panel", "board", "prices", "result", "decision"), 403)


def test_A2_A6_the_pages_by_role_while_the_panel_marks():
    round_ = round_in("marking", n=1)
    challenge = round_.challenge
    supplier = supply.admin_of(challenge.submissions.get().supplier)
    root = user("Root")
    root.is_superuser = root.is_staff = True
    root.save()
    officer = NOBODY | {"panel": 200, "board": 200, "prices": 200}

    assert {
        "assessor": statuses(assessors_of(round_)[0], round_),
        "chair": statuses(chair_of(round_), round_),
        "owner": statuses(owner_of(challenge), round_),
        "lead": statuses(lead_of(challenge), round_),
        "auditor": statuses(auditor_of(challenge), round_),
        "supplier": statuses(supplier, round_),
        "superuser": statuses(root, round_),
        "other council": statuses(person(council(), CouncilRole.PROCUREMENT_LEAD), round_),
        "assessor elsewhere": statuses(assessors_of(round_in("declaring", n=1))[0], round_),
    } == {
        "assessor": NOBODY | {"round": 200, "submission": 200, "mark": 200, "sheet": 200, "result": 409},
        "chair": NOBODY | {
            "round": 200, "submission": 200, "moderation": 200, "moderate": 404, "clauses": 200, "freeze": 200,
            "board": 200, "result": 409,
        },
        "owner": officer,
        "lead": officer | {"result": 409, "decision": 409},
        "auditor": NOBODY | {"result": 409},
        "supplier": NOBODY,
        "superuser": NOBODY,
        "other council": NOBODY,
        "assessor elsewhere": NOBODY,
    }  # fmt: skip


def test_A16_the_result_by_role_once_it_is_ranked_and_once_it_is_decided():
    round_ = round_in("ranked", n=1)
    challenge = round_.challenge
    people = {
        "chair": chair_of(round_), "assessor": assessors_of(round_)[0], "owner": owner_of(challenge),
        "lead": lead_of(challenge), "auditor": auditor_of(challenge),
        "supplier": supply.admin_of(challenge.submissions.get().supplier),
    }  # fmt: skip
    url = urls(round_, "submission-1")["result"]

    def seen():
        return {name: client_of(who).get(url).status_code for name, who in people.items()}

    # The procurement lead is sent to declare interests first (D7).
    assert seen() == {
        "chair": 200, "assessor": 200, "owner": 403, "lead": 302, "auditor": 409, "supplier": 403,
    }  # fmt: skip
    client = client_of(people["lead"])
    client.post(f"/workspace/challenges/{challenge.slug}/decision/interests/", {"interest": "none"})
    page = client.post(
        urls(round_, "x")["decision"],
        {"select-submission-1": "on", "reason-submission-1": "The only one.", "reasons": "By rank."},
    )
    assert page.status_code == 302
    assert seen() == {
        "chair": 200, "assessor": 200, "owner": 403, "lead": 200, "auditor": 200, "supplier": 403,
    }  # fmt: skip


def test_somebody_who_is_not_signed_in_is_asked_to():
    round_ = round_in("marking", n=1)

    answers = {name: Client().get(url) for name, url in urls(round_, "submission-1").items()}

    assert {answer.status_code for answer in answers.values()} == {302}
    assert all(answer["Location"].startswith("/accounts/login/") for answer in answers.values())


def test_A3_no_answer_before_the_declaration():
    round_ = round_in("declaring", n=1)
    client = client_of(assessors_of(round_)[0])

    for name in ("submission", "mark"):
        page = client.get(urls(round_, "submission-1")[name])
        assert (page.status_code, "Declare your interests first" in page.content.decode()) == (409, True)


@pytest.mark.parametrize("state", ["marking", "moderating", "prices"])
def test_A6_no_page_of_an_assessor_holds_name_price_file_name_or_address(state):
    challenge, leaky = leaky_challenge()
    round_ = round_in(state, challenge)
    leaky.refresh_from_db()
    client = client_of(assessors_of(round_)[0])
    pseudonym = slugify(leaky.pseudonym)
    addresses = [url for name, url in urls(round_, pseudonym).items() if name in ("round", "submission", "mark")]

    pages = [client.get(url).content.decode() for url in ["/assess/", *addresses]]

    assert [
        (leak, url) for leak in LEAKS for page, url in zip(pages, ["/assess/", *addresses], strict=True) if leak in page
    ] == []
    assert "Attachment 1 (text)" in pages[2]
    assert "How we reach Reach." in pages[3]


@pytest.mark.parametrize("state", ["marking", "moderating", "prices"])
def test_A6_no_page_of_the_chair_holds_name_price_or_file_name(state):
    challenge, leaky = leaky_challenge()
    round_ = round_in(state, challenge)
    leaky.refresh_from_db()
    client = client_of(chair_of(round_))
    wanted = ("round", "submission", "moderation", "moderate", "clauses", "freeze")
    addresses = [url for name, url in urls(round_, slugify(leaky.pseudonym)).items() if name in wanted]

    pages = "".join(client.get(url).content.decode() for url in addresses)

    assert [leak for leak in LEAKS if leak in pages and leak != "leaky-shelters"] == []
    # The evidence behind a clause is the chair's to check, and nobody else's.
    assert "https://leaky-shelters.example/evidence" in pages


def test_A6_an_attachment_comes_under_a_neutral_name_and_only_to_the_panel():
    challenge, _ = leaky_challenge(1)
    round_ = round_in("marking", challenge)
    reader = assessors_of(round_)[0]
    pseudonym = "submission-1"
    reference = queries.blind_submission(queries.standing_of(round_, reader), pseudonym).attachments[0].reference
    url = f"/assess/{challenge.slug}/submissions/{pseudonym}/files/{reference}/"

    page = client_of(reader).get(url)

    assert (page.status_code, page.content) == (200, b"text")
    assert page["Content-Disposition"] == 'attachment; filename="submission-1-attachment-1.txt"'
    assert [client_of(who).get(url).status_code for who in (owner_of(challenge), lead_of(challenge), user())] == [
        404
    ] * 3
    assert client_of(reader).get(f"/files/{reference}/").status_code == 404


def test_A4_no_page_of_an_assessor_holds_anothers_mark_or_reason_before_their_own_are_in():
    round_ = round_in("marking", n=1)
    first, second = assessors_of(round_)
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]
    save(round_, second, submission, criterion, Decimal(1), "SECRET-REASON")

    client = client_of(first)
    pages = [
        client.get(url).content.decode() for name, url in urls(round_, "submission-1").items() if name in PANEL_ONLY
    ]

    assert [page for page in pages if "SECRET-REASON" in page or 'value="1" checked' in page] == []
    assert "SECRET-REASON" in client_of(second).get(urls(round_, "submission-1")["mark"]).content.decode()


def test_A14_the_chair_sees_counts_and_no_mark_while_others_still_mark():
    round_ = round_in("marking", n=1)
    for who in assessors_of(round_):
        write_marks(round_, who, [Decimal(1)])
    Assessment.objects.update(rationale="SECRET-REASON")
    client = client_of(chair_of(round_))

    pages = "".join(client.get(urls(round_, "submission-1")[name]).content.decode() for name in ("board", "moderation"))

    assert "SECRET-REASON" not in pages
    assert re.findall(r"2 of 2", pages) == ["2 of 2", "2 of 2"]
    assert "Nothing to moderate yet" in pages


def test_A3_the_interests_page_shows_names_without_pseudonyms_and_only_there():
    challenge, _ = leaky_challenge()
    round_ = round_in("declaring", challenge)
    client = client_of(assessors_of(round_)[0])
    url = f"/assess/{challenge.slug}/interests/"

    before = client.get(url).content.decode()
    client.post(url, {"interest": "none"})
    after = client.get(url).content.decode()

    assert ("Leaky Shelters Limited" in before, "Leaky Shelters Limited" in after) == (False, True)
    assert re.search(r"submission[- ]\d", after, re.IGNORECASE) is None


def test_A3_declaring_through_the_page_recuses_and_keeps_what_was_typed_on_an_error():
    challenge, leaky = leaky_challenge()
    round_ = round_in("declaring", challenge)
    who = assessors_of(round_)[0]
    client, base = client_of(who), f"/assess/{challenge.slug}/interests/"
    client.post(base, {"interest": "none"})
    other = challenge.submissions.exclude(pk=leaky.pk).get()
    data = {
        f"interest-{leaky.supplier_id}": "interest", f"detail-{leaky.supplier_id}": "",
        f"interest-{other.supplier_id}": "none", f"detail-{other.supplier_id}": "We met once at a fair.",
    }  # fmt: skip

    refused = client.post(f"{base}suppliers/", data).content.decode()
    assert ("Say what your interest in Leaky Shelters Limited is." in refused, "We met once at a fair." in refused) == (
        True,
        True,
    )
    assert client.post(f"{base}suppliers/", data | {f"detail-{leaky.supplier_id}": "My cousin."}).status_code == 302

    rows = InterestDeclaration.objects.filter(member__user=who, submission__isnull=False)
    assert dict(rows.values_list("submission_id", "is_recused")) == {leaky.pk: True, other.pk: False}


def test_A16_an_assessor_recused_from_a_submission_sees_only_its_rank_in_the_result():
    challenge, leaky = leaky_challenge()
    panel_for(challenge, assessors=3)
    round_ = actions.open_round(challenge=challenge, actor=owner_of(challenge), at=clock.now())
    conflicted = assessors_of(round_)[0]
    for who in [chair_of(round_), *assessors_of(round_)]:
        declare(round_, who, {leaky.pk: "My cousin."} if who == conflicted else None)
    round_.refresh_from_db()
    mark_all(round_)
    round_.refresh_from_db()
    seats = [seat for seat in queries.members(round_) if seat.user != conflicted]
    for submission in queries.submissions_in(round_):
        for criterion in queries.quality_criteria(round_):
            moderate(round_, submission, criterion, attended=seats)
    find_all(round_)
    rule_on_all(round_)
    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())
    open_prices(round_)

    page = client_of(conflicted).get(urls(round_, "x")["result"]).content.decode()

    assert [leak for leak in ("Leaky Shelters Limited", "£31,337", "£987,654") if leak in page] == []
    assert "You declared an interest here." in page
    full = client_of(chair_of(round_)).get(urls(round_, "x")["result"]).content.decode()
    assert [leak for leak in ("Leaky Shelters Limited", "£31,337", "£987,654") if leak not in full] == []
