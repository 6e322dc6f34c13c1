"""The only writers of pilots."""

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
from pilots.actions.evaluating import evaluate_due
from pilots.actions.intake import (
    Answered,
    Intake,
    KeyReusedError,
    ingest,
    ingest_once,
    preview,
    roll_up_readings,
)
from pilots.actions.leaving import leave_procedure
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
from pilots.actions.pulling import PULL, pull_due, set_feed, stop_feed
from pilots.actions.running import check_clause, give_site_consent, start_pilot, waive_clause
from pilots.actions.stopping import end_pilot_early, resume_pilot, suspend_pilot
from pilots.actions.tokens import issue_token, revoke_token, rotate_token, token_hash

__all__ = [
    "CLAUSE_CHECK",
    "MONITORING",
    "PROBE",
    "PULL",
    "REGISTERED",
    "Accompaniment",
    "Answered",
    "Intake",
    "KeyReusedError",
    "PlannedSite",
    "add_accompanying",
    "check_clause",
    "check_due",
    "close_pilot",
    "decide_gate",
    "end_pilot_early",
    "evaluate_due",
    "give_site_consent",
    "hand_over_deciding",
    "ingest",
    "ingest_once",
    "issue_token",
    "leave_procedure",
    "look_again",
    "plan_context",
    "plan_pilot",
    "preview",
    "probe_due",
    "pull_due",
    "register_plan",
    "register_service",
    "remove_accompanying",
    "resume_pilot",
    "revoke_token",
    "roll_up_readings",
    "rotate_token",
    "service_problems",
    "set_feed",
    "set_sites",
    "site_problems",
    "start_pilot",
    "stop_feed",
    "suspend_pilot",
    "token_hash",
    "waive_clause",
]
