"""What this room tells a supplier on the page of its own submission: standstills, as far as they are published."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from awards import queries, rules
from awards.models import AwardState
from awards.states import written
from suppliers.models import Submission
from suppliers.told import Word


def words_for(submission: Submission, at: datetime) -> Iterator[Word]:
    """When the standstill after each published award ends (D2), for whoever was assessed."""
    if submission.told_at is None:
        return
    for award in queries.public_awards(submission.challenge):
        if award.state not in (AwardState.STANDSTILL, AwardState.CHALLENGED) or award.standstill_ends_on is None:
            continue
        if rules.standstill_has_passed(award, at):
            continue
        body = (
            f"The award of the {award.get_kind_display().lower()} to {award.supplier} was published. Its standstill "
            f"ends with {written(award.standstill_ends_on)}; only a claim notified to the council by then suspends it."
        )
        yield Word(
            "A standstill is running",
            body,
            reverse("challenge", args=[submission.challenge.slug]),
            "See the challenge",
            "info",
        )
