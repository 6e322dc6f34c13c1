"""Where a submission stands, in the words its supplier reads.

While the panel works, admitted and disregarded read the same, until a letter gave the reasons (D2).
"""

from dataclasses import dataclass
from datetime import datetime

from challenges.models import Challenge, ChallengeState
from challenges.rules import is_open
from suppliers.models import Submission, SubmissionState

IN_ASSESSMENT = (SubmissionState.UNSEALED, SubmissionState.ADMITTED, SubmissionState.DISREGARDED)


@dataclass(frozen=True)
class Status:
    """A look (a state's word and shape), its word, and the sentence beside it."""

    look: str
    word: str
    sentence: str


def status(submission: Submission, challenge: Challenge, at: datetime) -> Status:
    """The submission's status for its own supplier."""
    if challenge.state == ChallengeState.CANCELLED:
        return Status("cancelled", "Cancelled", "The council cancelled this challenge; its page says why.")
    if submission.state == SubmissionState.WITHDRAWN and submission.left_at is not None:
        return LEFT
    if submission.state in IN_ASSESSMENT:
        return _assessed(submission, challenge)
    if submission.state == SubmissionState.SELECTED:
        return Status("selected", "Chosen for a pilot", CHOSEN[ChallengeState(challenge.state)])
    if submission.state in AFTER:
        return AFTER[SubmissionState(submission.state)]
    return OPEN[submission.state] if is_open(challenge, at) else CLOSED[submission.state]


def can_leave(submission: Submission, challenge: Challenge) -> bool:
    """Whether there is something to withdraw from after the unsealing; what it would take is asked on its own page."""
    in_assessment = submission.state in IN_ASSESSMENT and challenge.state == ChallengeState.UNSEALED
    return in_assessment or submission.state == SubmissionState.SELECTED


def has_newer_draft(submission: Submission) -> bool:
    """Whether the draft was changed after it was submitted, so that the earlier version is the one that counts."""
    submitted = submission.state == SubmissionState.SUBMITTED
    return submitted and submission.submitted_version != submission.draft_version


def _assessed(submission: Submission, challenge: Challenge) -> Status:
    is_told = submission.told_at is not None or challenge.state != ChallengeState.UNSEALED
    if not is_told or submission.state != SubmissionState.DISREGARDED:
        return Status("assessing", "Being assessed", "Opened. The panel reads it without your name and your price.")
    return Status("disregarded", "Not taken further", submission.disregard_reason or "The decision gives the reason.")


LEFT = Status("withdrawn", "Withdrawn", "Taken back after it was opened. The assessment goes on without it.")
CHOSEN = {
    ChallengeState.ASSESSED: "The council plans the pilot with you.",
    ChallengeState.PILOTING: "Pilots of this challenge are under way.",
    ChallengeState.CONCLUDED: "The challenge is concluded. Its page says what came of it.",
}
AFTER = {
    SubmissionState.LEFT: Status(
        "withdrawn", "Withdrawn", "Taken back after you were chosen. The council goes on without you."
    ),
    SubmissionState.NOT_SELECTED: Status(
        "not_selected", "Not chosen", "Your assessment summary gives your marks and reasons."
    ),
}
OPEN = {
    "draft": Status("draft", "Draft", "Not submitted yet. Only your organisation can read it."),
    "submitted": Status("submitted", "Submitted", "Received and sealed. You can change it until the call closes."),
    "withdrawn": Status("withdrawn", "Withdrawn", "Taken back. You can submit again until the call closes."),
}
CLOSED = {
    "draft": Status("closed", "Not submitted", "The call closed before this was submitted. Nobody has read it."),
    "submitted": Status("sealed", "Submitted, sealed", "Received in time. Two people of the council will open it."),
    "withdrawn": Status("withdrawn", "Withdrawn", "Taken back before the call closed. Nobody has read it."),
}
