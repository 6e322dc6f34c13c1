"""What the record's events are called on a page."""

EVENTS = {
    "challenge.published": "Challenge published",
    "challenge.amended": "Challenge amended",
    "challenge.unsealed": "Submissions unsealed by two people",
    "challenge.assessed": "Assessment recorded, suppliers chosen for pilots",
    "challenge.sealed_submission_opened": "A sealed submission was read in an emergency, by two people",
    "challenge.supplier_left": "A supplier withdrew",
    "challenge.supplier_moved_up": "The next supplier was chosen for a place given up",
    "pilot.dropped": "Pilot ended before it began",
    "challenge.piloting": "Pilots began",
    "challenge.concluded": "Challenge concluded",
    "challenge.cancelled": "Challenge cancelled",
    "outage.extended_for": "Calls extended for all after an outage",
    "clarification.answered": "Question answered",
    "clarification.corrected": "Answer corrected",
    "pilot.registered": "Pilot's measures registered",
    "pilot.registered_again": "Pilot's measures registered again",
    "pilot.started": "Pilot started",
    "pilot.suspended": "Pilot suspended",
    "pilot.resumed": "Pilot taken up again",
    "pilot.ended_early": "Pilot ended early",
    "pilot.extended": "Pilot extended, with a second look",
    "pilot.incident_closed": "Incident in a pilot closed",
    "pilot.device_recalled": "Device of a pilot recalled",
    "pilot.recall_taken_back": "Recall of a pilot's device taken back: it was a mistake",
    "pilot.readings_deleted": "Raw readings of a pilot deleted, as its plan said",
    "pilot.data_erased": "Data of a pilot erased",
    "pilot.supplier_stops": "Pilot's supplier cannot go on",
    "pilot.evaluation_begun": "Pilot's readings closed for evaluation",
    "pilot.evaluated": "Pilot's registered result computed",
    "pilot.evaluated_earlier": "Pilot's result of an earlier registered date computed",
    "pilot.ended_on_look": "Pilot ended on an earlier registered result",
    "pilot.gate_decided": "Pilot's gate decided",
    "pilot.decider_replaced": "Another person named to decide the pilot's gate",
    "pilot.clause_waived": "Clause waived",
    "pilot.gate_recorded": "End of a pilot recorded: removal, export, or what was learned",
    "pilot.closed": "Pilot closed",
    "clause.versioned": "Clause added to the library",
    "award.notified": "Award notice published, standstill begun",
    "award.contracted": "Contract signed",
    "award.withdrawn": "Award withdrawn",
}


def event_words(verb: str) -> str:
    """An event's name for people; one without a name of its own is read from its verb."""
    return EVENTS.get(verb) or verb.replace(".", " ").replace("_", " ").capitalize()
