"""Who may download whose file. Every owner type has its own rules (S3); without a rule nobody may.

The room that owns a kind of file says how one is opened; it, and rooms above it, each add a rule of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import Refused, append_event
from files.models import FileState, StoredFile
from files.queries import read_bytes


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
    if stored.state != FileState.CLEAN:
        return False
    return any(rule(actor, stored) for rule in RULES.get(stored.owner_type, {}).values())


@transaction.atomic
def hand_over(stored: StoredFile, *, actor: Actor, at: datetime) -> Opened:
    """The file itself, noted on the record; ask a rule first. What is not checked, or refused, nobody gets (O5, R3)."""
    if stored.state == FileState.QUARANTINED:
        raise Refused("This file has not been checked for viruses yet. It opens as soon as it is.")
    if stored.state == FileState.REFUSED:
        raise Refused("The virus scanner refused this file. It stays closed.")
    append_event(
        verb="file.handed_over", subject=stored, actor=actor, at=at, challenge_id=None, visibility=Visibility.SUPPLIER,
        data={"owner_type": stored.owner_type, "owner_id": stored.owner_id},
    )  # fmt: skip
    return opened(stored)


def opened(stored: StoredFile) -> Opened:
    """The file itself, for the scanner and for `hand_over`; whoever hands it to a person uses that."""
    opener = OPENERS.get(stored.owner_type)
    if opener is not None:
        return opener(stored)
    return Opened(stored.display_name, stored.content_type, read_bytes(stored))
