"""Reads about places that chosen suppliers gave up, and who is next by the published rule."""

from assessment.models import Replacement, Round
from assessment.queries.verifying import excluded
from challenges.models import ChallengeState, Selection
from suppliers.models import Submission, SubmissionState

GOES_ON = (ChallengeState.ASSESSED, ChallengeState.PILOTING)


def place_given_up(round_: Round) -> Submission | None:
    """The submission that gave its place up first and is not replaced yet; None where no place is free."""
    if round_.challenge.state not in GOES_ON:
        return None
    gone = Submission.objects.filter(challenge=round_.challenge_id, state=SubmissionState.LEFT, replaced_by=None)
    return gone.order_by("left_at", "pk").first()


def next_in_line(round_: Round) -> list[Submission]:
    """Who may move up: the best ranked of those not chosen, more than one where they share a rank; all of them where a
    portfolio was published. Whoever was found excluded is passed over (A8)."""
    out = excluded(round_)
    waiting = Submission.objects.filter(challenge=round_.challenge_id, state=SubmissionState.NOT_SELECTED)
    ranks = {row["id"]: row["rank"] for row in round_.ranking.result["ranking"]}
    rows = [each for each in waiting if each.pk not in out and each.pseudonym in ranks]
    rows.sort(key=lambda each: (ranks[each.pseudonym], each.pseudonym))
    if round_.challenge.selection == Selection.PORTFOLIO or not rows:
        return rows
    best = ranks[rows[0].pseudonym]
    return [each for each in rows if ranks[each.pseudonym] == best]


def replacement_of(submission: Submission) -> Replacement | None:
    """How a submission came to be chosen after the decision; None where it did not."""
    return Replacement.objects.filter(moved_up=submission).select_related("left__supplier").first()
