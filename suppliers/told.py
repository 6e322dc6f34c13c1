"""What higher rooms have to tell a supplier about its own submission. They add it when they start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from suppliers.models import Submission


@dataclass(frozen=True)
class Word:
    """One thing to be read, or done: a notice with a link. `tone` is one of the notice component's."""

    title: str
    body: str
    url: str = ""
    action: str = ""
    tone: str = "next"


Teller = Callable[[Submission, datetime], Iterable[Word]]
TELLERS: dict[str, Teller] = {}


def add_teller(*, room: str, teller: Teller) -> None:
    """Let a higher room speak on a submission's own page; called from its AppConfig.ready."""
    TELLERS[room] = teller


def words_for(submission: Submission, at: datetime) -> list[Word]:
    """Everything that the rooms above have to say to the supplier about its submission; nothing while it is sealed."""
    if submission.unsealed_at is None:
        return []
    return [word for teller in TELLERS.values() for word in teller(submission, at)]
