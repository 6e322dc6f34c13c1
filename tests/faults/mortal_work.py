"""Evaluations that kill their own worker at a chosen point; a worker started with `--include tests.faults.mortal_work`.

A point is a share of the calls of our own code and of Django's database layer that an evaluation makes: before the
first query, amid the arithmetic, inside the last transaction, after its commit and before the queue hears of it.
Whoever begins an evaluation takes one order. The kill is a real SIGKILL, of one process or of the worker's group.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from pilots.actions import MONITORING, REGISTERED
from tests.faults.kills import Kill, is_ours, take
from work.actions import HANDLERS, Handler
from work.models import DueWork

KILLS_A_ROW = 3


def _mortal(handler: Handler) -> Handler:
    def work(row: DueWork, at: datetime) -> None:
        folder = Path(os.environ["DATA_DIR"])
        kill = take(folder) if row.attempts <= KILLS_A_ROW else None
        if kill is None:
            handler(row, at)
            return
        left = max(1, round(kill.share * kill.calls[row.kind]))

        def count_down(frame: Any, event: str, argument: Any) -> None:
            nonlocal left
            left -= is_ours(frame, event)
            if left == 0:
                _die(folder, row, kill)

        sys.setprofile(count_down)
        handler(row, at)
        sys.setprofile(None)
        _die(folder, row, kill)

    return work


def _die(folder: Path, row: DueWork, kill: Kill) -> None:
    sys.setprofile(None)
    with (folder / "killed").open("a") as file:
        file.write(f"{row} at {kill.share:.3f}, attempt {row.attempts}\n")
    if kill.whole:
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


for kind in (MONITORING, REGISTERED):
    HANDLERS[kind] = _mortal(HANDLERS[kind])
