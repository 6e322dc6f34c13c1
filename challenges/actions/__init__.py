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
    start_challenge,
    terms_hash,
)
from challenges.actions.ending import cancel_challenge, conclude_without_award, hand_over_challenges

__all__ = [
    "DRAFT_FIELDS",
    "amend",
    "cancel_challenge",
    "choose_clauses",
    "conclude_without_award",
    "copy_terms",
    "edit_challenge",
    "extend_deadline",
    "hand_over_challenges",
    "publish_challenge",
    "requirement_of",
    "set_criteria",
    "set_outcomes",
    "start_challenge",
    "terms_hash",
]
