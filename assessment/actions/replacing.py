"""A chosen supplier withdrew after the decision: the next one moves up, by the rule published with the call."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import queries, rules, states
from assessment.actions.deciding import require_clear, too_dear
from assessment.actions.entry import require_state
from assessment.models import Replacement, Round, RoundState
from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock, perform
from suppliers.models import Submission, SubmissionState

NOT_NEXT = "{} is not next: this challenge published how its pilots are chosen, and that counts for a free place too."


@transaction.atomic
def move_up(*, round: Round, submission: Submission, reason: str, actor: User, at: datetime) -> Replacement:
    """Choose the next ranked submission for a place that was given up; its supplier and everybody assessed are told.

    By whoever may decide (D1, D7). The ranking and the decision stay as they were: this is a new event (D5).
    """
    lock(round)
    if not rules.may_approve(actor, round):
        raise NotPermitted(f"Only {states.APPROVER} can decide who moves up.")
    require_state(round, RoundState.DECIDED)
    require_clear(round, actor)
    lock(round.challenge)
    free = queries.place_given_up(round)
    if free is None:
        raise Refused("No place is free: nobody who was chosen has withdrawn, or the place is given already.")
    lock(submission)
    if sentences := _objections(round, submission, reason):
        raise Refused(*sentences)
    made = Replacement.objects.create(
        decision=round.decision, left=free, moved_up=submission, reason=reason.strip(), approver=actor, decided_at=at
    )
    perform(submission, "move_up", actor=SYSTEM, at=at, reason=made.reason, data={"replacement": made.pk})
    challenge = round.challenge
    append_event(
        verb="challenge.supplier_moved_up", subject=challenge, actor=actor, at=at, challenge_id=challenge.pk,
        visibility=Visibility.PUBLIC, data={"replacement": made.pk},
    )  # fmt: skip
    return made


def _objections(round_: Round, submission: Submission, reason: str) -> list[str]:
    found = [] if reason.strip() else ["Give the reason: the supplier, the panel and the auditor read it."]
    if submission.pk not in {each.pk for each in queries.next_in_line(round_)}:
        found.append(NOT_NEXT.format(submission.pseudonym or "This submission"))
    chosen = Submission.objects.filter(challenge=round_.challenge_id, state=SubmissionState.SELECTED)
    return [*found, *too_dear(round_, {submission.pk, *chosen.values_list("pk", flat=True)})]
