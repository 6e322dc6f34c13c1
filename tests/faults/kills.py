"""Where evaluations are killed: orders that a test writes into the data folder and `tests.faults.mortal_work` obeys."""

import fcntl
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django import db

ROOT = Path(__file__).resolve().parents[2]
OURS = (f"{ROOT}/pilots", f"{ROOT}/work", f"{ROOT}/audit", str(Path(db.__file__).parent))


def is_ours(frame: Any, event: str) -> bool:
    """Whether a profiler's event is a call of our own code, or of Django's database layer."""
    return event == "call" and bool(frame.f_code.co_filename.startswith(OURS))


@dataclass(frozen=True)
class Kill:
    """At which share (0-1) of an evaluation of so many calls; of the worker's whole group, or of the process alone."""

    share: float
    calls: dict[str, int]  # by kind of work
    whole: bool


def order_kills(data_dir: Path, kills: Sequence[Kill]) -> None:
    """Have the next evaluations killed, one each."""
    (data_dir / "kills").write_text("".join(json.dumps(asdict(kill)) + "\n" for kill in kills))


def orders_left(data_dir: Path) -> int:
    """How many orders nobody took."""
    return len((data_dir / "kills").read_text().splitlines())


def killed(data_dir: Path) -> int:
    """How many died so far."""
    done = data_dir / "killed"
    return len(done.read_text().splitlines()) if done.exists() else 0


def counted(work: Callable[[], Any]) -> int:
    """How many calls it makes."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += is_ours(frame, event)

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def take(folder: Path) -> Kill | None:
    path = folder / "kills"
    if not path.exists():
        return None
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        first, *others = file.readlines() or [""]
        file.seek(0)
        file.truncate()
        file.writelines(others)
    return Kill(**json.loads(first)) if first else None
