"""What is hashed and sealed at the moment of submitting, and what the receipt says about it.

Both parts carry a random salt: their hashes stand in the open, and a price alone would be guessed from its hash.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

from suppliers import keys, sealing
from suppliers.drafts import EMPTY_CLAUSE, Draft, answer_section, clause_section
from suppliers.models import Submission
from suppliers.queries import identity_of

# What a file tells about its makers is for its supplier alone: it stays in the draft.
FILE_FACTS = ("id", "name", "content_type", "size", "sha256")
SCHEMA = "submission/1"


def compose(submission: Submission, draft: Draft) -> dict[str, Any]:
    """The content: everything but the price."""
    return {
        **_head(submission),
        "terms_sha256": submission.challenge.terms_hash,
        "supplier": identity_of(submission.supplier, draft.partners),
        "answers": {code: draft.answer(code) for code in _codes(draft, answer_section(""))},
        "clauses": {code: draft.clause(code) for code in _codes(draft, clause_section(""))},
        "files": [{name: each[name] for name in FILE_FACTS} for each in draft.files],
        "confidential": [_passage(each) for each in draft.passages],
    }


def compose_price(submission: Submission, draft: Draft) -> dict[str, Any]:
    """The price, kept apart: two amounts without VAT, in the challenge's currency."""
    return {**_head(submission), **draft.price, "currency": submission.challenge.currency, "vat": "excluded"}


def receipt(submission: Submission, content: dict[str, Any], price: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The signed receipt: what arrived, when, and for which call; never who, or what it says."""
    fields = {
        "kind": "receipt",
        "received_at": at.astimezone(UTC).isoformat(),
        "sha256": sealing.sha256(content),
        "price_sha256": sealing.sha256(price),
        "challenge": content["challenge"],
        "submission": content["submission"],
        "terms_sha256": content["terms_sha256"],
        "files": len(content["files"]),
        **sealing.part_hashes(content),
    }
    return sealing.sign_receipt(fields, keys.signing_key())


def response_of(content: dict[str, Any], code: str) -> dict[str, Any] | None:
    """The response to one clause in a content; None when there is none."""
    given = content["clauses"].get(code)
    return {**EMPTY_CLAUSE, **given} if given else None


def _head(submission: Submission) -> dict[str, str]:
    return {
        "schema": SCHEMA, "challenge": str(submission.challenge.public_id),
        "submission": str(submission.public_id), "salt": secrets.token_hex(16),
    }  # fmt: skip


def _passage(marked: dict[str, str]) -> dict[str, str]:
    return {name: marked[name] for name in ("section", "passage", "reason")}


def _codes(draft: Draft, prefix: str) -> list[str]:
    return sorted(name.removeprefix(prefix) for name in draft.sections if name.startswith(prefix))
