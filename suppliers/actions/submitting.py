"""The moment that counts: what was checked is hashed, sealed and receipted under one lock, by the server's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit import clock
from audit.transitions import NotPermitted, Refused, lock, objections, perform
from suppliers import content, drafts, queries, rules, sealing, vault
from suppliers.actions.rotating import remember_signing_key
from suppliers.completeness import TERMS, Missing
from suppliers.drafts import Draft
from suppliers.models import EarlierVersion, Submission, SubmissionState
from work.models import RequestKey

ADMIN_ONLY = "Only an administrator of the supplier can submit or withdraw."


class Incomplete(Refused):
    """The draft is not complete; `missing` is the whole list (O2)."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(*(each.sentence for each in missing))
        self.missing = list(missing)


class KeyReused(Refused):
    """A request key came again with another body."""


@transaction.atomic
def submit(
    *, submission: Submission, actor: User, at: datetime, accepts_terms: bool, version: int | None = None,
    request_key: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Submit the draft, or submit it again; returns the signed receipt.

    `version` is the draft that the person checked. A repeat with the same `request_key` returns the first receipt,
    whenever it comes. Raises Refused (closed), Incomplete, KeyReused or NotPermitted; the draft is kept in any case.
    """
    lock(submission)
    if not rules.may_submit(actor, submission):
        raise NotPermitted(ADMIN_ONLY)
    request = _Request(submission, request_key, {"version": version, "accepts_terms": accepts_terms})
    if (earlier := request.answered()) is not None:
        return earlier
    now = max(at, clock.now())
    receipt = _submit_once(submission, actor, now, _Checked(accepts_terms, version))
    request.remember(receipt, now)
    return receipt


@transaction.atomic
def withdraw(*, submission: Submission, actor: User, at: datetime) -> None:
    """Take a submission back before the deadline: all that was sealed is destroyed, draft and receipts are kept."""
    now = max(at, clock.now())
    lock(submission)
    if not objections(submission, "withdraw", at=now):
        _end_version(submission, now, was_withdrawn=True)
    perform(
        submission, "withdraw", actor=actor, at=now,
        changes={"content_box": None, "price_box": None, "submitted_version": None},
        data={"sha256": submission.content_sha256},
    )  # fmt: skip
    EarlierVersion.objects.filter(submission=submission).update(content_box=None, price_box=None)


@transaction.atomic
def reconfirm(*, submission: Submission, amendment: int, actor: User, at: datetime) -> None:
    """Confirm that the sealed version stands under the amended call (C2); `amendment` is the last number that was read.

    Refused when the call was amended again meanwhile, or asks for something that the sealed version does not say.
    """
    now = max(at, clock.now())
    lock(submission)
    if not rules.may_submit(actor, submission):
        raise NotPermitted(ADMIN_ONLY)
    if sentences := objections(submission, "reconfirm", at=now):
        raise Refused(*sentences)
    last = queries.to_confirm(submission)[-1].number
    if amendment != last:
        raise Refused("The call was amended again while you read. Read the newest amendment, then confirm.")
    if gaps := queries.missing_from_submitted(submission):
        asks = " ".join(each.sentence for each in gaps)
        raise Refused(f"The call now asks for more than your submission says, so change it and submit again. {asks}")
    perform(
        submission, "reconfirm", actor=actor, at=now, changes={"confirmed_amendment": last, "confirmed_at": now},
        data={"amendment": last, "sha256": submission.content_sha256},
    )  # fmt: skip


@dataclass(frozen=True)
class _Checked:
    """What the person confirmed, and which draft they looked at."""

    accepts_terms: bool
    version: int | None


class _Request:
    """One POST, known again by its key."""

    def __init__(self, submission: Submission, key: str, body: dict[str, Any]) -> None:
        self.scope, self.key, self.body_hash = f"submit:{submission.public_id}", key, sealing.sha256(body)

    def answered(self) -> dict[str, Any] | None:
        """The receipt given to this key before."""
        row = RequestKey.objects.filter(scope=self.scope, key=self.key).first() if self.key else None
        if row is None:
            return None
        if row.body_hash != self.body_hash:
            raise KeyReused("This form was sent before with other content. Open the page again and submit from there.")
        receipt: dict[str, Any] = row.response
        return receipt

    def remember(self, receipt: dict[str, Any], at: datetime) -> None:
        if self.key:
            RequestKey.objects.create(
                scope=self.scope, key=self.key, body_hash=self.body_hash, status=303, response=receipt, created_at=at
            )


def _submit_once(submission: Submission, actor: User, now: datetime, checked: _Checked) -> dict[str, Any]:
    step = "resubmit" if submission.state == SubmissionState.SUBMITTED else "submit"
    if sentences := objections(submission, step, at=now):
        raise Refused(*sentences)
    is_unchanged = submission.submitted_version == submission.draft_version and not queries.to_confirm(submission)
    if is_unchanged and submission.receipt:
        return dict(submission.receipt)
    draft = drafts.read(submission)
    if checked.version not in (None, draft.version):
        raise Refused("The draft was changed after you checked it. Look at it again, then submit.")
    gaps = queries.missing(submission, draft, now) + ([] if checked.accepts_terms else [TERMS])
    if gaps:
        raise Incomplete(gaps)
    return _seal(submission, draft, step, actor, now)


def _seal(submission: Submission, draft: Draft, step: str, actor: User, now: datetime) -> dict[str, Any]:
    body, price = content.compose(submission, draft), content.compose_price(submission, draft)
    receipt = content.receipt(submission, body, price, now)
    remember_signing_key(now)
    boxes = {
        "content_box": vault.close(submission, "content_box", body, vault.key_for(submission, vault.CONTENT)),
        "price_box": vault.close(submission, "price_box", price, vault.key_for(submission, vault.PRICE)),
    }
    facts = {
        "content_sha256": receipt["sha256"], "submitted_at": now, "submitted_by": actor.actor_key,
        "submitted_version": draft.version, "receipt": receipt,
    }  # fmt: skip
    if step == "resubmit":
        _end_version(submission, now)
    data = {"sha256": receipt["sha256"], "price_sha256": receipt["price_sha256"], "key_id": receipt["key_id"]}
    perform(submission, step, actor=actor, at=now, changes=boxes | facts, data=data)
    return receipt


def _end_version(submission: Submission, now: datetime, *, was_withdrawn: bool = False) -> None:
    """Keep the version that counted until now, sealed as it was (O1)."""
    EarlierVersion.objects.create(
        submission=submission, number=submission.earlier_versions.count() + 1, receipt=submission.receipt,
        content_box=submission.content_box, price_box=submission.price_box, was_withdrawn=was_withdrawn,
        received_at=submission.submitted_at or now, ended_at=now,
    )  # fmt: skip
