"""Submitting under fire: at the deadline, many times at once, with killed workers and a full disk.

Real processes and real databases; one server start for all of them. The drafts are made beforehand through the actions,
everything that is tested goes over HTTP.
"""

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.core.files.storage import storages
from pytest_django import DjangoDbBlocker

from audit import clock
from audit.models import Event
from files.models import StoredFile
from suppliers import keys, queries, sealing
from suppliers.models import Submission, SubmissionState
from tests.factories import open_challenge
from tests.faults.slow_reply import held_file
from tests.faults.submitting import Answer, Firm, Web, ahead_of_this_machine, firms, running_web
from work.models import RequestKey

pytestmark = pytest.mark.faults
CLOCK_STEP = 0.002  # SQLite's clock tells milliseconds
PDF = b"%PDF-1.7\n" + b"x" * 1024


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Web]:
    with django_db_blocker.unblock(), running_web(os.environ.get("PYTEST_XDIST_WORKER", "main")) as running:
        yield running


def fresh(firm: Firm) -> Submission:
    return Submission.objects.get(pk=firm.submission.pk)


def received_at(submission: Submission) -> datetime:
    return datetime.fromisoformat(submission.receipt["received_at"])


def events(firm: Firm) -> list[str]:
    about = Event.objects.about(firm.submission).exclude(verb="submission.started")
    return list(about.order_by("pk").values_list("verb", flat=True))


def wait_for(what: Callable[[], object], patience: float = 60) -> None:
    until = time.monotonic() + patience
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def submitted_by_a_thread(firm: Firm, *, hold: bool = False) -> threading.Thread:
    """A submission on its way, from a client that shrugs when the connection breaks."""

    def send() -> None:
        try:
            firm.submit(hold=hold)
        except requests.RequestException:
            return

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def test_T2_of_200_submissions_across_the_deadline_each_is_received_in_time_or_refused_with_its_draft(web: Web) -> None:
    challenge = open_challenge()
    crowd = firms(web, challenge, 200)
    kept = {firm.submission.pk: bytes(firm.submission.draft_box) for firm in crowd}
    clock.move_to(challenge.closes_at - timedelta(seconds=6))
    ahead, deadline = ahead_of_this_machine(), challenge.closes_at.timestamp()

    def send(number: int) -> Answer:
        leaves = deadline - 5 + number * 5.5 / len(crowd)
        time.sleep(max(0.0, leaves - (time.time() + ahead)))
        return crowd[number].submit(ahead=ahead)

    with ThreadPoolExecutor(len(crowd)) as clients:
        answers = list(clients.map(send, range(len(crowd))))

    accepted = [firm for firm, answer in zip(crowd, answers, strict=True) if answer.status == 302]
    refused = [firm for firm, answer in zip(crowd, answers, strict=True) if answer.status == 409]
    assert len(accepted) + len(refused) == 200
    assert min(len(accepted), len(refused)) >= 10
    assert [each for each in answers if each.done < deadline - CLOCK_STEP and each.status != 302] == []
    assert [each for each in answers if each.sent >= deadline + CLOCK_STEP and each.status != 409] == []
    public = keys.signing_key().public_key()
    for row in map(fresh, accepted):
        assert (row.state, sealing.verify_receipt(row.receipt, public)) == (SubmissionState.SUBMITTED, None)
        assert received_at(row) == row.submitted_at < challenge.closes_at
    for row in map(fresh, refused):
        assert (row.state, row.receipt, row.content_box) == (SubmissionState.DRAFT, None, None)
        assert bytes(row.draft_box) == kept[row.pk]
    assert all("your draft is kept" in each.text for each in answers if each.status == 409)
    assert queries.received(challenge) == len(accepted)
    assert Event.objects.filter(verb="submission.submitted", challenge_id=challenge.pk).count() == len(accepted)


def test_O1_the_same_post_50_times_at_once_is_one_submission_with_one_receipt(web: Web) -> None:
    [firm] = firms(web, open_challenge(), 1)
    together = threading.Barrier(50)

    def send(number: int) -> tuple[int, str]:
        together.wait()
        answer = firm.submit()
        return answer.status, answer.location

    with ThreadPoolExecutor(50) as clients:
        answers = set(clients.map(send, range(50)))

    receipt = firm.receipt()
    assert answers == {(302, f"/supplier/submissions/{firm.submission.public_id}/receipt/")}
    assert RequestKey.objects.get(key=firm.key).response == receipt == fresh(firm).receipt
    assert events(firm) == ["submission.submitted"]


def test_O1_the_same_key_with_another_body_is_refused_and_changes_nothing(web: Web) -> None:
    [firm] = firms(web, open_challenge(), 1)
    firm.submit()
    receipt = firm.receipt()

    other = firm.submit(version=firm.submission.draft_version + 1)

    assert other.status == 422
    assert "sent before with other content" in other.text
    assert (firm.receipt(), events(firm)) == (receipt, ["submission.submitted"])


def test_O1_a_worker_killed_between_the_write_and_its_reply_costs_nothing_the_retry_gets_that_receipt(web: Web) -> None:
    [firm] = firms(web, open_challenge(), 1)
    held_file().unlink(missing_ok=True)
    first = submitted_by_a_thread(firm, hold=True)
    wait_for(lambda: held_file().exists() and held_file().read_text())
    killed = int(held_file().read_text())

    os.kill(killed, signal.SIGKILL)
    first.join()
    written = fresh(firm).receipt
    retry = firm.retry()

    assert killed not in web.workers()
    assert written is not None
    assert (retry.status, firm.receipt()) == (302, written)
    assert events(firm) == ["submission.submitted"]


def test_O1_workers_killed_at_any_moment_leave_a_whole_submission_or_an_untouched_draft(web: Web) -> None:
    """Sixteen requests leave one after the other, so that the kill meets each of them at another moment."""
    crowd = firms(web, open_challenge(), 16)
    sending = []
    for firm in crowd:
        sending.append(submitted_by_a_thread(firm))
        time.sleep(0.015)
    for pid in web.workers():
        os.kill(pid, signal.SIGKILL)
    for thread in sending:
        thread.join()
    after_the_kill = [fresh(firm) for firm in crowd]
    web.services.wait_until_healthy()

    retries = [firm.retry() for firm in crowd]

    assert {retry.status for retry in retries} == {302}
    for firm, row in zip(crowd, after_the_kill, strict=True):
        was_written = row.state == SubmissionState.SUBMITTED
        assert row.receipt == (firm.receipt() if was_written else None)
        assert bytes(row.draft_box) == bytes(firm.submission.draft_box)
        assert events(firm) == ["submission.submitted"]


# --- A disk that is full ----------------------------------------------------------------------------------------------


@pytest.fixture
def files_may_grow_to(web: Web) -> Iterator[Callable[[int], None]]:
    """Lets the kernel end every write of the web workers at a size, as a quota does."""

    def limit(size: int) -> None:
        for pid in web.workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    yield limit
    limit(resource.RLIM_INFINITY)


@pytest.fixture
def small_disk() -> Iterator[None]:
    """A file system of one megabyte in the place of the private files."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk; the quota is tested all the same")
    folder = Path(settings.PRIVATE_FILES_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small disk; the quota is tested all the same")
    yield
    subprocess.run(["umount", folder], check=True)


def attach(firm: Firm, data: bytes) -> Answer:
    return firm.post("files/", {}, files={"file": ("plan.pdf", data, "application/pdf")})


def files_on_disk() -> set[str]:
    root = Path(settings.PRIVATE_FILES_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def assert_every_row_has_its_file() -> None:
    rows = {row.storage_name: row for row in StoredFile.objects.all()}
    assert set(rows) == files_on_disk()
    assert [name for name, row in rows.items() if storages["private"].size(name) != row.size] == []


def refused_then_taken(firm: Firm, large: bytes, free_the_disk: Callable[[], None]) -> None:
    before = fresh(firm)
    full = attach(firm, large)

    assert (full.status, StoredFile.objects.filter(owner_id=before.pk).count()) == (507, 0)
    assert "We could not keep this file" in full.text
    assert bytes(fresh(firm).draft_box) == bytes(before.draft_box)
    assert_every_row_has_its_file()

    free_the_disk()
    assert attach(firm, PDF).status == 302
    assert StoredFile.objects.filter(owner_id=before.pk).count() == 1
    assert_every_row_has_its_file()


def test_R3_a_quota_reached_in_the_middle_of_an_upload_leaves_neither_row_nor_file(
    web: Web, files_may_grow_to: Callable[[int], None]
) -> None:
    [firm] = firms(web, open_challenge(), 1)
    files_may_grow_to(14 * 1024 * 1024)

    refused_then_taken(firm, PDF + b"x" * (16 * 1024 * 1024), lambda: files_may_grow_to(resource.RLIM_INFINITY))


def test_R3_a_full_disk_in_the_middle_of_an_upload_leaves_neither_row_nor_file(web: Web, small_disk: None) -> None:
    StoredFile.objects.all().delete()  # what other tests stored lies below the small disk
    [firm] = firms(web, open_challenge(), 1)

    refused_then_taken(firm, PDF + b"x" * (3 * 1024 * 1024), lambda: None)
    StoredFile.objects.all().delete()
