"""S1: before the unsealing, nothing that a supplier wrote stands anywhere but inside a sealed box.

Canary words are planted in every field and file of a submission, of a draft and of one that is taken back, over HTTP,
in the running marketplace with its logs turned up. Then the database, the queue, the logs, the mails, the temporary
files and the stored files are searched, and every address is asked for by everybody.
"""

import io
import re
import shutil
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import CouncilRole, User
from challenges.models import Challenge
from files.models import StoredFile
from marketplace.supervisor import Services
from suppliers.models import Submission, Supplier
from tests import databases, factories
from tests.factories import assessment, pages
from tests.factories import suppliers as make
from tests.faults import canaries
from tests.integration.test_matrix import routes

pytestmark = pytest.mark.shared_database
CSRF = "c" * 32
WORDS = {which: canaries.words_of(which) for which in ("sent", "draft", "back")}
EVERY_WORD = [word for words in WORDS.values() for word in words.values()]
REFUSED_ADDRESSES = ("/cms/logout", "/accounts/logout")
WHEN = "BEFORE UPDATE OF draft_box ON suppliers_submission"
BREAK = {
    "sqlite": [
        f"CREATE TRIGGER broken {WHEN} BEGIN SELECT RAISE(ABORT, 'broken'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$",
        f"CREATE TRIGGER broken {WHEN} FOR EACH ROW EXECUTE FUNCTION broken()",
    ],
}
MEND = {"sqlite": ["DROP TRIGGER broken"], "postgresql": ["DROP FUNCTION broken CASCADE"]}


def run_sql(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@dataclass
class Planted:
    """The running marketplace after everything was written into it."""

    services: Services
    challenge: Challenge
    submissions: dict[str, Submission]
    temporary: Path
    seen_temporary: set[str] = field(default_factory=set)
    broken_page: str = ""
    own_pages: str = ""

    @property
    def logs(self) -> list[Path]:
        return sorted((self.services.data_dir / "logs").glob("*.log"))


class Writer:
    """A supplier's administrator with a browser."""

    def __init__(self, services: Services, submission: Submission, words: dict[str, str]) -> None:
        client = make.signed_in(make.admin_of(submission.supplier))
        self.home = f"{services.url}/supplier/submissions/{submission.public_id}"
        self.cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": CSRF}
        self.submission, self.words = submission, words

    def post(self, page: str, data: dict[str, Any], files: Any = None, cookies: Any = None) -> requests.Response:
        return requests.post(
            f"{self.home}/{page}", data={**data, "csrfmiddlewaretoken": CSRF}, files=files, timeout=60,
            cookies=cookies or self.cookies, allow_redirects=False,
        )  # fmt: skip

    def get(self, page: str) -> str:
        return requests.get(f"{self.home}/{page}", cookies=self.cookies, timeout=60).text

    def form(self, page: str) -> dict[str, str]:
        """The page's form as it stands, its choices made, and a canary in every text that nobody thought of here."""
        filled: dict[str, str] = {}
        for found in BeautifulSoup(self.get(page), "html.parser").select("main form [name]"):
            kind = "textarea" if found.name == "textarea" else str(found.get("type", "text"))
            if kind in ("hidden", "radio"):
                filled.setdefault(str(found["name"]), str(found.get("value", "")))
            elif kind in ("text", "textarea"):
                filled[str(found["name"])] = self.words["other"]
        return filled

    def save(self, page: str, data: dict[str, Any]) -> int:
        return self.post(page, {**self.form(page), **data}).status_code

    def write_everything(self) -> list[int]:
        words = self.words
        evidence = {"accepted": "yes", "text": words["evidence"], "url": f"https://{words['address']}.example/"}
        prices = {"pilot": words["pilot_price"], "contract": words["contract_price"]}
        clauses = self.submission.challenge.clause_requirements.filter(due="bid").values_list("code", flat=True)
        statuses = [
            self.save("answers/outcome/", {"text": words["answer"]}),
            self.save("answers/delivery/", {"text": f"{words['long']} " * 3000}),
            self.save("answers/delivery/", {"text": words["answer"]}),
            self.post("answers/delivery/", {"text": words["aside"], "version": "0"}).status_code,
            self.save("price/", prices),
            self.save("price/", {**prices, "pilot": f"-{words['pilot_price']}"}),
        ]
        statuses += [self.save(f"clauses/{code}/", {**evidence, "level": "3"}) for code in clauses]
        self.post("answers/outcome/", {"text": words["typed"], "version": "0"}, cookies={"csrftoken": CSRF})
        return statuses

    def attach_everything(self) -> list[int]:
        name, text = self.words["filename"], self.words["filetext"].encode()
        sent = [
            (f"{name}.csv", text + b",a file\n"), (f"{name}.docx", word_document(self.words["property"], text)),
            (f"{name}.pdf", b"%PDF-1.7\n" + text + b"x" * 6_000_000), (f"{self.words['refused']}.exe", text),
        ]  # fmt: skip
        return [self.post("files/", {}, files={"file": each}).status_code for each in sent]

    def submit(self) -> str:
        self.submission.refresh_from_db()
        sent = {"version": self.submission.draft_version, "accepts_terms": "on", "request_key": uuid.uuid4().hex}
        answer = self.post("submit/", sent)
        return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True) if answer.text else "submitted"


def word_document(author: str, text: bytes) -> bytes:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{author}</dc:creator></cp:coreProperties>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", text)
        archive.writestr("docProps/core.xml", core)
    return made.getvalue()


@pytest.fixture(scope="module")
def planted(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planted]:
    """Everything written; the processes have stopped, so that what follows has the database to itself."""
    with django_db_blocker.unblock():
        databases.use_fresh_copy("canaries")
        temporary = tmp_path_factory.mktemp("temporary")
        env = {"DATABASE_URL": databases.address(), "LOG_LEVEL": "DEBUG", "TMPDIR": str(temporary)}
        for log in (settings.DATA_DIR / "logs").glob("*.log"):
            log.unlink()
        shutil.rmtree(settings.DATA_DIR / "private", ignore_errors=True)  # of databases that are gone
        try:
            with Services(settings.DATA_DIR, env=env) as services:
                made = _plant(services, temporary)
                assert canaries.in_the_queue(services.redis_url, EVERY_WORD) == set()
                redis.Redis.from_url(services.redis_url).set("control", b"canarycontrol")
                assert canaries.in_the_queue(services.redis_url, ["canarycontrol"]) == {"canarycontrol"}
            yield made
        finally:
            databases.drop_copy()
            databases.use_fresh_copy("main")


def _plant(services: Services, temporary: Path) -> Planted:
    challenge = factories.open_challenge()
    pages.page_for(challenge)
    assessment.panel_for(challenge)
    submissions = {which: make.started(challenge) for which in WORDS}
    made = Planted(services, challenge, submissions, temporary)
    with watching(temporary, made.seen_temporary):
        for which, submission in submissions.items():
            writer = Writer(services, submission, WORDS[which])
            assert writer.write_everything()[:6] == [302, 422, 302, 409, 302, 422]
            assert writer.attach_everything() == [302, 302, 302, 422]
            if which != "draft":
                assert writer.submit() == "submitted"
            made.own_pages += (
                writer.get("") + writer.get("answers/outcome/") + writer.get("price/") + writer.get("files/")
            )
    assert Writer(services, submissions["back"], WORDS["back"]).post("withdraw/", {}).status_code == 302
    made.broken_page = _break_and_save(Writer(services, submissions["draft"], WORDS["draft"]))
    _wait_for_mail(services.data_dir / "mail")
    for submission in submissions.values():
        submission.refresh_from_db()
    return made


def _break_and_save(writer: Writer) -> str:
    """An error in the middle of a save, while the plain text is in the server's hands."""
    written = writer.form("answers/outcome/") | {"text": writer.words["answer"] + " again"}
    run_sql(BREAK[connection.vendor])
    answer = writer.post("answers/outcome/", written)
    broken_file = writer.post("files/", {}, files={"file": (f"{writer.words['filename']}.txt", b"text")})
    run_sql(MEND[connection.vendor])
    assert (answer.status_code, broken_file.status_code) == (500, 500)
    return answer.text + broken_file.text


class watching:  # noqa: N801 - it reads as a sentence: with watching(folder, seen)
    """Notes every file that appears in a folder, however shortly."""

    def __init__(self, folder: Path, seen: set[str]) -> None:
        self.folder, self.seen, self.done = folder, seen, threading.Event()
        self.thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self.done.wait(0.002):
            self.seen.update(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.done.set()
        self.thread.join()


def _wait_for_mail(folder: Path) -> None:
    until = time.monotonic() + 90
    while not any(b"arrived" in path.read_bytes() for path in folder.glob("*")):
        assert time.monotonic() < until, "no mail about a submission was sent"
        time.sleep(0.2)


def test_S1_the_database_holds_no_canary_and_the_search_would_find_one(planted: Planted) -> None:
    assert canaries.in_the_database(EVERY_WORD) == set()

    make.supplier(WORDS["sent"]["answer"])

    assert canaries.in_the_database(EVERY_WORD) == {WORDS["sent"]["answer"]}
    Supplier.objects.filter(name=WORDS["sent"]["answer"]).update(name="Another firm")


def test_S1_logs_mails_queue_and_stored_files_hold_no_canary_and_the_search_would_find_one(planted: Planted) -> None:
    root = planted.services.data_dir
    kept = {
        name: [path for path in (root / name).rglob("*") if path.is_file()]
        for name in ("logs", "mail", "valkey", "private")
    }
    assert {name for name, paths in kept.items() if not paths} == set()
    assert any(
        f"/supplier/submissions/{planted.submissions['sent'].public_id}/" in log.read_text() for log in planted.logs
    )
    assert len(kept["private"]) == StoredFile.objects.count() == 9

    everywhere = _files(root)
    assert canaries.grep(everywhere, EVERY_WORD) == set()
    assert [word for path in everywhere for word in EVERY_WORD if word in str(path)] == []
    controls = {f"canarycontrol{name}": root / name / "control" for name in kept}
    for word, path in controls.items():
        path.write_text(word)
    assert canaries.grep(_files(root), list(controls)) == set(controls)
    for path in controls.values():
        path.unlink()


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and ".sqlite3" not in path.name]


# The sockets of the worker's processes, and the word "blat" with which Python tries whether it may write there.
TEMPORARY_BUT_EMPTY = r"pymp-.*|[a-z0-9_]{8}"


def test_S1_no_temporary_file_was_made_while_answers_and_files_came_in(planted: Planted) -> None:
    seen = {name for name in planted.seen_temporary if not re.fullmatch(TEMPORARY_BUT_EMPTY, name)}
    assert seen == set()
    assert canaries.grep([path for path in planted.temporary.rglob("*") if path.is_file()], EVERY_WORD) == set()


def test_S1_an_error_page_tells_nothing_of_what_was_written_not_even_in_development(planted: Planted) -> None:
    assert "broken" in planted.broken_page
    assert canaries.found_in(planted.broken_page.encode(), EVERY_WORD) == set()


def test_S1_what_can_be_exported_holds_no_canary(planted: Planted, tmp_path: Path) -> None:
    call_command("export_record", out=str(tmp_path / "record.jsonl"), stdout=io.StringIO())

    assert (tmp_path / "record.jsonl").stat().st_size > 1000
    assert canaries.grep([tmp_path / "record.jsonl"], EVERY_WORD) == set()


# --- Every address, by everybody --------------------------------------------------------------------------------------


class Addresses:
    """Every address of the marketplace, filled with what belongs to the sealed call."""

    def __init__(self, planted: Planted) -> None:
        self.challenge = planted.challenge
        self.submissions = [str(each.public_id) for each in planted.submissions.values()]
        self.files = [str(public_id) for public_id in StoredFile.objects.values_list("public_id", flat=True)]
        self.firm = str(planted.submissions["sent"].supplier.public_id)

    def __iter__(self) -> Iterator[str]:
        for _, path in routes():
            yield from self._filled("/" + _plain(path))
        for page in ("/challenges/", "/record/", "/pilots/", "/api/challenges/", "/workspace/", "/inbox/"):
            yield f"{page}?q=canary&search=canary&before=999999"

    def _filled(self, path: str) -> Iterator[str]:
        found = re.search(r"<(?:(\w+):)?(\w+)>", path)
        if found is None:
            yield path
            return
        for value in self._values(found[1] or "str", found[2], path):
            yield from self._filled(path.replace(found[0], value, 1))

    def _values(self, kind: str, name: str, path: str) -> list[str]:
        if kind == "uuid":
            return self._ids(name, path)
        if kind == "int":
            return [str(Submission.objects.earliest("pk").pk)]
        if name == "code":
            return ["OD-01" if "clauses/" in path else "outcome"]
        return [self.challenge.slug]

    def _ids(self, name: str, path: str) -> list[str]:
        if path.startswith("/files/"):
            return self.files
        if name == "file_id":
            return self.files[:1]
        if path.startswith("/supplier/organisations/") or "/verification/" in path:
            return [self.firm]
        return self.submissions if path.startswith("/supplier/submissions/") else self.submissions[:1]


def _plain(path: str) -> str:
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", path).strip("^$").replace("^", "").replace("$", "")


def everybody(planted: Planted) -> dict[str, User | None]:
    challenge = planted.challenge
    seats = {f"panel {seat.role}": seat.user for seat in challenge.panel.members.select_related("user")}
    roles = {role.value: factories.member_with(challenge.council, role) for role in CouncilRole}
    other = {"other council": factories.person(factories.council(), CouncilRole.PROCUREMENT_LEAD)}
    root = {"superuser": User.objects.create_superuser("root@people.example", factories.PASSWORD)}
    return {"anonymous": None, "other supplier": make.admin_of(make.supplier()), **roles, **other, **root, **seats}


def _ask(client: Client, method: str, address: str) -> bytes:
    with transaction.atomic():
        answer = getattr(client, method)(address)
        said = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return said + repr(sorted(answer.headers.items())).encode()


@databases.walks_everything
def test_S1_no_address_tells_anybody_a_canary_or_who_submitted(planted: Planted) -> None:
    firms = [each.supplier for each in planted.submissions.values()]
    names = [name for firm in firms for name in (firm.name, str(make.admin_of(firm)), make.admin_of(firm).email)]
    addresses = [address for address in Addresses(planted) if "/suppliers/" not in address]
    told: list[tuple[str, str, str]] = []
    asked = 0
    for role, person in everybody(planted).items():
        client = make.signed_in(person) if person else Client()
        client.raise_request_exception = False
        methods = ("get", "post") if role in ("superuser", "procurement_lead", "other supplier") else ("get",)
        for method in methods:
            for address in addresses:
                said = _ask(client, method, address)
                asked += 1
                told += [(role, address, word) for word in canaries.found_in(said, EVERY_WORD)]
                told += [(role, address, name) for name in names if name.encode() in said]

    assert told == []
    assert asked > 1000


def test_S2_no_supplier_reads_the_other_ones_canaries_and_each_reads_their_own(planted: Planted) -> None:
    sent, draft = planted.submissions["sent"], planted.submissions["draft"]
    client = make.signed_in(make.admin_of(draft.supplier))
    client.raise_request_exception = False

    said = b"".join(_ask(client, "get", address) for address in Addresses(planted))

    assert canaries.found_in(said, WORDS["sent"].values()) == set()
    assert str(sent.supplier).encode() not in said
    own = canaries.found_in(said, WORDS["draft"].values())
    assert {WORDS["draft"][name] for name in ("answer", "evidence", "filename", "filetext")} <= own
    assert canaries.found_in(planted.own_pages.encode(), [WORDS["sent"]["pilot_price"]]) != set()


def test_S1_the_editor_and_its_search_know_nothing(planted: Planted) -> None:
    root, _ = User.objects.get_or_create(email="editor@people.example", is_staff=True, is_superuser=True)
    client = make.signed_in(root)
    client.raise_request_exception = False
    waiting, seen, told = ["/cms/", "/cms/pages/search/?q=canary", "/cms/images/?q=canary"], set(), set()
    while waiting and len(seen) < 60:
        address = waiting.pop(0)
        if address in seen or address.startswith(REFUSED_ADDRESSES):
            continue
        seen.add(address)
        said = _ask(client, "get", address)
        told |= canaries.found_in(said, EVERY_WORD)
        links = (link.get("href", "") for link in BeautifulSoup(said, "html.parser").select("a[href]"))
        waiting += [link for link in links if link.startswith("/cms/")]

    assert told == set()
    assert len(seen) >= 10


def test_S1_after_the_unsealing_the_same_search_finds_that_submission_and_neither_price_nor_draft(
    planted: Planted,
) -> None:
    """The positive control: what was searched for above is found as soon as it is no longer sealed."""
    submission = Submission.objects.get(pk=planted.submissions["sent"].pk)

    make.unseal(submission.challenge)

    found = canaries.in_the_database(EVERY_WORD)
    assert found == {WORDS["sent"][name] for name in ("answer", "evidence", "address", "filename")}
