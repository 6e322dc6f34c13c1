"""The only writers of suppliers, submissions and clarifications."""

from suppliers.actions.asking import answer_clarification, ask
from suppliers.actions.drafting import StaleDraft, attach_file, detach_file, save_draft, start_submission
from suppliers.actions.members import register_supplier
from suppliers.actions.profile import edit_profile, keep_certificate, remove_certificate
from suppliers.actions.submitting import Incomplete, KeyReused, submit, withdraw
from suppliers.actions.unsealing import consent_to_unseal, open_prices

__all__ = [
    "Incomplete", "KeyReused", "StaleDraft", "answer_clarification", "ask", "attach_file", "consent_to_unseal",
    "detach_file", "edit_profile", "keep_certificate", "open_prices", "register_supplier", "remove_certificate",
    "save_draft", "start_submission", "submit", "withdraw",
]  # fmt: skip
