"""Work that a fault test can interrupt; a worker started with `--include tests.faults.slow_work` does it."""

import os
import time
from datetime import datetime
from pathlib import Path

from django.db import transaction

from audit import clock
from audit.actors import SYSTEM
from audit.transitions import append_event
from work.actions import finish, handles
from work.models import DueWork

KIND = "test.slow"
DONE = "test.done"


def started_file(data_dir: Path, row: DueWork) -> Path:
    """Gets a line each time that work on the row begins."""
    return data_dir / f"started-{row.pk}"


def _work(row: DueWork, at: datetime) -> None:
    with started_file(Path(os.environ["DATA_DIR"]), row).open("a") as file:
        file.write(f"{row.attempts}\n")
    time.sleep(float(os.environ.get("SLOW_WORK_SECONDS", "0")))
    with transaction.atomic():
        append_event(verb=DONE, subject=row, actor=SYSTEM, at=clock.now(), challenge_id=None)
        finish(row, clock.now())


handles(KIND, _work)
