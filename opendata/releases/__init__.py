"""From an event of the record to an OCDS release: which notice it asks for, and one builder per notice."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings

from audit.models import Event, Visibility
from awards.models import AwardKind
from challenges.models import Challenge, Conclusion
from opendata.releases.awarding import award, award_withdrawn, contract
from opendata.releases.calling import call, call_amended, clarification
from opendata.releases.ending import termination
from opendata.releases.measuring import pilot_ended, pilot_gate, pilot_result
from opendata.releases.parties import contact_of, council_party, council_reference
from opendata.releases.pieces import Notice, Sections, instant, without_emails

FIND_A_TENDER_OCID = re.compile(r"ocds-h6vhtk-[0-9a-f]{6}")
BUILDERS: dict[str, Callable[[Notice], Sections]] = {
    "call": call,
    "call_amended": call_amended,
    "clarification": clarification,
    "pilot_award": award,
    "pilot_contract": contract,
    "pilot_result": pilot_result,
    "pilot_gate": pilot_gate,
    "pilot_ended": pilot_ended,
    "award": award,
    "contract": contract,
    "award_withdrawn": award_withdrawn,
    "termination": termination,
}
BY_VERB = {
    "challenge.published": "call",
    "challenge.amended": "call_amended",
    "clarification.answered": "clarification",
    "clarification.corrected": "clarification",
    "pilot.evaluated": "pilot_result",
    "pilot.gate_decided": "pilot_gate",
    "pilot.closed": "pilot_ended",
    "pilot.ended_early": "pilot_ended",
    "award.withdrawn": "award_withdrawn",
}
BY_KIND = {
    ("award.notified", AwardKind.PILOT): "pilot_award",
    ("award.notified", AwardKind.CONTRACT): "award",
    ("award.contracted", AwardKind.PILOT): "pilot_contract",
    ("award.contracted", AwardKind.CONTRACT): "contract",
}


def notice_for(event: Event, challenge: Challenge) -> str | None:
    """The name of the notice (a key of BUILDERS) that this event asks for; None for most events."""
    if event.visibility != Visibility.PUBLIC or challenge.published_at is None:
        return None
    if event.verb == "challenge.concluded":
        return "termination" if challenge.conclusion == Conclusion.NO_AWARD else None
    if event.verb == "challenge.cancelled":
        return "termination"
    return BY_VERB.get(event.verb) or BY_KIND.get((event.verb, event.data.get("kind", "")))


def ocid_of(challenge: Challenge) -> str:
    """One contracting process per challenge: the Find a Tender identifier where it has one, else our own."""
    if FIND_A_TENDER_OCID.fullmatch(challenge.find_a_tender_id):
        return challenge.find_a_tender_id
    return f"{settings.OCID_PREFIX}-{challenge.public_id}"


def build(notice: Notice) -> dict[str, Any]:
    """The whole release of a notice, as it will be kept: no personal e-mail address, no supplier who was not chosen."""
    made, council = BUILDERS[notice.kind](notice), notice.challenge.council
    release = {
        "ocid": notice.ocid,
        "id": notice.release_id,
        "date": instant(notice.event.at),
        "tag": list(made.tags),
        "initiationType": "tender",
        "language": "en",
        "buyer": council_reference(council),
        "parties": [council_party(council), *made.parties],
        **made.body,
    }
    cleaned: dict[str, Any] = without_emails(release, keep={contact_of(council)})
    return cleaned


__all__ = ["BUILDERS", "Notice", "build", "notice_for", "ocid_of", "without_emails"]
