"""The only writers of suppliers, submissions and clarifications."""

from suppliers.actions.asking import answer_clarification, ask, correct_answer
from suppliers.actions.asking_in import answer_joining, ask_to_join
from suppliers.actions.breaking import ONLY_RUNNERS, agree_to_read, ask_to_read, read_in_emergency, withdraw_reading
from suppliers.actions.confidential import mark_confidential, unmark_confidential
from suppliers.actions.correcting import correct_price
from suppliers.actions.declaring import confirm_registration, declare
from suppliers.actions.drafting import StaleDraft, attach_file, detach_file, drop_aside, save_draft, start_submission
from suppliers.actions.fit import tell_reasons
from suppliers.actions.members import NumberTaken, register_supplier
from suppliers.actions.partnering import add_partner, remove_partner
from suppliers.actions.people import (
    change_role,
    hand_over,
    invite_to_suppliers,
    join_supplier,
    leave_supplier,
    remove_member,
)
from suppliers.actions.profile import edit_profile, keep_certificate, remove_certificate, set_public_page
from suppliers.actions.reusing import reuse_clauses
from suppliers.actions.rotating import Rotated, rotate_master_key, rotate_signing_key
from suppliers.actions.scanning import open_to_work
from suppliers.actions.submitting import Incomplete, KeyReused, reconfirm, submit, withdraw
from suppliers.actions.telling import note_told
from suppliers.actions.unsealing import consent_to_unseal, open_prices

__all__ = [
    "ONLY_RUNNERS",
    "Incomplete",
    "KeyReused",
    "NumberTaken",
    "Rotated",
    "StaleDraft",
    "add_partner",
    "agree_to_read",
    "answer_clarification",
    "answer_joining",
    "ask",
    "ask_to_join",
    "ask_to_read",
    "attach_file",
    "change_role",
    "confirm_registration",
    "consent_to_unseal",
    "correct_answer",
    "correct_price",
    "declare",
    "detach_file",
    "drop_aside",
    "edit_profile",
    "hand_over",
    "invite_to_suppliers",
    "join_supplier",
    "keep_certificate",
    "leave_supplier",
    "mark_confidential",
    "note_told",
    "open_prices",
    "open_to_work",
    "read_in_emergency",
    "reconfirm",
    "register_supplier",
    "remove_certificate",
    "remove_member",
    "remove_partner",
    "reuse_clauses",
    "rotate_master_key",
    "rotate_signing_key",
    "save_draft",
    "set_public_page",
    "start_submission",
    "submit",
    "tell_reasons",
    "unmark_confidential",
    "withdraw",
    "withdraw_reading",
]  # fmt: skip
