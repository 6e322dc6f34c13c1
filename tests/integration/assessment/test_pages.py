"""The pages: who may open which, what can never be on them (A4, A6, A16), and the work done through them."""

import re
from decimal import Decimal

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.text import slugify

from accounts.models import CouncilRole
from accounts.rules import is_council_member
from assessment import queries
from assessment.models import Assessment, ClauseFinding, Decision, InterestDeclaration, Moderation, Round
from clauses.models import Mode
from tests.factories import council, open_challenge, person, user
from tests.factories import suppliers as supply
from tests.factories.assessment import (
    assessors_of,
    auditor_of,
    chair_of,
    find_all,
    lead_of,
    moderate_all,
    open_prices,
    owner_of,
    panel_for,
    round_in,
    save,
    second_lead,
    write_marks,
)

pytestmark = pytest.mark.django_db
LEAKS = ("Leaky Shelters Limited", "leaky-shelters", "31337", "987654", "prospect-of-leaky", "SECRET-REASON")
PRICE = ("31337.00", "987654.00")


def client_of(who):
    if is_council_member(who) and not Authenticator.objects.filter(user=who).exists():
        Authenticator.objects.create(user=who, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def leaky_challenge(n=2):
    """Submissions whose supplier's name, price, file name and evidence address must not reach an assessor."""
    challenge = open_challenge()
    leaky = supply.drafted(
        challenge, supply.supplier("Leaky Shelters Limited"), price=PRICE, files={"prospect-of-leaky.txt": b"text"}
    )
    for criterion_clause in leaky.challenge.clause_requirements.filter(code="OD-01"):
        value = {"accepted": True, "level": None, "text": "Yes.", "url": "https://leaky-shelters.example/evidence"}
        supply.save(leaky, f"clause:{criterion_clause.code}", value)
    supply.submit(leaky)
    for _ in range(n - 1):
        supply.submitted(challenge)
    return supply.unseal(challenge), leaky


def urls(round_, pseudonym):
    slug, code = round_.challenge.slug, "outcome"
    return {
        "round": f"/assess/{slug}/",
        "submission": f"/assess/{slug}/submissions/{pseudonym}/",
        "mark": f"/assess/{slug}/submissions/{pseudonym}/{code}/",
        "moderation": f"/assess/{slug}/moderation/",
        "moderate": f"/assess/{slug}/moderation/{pseudonym}/{code}/",
        "clauses": f"/assess/{slug}/clauses/{pseudonym}/",
        "freeze": f"/assess/{slug}/freeze/",
        "panel": f"/workspace/challenges/{slug}/panel/",
        "prices": f"/workspace/challenges/{slug}/prices/",
        "result": f"/workspace/challenges/{slug}/result/",
        "decision": f"/workspace/challenges/{slug}/decision/",
    }


def statuses(who, round_, pseudonym="submission-1"):
    client = client_of(who)
    return {name: client.get(url).status_code for name, url in urls(round_, pseudonym).items()}


PANEL_ONLY = ("round", "submission", "mark", "moderation", "moderate", "clauses", "freeze")
NOBODY = dict.fromkeys(
    (*PANEL_ONLY, "panel", "prices", "result", "decision"), 403
)


def test_A2_A6_the_pages_by_role_while_the_panel_marks():
    round_ = round_in("marking", n=1)
    challenge = round_.challenge
    supplier = supply.admin_of(challenge.submissions.get().supplier)
    root = user("Root")
    root.is_superuser = root.is_staff = True
    root.save()
    officer = NOBODY | {"panel": 200, "prices": 200}

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
        "assessor": NOBODY | {"round": 200, "submission": 200, "mark": 200, "result": 409},
        "chair": NOBODY | {
            "round": 200, "submission": 200, "moderation": 200, "moderate": 404, "clauses": 200, "freeze": 200,
            "result": 409,
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

    assert [(leak, url) for leak in LEAKS for page, url in zip(pages, ["/assess/", *addresses], strict=True) if leak in page] == []
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
    challenge, leaky = leaky_challenge(1)
    round_ = round_in("marking", challenge)
    reader = assessors_of(round_)[0]
    pseudonym = "submission-1"
    reference = queries.blind_submission(round_, reader, pseudonym).attachments[0].reference
    url = f"/assess/{challenge.slug}/submissions/{pseudonym}/files/{reference}/"

    page = client_of(reader).get(url)

    assert (page.status_code, page.content) == (200, b"text")
    assert page["Content-Disposition"] == 'attachment; filename="submission-1-attachment-1.txt"'
    assert [client_of(who).get(url).status_code for who in (owner_of(challenge), lead_of(challenge), user())] == [404] * 3
    assert client_of(reader).get(f"/files/{reference}/").status_code == 404


def test_A4_no_page_of_an_assessor_holds_anothers_mark_or_reason_before_their_own_are_in():
    round_ = round_in("marking", n=1)
    first, second = assessors_of(round_)
    submission, criterion = queries.submissions_in(round_)[0], queries.quality_criteria(round_)[0]
    save(round_, second, submission, criterion, Decimal(1), "SECRET-REASON")

    client = client_of(first)
    pages = [client.get(url).content.decode() for name, url in urls(round_, "submission-1").items() if name in PANEL_ONLY]

    assert [page for page in pages if "SECRET-REASON" in page or 'value="1" checked' in page] == []
    assert "SECRET-REASON" in client_of(second).get(urls(round_, "submission-1")["mark"]).content.decode()


def test_A14_the_chair_sees_counts_and_no_mark_while_others_still_mark():
    round_ = round_in("marking", n=1)
    for who in assessors_of(round_):
        write_marks(round_, who, [Decimal(1)])
    Assessment.objects.update(rationale="SECRET-REASON")
    client = client_of(chair_of(round_))

    pages = "".join(client.get(urls(round_, "submission-1")[name]).content.decode() for name in ("round", "moderation"))

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
    assert ("Say what your interest in Leaky Shelters Limited is." in refused, "We met once at a fair." in refused) == (True, True)
    assert client.post(f"{base}suppliers/", data | {f"detail-{leaky.supplier_id}": "My cousin."}).status_code == 302

    rows = InterestDeclaration.objects.filter(member__user=who, submission__isnull=False)
    assert dict(rows.values_list("submission_id", "is_recused")) == {leaky.pk: True, other.pk: False}


def test_A16_an_assessor_recused_from_a_submission_sees_only_its_rank_in_the_result():
    challenge, leaky = leaky_challenge()
    panel_for(challenge, assessors=3)
    from assessment import actions  # noqa: PLC0415 - only here
    from audit import clock  # noqa: PLC0415
    from tests.factories.assessment import declare, mark_all  # noqa: PLC0415

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
            judgement = actions.Judgement(submission, criterion, Decimal(4), "Agreed.")
            actions.moderate(round=round_, judgement=judgement, attended=seats, actor=chair_of(round_), at=clock.now())
    find_all(round_)
    actions.freeze_quality(round=round_, actor=chair_of(round_), at=clock.now())
    open_prices(round_)

    page = client_of(conflicted).get(urls(round_, "x")["result"]).content.decode()

    assert [leak for leak in ("Leaky Shelters Limited", "£31,337", "£987,654") if leak in page] == []
    assert "You declared an interest here." in page
    full = client_of(chair_of(round_)).get(urls(round_, "x")["result"]).content.decode()
    assert [leak for leak in ("Leaky Shelters Limited", "£31,337", "£987,654") if leak not in full] == []


def test_a_mark_is_saved_through_the_screen_and_leads_to_the_next():
    round_ = round_in("marking", n=2)
    who = assessors_of(round_)[0]
    client = client_of(who)
    base = f"/assess/{round_.challenge.slug}/submissions/submission-1"

    page = client.post(f"{base}/outcome/", {"mark": "4", "rationale": "Clear.", "next": "1"})

    assert page["Location"] == f"{base}/delivery/"
    assert list(Assessment.objects.values_list("mark", "rationale")) == [(Decimal(4), "Clear.")]
    page = client.get(f"{base}/outcome/").content.decode()
    assert re.search(r'value="4"[^>]*checked', page) is not None


def test_A5_a_mark_off_the_scale_is_refused_and_the_reason_stays_typed():
    round_ = round_in("marking", n=1)
    client = client_of(assessors_of(round_)[0])

    page = client.post(urls(round_, "submission-1")["mark"], {"mark": "9", "rationale": "Half a page of text."})

    assert (page.status_code, Assessment.objects.count()) == (200, 0)
    assert [words for words in ("There is a problem", "Half a page of text.") if words not in page.content.decode()] == []


def test_A4_submitting_through_the_page_twice_is_refused_with_a_sentence():
    round_ = round_in("marking", n=1)
    who = assessors_of(round_)[0]
    write_marks(round_, who)
    client, url = client_of(who), f"/assess/{round_.challenge.slug}/submit/"

    assert client.post(url).status_code == 302
    again = client.post(url)

    assert (again.status_code, "already submitted" in again.content.decode()) == (409, True)
    assert client.get(url).status_code == 405


def test_the_chair_moderates_finds_and_freezes_through_the_pages():
    round_ = round_in("moderating", n=1)
    client = client_of(chair_of(round_))
    seats = [str(seat.pk) for seat in queries.members(round_)]
    base = f"/assess/{round_.challenge.slug}"
    for criterion in queries.quality_criteria(round_):
        data = {"mark": "4", "rationale": "Agreed.", "attended": seats}
        assert client.post(f"{base}/moderation/submission-1/{criterion.code}/", data).status_code == 302
    asked = round_.challenge.clause_requirements.all()
    findings = {f"verdict-{each.code}": "met" for each in asked}
    assert client.post(f"{base}/clauses/submission-1/", findings).status_code == 302

    assert client.post(f"{base}/freeze/").status_code == 302

    round_.refresh_from_db()
    found = ClauseFinding.objects.filter(requirement__mode=Mode.MANDATORY).count()
    assert (round_.state, Moderation.objects.count(), found) == ("prices", 2, 4)
    assert client.post(f"{base}/freeze/").status_code == 409


def test_a_clause_not_met_needs_its_reason_on_the_page():
    round_ = round_in("marking", n=1)
    client = client_of(chair_of(round_))
    findings = {f"verdict-{each.code}": "met" for each in round_.challenge.clause_requirements.all()}

    page = client.post(urls(round_, "submission-1")["clauses"], findings | {"verdict-OD-01": "not_met"})

    assert "OD-01: say why the clause is not met." in page.content.decode()
    assert not ClauseFinding.objects.exists()


def test_A9_two_officers_open_the_prices_through_the_page():
    round_ = round_in("prices", n=1)
    url = urls(round_, "x")["prices"]
    owner, lead = client_of(owner_of(round_.challenge)), client_of(lead_of(round_.challenge))

    assert owner.post(url).status_code == 302
    assert owner.post(url).status_code == 409
    assert lead.post(url).status_code == 302

    assert Round.objects.get(pk=round_.pk).state == "ranked"
    assert "£50,000" not in owner.get(url).content.decode()


def test_no_admissible_submission_leads_to_a_clear_page_and_on_to_the_conclusion():
    round_ = round_in("prices", n=1, failing=1)

    page = client_of(owner_of(round_.challenge)).get(urls(round_, "x")["prices"]).content.decode()

    assert "No submission was admitted" in page
    assert f'href="/workspace/challenges/{round_.challenge.slug}/conclude/"' in page


def test_nothing_submitted_leads_to_the_conclusion_from_the_panel_page():
    challenge = supply.unseal(open_challenge())

    page = client_of(owner_of(challenge)).get(f"/workspace/challenges/{challenge.slug}/panel/").content.decode()

    assert "Nothing was submitted" in page
    assert f'href="/workspace/challenges/{challenge.slug}/conclude/"' in page


def test_the_panel_is_named_through_the_page_and_unknown_people_are_named_in_the_error():
    challenge = supply.unsealed_challenge(1)
    client = client_of(owner_of(challenge))
    url = f"/workspace/challenges/{challenge.slug}/panel/"
    chair, first, second = user(), user(), user()

    page = client.post(url, {"chair": chair.email, "assessors": f"{first.email}\nnobody@nowhere.example"}).content.decode()
    assert ("Nobody signs in here with nobody@nowhere.example" in page, first.email in page) == (True, True)
    assert client.post(url, {"chair": chair.email, "assessors": f"{first.email}\n{second.email}"}).status_code == 302
    assert client.post(f"{url}open/").status_code == 302

    assert Round.objects.get().state == "declaring"
    assert client.post(f"{url}open/").status_code == 409


def test_D1_the_decision_page_keeps_what_was_typed_when_too_many_are_selected():
    round_ = round_in("ranked", n=3)
    lead = second_lead(round_.challenge)
    client = client_of(lead)
    client.post(f"/workspace/challenges/{round_.challenge.slug}/decision/interests/", {"interest": "none"})
    rows = {f"select-submission-{n}": "on" for n in (1, 2, 3)} | {f"reason-submission-{n}": f"Why {n}" for n in (1, 2, 3)}

    page = client.post(urls(round_, "x")["decision"], rows | {"reasons": "All good."}).content.decode()

    assert [words for words in ("You selected 3. At most 2 go into a pilot", "Why 2", "All good.") if words not in page] == []
    assert not Decision.objects.exists()


def test_home_tells_what_waits_and_is_empty_for_others():
    round_ = round_in("marking", n=1)

    mine = client_of(chair_of(round_)).get("/assess/").content.decode()
    others = client_of(user()).get("/assess/").content.decode()

    assert f'href="/assess/{round_.challenge.slug}/"' in mine
    assert "No assessment is open for you" in others


def query_count(who, url):
    client = client_of(who)
    with CaptureQueriesContext(connection, ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_lists_take_as_many_queries_for_thirty_submissions_as_for_one():
    one, thirty = round_in("marking", n=1), round_in("marking", n=30)
    for round_ in (one, thirty):
        for who in assessors_of(round_):
            write_marks(round_, who)
    mark, home = "submission-1", "round"
    names = {one.pk: "submission-1", thirty.pk: "submission-01"}

    def counts(round_):
        found = urls(round_, names[round_.pk])
        return {
            "list": query_count(assessors_of(round_)[0], found[home]),
            "mark": query_count(assessors_of(round_)[0], found["mark"]),
            "chair": query_count(chair_of(round_), found["round"]),
        }

    assert mark == "submission-1"
    assert counts(one) == counts(thirty)


def test_boards_and_results_take_as_many_queries_for_twelve_submissions_as_for_one():
    one, twelve = round_in("moderating", n=1), round_in("moderating", n=12)

    def board(round_):
        return query_count(chair_of(round_), urls(round_, "x")["moderation"])

    def result(round_):
        return query_count(chair_of(round_), urls(round_, "x")["result"])

    assert board(one) == board(twelve)
    for round_ in (one, twelve):
        from tests.factories.assessment import settle_quality  # noqa: PLC0415

        settle_quality(round_)
        open_prices(round_)
    assert result(one) == result(twelve)
    assert moderate_all is not None
