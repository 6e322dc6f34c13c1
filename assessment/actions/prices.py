"""Opening prices by two people, and the ranking that follows at once (A9-A11)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import queries, rules, states
from assessment.actions.computing import compute
from assessment.actions.entry import note, require_state
from assessment.models import PriceOpeningConsent, Round, RoundState
from audit.transitions import NotPermitted, Refused, lock, perform
from suppliers.actions import open_prices
from suppliers.models import SubmissionState


@transaction.atomic
def consent_to_open_prices(*, round: Round, actor: User, at: datetime) -> bool:
    """Agree to open the prices of the admitted submissions; the second, different person opens them.

    Where it was published that one person does, below the threshold, the first opens them. Returns whether the prices
    are open now. The ranking is computed in the same step.
    """
    lock(round)
    if not rules.may_open_prices(actor, round):
        raise NotPermitted(f"Only {states.OFFICERS} can open prices.")
    require_state(round, RoundState.PRICES)
    if nothing := states.something_is_admitted(round, at):
        raise Refused(nothing, "Conclude without an award.")
    _, is_new = PriceOpeningConsent.objects.get_or_create(round=round, user=actor, defaults={"given_at": at})
    if not is_new:
        raise Refused("You have already agreed: a second, different person has to open the prices.")
    note("prices.consent_given", round, round, actor, at)
    if states.two_people_agreed(round, at):
        return False
    _open_and_rank(round, actor, at)
    return True


def _open_and_rank(round_: Round, actor: User, at: datetime) -> None:
    admitted = [each for each in queries.submissions_in(round_) if each.state == SubmissionState.ADMITTED]
    open_prices(challenge=round_.challenge, submissions=admitted, actor=actor, at=at)
    ranking = compute(round_, at)
    ranking.save()
    data = {"ranking_sha256": ranking.digest, "ranked": len(ranking.result["ranking"])}
    perform(round_, "rank", actor=actor, at=at, data=data)
