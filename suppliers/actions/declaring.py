"""Declaring what a contract will ask about: kept with its date, and used again in every answer until it lapses."""

import re
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.models import Visibility
from audit.transitions import Refused, append_event
from suppliers.actions.profile import lock_for_managing
from suppliers.models import Declaration, DeclarationKind, Supplier

SHARE_CODE = re.compile(r"[A-Z0-9]{6,20}")
MOST_CHARACTERS = 2_000


@transaction.atomic
def declare(
    *, supplier: Supplier, kind: DeclarationKind, applies: bool, explanation: str = "", actor: User, at: datetime
) -> Declaration:
    """Declare whether a ground for exclusion applies, or whether the organisation is on the debarment list.

    A yes needs an explanation, and keeps nobody from answering.
    """
    words = explanation.strip() if applies else ""
    if applies and not words:
        raise Refused("Explain what applies, since when, and what you have done about it.")
    if len(words) > MOST_CHARACTERS:
        raise Refused(f"The explanation is longer than {MOST_CHARACTERS:,} characters. Shorten it.")
    return _keep(Declaration(supplier=supplier, kind=kind, applies=applies, explanation=words), actor, at)


@transaction.atomic
def confirm_registration(*, supplier: Supplier, share_code: str, actor: User, at: datetime) -> Declaration:
    """Confirm that the organisation's entry on the central digital platform is up to date, with its share code."""
    code = re.sub(r"[\s-]", "", share_code).upper()
    if not SHARE_CODE.fullmatch(code):
        raise Refused("Enter the share code as the platform shows it: 6 to 20 letters and digits.")
    return _keep(Declaration(supplier=supplier, kind=DeclarationKind.REGISTRATION, share_code=code), actor, at)


def _keep(row: Declaration, actor: User, at: datetime) -> Declaration:
    lock_for_managing(row.supplier, actor)
    row.declared_at, row.declared_by = at, actor.actor_key
    row.save()
    append_event(
        verb="supplier.declared", subject=row.supplier, actor=actor, at=at, challenge_id=None,
        visibility=Visibility.SUPPLIER, data={"kind": row.kind},
    )  # fmt: skip
    return row
