"""Where sealed things of a submission are closed and opened: the one place that brings keys and rows together.

The platform's master key wraps two keys of each challenge; those wrap the two keys of each submission; and those close
its boxes. So a new master key touches one row per challenge, and a price opens with a key that opens nothing else.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from challenges.models import Challenge
from suppliers import keys, sealing
from suppliers.models import ChallengeKey, Submission

CONTENT, PRICE = "content", "price"
WRAPPED = {CONTENT: "wrapped_content_key", PRICE: "wrapped_price_key"}


def make_keys(challenge: Challenge, at: datetime) -> None:
    """Give a challenge its content key and its price key, once; two at the same time make one pair."""
    master = keys.master_key()
    wrapped = {
        field: sealing.seal(master, sealing.new_key(), **_key_place(challenge, purpose))
        for purpose, field in WRAPPED.items()
    }
    row = {**wrapped, "key_id": sealing.new_key().hex()[:16], "master_key_id": keys.id_of(master), "created_at": at}
    ChallengeKey.objects.get_or_create(challenge=challenge, defaults=row)


def give_keys(submission: Submission) -> None:
    """Give a new submission its own content key and price key; the caller saves the row."""
    for purpose, field in WRAPPED.items():
        outer = key_of(submission.challenge, purpose)
        setattr(submission, field, sealing.seal(outer, sealing.new_key(), **place(submission, f"key:{purpose}")))


def key_of(challenge: Challenge, purpose: str) -> bytes:
    """A challenge's key for `purpose` (CONTENT or PRICE), unwrapped."""
    row: ChallengeKey = challenge.sealing_key
    return unwrapped(row, purpose)


def key_for(submission: Submission, purpose: str) -> bytes:
    """The key that closes a submission's boxes for `purpose` (CONTENT or PRICE)."""
    outer = key_of(submission.challenge, purpose)
    wrapped = getattr(submission, WRAPPED[purpose])
    if wrapped is None:  # begun before submissions had keys of their own: closed with the challenge's
        return outer
    return sealing.open_box(outer, bytes(wrapped), **place(submission, f"key:{purpose}"))


def unwrapped(row: ChallengeKey, purpose: str) -> bytes:
    """One key of a challenge, opened with whichever master key it was wrapped by."""
    box = bytes(getattr(row, WRAPPED[purpose]))
    for master in keys.master_keys_for(row.master_key_id):
        try:
            return sealing.open_box(master, box, **_key_place(row.challenge, purpose))
        except sealing.CannotOpenError:
            continue
    raise sealing.CannotOpenError(f"No master key that is here opens the keys of challenge {row.challenge_id}.")


def wrap_again(row: ChallengeKey, master: bytes) -> None:
    """Wrap both keys of a challenge with another master key; the caller locked the row, and saves it."""
    for purpose, field in WRAPPED.items():
        setattr(row, field, sealing.seal(master, unwrapped(row, purpose), **_key_place(row.challenge, purpose)))
    row.master_key_id = keys.id_of(master)


def close(submission: Submission, kind: str, value: Any, key: bytes) -> bytes:
    """A value as canonical JSON in a box of this submission; `kind` names the column it belongs to."""
    return sealing.seal(key, sealing.canonical(value), **place(submission, kind))


def open_up(submission: Submission, kind: str, box: bytes | memoryview, key: bytes) -> Any:
    """The value in a box of this submission."""
    return json.loads(sealing.open_box(key, bytes(box), **place(submission, kind)))


def place(submission: Submission, kind: str) -> dict[str, str]:
    """What a box of this submission is bound to."""
    challenge = submission.challenge.public_id
    return {"challenge": str(challenge), "submission": str(submission.public_id), "kind": kind}


def file_kind(public_id: UUID | str) -> str:
    """The `kind` of an attached file's box: bound to its own id, so that two files cannot change places."""
    return f"file:{public_id}"


def asker(challenge: Challenge, supplier_id: UUID) -> str:
    """The stable name behind which a supplier asks questions about one challenge (Q1)."""
    code = sealing.pseudonym(key_of(challenge, CONTENT), kind="asker", supplier=str(supplier_id))
    return f"Asker {code}"


def _key_place(challenge: Challenge, purpose: str) -> dict[str, str]:
    return {"challenge": str(challenge.public_id), "kind": f"key:{purpose}"}
