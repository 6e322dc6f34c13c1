"""Who can act: anything with a key and a label. People, devices' tokens, and the system itself."""

from dataclasses import dataclass
from typing import Protocol


class Actor(Protocol):
    """`actor_key` identifies ("user:12"), `actor_label` says what the record keeps of them ("person 12")."""

    @property
    def actor_key(self) -> str: ...

    @property
    def actor_label(self) -> str: ...


@dataclass(frozen=True)
class SystemActor:
    """The marketplace itself, acting on a schedule. It is checked like anybody else."""

    actor_key: str = "system"
    actor_label: str = "the marketplace"


@dataclass(frozen=True)
class TokenActor:
    """A machine that holds a token, such as a pilot's reading feed."""

    actor_key: str
    actor_label: str


SYSTEM = SystemActor()
