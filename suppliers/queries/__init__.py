"""Reads about suppliers and their submissions. Content is read here only for the supplier's own people."""

from suppliers.queries.clarifications import published_questions, questions_for_council
from suppliers.queries.fit import Told, due_later, effort_of, reasons_told
from suppliers.queries.keys import bundle, public_keys, why_not_trusted
from suppliers.queries.organisations import (
    Held,
    certificates_of,
    expiring,
    has_ever_submitted,
    members_of,
    own_suppliers,
)
from suppliers.queries.standing import (
    DECLARATIONS,
    Standing,
    declared,
    identity_of,
    partners_of,
    said_standing,
    standings,
    undeclared,
)
from suppliers.queries.submissions import (
    Questionnaire,
    clauses_asked,
    consents,
    criteria_asked,
    home_list,
    missing,
    missing_from_submitted,
    questionnaire,
    read_draft,
    read_submitted,
    received,
    to_confirm,
    unchecked_files,
    unsealing_event,
)

__all__ = [
    "DECLARATIONS", "Held", "Questionnaire", "Standing", "Told", "bundle", "certificates_of", "clauses_asked",
    "consents", "criteria_asked", "declared", "due_later", "effort_of", "expiring", "has_ever_submitted",
    "home_list", "identity_of", "members_of", "missing", "missing_from_submitted", "own_suppliers", "partners_of",
    "public_keys", "published_questions", "questionnaire", "questions_for_council", "read_draft", "read_submitted",
    "reasons_told", "received", "said_standing", "standings", "to_confirm", "unchecked_files", "undeclared",
    "unsealing_event", "why_not_trusted",
]  # fmt: skip
