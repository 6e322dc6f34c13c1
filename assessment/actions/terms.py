"""What a council asks of everybody who sits on one of its panels."""

from datetime import datetime

from django.db import transaction

from accounts.models import Council, User
from assessment import queries, rules
from assessment.models import CouncilTerms
from assessment.terms import HOUSE, TermsError, parsed, written
from audit.transitions import NotPermitted, Refused, append_event, lock


@transaction.atomic
def set_panel_terms(*, council: Council, text: str, actor: User, at: datetime) -> CouncilTerms:
    """Set the terms of the council's panels as a new version; an empty text goes back to the marketplace's own.

    Whoever has accepted a version keeps it. Raises Refused for what is no list of rules, and where nothing changes.
    """
    lock(council)
    if not rules.may_set_terms(actor, council):
        raise NotPermitted("Only a procurement lead of the council sets the terms of its panels.")
    try:
        parts = parsed(text) if text.strip() else ()
    except TermsError as error:
        raise Refused(str(error)) from error
    if (parts or HOUSE.parts) == queries.terms_now(council.pk).parts:
        raise Refused("These are the terms as they are now: there is nothing to set.")
    last = CouncilTerms.objects.filter(council=council).order_by("-number").first()
    row = CouncilTerms.objects.create(
        council=council, number=last.number + 1 if last else 1, text=written(parts), set_by=actor, set_at=at
    )
    digest = queries.terms_now(council.pk).fingerprint
    append_event(
        verb="council.panel_terms_set", subject=council, actor=actor, at=at, challenge_id=None,
        data={"version": row.version, "is_own": bool(parts), "sha256": digest},
    )  # fmt: skip
    return row
