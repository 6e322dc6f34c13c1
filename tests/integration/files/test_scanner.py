"""The scanner's protocol, against a daemon that speaks it on a real socket; and what happens to files meanwhile."""

import itertools
import socket
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused, perform
from files import access, scanners
from files.models import FileState, StoredFile
from files.scanners import ClamAV, ScannerUnavailable, Verdict
from suppliers import actions
from suppliers.actions.scanning import SCAN
from suppliers.models import Submission
from tests.factories import open_challenge, user
from tests.factories import suppliers as make
from tests.integration.files.clamd import EICAR, Daemon, clamd
from work.actions import run_due_work
from work.models import DueWork

CLEAN = b"week,thefts\n1,10\n"
INFECTED = CLEAN + EICAR + b"\n"


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with tempfile.TemporaryDirectory(prefix="clamd") as folder, clamd(Path(folder) / "socket") as running:
        yield running


def test_clean_bytes_of_any_length_arrive_whole_and_are_clean(daemon: Daemon) -> None:
    data = bytes(range(256)) * 1024

    assert ClamAV(str(daemon.path)).scan(data) == Verdict("ClamAV")
    assert ClamAV(str(daemon.path)).scan(b"") == Verdict("ClamAV")
    assert daemon.seen == [data, b""]


def test_what_is_found_is_named(daemon: Daemon) -> None:
    assert ClamAV(str(daemon.path)).scan(INFECTED) == Verdict("ClamAV", "Eicar-Test-Signature")


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        ("silent", "it was too slow"), ("drips", "it was too slow"),
        ("garbage", "it gave no answer that we understand"), ("hangs up", "it gave no answer that we understand"),
        ("too small", "it takes only smaller files: raise its StreamMaxLength"),
    ],
)  # fmt: skip
def test_a_scanner_without_a_verdict_is_unavailable_and_never_clean(daemon: Daemon, mood: str, why: str) -> None:
    daemon.mood = mood

    with pytest.raises(ScannerUnavailable, match=f"^{why}$"):
        ClamAV(str(daemon.path), seconds=1).scan(CLEAN * 50_000)


def test_a_scanner_that_is_down_is_unavailable(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    for address in (str(tmp_path / "none"), ("127.0.0.1", port)):
        with pytest.raises(ScannerUnavailable, match="it cannot be reached"):
            ClamAV(address).scan(CLEAN)


def test_the_setting_names_a_socket_a_port_or_nobody(settings: LazySettings) -> None:
    found = []
    for text in ("", "clamd:///run/clamd.ctl", "clamd://scanner:3311"):
        settings.FILE_SCANNER = text
        found.append(getattr(scanners.configured(), "address", None))
    settings.FILE_SCANNER = "http://scanner"

    assert found == [None, "/run/clamd.ctl", ("scanner", 3311)]
    with pytest.raises(ImproperlyConfigured, match="FILE_SCANNER is clamd:///path/to/socket"):
        scanners.configured()


# --- Files of a submission --------------------------------------------------------------------------------------------


@pytest.fixture
def scanned(daemon: Daemon, settings: LazySettings) -> Daemon:
    settings.FILE_SCANNER = daemon.setting
    return daemon


def attached(data: bytes) -> tuple[Submission, StoredFile]:
    submission = make.drafted(open_challenge(), files={"in.csv": data})
    return submission, StoredFile.objects.get()


def download(submission: Submission, stored: StoredFile) -> int:
    return make.signed_in(make.admin_of(submission.supplier)).get(f"/files/{stored.public_id}/").status_code


def files_page(submission: Submission) -> str:
    client = make.signed_in(make.admin_of(submission.supplier))
    return " ".join(client.get(f"/supplier/submissions/{submission.public_id}/files/").content.decode().split())


@pytest.mark.django_db
def test_O5_a_file_waits_in_quarantine_is_scanned_by_the_worker_and_opens_then(scanned: Daemon) -> None:
    submission, stored = attached(CLEAN)
    assert (stored.state, scanned.seen, download(submission, stored)) == (FileState.QUARANTINED, [], 404)
    assert "The virus scanner will look at it in a moment. You can submit all the same." in files_page(submission)

    run_due_work()

    stored.refresh_from_db()
    assert (stored.state, stored.checked_by, scanned.seen) == (FileState.CLEAN, "ClamAV", [CLEAN])
    assert download(submission, stored) == 200
    assert Event.objects.about(stored).values_list("verb", flat=True).order_by("pk")[0] == "file.passed"


@pytest.mark.django_db
def test_R3_an_infected_file_is_refused_for_ever_and_its_submission_stands(scanned: Daemon) -> None:
    submission, stored = attached(INFECTED)
    make.submit(submission)

    run_due_work()
    make.unseal(submission.challenge)

    stored.refresh_from_db()
    assert (stored.state, stored.refusal) == (FileState.REFUSED, "ClamAV found Eicar-Test-Signature")
    assert (Submission.objects.get().state, download(submission, stored)) == ("unsealed", 404)
    assert "ClamAV found Eicar-Test-Signature. Nobody can open it" in files_page(submission)
    told = Event.objects.get(verb="submission.file_refused")
    assert (told.visibility, told.data) == ("supplier", {"file": str(stored.public_id)})
    with pytest.raises(Refused, match="refused this file"):
        access.hand_over(stored, actor=user(), at=clock.now())


@pytest.mark.django_db
def test_O5_while_the_scanner_is_down_files_wait_submissions_arrive_and_the_work_is_never_given_up(
    scanned: Daemon,
) -> None:
    submission, stored = attached(CLEAN)
    scanned.mood = "hangs up"
    make.submit(submission)
    for _ in range(8):
        run_due_work()
        clock.move_to(DueWork.objects.get(kind=SCAN, done_at=None).due_at)

    stored.refresh_from_db()
    assert (stored.state, Submission.objects.get().state) == (FileState.QUARANTINED, "submitted")
    assert "The virus scanner gave no answer: it gave no answer that we understand. We try again" in files_page(
        submission
    )
    with pytest.raises(Refused, match="not been checked for viruses yet"):
        access.hand_over(stored, actor=user(), at=clock.now())
    due = list(DueWork.objects.filter(kind=SCAN).order_by("pk").values_list("due_at", flat=True))
    waits = [later - earlier for earlier, later in itertools.pairwise(due)]
    assert len(waits) == 8
    assert min(waits) >= timedelta(seconds=14)
    assert not DueWork.objects.exclude(failed_at=None).exists()

    scanned.mood = "honest"
    run_due_work()

    stored.refresh_from_db()
    assert (stored.state, stored.waits_because) == (FileState.CLEAN, "")
    assert not DueWork.objects.filter(kind=SCAN, done_at=None).exists()


@pytest.mark.django_db
def test_O5_an_unchecked_file_does_not_hold_up_the_unsealing_and_is_checked_after_it(scanned: Daemon) -> None:
    submission, stored = attached(CLEAN)
    make.submit(submission)

    make.unseal(submission.challenge)
    stored.refresh_from_db()
    before = stored.state
    run_due_work()

    stored.refresh_from_db()
    assert (before, stored.state, scanned.seen) == (FileState.QUARANTINED, FileState.CLEAN, [CLEAN])


@pytest.mark.django_db
def test_a_file_taken_out_before_it_was_scanned_leaves_no_work(scanned: Daemon) -> None:
    submission, stored = attached(CLEAN)
    actions.detach_file(
        submission=submission, public_id=str(stored.public_id), actor=make.admin_of(submission.supplier), at=clock.now()
    )

    run_due_work()

    assert (scanned.seen, DueWork.objects.filter(kind=SCAN, done_at=None).count()) == ([], 0)


@pytest.mark.django_db
def test_nobody_but_the_marketplace_passes_a_file(scanned: Daemon) -> None:
    submission, stored = attached(CLEAN)

    for who in (make.admin_of(submission.supplier), user()):
        with pytest.raises(NotPermitted):
            perform(stored, "pass", actor=who, at=clock.now())


@pytest.mark.django_db
def test_S3_every_download_is_on_the_record() -> None:
    submission, stored = attached(CLEAN)
    admin = make.admin_of(submission.supplier)

    statuses = [download(submission, stored), make.signed_in(user()).get(f"/files/{stored.public_id}/").status_code]

    assert statuses == [200, 404]
    logged = Event.objects.filter(verb="file.handed_over").values_list("actor_key", "subject_id", "visibility")
    assert list(logged) == [(admin.actor_key, stored.pk, "supplier")]
