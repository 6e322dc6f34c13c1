"""Files of submissions go through the scanner. Nothing waits for it: no upload, no submission, no unsealing.

The scanner reads a file while it is sealed for everybody else: the worker opens it in its memory, streams it over the
scanner's socket and forgets it. While the scanner is down, files stay closed and the work is put off, again and again.
"""

from datetime import datetime, timedelta

from django.db import transaction

from audit import clock
from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import append_event
from files import actions as file_actions
from files import scanners
from files.models import FileState, StoredFile
from files.scanners import ScannerUnavailable, Verdict
from suppliers import attachments
from suppliers.models import Submission
from work.actions import finish, handles, schedule
from work.models import DueWork

SCAN = "suppliers.scan_file"
SOONEST, LATEST = timedelta(seconds=15), timedelta(minutes=10)


def have_checked(stored: StoredFile, at: datetime) -> None:
    """Have a new file checked: by the scanner, soon; where there is none, what its form told is all there is."""
    if scanners.configured() is None:
        file_actions.judge(stored=stored, verdict=None, at=at)
    else:
        schedule(kind=SCAN, subject_id=stored.pk, due_at=at)


def scan_due(row: DueWork, at: datetime) -> None:
    """Scan one file. A scanner that gives no verdict puts the work off; it is never given up."""
    stored = StoredFile.objects.filter(pk=row.subject_id, state=FileState.QUARANTINED).first()
    if stored is None:  # taken out of its draft, or judged already
        finish(row, at)
        return
    try:
        verdict = _verdict(stored)
    except ScannerUnavailable as unavailable:
        _put_off(row, stored, str(unavailable))
        return
    _write(row, stored, verdict)


def open_to_work() -> None:
    """Tell the work room who scans; called once everything is loaded."""
    handles(SCAN, scan_due, outside=True)


def _verdict(stored: StoredFile) -> Verdict | None:
    scanner = scanners.configured()
    return scanner.scan(attachments.open_file(stored).data) if scanner else None


@transaction.atomic
def _put_off(row: DueWork, stored: StoredFile, why: str) -> None:
    now = clock.now()
    wait = min(max((now - stored.uploaded_at) / 4, SOONEST), LATEST)
    file_actions.keep_waiting(
        stored=stored, because=f"The virus scanner gave no answer: {why}. We try again by ourselves."
    )
    schedule(kind=SCAN, subject_id=stored.pk, due_at=now + wait)
    finish(row, now)


@transaction.atomic
def _write(row: DueWork, stored: StoredFile, verdict: Verdict | None) -> None:
    now = clock.now()
    file_actions.judge(stored=stored, verdict=verdict, at=now)
    if stored.state == FileState.REFUSED:
        submission = Submission.objects.get(pk=stored.owner_id)
        append_event(
            verb="submission.file_refused", subject=submission, actor=SYSTEM, at=now,
            challenge_id=submission.challenge_id, visibility=Visibility.SUPPLIER, reason=stored.refusal,
            data={"file": str(stored.public_id)},
        )  # fmt: skip
    finish(row, now)
