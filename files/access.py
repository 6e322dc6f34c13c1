"""Who may download whose file. Every owner type has its own rules (S3); without a rule nobody may.

The room that owns a kind of file says how one is opened; it, and rooms above it, each add a rule of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from files.actions import read_bytes
from files.models import FileState, StoredFile


@dataclass(frozen=True)
class Opened:
    """A file as its reader gets it."""

    name: str
    content_type: str
    data: bytes


Rule = Callable[[Any, StoredFile], bool]
Opener = Callable[[StoredFile], Opened]
RULES: dict[str, dict[str, Rule]] = {}
OPENERS: dict[str, Opener] = {}


def allow(owner_type: str, *, room: str, rule: Rule) -> None:
    """Let a room say who may download files of an owner type ("suppliers.submission"); call it in AppConfig.ready."""
    RULES.setdefault(owner_type, {})[room] = rule


def opens(owner_type: str, opener: Opener) -> None:
    """Say how files of an owner type are opened, where it takes more than reading them (a key, a name kept apart)."""
    OPENERS[owner_type] = opener


def may_download(actor: Any, stored: StoredFile) -> bool:
    """Whether any room's rule for this owner type lets the actor have the file."""
    if stored.state == FileState.REFUSED:
        return False
    return any(rule(actor, stored) for rule in RULES.get(stored.owner_type, {}).values())


def opened(stored: StoredFile) -> Opened:
    """The file itself; ask `may_download` first."""
    opener = OPENERS.get(stored.owner_type)
    if opener is not None:
        return opener(stored)
    return Opened(stored.display_name, stored.content_type, read_bytes(stored))
