"""Where sealed things of a submission are closed and opened: the one place that brings keys and rows together."""

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
    wrapped = {field: _wrap(challenge, purpose) for purpose, field in WRAPPED.items()}
    ChallengeKey.objects.get_or_create(
        challenge=challenge, defaults={**wrapped, "key_id": sealing.new_key().hex()[:16], "created_at": at}
    )


def key_of(challenge: Challenge, purpose: str) -> bytes:
    """A challenge's sealing key for `purpose` (CONTENT or PRICE), unwrapped."""
    wrapped = bytes(getattr(challenge.sealing_key, WRAPPED[purpose]))
    return sealing.open_box(keys.master_key(), wrapped, **_key_place(challenge, purpose))


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


def _wrap(challenge: Challenge, purpose: str) -> bytes:
    return sealing.seal(keys.master_key(), sealing.new_key(), **_key_place(challenge, purpose))


def _key_place(challenge: Challenge, purpose: str) -> dict[str, str]:
    return {"challenge": str(challenge.public_id), "kind": f"key:{purpose}"}
