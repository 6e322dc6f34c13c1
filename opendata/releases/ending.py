"""A procedure that led to no contract (UK12)."""

from challenges.models import ChallengeState
from opendata.releases.calling import FULL_LOT
from opendata.releases.pieces import Notice, Sections, challenge_url, document, instant


def termination(notice: Notice) -> Sections:
    """No award could be made, or the procedure was cancelled; the reason stands in the notice."""
    event = notice.event
    cancelled = event.data.get("to") == ChallengeState.CANCELLED
    status = "cancelled" if cancelled else "unsuccessful"
    paper = document(
        f"uk12-{event.pk}", "tenderCancellationNotice", "Procurement termination notice",
        challenge_url(notice.challenge), event.at, notice="UK12",
    )  # fmt: skip
    tender = {
        "id": notice.ocid, "status": status, "finalStatusDate": instant(event.at),
        "lots": [{"id": FULL_LOT, "status": status}], "documents": [paper | {"description": event.reason}],
    }  # fmt: skip
    return Sections(("tenderCancellation",), {"tender": tender})
