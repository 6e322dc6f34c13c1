"""A pilot that is not to go on: suspended any day, taken up again, or ended early (P3)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock, perform, stands
from pilots import rules
from pilots.actions.feed_keys import forget_keys
from pilots.actions.noting import note
from pilots.actions.pulling import go_on_fetching
from pilots.models import Cause, Pilot, StopKind, SupplierStop, Suspension


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
    go_on_fetching(pilot, at)


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
    forget_keys(pilot, actor, at)


def end_suspension(pilot: Pilot, put_right: str, actor: Actor, at: datetime) -> None:
    """Note when a pilot's suspension ended, if it was suspended."""
    pilot.suspensions.filter(ended_at=None).update(ended_at=at, ended_by=actor.actor_key, put_right=put_right.strip())


@transaction.atomic
def say_supplier_stops(*, pilot: Pilot, reason: str, actor: User, at: datetime) -> SupplierStop:
    """Record that a supplier cannot go on: it withdraws by its own word, or it failed by the council's.

    It ends nothing by itself. The council ends the pilot with payment and removal; where the analysis date comes first,
    the result is computed from what there is, and missing data make it inconclusive (P5).
    """
    lock(pilot)
    is_own = rules.is_supplier_of(actor, pilot)
    if not (is_own or rules.may_end_early(actor, pilot)):
        raise NotPermitted("Its supplier, or the council's problem owner or procurement lead, says so.")
    if pilot.state not in rules.UNDER_WAY:
        raise Refused(f"{stands(pilot)}: a supplier stops while it is under way.")
    if hasattr(pilot, "supplier_stop"):
        raise Refused("It is recorded already that the supplier cannot go on.")
    if not reason.strip():
        raise Refused("Give a reason: it is published.")
    kind = StopKind.WITHDRAWS if is_own else StopKind.FAILS
    stop = SupplierStop.objects.create(
        pilot=pilot, kind=kind, reason=reason.strip(), said_at=at, said_by=actor.actor_key
    )
    note("pilot.supplier_stops", pilot, actor, at, Visibility.PUBLIC, reason.strip(), kind=str(kind))
    return stop
