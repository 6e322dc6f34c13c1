"""S1: before the unsealing, nothing that a supplier wrote stands anywhere but inside a sealed box.

Canary words are planted in every field, file and price of a draft and of a submission. Then everything the marketplace
keeps is searched: every column of every table, every file on disk, every line logged, every page of every role.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from suppliers import actions, drafts
from suppliers.models import Submission
from tests.factories import member_with, open_challenge, person
from tests.factories import suppliers as make

pytestmark = pytest.mark.django_db
CANARIES = {
    "answer": "canaryzebra", "evidence": "canarymagpie", "address": "canaryheron", "file_text": "canaryosprey",
    "file_name": "canarylinnet", "pilot_price": "48213.37", "contract_price": "391827.46", "late": "canarysiskin",
}  # fmt: skip
SMALL = b"canaryosprey,a file\n"
LARGE = b"%PDF-1.7\ncanaryosprey\n" + b"x" * 3_000_000


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.DEBUG)
    return caplog


def plant(submission: Submission) -> None:
    """Write canaries through the real pages, as a browser would."""
    client = make.signed_in(make.admin_of(submission.supplier))
    home = f"/supplier/submissions/{submission.public_id}"
    evidence = {"accepted": "yes", "text": CANARIES["evidence"], "url": f"https://{CANARIES['address']}.example/"}
    prices = {"pilot": CANARIES["pilot_price"], "contract": CANARIES["contract_price"], "vat_treatment": "standard"}
    posts = [
        ("answers/outcome/", {"text": CANARIES["answer"], "version": "0"}),
        ("answers/delivery/", {"text": f"{CANARIES['late']} " * 401, "version": "0"}),
        ("answers/delivery/", {"text": CANARIES["late"], "version": "2"}),
        ("answers/delivery/", {"text": f"{CANARIES['late']} stale", "version": "0"}),
        ("clauses/OD-01/", {**evidence, "version": "0"}),
        ("price/", {**prices, "version": "0"}),
        ("price/", {**prices, "pilot": f"-{CANARIES['pilot_price']}", "version": "5"}),
        ("files/", {"file": SimpleUploadedFile(f"{CANARIES['file_name']}.csv", SMALL)}),
        ("files/", {"file": SimpleUploadedFile(f"{CANARIES['file_name']}.pdf", LARGE)}),
        ("files/", {"file": SimpleUploadedFile(f"{CANARIES['file_name']}.exe", SMALL)}),
    ]
    assert [client.post(f"{home}/{page}", data).status_code for page, data in posts] == [
        302, 422, 302, 409, 302, 302, 422, 302, 302, 422,
    ]  # fmt: skip
    signed_out = Client().post(f"{home}/answers/outcome/", {"text": f"{CANARIES['answer']} signed out", "version": "1"})
    assert signed_out.status_code == 302
    submission.refresh_from_db()


def everything_in_the_database() -> Iterator[tuple[str, bytes]]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield table, b"\0".join(_bytes(cell) for cell in row)


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


def everything_on_disk() -> Iterator[tuple[str, bytes]]:
    """The whole data folder (private files, media, mail, the database's own files) but for the database of this test,
    whose pages are searched above, row by row."""
    for path in Path(settings.DATA_DIR).rglob("*"):
        if path.is_file():
            yield path.name, path.name.encode() + path.read_bytes()


def found_in(places: Iterator[tuple[str, bytes]]) -> list[tuple[str, str]]:
    return [(where, name) for where, data in places for name, word in CANARIES.items() if word.encode() in data]


@pytest.fixture
def planted() -> list[Submission]:
    challenge = open_challenge()
    draft, sent = make.started(challenge), make.started(challenge)
    plant(draft)
    plant(sent)
    make.submit(sent)
    return [draft, sent]


def test_S1_the_search_itself_finds_what_is_there(logged: pytest.LogCaptureFixture) -> None:
    firm = make.supplier(CANARIES["answer"])

    assert ("suppliers_supplier", "answer") in found_in(everything_in_the_database())
    assert firm.name == CANARIES["answer"]


def test_S1_database_disk_and_log_hold_no_canary_before_the_unsealing(
    logged: pytest.LogCaptureFixture, planted: list[Submission]
) -> None:
    assert found_in(everything_in_the_database()) == []
    assert found_in(everything_on_disk()) == []
    assert found_in(iter([("log", logged.text.encode())])) == []


def test_S1_after_the_unsealing_only_the_submission_is_open_and_no_price(planted: list[Submission]) -> None:
    """The same search finds the opened content, so the search before was able to find it."""
    draft, sent = planted

    make.unseal(sent.challenge)

    found = {name for _, name in found_in(everything_in_the_database())}
    assert found == {"answer", "evidence", "address", "late", "file_name"}
    assert not draft.answers.exists()
    assert sent.answers.count() == 2


def test_S1_no_page_of_any_role_shows_a_canary(planted: list[Submission]) -> None:
    draft, sent = planted
    challenge = sent.challenge
    superuser = person(challenge.council, CouncilRole.AUDITOR)
    superuser.is_staff = superuser.is_superuser = True
    superuser.save()
    rival = make.supplier()
    people = [member_with(challenge.council, role) for role in CouncilRole] + [superuser, make.admin_of(rival)]
    clients = [Client(), *(make.signed_in(who) for who in people)]
    pages = [
        f"/challenges/{challenge.slug}/", f"/challenges/{challenge.slug}/questions/", "/supplier/", "/record/",
        f"/challenges/{challenge.slug}/answer/", "/workspace/",
        f"/workspace/challenges/{challenge.slug}/unseal/", f"/workspace/challenges/{challenge.slug}/questions/",
        f"/supplier/submissions/{sent.public_id}/", f"/supplier/submissions/{draft.public_id}/receipt.json",
    ]  # fmt: skip

    shown = [(page, client.get(page).content) for client in clients for page in pages]

    names = [draft.supplier.name, sent.supplier.name, make.admin_of(sent.supplier).full_name]
    words = [*CANARIES.values(), *names]
    assert [(page, word) for page, text in shown for word in words if word.encode() in text] == []


def test_S1_a_refusal_carries_no_content(planted: list[Submission], logged: pytest.LogCaptureFixture) -> None:
    """What an exception says may end up in a log or an error page."""
    draft = planted[0]
    actor = make.admin_of(draft.supplier)

    with pytest.raises(actions.StaleDraft) as stale:
        actions.save_draft(
            submission=draft, section=drafts.answer_section("outcome"), value=CANARIES["late"], version=0,
            actor=actor, at=clock.now(),
        )  # fmt: skip

    assert found_in(iter([("message", f"{stale.value!s} {stale.value!r}".encode())])) == []
