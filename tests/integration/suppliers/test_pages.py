"""The pages of the supplier room: right codes, nothing lost, nothing of anybody else's."""

import json
import re
import uuid

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit import clock
from suppliers import actions, queries
from suppliers.models import Submission, Supplier
from tests.factories import closed_challenge, council, member_with, open_challenge, person, user
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FORM = {
    "name": "Solver Ltd", "company_number": "sc 123456", "size_class": "micro", "region": "Leeds", "description": "",
}  # fmt: skip


def at(submission: Submission, page: str = "") -> str:
    return f"/supplier/submissions/{submission.public_id}/{page}"


def key_in(text: str) -> dict[str, str]:
    """The hidden fields of the submit form on the check page."""
    return {
        "request_key": re.search(r'name="request_key" value="(\w+)"', text).group(1),
        "version": re.search(r'name="version" value="(\d+)"', text).group(1),
    }


def test_registering_leads_back_to_where_one_was_going() -> None:
    challenge, someone = open_challenge(), user()
    client = make.signed_in(someone)
    start = f"/challenges/{challenge.slug}/answer/"

    sent_away = client.get(start)
    done = client.post(sent_away.url, FORM)

    assert (sent_away.url, done.status_code, done.url) == (f"/supplier/register/?next={start}", 302, start)
    assert Supplier.objects.get().company_number == "SC123456"


def test_registering_never_leads_to_another_site() -> None:
    done = make.signed_in(user()).post("/supplier/register/?next=https://evil.example/", FORM)

    assert done.url == "/supplier/"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"company_number": "12"}, "Enter a Companies House number: 8 digits"),
        ({"name": ""}, "Fill this in."),
        ({"company_number": "00000001"}, "An organisation with the number 00000001 is registered already."),
    ],
)
def test_a_bad_registration_keeps_what_was_typed(change: dict[str, str], sentence: str) -> None:
    Supplier.objects.create(name="Other", company_number="00000001", size_class="micro", created_at=clock.now())

    page = make.signed_in(user()).post("/supplier/register/", {**FORM, **change})

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="Leeds"' in page.content.decode()
    assert Supplier.objects.count() == 1


def test_the_home_of_somebody_new_says_what_to_do() -> None:
    text = make.signed_in(user()).get("/supplier/").content.decode()

    assert "Register your organisation first" in text
    assert 'href="/challenges/"' in text


@pytest.mark.parametrize("count", [1, 30])
def test_the_home_asks_the_same_number_of_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    firm = make.supplier()
    first = make.started(open_challenge(), firm)
    for number in range(count - 1):
        first.challenge.pk, first.challenge.slug = None, f"another-{number}"
        first.challenge.public_id = uuid.UUID(int=number)
        first.challenge.save()
        Submission.objects.create(challenge=first.challenge, supplier=firm, created_at=clock.now())
    client = make.signed_in(make.admin_of(firm))

    with django_assert_num_queries(9):
        page = client.get("/supplier/")

    assert page.content.decode().count("pf-tasks__item") == count


def test_an_answer_is_started_written_checked_submitted_and_receipted() -> None:
    challenge, firm = open_challenge(), make.supplier()
    client = make.signed_in(make.admin_of(firm))

    client.post(f"/challenges/{challenge.slug}/answer/", {"supplier": str(firm.public_id)})
    submission = Submission.objects.get()
    client.post(at(submission, "answers/outcome/"), {"text": "We would…", "version": "0"})
    client.post(at(submission, "answers/delivery/"), {"text": "In ten weeks", "version": "0"})
    client.post(at(submission, "clauses/OD-01/"), {"accepted": "yes", "text": "Our terms", "url": "", "version": "0"})
    prices = {"pilot": "£30,000", "contract": "250,000.50", "vat_treatment": "standard"}
    client.post(at(submission, "price/"), {**prices, "version": "0"})
    check = client.get(at(submission, "check/"))
    done = client.post(at(submission, "submit/"), {"accepts_terms": "on", **key_in(check.content.decode())})

    assert "Nothing is missing" in check.content.decode()
    assert (done.status_code, done.url) == (302, at(submission, "receipt/"))
    submission.refresh_from_db()
    receipt = client.get(at(submission, "receipt.json"))
    assert json.loads(receipt.content) == submission.receipt
    assert receipt["Content-Disposition"] == 'attachment; filename="receipt.json"'
    assert submission.receipt["sha256"] in client.get(at(submission, "receipt/")).content.decode()
    assert queries.read_draft(submission, make.admin_of(firm)).price == {
        "pilot": "30000.00", "contract": "250000.50", "vat_treatment": "standard",
    }  # fmt: skip


def test_O2_an_incomplete_answer_lists_everything_with_links() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    page = client.post(at(submission, "submit/"), {"version": "0"})

    text = page.content.decode()
    assert page.status_code == 422
    assert [at(submission, section) in text for section in ("answers/outcome/", "clauses/OD-01/", "price/")] == [
        True
    ] * 3
    assert "Confirm that you accept the terms of this call" in text


def test_T3_a_late_post_is_refused_and_the_draft_kept() -> None:
    """The same form that would have been accepted a moment earlier; no worker is running."""
    submission = make.drafted(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    form = {"accepts_terms": "on", **key_in(client.get(at(submission, "check/")).content.decode())}
    make.after_closing(submission.challenge)

    page = client.post(at(submission, "submit/"), form)

    submission.refresh_from_db()
    assert page.status_code == 409
    assert "This call has closed. Nothing can be submitted" in page.content.decode()
    assert (submission.state, submission.draft_version > 0) == ("draft", True)


def test_T3_a_late_save_keeps_the_typed_text_on_the_page() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    make.after_closing(submission.challenge)

    page = client.post(at(submission, "answers/outcome/"), {"text": "An hour of work", "version": "0"})

    assert page.status_code == 409
    assert "An hour of work" in page.content.decode()
    assert "This call has closed" in page.content.decode()


def test_T3_after_the_deadline_every_part_is_read_and_none_is_offered_to_be_written() -> None:
    submission = make.drafted(open_challenge(), files={"plan.txt": b"A plan."})
    client = make.signed_in(make.admin_of(submission.supplier))
    make.after_closing(submission.challenge)

    parts = ("answers/outcome/", "clauses/OD-01/", "price/", "files/")
    pages = [client.get(at(submission, part)).content.decode() for part in parts]

    said = ("How we reach Reach.", "Yes", "Pilot £", "plan.txt")
    offers = ("<textarea", 'type="file"', "Save and go back", "Remove", "<h2>Attach")
    assert [words in page for words, page in zip(said, pages, strict=True)] == [True] * 4
    assert [word for word in offers for page in pages if word in page] == []


def test_a_replayed_post_leads_to_the_same_receipt() -> None:
    submission = make.drafted(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    form = {"accepts_terms": "on", **key_in(client.get(at(submission, "check/")).content.decode())}
    client.post(at(submission, "submit/"), form)
    first = client.get(at(submission, "receipt.json")).content

    again = client.post(at(submission, "submit/"), form)
    changed = client.post(at(submission, "submit/"), {**form, "version": "999"})

    assert (again.status_code, again.url) == (302, at(submission, "receipt/"))
    assert client.get(at(submission, "receipt.json")).content == first
    assert changed.status_code == 422


def test_too_many_words_are_said_and_kept() -> None:
    submission = make.started(open_challenge())
    actor = make.admin_of(submission.supplier)
    client = make.signed_in(actor)
    long = "word " * 401

    page = client.post(at(submission, "answers/outcome/"), {"text": long, "version": "0"})

    assert page.status_code == 422
    assert "This answer has 401 words; at most 400 are read. Take out 1 word. We have kept your text." in (
        page.content.decode()
    )
    submission.refresh_from_db()
    assert queries.read_draft(submission, actor).answer("outcome") == long.strip()


def test_O3_a_colleagues_text_is_shown_beside_ones_own() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    make.save(submission, "answers/outcome", "The colleague's text")

    page = client.post(at(submission, "answers/outcome/"), {"text": "My own text", "version": "0"})

    text = page.content.decode()
    assert page.status_code == 409
    assert "The colleague&#x27;s text" in text
    assert "My own text" in text
    saved = client.post(at(submission, "answers/outcome/"), {"text": "My own text", "version": "1"})
    assert saved.status_code == 302


def test_O3_a_page_can_save_itself_and_is_told_when() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    saved = client.post(at(submission, "answers/outcome/"), {"text": "So far", "version": "0", "autosave": "1"})
    stale = client.post(at(submission, "answers/outcome/"), {"text": "Later", "version": "0", "autosave": "1"})

    submission.refresh_from_db()
    assert saved.json() == {"saved_at": submission.draft_saved_at.isoformat(), "version": 1, "problems": []}
    assert stale.status_code == 409


@pytest.mark.parametrize(
    ("name", "content", "code", "sentence"),
    [
        ("plan.pdf", b"MZ\x90\x00" + bytes(200), 422, "“plan.pdf” cannot be read as a PDF document: its content is a"),
        ("photo.png", b"\x89PNG\r\n\x1a\nnot really", 422, "“photo.png” cannot be read as a PNG image"),
        ("empty.pdf", b"", 422, "“empty.pdf” is empty."),
        ("page.html", b"<html>", 422, "“page.html” is of a kind we do not take."),
        ("large.pdf", PDF + b"0" * 3000, 413, "“large.pdf” is larger than"),
    ],
)  # fmt: skip
def test_R3_a_refused_file_says_why(
    settings: LazySettings, name: str, content: bytes, code: int, sentence: str
) -> None:
    settings.UPLOAD_MAX_BYTES = 3000
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    page = client.post(at(submission, "files/"), {"file": SimpleUploadedFile(name, content)})

    assert page.status_code == code
    assert sentence in page.content.decode()


def test_sending_the_form_without_a_file_is_refused() -> None:
    submission = make.started(open_challenge())

    page = make.signed_in(make.admin_of(submission.supplier)).post(at(submission, "files/"), {})

    assert page.status_code == 422
    assert "Choose a file to send." in page.content.decode()


def test_S3_a_file_is_downloaded_by_its_own_people_with_safe_headers() -> None:
    submission = make.started(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))
    client.post(at(submission, "files/"), {"file": SimpleUploadedFile("Plan für Leeds.pdf", PDF)})
    submission.refresh_from_db()
    [entry] = queries.read_draft(submission, make.admin_of(submission.supplier)).files

    file = client.get(f"/files/{entry['id']}/")

    assert (file.status_code, file.content, file["Content-Type"]) == (200, PDF, "application/pdf")
    assert file["Content-Disposition"] == "attachment; filename*=utf-8''Plan%20f%C3%BCr%20Leeds.pdf"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert file["Cache-Control"] == "private, no-store"


def test_S1_S2_S3_nobody_else_finds_any_page_or_file() -> None:
    submission = make.submitted(open_challenge(), files={"plan.pdf": PDF})
    [entry] = queries.read_draft(submission, make.admin_of(submission.supplier)).files
    challenge = submission.challenge
    superuser = person(challenge.council, "auditor")
    superuser.is_staff = superuser.is_superuser = True
    superuser.save()
    others = [
        superuser, challenge.owner, member_with(challenge.council, "procurement_lead"), make.admin_of(make.supplier()),
        person(council(), "owner"), user(),
    ]  # fmt: skip
    pages = ["", "answers/outcome/", "clauses/OD-01/", "price/", "files/", "check/", "receipt/", "receipt.json",
             "content.json", "withdraw/"]  # fmt: skip
    addresses = [at(submission, page) for page in pages] + [f"/files/{entry['id']}/"]

    for who in others:
        client = make.signed_in(who)
        assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
        assert client.post(at(submission, "submit/"), {}).status_code == 404
    anonymous = Client()
    assert [anonymous.get(at(submission, page)).status_code for page in pages] == [302] * len(pages)
    assert anonymous.get(f"/files/{entry['id']}/").status_code == 404


def test_withdrawing_by_page() -> None:
    submission = make.submitted(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    done = client.post(at(submission, "withdraw/"))
    again = client.post(at(submission, "withdraw/"))

    submission.refresh_from_db()
    assert (done.status_code, submission.state, again.status_code) == (302, "withdrawn", 409)


def test_the_task_list_of_a_submission_costs_at_most_twelve_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    submission = make.drafted(open_challenge())
    client = make.signed_in(make.admin_of(submission.supplier))

    with django_assert_num_queries(11):
        client.get(at(submission))


@pytest.mark.parametrize("count", [1, 30])
def test_lists_of_questions_ask_the_same_number_of_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    challenge, firm = open_challenge(), make.supplier()
    for number in range(count):
        actions.ask(
            challenge=challenge, supplier=firm, question=f"Question {number}", actor=make.admin_of(firm),
            at=clock.now(),
        )  # fmt: skip
    officer = make.signed_in(challenge.owner)
    asker = make.signed_in(make.admin_of(firm))

    with django_assert_num_queries(10):
        officer.get(f"/workspace/challenges/{challenge.slug}/questions/")
    with django_assert_num_queries(11):  # one of them asks what corrected answers said before
        asker.get(f"/challenges/{challenge.slug}/questions/")


def test_asking_by_page_and_answering_by_page() -> None:
    challenge, firm = open_challenge(), make.supplier()
    asker, officer = make.signed_in(make.admin_of(firm)), make.signed_in(challenge.owner)
    address = f"/challenges/{challenge.slug}/questions/"

    asker.post(address, {"supplier": str(firm.public_id), "question": "Which streets?"})
    listed = officer.get(f"/workspace{address}").content.decode()
    reply = re.search(r'href="(/workspace/challenges/[^"]+/questions/\d+/)"', listed).group(1)
    empty = officer.post(reply, {"answer": ""})
    done = officer.post(reply, {"answer": "The ten in the table."})
    again = officer.post(reply, {"answer": "Others."})

    assert (empty.status_code, done.status_code, again.status_code) == (422, 302, 422)
    assert "Others." in again.content.decode(), (
        "who answers second keeps the words, and is asked why they replace others"
    )
    assert "The ten in the table." in Client().get(address).content.decode()


def test_S6_the_ceremony_shows_counts_before_and_hashes_after() -> None:
    challenge = open_challenge()
    submission = make.submitted(challenge, make.supplier("Velvet Canary Ltd"))
    owner = make.signed_in(challenge.owner)
    lead = make.signed_in(member_with(challenge.council, "procurement_lead"))
    address = f"/workspace/challenges/{challenge.slug}/unseal/"
    early = owner.post(address)
    make.after_closing(challenge)

    before = owner.get(address).content.decode()
    owner.post(address)
    twice = owner.post(address)
    lead.post(address)
    after = lead.get(address).content.decode()

    assert (early.status_code, twice.status_code) == (409, 409)
    assert "1 submission<" in before
    assert submission.content_sha256 not in before
    assert submission.content_sha256 in after
    assert str(challenge.owner) in after
    assert "Velvet Canary" not in before + after


def test_the_ceremony_without_submissions_says_what_to_do() -> None:
    challenge = closed_challenge()
    make.unseal(challenge)

    page = make.signed_in(challenge.owner).get(f"/workspace/challenges/{challenge.slug}/unseal/")

    assert "Nobody answered" in page.content.decode()


def test_workspace_pages_are_the_councils_own() -> None:
    challenge = open_challenge()
    others = [person(council(), "owner"), make.admin_of(make.supplier())]

    for who in others:
        client = make.signed_in(who)
        for page in ("unseal/", "questions/"):
            assert client.get(f"/workspace/challenges/{challenge.slug}/{page}").status_code == 403


def test_S5_anybody_verifies_a_receipt() -> None:
    submission = make.submitted(open_challenge())
    client = Client()
    whole = json.dumps(submission.receipt)

    valid = client.post("/receipts/verify/", {"text": whole})
    changed = client.post("/receipts/verify/", {"text": whole.replace('"files": 0', '"files": 1')})
    nothing = client.post("/receipts/verify/", {"text": "hello"})
    key = client.get("/receipts/platform-key.pem")

    assert "This receipt is valid" in valid.content.decode()
    assert (changed.status_code, nothing.status_code) == (422, 422)
    assert "The signature does not fit" in changed.content.decode()
    assert key.content.startswith(b"-----BEGIN PUBLIC KEY-----")
