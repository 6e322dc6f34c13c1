"""What a person still has to do somewhere, told by the rooms above: nobody leaves or closes an account over it.

A room registers `Duties` in its AppConfig.ready. Challenges have owners, pilots the person who decides, a firm needs
an administrator, a panel its assessors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _none(*of: Any) -> list[str]:
    return []


def _nothing_kept(user: Any) -> dict[str, list[dict[str, Any]]]:
    return {}


def _nothing_to_pass(**handing: Any) -> None:
    return None


@dataclass(frozen=True)
class Duties:
    """One room's answers.

    `in_council(user, council, roles)`: what the person holds there that somebody with these roles may not hold, one
    sentence each. `hand_over(giver=, to=, council=, actor=, at=, reason=)` passes all of it on, or raises Refused.
    `in_account(user)`: what stands against closing the account, one sentence each. `kept(user)`: what is kept about the
    person under their seats and roles there, rows by kind, for the export of their own data.
    """

    in_council: Callable[[Any, Any, frozenset[str]], list[str]] = _none
    hand_over: Callable[..., None] = _nothing_to_pass
    in_account: Callable[[Any], list[str]] = _none
    kept: Callable[[Any], dict[str, list[dict[str, Any]]]] = _nothing_kept


ROOMS: dict[str, Duties] = {}


def add_duties(room: str, duties: Duties) -> None:
    """Register a room's duties; called from its AppConfig.ready."""
    ROOMS[room] = duties


def held_in_council(user: Any, council: Any, roles: frozenset[str] = frozenset()) -> list[str]:
    """Everything that the person holds in a council and could not hold with only these roles."""
    return [sentence for duties in ROOMS.values() for sentence in duties.in_council(user, council, roles)]


def held_in_account(user: Any) -> list[str]:
    """Everything that stands against closing the person's account."""
    return [sentence for duties in ROOMS.values() for sentence in duties.in_account(user)]


def kept_by_rooms(user: Any) -> dict[str, list[dict[str, Any]]]:
    """What the rooms keep about the person beyond the rows that point at them."""
    return {kind: rows for duties in ROOMS.values() for kind, rows in duties.kept(user).items()}
