"""The only writers of pilots."""

from pilots.actions.archiving import archive_readings, closed_months
from pilots.actions.beside import Accompaniment, add_accompanying, remove_accompanying
from pilots.actions.checking import (
    CLAUSE_CHECK,
    PROBE,
    check_due,
    look_again,
    probe_due,
    register_service,
    service_problems,
)
from pilots.actions.deciding import close_pilot, decide_gate, hand_over_deciding
from pilots.actions.devices import PLACING, Recorded, record_devices, take_back_happening
from pilots.actions.erasing import Span, erase_answer_words, erase_readings, erase_words
from pilots.actions.evaluating import end_on_look, evaluate_due, retry_evaluation
from pilots.actions.extending import extend_pilot
from pilots.actions.feed_keys import remove_feed_key
from pilots.actions.finishing import (
    FINISHED,
    finished_pilots,
    hand_down_pilots,
    in_the_way_of_handing_down,
    judged_on,
    write_accounts,
)
from pilots.actions.forgetting import FORGET, forget_due
from pilots.actions.gates import Established, record_gate
from pilots.actions.incidents import Found, add_to_incident, close_incident, record_incident, settle_duty
from pilots.actions.intake import (
    Answered,
    Intake,
    KeyReusedError,
    ingest,
    ingest_once,
    preview,
    roll_up_readings,
    try_out,
)
from pilots.actions.leaving import leave_procedure
from pilots.actions.paying import Agreed, set_milestones, step_milestone
from pilots.actions.people import (
    ERASE,
    MOST_QUESTIONS,
    Asked,
    Occasion,
    Said,
    add_field_note,
    answer_survey,
    close_survey,
    erase_due,
    open_survey,
    type_in_answer,
    withdraw_field_note,
)
from pilots.actions.planning import (
    MONITORING,
    REGISTERED,
    PlannedSite,
    plan_context,
    plan_pilot,
    register_plan,
    set_sites,
    site_problems,
)
from pilots.actions.pulling import PULL, Asking, pull_due, replace_feed_key, set_feed, stop_feed
from pilots.actions.recalling import recall_device, take_back_recall
from pilots.actions.residents import (
    close_to_residents,
    judge_resident_readings,
    open_to_residents,
    send_resident_reading,
)
from pilots.actions.running import check_clause, give_site_consent, start_pilot, waive_clause
from pilots.actions.stopping import end_pilot_early, resume_pilot, say_supplier_stops, suspend_pilot
from pilots.actions.tokens import issue_token, revoke_token, rotate_token, token_hash

__all__ = [
    "CLAUSE_CHECK",
    "ERASE",
    "FINISHED",
    "FORGET",
    "MONITORING",
    "MOST_QUESTIONS",
    "PLACING",
    "PROBE",
    "PULL",
    "REGISTERED",
    "Accompaniment",
    "Agreed",
    "Answered",
    "Asked",
    "Asking",
    "Established",
    "Found",
    "Intake",
    "KeyReusedError",
    "Occasion",
    "PlannedSite",
    "Recorded",
    "Said",
    "Span",
    "add_accompanying",
    "add_field_note",
    "add_to_incident",
    "answer_survey",
    "archive_readings",
    "check_clause",
    "check_due",
    "close_incident",
    "close_pilot",
    "close_survey",
    "close_to_residents",
    "closed_months",
    "decide_gate",
    "end_on_look",
    "end_pilot_early",
    "erase_answer_words",
    "erase_due",
    "erase_readings",
    "erase_words",
    "evaluate_due",
    "extend_pilot",
    "finished_pilots",
    "forget_due",
    "give_site_consent",
    "hand_down_pilots",
    "hand_over_deciding",
    "in_the_way_of_handing_down",
    "ingest",
    "ingest_once",
    "issue_token",
    "judge_resident_readings",
    "judged_on",
    "leave_procedure",
    "look_again",
    "open_survey",
    "open_to_residents",
    "plan_context",
    "plan_pilot",
    "preview",
    "probe_due",
    "pull_due",
    "recall_device",
    "record_devices",
    "record_gate",
    "record_incident",
    "register_plan",
    "register_service",
    "remove_accompanying",
    "remove_feed_key",
    "replace_feed_key",
    "resume_pilot",
    "retry_evaluation",
    "revoke_token",
    "roll_up_readings",
    "rotate_token",
    "say_supplier_stops",
    "send_resident_reading",
    "service_problems",
    "set_feed",
    "set_milestones",
    "set_sites",
    "settle_duty",
    "site_problems",
    "start_pilot",
    "step_milestone",
    "stop_feed",
    "suspend_pilot",
    "take_back_happening",
    "take_back_recall",
    "token_hash",
    "try_out",
    "type_in_answer",
    "waive_clause",
    "withdraw_field_note",
    "write_accounts",
]
