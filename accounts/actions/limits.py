"""Up to what value a council's officers approve awards by themselves."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts import rules
from accounts.models import Council
from accounts.queries import LIMIT_SET
from audit.actors import Actor
from audit.transitions import NotPermitted, Refused, append_event, lock

PENNY = Decimal("0.01")


@transaction.atomic
def set_delegated_limit(*, council: Council, limit: Decimal | None, reason: str, actor: Actor, at: datetime) -> None:
    """Set the delegated limit, in pounds without VAT; None takes it away. It holds for whatever is approved later (D7).

    Refused without a reason, below nothing, and where nothing changes.
    """
    lock(council)
    if not rules.may_set_limit(actor, council):
        raise NotPermitted("Only a procurement lead of this council sets its delegated limit.")
    limit = None if limit is None else limit.quantize(PENNY)
    if sentence := _problem(council, limit, reason):
        raise Refused(sentence)
    was, council.delegated_limit = council.delegated_limit, limit
    council.save(update_fields=["delegated_limit"])
    append_event(
        verb=LIMIT_SET, subject=council, actor=actor, at=at, challenge_id=None, reason=reason.strip(),
        data={"from": _kept(was), "to": _kept(limit)},
    )  # fmt: skip


def _problem(council: Council, limit: Decimal | None, reason: str) -> str | None:
    if not reason.strip():
        return "Say why: the reason is kept in the record with the change."
    if limit is not None and limit < 0:
        return "The limit cannot be less than nothing."
    return "This is the limit as it is now: there is nothing to set." if limit == council.delegated_limit else None


def _kept(limit: Decimal | None) -> str | None:
    return None if limit is None else str(limit)
