"""The assessment file: who gets it, when, what is in it, and that no cell of it is a formula."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils.text import slugify
from openpyxl import load_workbook

from accounts.models import CouncilRole
from assessment import archives, queries
from assessment.models import Assessment, Moderation
from assessment.queries import Table
from audit.models import Event
from suppliers.models import Submission, Supplier
from tests.factories import council, person
from tests.factories.assessment import assessors_of, auditor_of, chair_of, lead_of, owner_of, round_in
from tests.factories.suppliers import signed_in
from tests.integration.assessment.browsing import leaky_challenge

pytestmark = pytest.mark.django_db
STARTS = ("=", "+", "-", "@", "\t", "\r")
HOSTILE = [f"{start}cmd|' /C calc'!A0" for start in STARTS]
SOMETIMES = ("sums", "low-prices", "earlier-rankings", "sift", "flags")  # what happened in this round
FILES = ("", "all.zip", "all.xlsx", "all.json", "ranking.csv", "prices.csv", "robustness.csv")


def url(round_, name: str = "") -> str:
    return f"/workspace/challenges/{round_.challenge.slug}/assessment-file/{name}"


def fetched(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def poison(round_) -> None:
    """Put what spreadsheets run into every text that people can write."""
    for n, row in enumerate(Assessment.objects.filter(round=round_)):
        Assessment.objects.filter(pk=row.pk).update(rationale=HOSTILE[n % len(HOSTILE)])
    for n, row in enumerate(Moderation.objects.filter(round=round_)):
        Moderation.objects.filter(pk=row.pk).update(rationale=HOSTILE[n % len(HOSTILE)])
    for n, row in enumerate(Submission.objects.filter(challenge=round_.challenge)):
        Supplier.objects.filter(pk=row.supplier_id).update(name=HOSTILE[n % len(HOSTILE)])
        row.answers.update(text=f"\r{HOSTILE[n]}")


@pytest.fixture
def decided():
    return round_in("decided", n=3, failing=1)


def statuses(client: Client, round_) -> set[int]:
    found = set()
    for name in FILES:
        answer = client.get(url(round_, name))
        found.add(answer.status_code)
        if answer.streaming:  # to its end, so that whatever it was made in is closed
            b"".join(answer.streaming_content)
    return found


def test_A15_A16_only_the_auditor_of_the_council_opens_the_file(decided):
    stranger = person(council(), CouncilRole.AUDITOR)
    others = [owner_of(decided.challenge), lead_of(decided.challenge), chair_of(decided), assessors_of(decided)[0]]

    for who in [stranger, *others]:
        assert statuses(signed_in(who), decided) == {403}
    assert statuses(Client(), decided) == {302}
    assert statuses(signed_in(auditor_of(decided.challenge)), decided) == {200}


def test_A15_nothing_of_it_is_there_before_the_decision():
    round_ = round_in("ranked", n=1)
    client = signed_in(auditor_of(round_.challenge))

    assert statuses(client, round_) == {409}
    assert "once the decision is recorded" in client.get(url(round_)).content.decode()


def test_A6_nothing_of_it_is_there_while_quality_is_assessed():
    round_ = round_in("marking", n=1)

    assert statuses(signed_in(auditor_of(round_.challenge)), round_) == {409}


def test_A8_no_price_of_a_disregarded_submission_is_in_any_part(decided):
    client = signed_in(auditor_of(decided.challenge))
    out = decided.ranking.result["disregarded"][0]["id"]

    prices = rows_of(fetched(client, url(decided, "prices.csv")))
    document = json.loads(fetched(client, url(decided, "all.json")))

    assert {row[0] for row in prices[1:]} == {row["id"] for row in decided.ranking.result["ranking"]}
    assert next(row for row in document["submissions"] if row["id"] == out).keys() == {"id", "marks", "disregarded"}


def test_every_table_has_its_rows_under_its_head(decided):
    client = signed_in(auditor_of(decided.challenge))

    for table in queries.tables_of(decided):
        head, *rows = rows_of(fetched(client, url(decided, f"{table.name}.csv")))
        assert head == list(table.head)
        assert bool(rows) is (table.name not in SOMETIMES)
        assert {len(row) for row in rows} <= {len(head)}


def test_an_unknown_table_is_not_found(decided):
    assert signed_in(auditor_of(decided.challenge)).get(url(decided, "passwords.csv")).status_code == 404


def test_no_cell_of_any_csv_begins_like_a_formula(decided):
    poison(decided)
    client = signed_in(auditor_of(decided.challenge))

    cells = [
        cell
        for table in queries.tables_of(decided)
        for row in rows_of(fetched(client, url(decided, f"{table.name}.csv")))
        for cell in row
    ]

    assert {text for text in HOSTILE if f"'{text}" in cells} == set(HOSTILE)
    assert [cell for cell in cells if cell.startswith(STARTS)] == []


def test_no_cell_of_the_workbook_is_or_begins_like_a_formula(decided):
    poison(decided)
    content = fetched(signed_in(auditor_of(decided.challenge)), url(decided, "all.xlsx"))

    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert [sheet.title for sheet in book] == [table.name for table in queries.tables_of(decided)]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [cell.value for cell in cells if isinstance(cell.value, str) and cell.value.startswith(STARTS)] == []
    assert any(isinstance(cell.value, str) and cell.value.startswith("'=cmd") for cell in cells)


def test_a_workbook_holds_what_a_workbook_cannot():
    table = Table("odd", "", ("Text",), lambda: [("a\x00b\x0bc",), ("x" * 40_000,), (Decimal("-1.5"),)])

    with archives.workbook([table]) as made:
        values = [row[0].value for row in load_workbook(made)["odd"].iter_rows(min_row=2)]

    assert values[0] == "abc"
    assert values[1].endswith("… (cut; the CSV has all of it)")
    assert values[2] == -1.5


def test_the_archive_has_an_index_that_tells_the_truth(decided):
    content = fetched(signed_in(auditor_of(decided.challenge)), url(decided, "all.zip"))

    with zipfile.ZipFile(io.BytesIO(content)) as made:
        index = json.loads(made.read("index.json"))["files"]
        page = made.read("index.html").decode()
        names = set(made.namelist())
        for entry in index:
            held = made.read(entry["name"])
            assert (len(held), hashlib.sha256(held).hexdigest()) == (entry["bytes"], entry["sha256"])

    assert names == {entry["name"] for entry in index} | {"index.json", "index.html"}
    assert all(f'href="{entry["name"]}"' in page for entry in index)
    assert decided.ranking.digest in page


def test_A11_the_downloaded_document_is_recomputed_to_its_hash(decided, tmp_path):
    path = tmp_path / "assessment.json"
    path.write_bytes(fetched(signed_in(auditor_of(decided.challenge)), url(decided, "all.json")))
    said = io.StringIO()

    call_command("verify_result", str(path), stdout=said)

    assert f"recomputed to the same hash, {decided.ranking.digest}" in said.getvalue()
    assert json.loads(path.read_text())["robustness"]["winner"]


def test_A11_another_data_folder_recomputes_the_exported_result_to_the_same_hash(decided, tmp_path):
    path, kept = tmp_path / "assessment.json", ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    path.write_bytes(fetched(signed_in(auditor_of(decided.challenge)), url(decided, "all.json")))
    elsewhere = {name: value for name, value in os.environ.items() if name not in kept}

    done = subprocess.run(
        [sys.executable, "manage.py", "verify_result", str(path)], env=elsewhere | {"DATA_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False, cwd=settings.BASE_DIR,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert f"recomputed to the same hash, {decided.ranking.digest}" in done.stdout
    assert not (tmp_path / "marketplace.sqlite3").exists()


def test_S3_the_archive_holds_what_was_attached_under_neutral_names_and_notes_each_on_the_record():
    challenge, leaky = leaky_challenge()
    round_ = round_in("decided", challenge)
    leaky.refresh_from_db()
    auditor = auditor_of(challenge)

    content = fetched(signed_in(auditor), url(round_, "all.zip"))

    with zipfile.ZipFile(io.BytesIO(content)) as made:
        attached = [name for name in made.namelist() if name.startswith("attachments/")]
        assert attached == [f"attachments/{slugify(leaky.pseudonym)}/attachment-1.txt"]
        assert made.read(attached[0]) == b"text"
        assert attached[0] in [entry["name"] for entry in json.loads(made.read("index.json"))["files"]]
    noted = Event.objects.filter(verb="file.handed_over", actor_key=auditor.actor_key)
    assert noted.count() == 1


def test_every_table_about_prices_sift_and_letters_is_there(decided):
    tables = {table.name: table for table in queries.tables_of(decided)}

    rows = {name: list(tables[name].rows()) for name in ("sums", "low-prices", "earlier-rankings", "sift", "letters")}

    assert {name: len(found) for name, found in rows.items()} == {
        "sums": 0, "low-prices": 0, "earlier-rankings": 0, "sift": 0, "letters": 3,
    }  # fmt: skip
    assert {row[1] for row in rows["letters"]} == {"Assessment summary"}


def test_A15_the_command_tells_how_firm_a_ranking_is_only_after_the_decision(decided):
    ranked = round_in("ranked", n=1)

    for round_, has_it in ((ranked, False), (decided, True)):
        said = io.StringIO()
        call_command("export_assessment", round_.challenge.slug, stdout=said)
        assert ("robustness" in json.loads(said.getvalue())) is has_it


@pytest.mark.parametrize("name", ["marks", "moderation", "answers", "prices"])
def test_a_table_takes_the_same_few_queries_for_few_and_for_many(name, django_assert_max_num_queries):
    round_ = round_in("decided", n=6)
    table = next(table for table in queries.tables_of(round_) if table.name == name)

    with django_assert_max_num_queries(3):
        assert len(list(table.rows())) >= 6


def test_the_page_lists_every_download(decided):
    page = fetched(signed_in(auditor_of(decided.challenge)), url(decided)).decode()

    for name in [*(f"{table.name}.csv" for table in queries.tables_of(decided)), "all.zip", "all.xlsx", "all.json"]:
        assert url(decided, name) in page
    assert f"verify_result {decided.challenge.slug}-assessment.json" in page
