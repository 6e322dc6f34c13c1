"""New keys for the platform. Every step may be repeated, so a rotation that was killed goes on where it stopped.

Whoever runs the server rotates, from its terminal: on the record the actor is the marketplace itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit import clock
from audit.actors import SYSTEM
from audit.transitions import Refused, append_event
from suppliers import keys, sealing, vault
from suppliers.models import ChallengeKey, MasterKeyRotation, SigningKey

BATCH = 50


@dataclass(frozen=True)
class Rotated:
    """What a run did: the id of the key now in use, and how many challenges' keys were wrapped again."""

    key_id: str
    wrapped: int


def rotate_master_key(*, new: bool, at: datetime, tell: Callable[[str], None] = lambda line: None) -> Rotated:
    """Wrap every challenge's keys with the current master key; with `new`, first make one (or finish the last change).

    Raises Refused where the environment holds the key and `new` was asked for.
    """
    path = keys.master_file()
    in_file = not keys.is_in_environment(keys.MASTER)
    if new and not in_file:
        raise Refused(
            "The master key comes from the environment. Set MASTER_KEY to the new key and MASTER_KEYS_BEFORE to the "
            "old one everywhere, restart, and run this command without --new."
        )
    if in_file and (new or keys.next_file(path).exists()):
        keys.prepare_next(path)
        keys.put_in_place(path, keep=True)
    rotation = _begin(keys.id_of(keys.master_key()), at)
    wrapped = _wrap_all(rotation.key_id, tell)
    _end(rotation, wrapped)
    if in_file:
        keys.finish_change(path)
    return Rotated(rotation.key_id, wrapped)


def rotate_signing_key(*, at: datetime) -> str:
    """Sign with a new key from now on; what the old one signed stays verifiable. Returns the new key's id."""
    if keys.is_in_environment(keys.SIGNING):
        raise Refused(
            "The signing key comes from the environment. Set SIGNING_KEY to the new key everywhere and restart: the "
            "public halves of the keys before it are kept already."
        )
    path = keys.signing_file()
    remember_signing_key(at)
    keys.prepare_next(path)
    keys.put_in_place(path, keep=False)
    row = remember_signing_key(at)
    keys.finish_change(path)
    return row.key_id


@transaction.atomic
def remember_signing_key(at: datetime) -> SigningKey:
    """Keep the public half of the key that signs now, so that its receipts verify for ever."""
    public = keys.signing_key().public_key()
    row, is_new = SigningKey.objects.get_or_create(
        key_id=sealing.key_id(public), defaults={"public_pem": sealing.public_pem(public), "first_used_at": at}
    )
    if is_new:
        _note("platform.signing_key_used", row, at, {"key_id": row.key_id})
    return row


@transaction.atomic
def _begin(key_id: str, at: datetime) -> MasterKeyRotation:
    rotation, is_new = MasterKeyRotation.objects.get_or_create(key_id=key_id, defaults={"began_at": at})
    if is_new:
        _note("platform.master_key_rotation_began", rotation, at, {"key_id": key_id})
    return rotation


def _wrap_all(key_id: str, tell: Callable[[str], None]) -> int:
    """Batch after batch, until no row is left: one that was made meanwhile with the old key is found as well."""
    total = 0
    while wrapped := _wrap_some(key_id):
        total += wrapped
        tell(f"{total} wrapped again")
    return total


@transaction.atomic
def _wrap_some(key_id: str) -> int:
    waiting = ChallengeKey.objects.exclude(master_key_id=key_id).order_by("pk")
    rows = list(waiting.select_for_update(of=("self",)).select_related("challenge")[:BATCH])
    for row in rows:
        vault.wrap_again(row, keys.master_key())
        row.save(update_fields=["wrapped_content_key", "wrapped_price_key", "master_key_id"])
    return len(rows)


@transaction.atomic
def _end(rotation: MasterKeyRotation, wrapped: int) -> None:
    if wrapped == 0 and rotation.done_at is not None:
        return
    at = clock.now()
    rotation.done_at = at
    rotation.save(update_fields=["done_at"])
    counts = {"key_id": rotation.key_id, "wrapped": wrapped, "challenges": ChallengeKey.objects.count()}
    _note("platform.master_key_rotated", rotation, at, counts)


def _note(verb: str, subject: MasterKeyRotation | SigningKey, at: datetime, data: dict[str, object]) -> None:
    append_event(verb=verb, subject=subject, actor=SYSTEM, at=at, challenge_id=None, data=data)
