"""A letter, and who writes one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit.models import Event
from challenges.models import Challenge


@dataclass(frozen=True)
class Letter:
    """One message: `path` is the page it leads to."""

    subject: str
    body: str
    path: str
    attached: dict[str, Any] | None = None


Writer = Callable[[Challenge, Event], Letter]
