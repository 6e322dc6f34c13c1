"""A pilot that is not to go on: suspended any day, taken up again, or ended early (P3)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.actors import Actor
from audit.transitions import Refused, lock, perform
from pilots.models import Cause, Pilot, Suspension


@transaction.atomic
def suspend_pilot(*, pilot: Pilot, cause: str, reason: str, actor: User, at: datetime) -> Suspension:
    """Suspend at once, for safety, security or unlawful processing; the reason is public.

    No reading is taken meanwhile, and those of the days it touches count for no result.
    """
    lock(pilot)
    if cause not in Cause.values:
        raise Refused("Say what a pilot is suspended for: safety, security, or unlawful processing of data.")
    perform(pilot, "suspend", actor=actor, at=at, reason=reason, data={"cause": cause})
    return Suspension.objects.create(
        pilot=pilot, cause=cause, reason=reason.strip(), began_at=at, began_by=actor.actor_key
    )


@transaction.atomic
def resume_pilot(*, pilot: Pilot, put_right: str, actor: User, at: datetime) -> None:
    """Take a suspended pilot up again; what was put right is public."""
    lock(pilot)
    perform(pilot, "resume", actor=actor, at=at, reason=put_right)
    end_suspension(pilot, put_right, actor, at)


@transaction.atomic
def end_pilot_early(
    *, pilot: Pilot, reason: str, payment: str, removal: str, actor: User, at: datetime
) -> None:  # fmt: skip
    """End a pilot before its analysis date: no result is registered, and no contract follows from it (D6, P7).

    `payment` says what is paid for what was accepted, `removal` who takes the equipment away and by when. Both are
    published with the reason.
    """
    lock(pilot)
    if not payment.strip():
        raise Refused("Say what is paid for what was done and accepted: payment does not depend on a verdict.")
    if not removal.strip():
        raise Refused("Say who takes the equipment away, and by when.")
    perform(
        pilot, "end_early", actor=actor, at=at, reason=reason,
        changes={
            "ended_early_at": at, "ended_early_because": reason.strip(), "payment_at_end": payment.strip(),
            "removal_at_end": removal.strip(),
        },
    )  # fmt: skip
    end_suspension(pilot, "", actor, at)


def end_suspension(pilot: Pilot, put_right: str, actor: Actor, at: datetime) -> None:
    """Note when a pilot's suspension ended, if it was suspended."""
    pilot.suspensions.filter(ended_at=None).update(ended_at=at, ended_by=actor.actor_key, put_right=put_right.strip())
