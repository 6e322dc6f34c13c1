"""The life of a submission. Until it is unsealed, nobody outside its supplier can do anything with it."""

from datetime import datetime
from typing import Any

from audit.models import Visibility
from audit.transitions import Step, Table, add_guards, register
from challenges import states as challenge_states
from challenges.models import Challenge, ChallengeState
from challenges.rules import is_open
from suppliers import queries, rules
from suppliers.models import EmergencyReading, Joining, JoiningState, ReadingState, Submission, SubmissionState

DRAFT, SUBMITTED, WITHDRAWN = SubmissionState.DRAFT, SubmissionState.SUBMITTED, SubmissionState.WITHDRAWN
UNSEALED, ADMITTED, DISREGARDED = SubmissionState.UNSEALED, SubmissionState.ADMITTED, SubmissionState.DISREGARDED
SELECTED, NOT_SELECTED = SubmissionState.SELECTED, SubmissionState.NOT_SELECTED
LEFT = SubmissionState.LEFT
PEOPLE_TO_UNSEAL = 2


def call_is_open(submission: Submission, at: datetime) -> str | None:
    """The call takes submissions at this instant, by the clock and the stored dates alone (T1, T2, T3)."""
    return closed_sentence(Challenge.objects.get(pk=submission.challenge_id), at)


def call_has_closed(submission: Submission, at: datetime) -> str | None:
    """Nothing is opened before the deadline (S6)."""
    return challenge_states.call_has_closed(submission.challenge, at)


def two_people_agreed(challenge: Challenge, at: datetime) -> str | None:
    """Two different people of the council confirmed the unsealing (S6)."""
    given = queries.consents(challenge).count()
    return None if given >= PEOPLE_TO_UNSEAL else "Two different people must confirm before anything is unsealed."


def council_unsealed(submission: Submission, at: datetime) -> str | None:
    """One submission is opened only in the council's unsealing of all of them (S6)."""
    return two_people_agreed(submission.challenge, at)


def amended_since(submission: Submission, at: datetime) -> str | None:
    """A material amendment was made since it was submitted or last confirmed (C2)."""
    return None if queries.to_confirm(submission) else "Nothing was amended since: there is nothing to confirm."


def assessment_goes_on(submission: Submission, at: datetime) -> str | None:
    """It is not decided yet: afterwards only a chosen submission has anything left to withdraw from."""
    goes_on = submission.challenge.state == ChallengeState.UNSEALED
    return None if goes_on else "The assessment is over: there is nothing left to withdraw from."


def closed_sentence(challenge: Challenge, at: datetime) -> str | None:
    """Why the call takes nothing at this instant; None while it is open."""
    if is_open(challenge, at):
        return None
    if challenge.opens_at is not None and at < challenge.opens_at:
        return "This call has not opened yet."
    if challenge.closes_at is not None and at >= challenge.closes_at:
        return "This call has closed. Nothing can be submitted, changed or withdrawn any more; your draft is kept."
    return "This call takes no submissions. Your draft is kept."


def guard_unsealing() -> None:
    """Add this room's guard to the challenge's step; called once everything is loaded."""
    add_guards(Challenge, "unseal", room="suppliers", guards=(two_people_agreed,))


def may_take_part(actor: Any, reading: EmergencyReading) -> bool:
    """Whoever may be one of the two for the submission."""
    return rules.may_break_glass(actor, reading.submission)


def still_sealed(reading: EmergencyReading, at: datetime) -> str | None:
    """Only what is sealed is opened in an emergency; afterwards the ordinary rules say who reads (S1)."""
    own = Submission.objects.select_related("challenge").get(pk=reading.submission_id)
    sealed = own.state == SUBMITTED and own.challenge.state == ChallengeState.PUBLISHED
    return None if sealed else "This submission is not sealed any more: there is nothing to open."


RUNNERS = "two of the people who run this marketplace, with no part in the procedure,"
ADMIN = "an administrator of the supplier"
COUNCIL = "the council, after the deadline,"
OWN, PANEL = Visibility.SUPPLIER, Visibility.PANEL

TABLE = register(
    Table(
        model=Submission,
        noun="submission",
        challenge_id=lambda submission: submission.challenge_id,
        steps=(
            Step(
                "submit", (DRAFT, WITHDRAWN), SUBMITTED, rules.may_submit, ADMIN, "submission.submitted",
                guards=(call_is_open,), visibility=OWN,
            ),
            Step(
                "resubmit", (SUBMITTED,), SUBMITTED, rules.may_submit, ADMIN, "submission.resubmitted",
                guards=(call_is_open,), visibility=OWN,
            ),
            Step(
                "reconfirm", (SUBMITTED,), SUBMITTED, rules.may_submit, ADMIN, "submission.reconfirmed",
                guards=(call_is_open, amended_since), visibility=OWN,
            ),
            Step(
                "withdraw", (SUBMITTED,), WITHDRAWN, rules.may_submit, ADMIN, "submission.withdrawn",
                guards=(call_is_open,), visibility=OWN,
            ),
            Step(
                "leave", (UNSEALED, ADMITTED, DISREGARDED), WITHDRAWN, rules.may_submit, ADMIN, "submission.left",
                guards=(assessment_goes_on,), visibility=OWN, needs_reason=True,
            ),
            Step(
                "leave_chosen", (SELECTED,), LEFT, rules.may_submit, ADMIN, "submission.left", awaits=("pilots",),
                visibility=OWN, needs_reason=True,
            ),
            Step(
                "unseal", (SUBMITTED,), UNSEALED, rules.may_move_for_the_council, COUNCIL, "submission.unsealed",
                guards=(call_has_closed, council_unsealed), visibility=OWN,
            ),
            Step(
                "admit", (UNSEALED,), ADMITTED, rules.may_move_for_the_council, COUNCIL, "submission.admitted",
                visibility=PANEL,
            ),
            Step(
                "disregard", (UNSEALED, ADMITTED), DISREGARDED, rules.may_move_for_the_council, COUNCIL,
                "submission.disregarded", visibility=PANEL, needs_reason=True,
            ),
            Step(
                "select", (ADMITTED,), SELECTED, rules.may_move_for_the_council, COUNCIL, "submission.selected",
                visibility=OWN,
            ),
            Step(
                "move_up", (NOT_SELECTED,), SELECTED, rules.may_move_for_the_council, COUNCIL, "submission.moved_up",
                awaits=("awards",), visibility=OWN, needs_reason=True,
            ),
            Step(
                "not_select", (ADMITTED,), NOT_SELECTED, rules.may_move_for_the_council, COUNCIL,
                "submission.not_selected", visibility=OWN,
            ),
        ),
    )
)  # fmt: skip

ASKED, OPENED = ReadingState.ASKED, ReadingState.OPENED
READINGS = register(
    Table(
        model=EmergencyReading,
        noun="reading",
        challenge_id=lambda reading: reading.submission.challenge_id,
        steps=(
            Step(
                "open", (ASKED,), OPENED, may_take_part, RUNNERS, "reading.opened", guards=(still_sealed,),
                visibility=OWN, needs_reason=True,
            ),
            Step(
                "withdraw", (ASKED,), ReadingState.WITHDRAWN, may_take_part, RUNNERS, "reading.withdrawn",
                visibility=OWN,
            ),
        ),
    )
)  # fmt: skip


def may_answer_joining(actor: Any, asked: Joining) -> bool:
    """Let somebody into the organisation, or not: its administrators."""
    return rules.may_manage(actor, asked.supplier_id)


JOININGS = register(
    Table(
        model=Joining,
        noun="joining",
        challenge_id=lambda asked: None,
        steps=(
            Step(
                "accept", (JoiningState.ASKED,), JoiningState.ACCEPTED, may_answer_joining, ADMIN, "joining.accepted",
                visibility=OWN,
            ),
            Step(
                "decline", (JoiningState.ASKED,), JoiningState.DECLINED, may_answer_joining, ADMIN, "joining.declined",
                visibility=OWN,
            ),
        ),
    )
)  # fmt: skip
