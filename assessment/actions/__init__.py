"""The only writers of panels, rounds, marks and decisions."""

from assessment.actions.deciding import Choice, decide, declare_as_approver, most_selected
from assessment.actions.entry import Judgement
from assessment.actions.evidence import WHO_ASKS, Addition, Missing, answer_evidence, ask_for_evidence, evidence_due_at
from assessment.actions.finding import Finding, record_finding, record_findings
from assessment.actions.finished import HandedDown, in_the_way_of_ranking, open_pilot_round, rank_finished_pilots
from assessment.actions.flagging import WHILE_JUDGED, answer_flag, raise_flag
from assessment.actions.interests import SupplierInterest, declare_about_suppliers, declare_interest
from assessment.actions.leaving import leave
from assessment.actions.letters import BEFORE_LETTERS, explain, tell_dropped
from assessment.actions.marking import StaleMark, drop_late_text, save_mark, submit_marks
from assessment.actions.moderating import Seen, StaleModeration, drop_late_moderation, freeze_quality, moderate
from assessment.actions.officers import (
    ask_officers,
    confirm_as_officer,
    declare_as_officer,
    invite_adviser,
    join_as_adviser,
    record_step_back,
    rule_on_officer,
)
from assessment.actions.panels import open_round, set_up_panel
from assessment.actions.price_checks import (
    PriceLine,
    Sums,
    answer_about_price,
    ask_about_price,
    correct_sums,
    decide_about_price,
    earliest_answer_day,
)
from assessment.actions.prices import consent_to_open_prices
from assessment.actions.reasons import REASONS_DUE, remind_of_reasons
from assessment.actions.reminding import remind_panel
from assessment.actions.reopening import reopen_marks
from assessment.actions.replacing import move_up
from assessment.actions.ruling import confirm_interests, rule_on_interest
from assessment.actions.seats import accept_terms, invite_to_panel, join_panel, relieve_member
from assessment.actions.sifting import SiftAnswer, SiftChoice, conclude_sift, sift
from assessment.actions.terms import set_panel_terms
from assessment.actions.verifying import Point, verify_supplier
from assessment.actions.workload import plan_work
from assessment.quoting import Quotation

__all__ = [
    "BEFORE_LETTERS",
    "REASONS_DUE",
    "WHILE_JUDGED",
    "WHO_ASKS",
    "Addition",
    "Choice",
    "Finding",
    "HandedDown",
    "Judgement",
    "Missing",
    "Point",
    "PriceLine",
    "Quotation",
    "Seen",
    "SiftAnswer",
    "SiftChoice",
    "StaleMark",
    "StaleModeration",
    "Sums",
    "SupplierInterest",
    "accept_terms",
    "answer_about_price",
    "answer_evidence",
    "answer_flag",
    "ask_about_price",
    "ask_for_evidence",
    "ask_officers",
    "conclude_sift",
    "confirm_as_officer",
    "confirm_interests",
    "consent_to_open_prices",
    "correct_sums",
    "decide",
    "decide_about_price",
    "declare_about_suppliers",
    "declare_as_approver",
    "declare_as_officer",
    "declare_interest",
    "drop_late_moderation",
    "drop_late_text",
    "earliest_answer_day",
    "evidence_due_at",
    "explain",
    "freeze_quality",
    "in_the_way_of_ranking",
    "invite_adviser",
    "invite_to_panel",
    "join_as_adviser",
    "join_panel",
    "leave",
    "moderate",
    "most_selected",
    "move_up",
    "open_pilot_round",
    "open_round",
    "plan_work",
    "raise_flag",
    "rank_finished_pilots",
    "record_finding",
    "record_findings",
    "record_step_back",
    "relieve_member",
    "remind_of_reasons",
    "remind_panel",
    "reopen_marks",
    "rule_on_interest",
    "rule_on_officer",
    "save_mark",
    "set_panel_terms",
    "set_up_panel",
    "sift",
    "submit_marks",
    "tell_dropped",
    "verify_supplier",
]
