"""The only writers of stored files: bytes first, then their row, so that no row is ever without its file."""

import hashlib
import logging
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import models, transaction

from audit.actors import SYSTEM, Actor
from audit.transitions import perform
from files.checks import FileRefused
from files.models import FileState, StoredFile
from files.scanners import Verdict

Sealer = Callable[[uuid.UUID, bytes], bytes]
DISK_FULL = 507
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Incoming:
    """Bytes that passed `checks.examine`, with what they are."""

    name: str
    content_type: str
    data: bytes


@transaction.atomic
def store(
    *, incoming: Incoming, owner: models.Model, actor: Actor, at: datetime, sealer: Sealer | None = None
) -> StoredFile:
    """Keep a file for its owner under a random name.

    It stays in quarantine until `judge` says what was found in it. With a `sealer` (id, bytes -> box) only the box
    reaches the disk, and the row tells neither name nor kind nor hash of what is inside: its size and hash are the
    box's.
    """
    public_id = uuid.uuid4()
    data = sealer(public_id, incoming.data) if sealer else incoming.data
    name = _write(data)
    try:
        return StoredFile.objects.create(
            public_id=public_id, storage_name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest(),
            display_name="" if sealer else incoming.name, is_sealed=sealer is not None, kept_size=len(data),
            kept_sha256=hashlib.sha256(data).hexdigest(),
            content_type="application/octet-stream" if sealer else incoming.content_type,
            owner_type=owner._meta.label_lower, owner_id=owner.pk, uploaded_by=actor.actor_key, uploaded_at=at,
        )  # fmt: skip
    except BaseException:
        storages["private"].delete(name)
        raise


@transaction.atomic
def judge(*, stored: StoredFile, verdict: Verdict | None, at: datetime) -> None:
    """Let a file out of quarantine, or refuse it for ever. No verdict: there is no scanner, its form alone counts."""
    changes = {"checked_at": at, "checked_by": verdict.scanner if verdict else "", "waits_because": ""}
    if verdict is None or not verdict.found:
        perform(stored, "pass", actor=SYSTEM, at=at, changes=changes)
        return
    reason = f"{verdict.scanner} found {verdict.found}"[:300]
    perform(stored, "refuse", actor=SYSTEM, at=at, reason=reason, changes={**changes, "refusal": reason})


@transaction.atomic
def keep_waiting(*, stored: StoredFile, because: str) -> None:
    """Note why a file could not be checked yet; it stays closed."""
    StoredFile.objects.filter(pk=stored.pk, state=FileState.QUARANTINED).update(waits_because=because[:300])


@contextmanager
def kept_only_if_all_goes_well(stored: StoredFile) -> Iterator[None]:
    """Around what else belongs to storing a file: should it fail, the row is rolled back, and the bytes go too."""
    try:
        yield
    except BaseException:
        storages["private"].delete(stored.storage_name)
        raise


@transaction.atomic
def remove(*, stored: StoredFile) -> None:
    """Forget a file; its bytes go when the transaction is committed."""
    name = stored.storage_name
    stored.delete()
    transaction.on_commit(lambda: storages["private"].delete(name))


def _write(data: bytes) -> str:
    random = secrets.token_hex(16)
    try:
        return storages["private"].save(f"{random[:2]}/{random}", ContentFile(data))
    except OSError as error:
        logger.exception("a file of %s bytes could not be stored", len(data))
        raise FileRefused(
            "We could not keep this file: our storage does not take it just now. It is not attached, and everything "
            "else is as you left it. Try again in a few minutes.",
            status=DISK_FULL,
        ) from error
