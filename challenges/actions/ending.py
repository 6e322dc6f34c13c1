"""How a challenge ends, and who holds it until then."""

from datetime import datetime

from django.db import transaction

from accounts.models import Council, User
from audit.actors import Actor
from audit.transitions import Refused, append_event, lock, perform
from challenges import queries, rules, states
from challenges.models import Challenge, Conclusion


@transaction.atomic
def hand_over_challenges(*, giver: User, to: User, council: Council, actor: Actor, at: datetime, reason: str) -> None:
    """Give every unfinished challenge that `giver` owns in the council another owner."""
    for challenge in queries.owned_unfinished(giver, council.pk):
        lock(challenge)
        if not rules.may_own(to, challenge):
            raise Refused(f"{to} cannot own “{challenge}”: its owner is {states.OFFICERS}.")
        challenge.owner = to
        challenge.save(update_fields=["owner"])
        append_event(
            verb=rules.HANDED_OVER, subject=challenge, actor=actor, at=at, challenge_id=challenge.pk, reason=reason,
            data={"from": giver.actor_key, "to": to.actor_key},
        )  # fmt: skip


@transaction.atomic
def conclude_without_award(*, challenge: Challenge, actor: Actor, at: datetime, reason: str) -> None:
    """End a challenge that led to no contract; the reason is public."""
    perform(
        challenge, "conclude_no_award", actor=actor, at=at, reason=reason, changes={"conclusion": Conclusion.NO_AWARD}
    )


@transaction.atomic
def cancel_challenge(*, challenge: Challenge, actor: Actor, at: datetime, reason: str) -> None:
    """Cancel with a public reason; the page stays (C5)."""
    perform(challenge, "cancel", actor=actor, at=at, reason=reason)
