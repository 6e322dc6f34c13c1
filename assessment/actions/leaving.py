"""A supplier withdraws after the unsealing: on the record, and the assessment goes on without it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from assessment import queries
from assessment.actions.computing import rank_again
from assessment.actions.entry import note
from assessment.actions.interests import go_on
from assessment.models import Round, RoundState
from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import append_event, lock, perform
from challenges.models import Challenge
from suppliers.models import Submission, SubmissionState


@transaction.atomic
def leave(*, submission: Submission, actor: User, at: datetime, reason: str) -> None:
    """Withdraw a submission from the assessment, or a chosen one before its pilot starts; its reason is kept.

    Before the decision the panel reads that a pseudonym is gone, and not who or why (A6); marks that were given are
    kept and count for nothing. A ranking is computed again without it. After the decision the ranking stays as it was.
    """
    challenge = Challenge.objects.get(pk=submission.challenge_id)
    round_ = queries.round_of(challenge)
    if round_ is not None:
        lock(round_)
    lock(submission)
    was_chosen = submission.state == SubmissionState.SELECTED
    step = "leave_chosen" if was_chosen else "leave"
    perform(submission, step, actor=actor, at=at, reason=reason, changes={"left_at": at, "left_reason": reason.strip()})
    stage = "chosen" if was_chosen else "assessment"
    append_event(
        verb="challenge.supplier_left", subject=challenge, actor=SYSTEM, at=at, challenge_id=challenge.pk,
        visibility=Visibility.PUBLIC, data={"stage": stage},
    )  # fmt: skip
    if was_chosen:
        _tell_council(submission, challenge, at)
    elif round_ is not None:
        _go_on_without(round_, submission, at)


def _tell_council(submission: Submission, challenge: Challenge, at: datetime) -> None:
    data: dict[str, Any] = {"submission": submission.pk, "supplier": submission.supplier_id}
    append_event(
        verb="challenge.chosen_supplier_left", subject=challenge, actor=SYSTEM, at=at, challenge_id=challenge.pk,
        reason=submission.left_reason, data=data,
    )  # fmt: skip


def _go_on_without(round_: Round, submission: Submission, at: datetime) -> None:
    note("round.submission_left", round_, round_, SYSTEM, at, submission=submission.pseudonym)
    if round_.state == RoundState.RANKED:
        rank_again(round_, SYSTEM, at, f"{submission.pseudonym} was withdrawn by its supplier.")
    else:
        go_on(round_, at)
