"""The only writers of challenges."""

from challenges.actions.amending import amend, extend_deadline
from challenges.actions.drafting import (
    DRAFT_FIELDS,
    choose_clauses,
    copy_terms,
    edit_challenge,
    publish_challenge,
    requirement_of,
    set_criteria,
    set_outcomes,
    set_pilot_criteria,
    start_challenge,
    terms_hash,
)
from challenges.actions.ending import cancel_challenge, conclude_without_award, hand_over_challenges
from challenges.actions.outages import Downtime, confirm_extension, propose_extension, withdraw_extension

__all__ = [
    "DRAFT_FIELDS",
    "Downtime",
    "amend",
    "cancel_challenge",
    "choose_clauses",
    "conclude_without_award",
    "confirm_extension",
    "copy_terms",
    "edit_challenge",
    "extend_deadline",
    "hand_over_challenges",
    "propose_extension",
    "publish_challenge",
    "requirement_of",
    "set_criteria",
    "set_outcomes",
    "set_pilot_criteria",
    "start_challenge",
    "terms_hash",
    "withdraw_extension",
]
