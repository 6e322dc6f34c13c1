"""Pages of the pilots room."""

from pilots.views.checks import pilot_clause, pilot_clause_look, pilot_clause_waive, pilot_clauses, pilot_service
from pilots.views.dashboard import pilot_accompanying, pilot_accompanying_remove, pilot_dashboard
from pilots.views.desk import challenge_pilots, pilot_start, pilot_workspace
from pilots.views.devices import devices_csv, pilot_device_take_back, pilot_devices
from pilots.views.feeds import pilot_feed_key, pilot_feed_key_remove, pilot_feed_stop, pilot_feeds
from pilots.views.finishing import finished_pilots, pilot_accounts
from pilots.views.gates import pilot_close, pilot_gate, pilot_gate_record, pilot_gates
from pilots.views.going_wrong import (
    pilot_erase,
    pilot_erase_answer,
    pilot_erase_words,
    pilot_incident,
    pilot_incident_new,
    pilot_incident_told,
    pilot_incidents,
    pilot_recall,
    pilot_stops,
)
from pilots.views.leaving import submission_leave
from pilots.views.paying import pilot_milestone, pilot_milestones, pilot_milestones_set
from pilots.views.people import (
    pilot_listening,
    pilot_note,
    pilot_note_withdraw,
    pilot_people,
    pilot_survey,
    pilot_survey_close,
    pilot_survey_new,
    pilot_survey_print,
    take_part,
    take_part_code,
    take_part_thanks,
)
from pilots.views.portfolio import pilot_list, pilot_overview, pilots_of_mine
from pilots.views.preparing import (
    pilot_consent,
    pilot_sites,
    pilot_token_revoke,
    pilot_tokens,
)
from pilots.views.public import (
    analysis_csv,
    corrections_csv,
    package_json,
    pilot_clauses_public,
    pilot_page,
    pilot_progress,
    plan_json,
    readings_csv,
    result_json,
)
from pilots.views.registering import pilot_extend, pilot_register
from pilots.views.residents import (
    pilot_residents,
    pilot_residents_close,
    pilot_residents_judge,
    pilot_residents_print,
    residents_csv,
    your_reading,
    your_reading_code,
)
from pilots.views.runs import pilot_evaluation_again, pilot_evaluations
from pilots.views.stopping import pilot_end, pilot_end_on_look, pilot_suspend
from pilots.views.upload import pilot_typed, pilot_upload

__all__ = [
    "analysis_csv",
    "challenge_pilots",
    "corrections_csv",
    "devices_csv",
    "finished_pilots",
    "package_json",
    "pilot_accompanying",
    "pilot_accompanying_remove",
    "pilot_accounts",
    "pilot_clause",
    "pilot_clause_look",
    "pilot_clause_waive",
    "pilot_clauses",
    "pilot_clauses_public",
    "pilot_close",
    "pilot_consent",
    "pilot_dashboard",
    "pilot_device_take_back",
    "pilot_devices",
    "pilot_end",
    "pilot_end_on_look",
    "pilot_erase",
    "pilot_erase_answer",
    "pilot_erase_words",
    "pilot_evaluation_again",
    "pilot_evaluations",
    "pilot_extend",
    "pilot_feed_key",
    "pilot_feed_key_remove",
    "pilot_feed_stop",
    "pilot_feeds",
    "pilot_gate",
    "pilot_gate_record",
    "pilot_gates",
    "pilot_incident",
    "pilot_incident_new",
    "pilot_incident_told",
    "pilot_incidents",
    "pilot_list",
    "pilot_listening",
    "pilot_milestone",
    "pilot_milestones",
    "pilot_milestones_set",
    "pilot_note",
    "pilot_note_withdraw",
    "pilot_overview",
    "pilot_page",
    "pilot_people",
    "pilot_progress",
    "pilot_recall",
    "pilot_register",
    "pilot_residents",
    "pilot_residents_close",
    "pilot_residents_judge",
    "pilot_residents_print",
    "pilot_service",
    "pilot_sites",
    "pilot_start",
    "pilot_stops",
    "pilot_survey",
    "pilot_survey_close",
    "pilot_survey_new",
    "pilot_survey_print",
    "pilot_suspend",
    "pilot_token_revoke",
    "pilot_tokens",
    "pilot_typed",
    "pilot_upload",
    "pilot_workspace",
    "pilots_of_mine",
    "plan_json",
    "readings_csv",
    "residents_csv",
    "result_json",
    "submission_leave",
    "take_part",
    "take_part_code",
    "take_part_thanks",
    "your_reading",
    "your_reading_code",
]
