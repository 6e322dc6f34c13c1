"""The pages of the assessment room."""

from assessment.views.clauses import clauses
from assessment.views.deciding import approver_interests, decision, prices, result
from assessment.views.evidence import evidence, evidence_asked
from assessment.views.exports import (
    assessment_csv,
    assessment_file,
    assessment_json,
    assessment_xlsx,
    assessment_zip,
)
from assessment.views.flags import flag, flag_answer, flags
from assessment.views.interests import confirm, interests, no_interests, ruling, rulings, supplier_interests
from assessment.views.letters import (
    explanations,
    round_letter,
    round_letter_pdf,
    round_letters,
    submission_result,
    submission_result_pdf,
    tell_dropped,
)
from assessment.views.marking import attachment, home, round_home, submission, submit
from assessment.views.moderation import freeze, moderate, moderation
from assessment.views.officers import (
    adviser_invite,
    officer_ask,
    officer_confirm,
    officer_interests,
    officer_ruling,
    officer_step_back,
)
from assessment.views.panels import open_round, panel
from assessment.views.price_checks import price_check, price_checks, price_question, price_sums
from assessment.views.registers import (
    register,
    register_csv,
    register_json,
    statement,
    statement_json,
    who_could_see,
)
from assessment.views.replacing import move_up
from assessment.views.seats import accept_terms, board, invite, relieve, remind, reopen, work
from assessment.views.sifting import sift, sift_one
from assessment.views.terms import panel_terms, panel_terms_house
from assessment.views.verifying import suppliers, verify
from assessment.views.writing import mark, sheet

__all__ = [
    "accept_terms",
    "adviser_invite",
    "approver_interests",
    "assessment_csv",
    "assessment_file",
    "assessment_json",
    "assessment_xlsx",
    "assessment_zip",
    "attachment",
    "board",
    "clauses",
    "confirm",
    "decision",
    "evidence",
    "evidence_asked",
    "explanations",
    "flag",
    "flag_answer",
    "flags",
    "freeze",
    "home",
    "interests",
    "invite",
    "mark",
    "moderate",
    "moderation",
    "move_up",
    "no_interests",
    "officer_ask",
    "officer_confirm",
    "officer_interests",
    "officer_ruling",
    "officer_step_back",
    "open_round",
    "panel",
    "panel_terms",
    "panel_terms_house",
    "price_check",
    "price_checks",
    "price_question",
    "price_sums",
    "prices",
    "register",
    "register_csv",
    "register_json",
    "relieve",
    "remind",
    "reopen",
    "result",
    "round_home",
    "round_letter",
    "round_letter_pdf",
    "round_letters",
    "ruling",
    "rulings",
    "sheet",
    "sift",
    "sift_one",
    "statement",
    "statement_json",
    "submission",
    "submission_result",
    "submission_result_pdf",
    "submit",
    "supplier_interests",
    "suppliers",
    "tell_dropped",
    "verify",
    "who_could_see",
    "work",
]
