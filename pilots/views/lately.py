"""What many look at in the same moments is read once: each web process keeps it for some seconds, for the public."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.conf import settings

Made = TypeVar("Made")


class Lately:
    """The last things that were made, by their names; each is made once however many ask for it at the same time.

    Who is signed in is given none of it: whoever changes something sees it at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[Hashable, tuple[float, Any]] = {}
        self._keeping = threading.Lock()
        self._turns = [threading.Lock() for _ in range(8)]

    def get(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """What was made for this name some seconds ago, or else what is made now."""
        if not settings.PILOTS_KEPT_SECONDS:
            return make()
        with self._turns[hash(name) % len(self._turns)]:
            until, made = self._made.get(name, (0.0, None))
            if until > time.monotonic():
                return made
            fresh = make()
            self._keep(name, fresh)
            return fresh

    def _keep(self, name: Hashable, made: object) -> None:
        with self._keeping:
            self._made.pop(name, None)
            while len(self._made) >= self._most:
                self._made.pop(next(iter(self._made)))
            self._made[name] = (time.monotonic() + settings.PILOTS_KEPT_SECONDS, made)

    def forget(self) -> None:
        """Make everything anew."""
        with self._keeping:
            self._made.clear()
