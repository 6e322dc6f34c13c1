"""Why a person may not come to belong to a supplier now. Higher rooms add their reasons when they start."""

from collections.abc import Callable

from accounts.models import User

Objection = Callable[[User], str | None]
OBJECTIONS: dict[str, Objection] = {}


def add_objection(*, room: str, objection: Objection) -> None:
    """Let a higher room keep people out of every supplier; called from its AppConfig.ready."""
    OBJECTIONS[room] = objection


def objections(user: User) -> list[str]:
    """Every sentence that keeps this person from joining or registering a supplier; empty when nothing does."""
    return [sentence for objection in OBJECTIONS.values() if (sentence := objection(user))]
