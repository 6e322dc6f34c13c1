"""A supplier withdraws after the unsealing, and a pilot of it that was only planned ends with it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import actions as assessing
from audit.actors import SYSTEM
from audit.transitions import perform
from pilots.actions.feed_keys import forget_keys
from pilots.models import Pilot
from suppliers.models import Submission


@transaction.atomic
def leave_procedure(*, submission: Submission, actor: User, at: datetime, reason: str) -> None:
    """Withdraw a submission; `assessment.actions.leave` says when. A pilot planned for it is ended before it began."""
    assessing.leave(submission=submission, actor=actor, at=at, reason=reason)
    for pilot in Pilot.objects.filter(submission=submission):
        perform(pilot, "drop", actor=SYSTEM, at=at, reason="Its supplier withdrew before it began.")
        forget_keys(pilot, SYSTEM, at)
