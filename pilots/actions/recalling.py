"""A device is recalled: its readings from an instant on are marked, and judged with them and without them.

A recall that was a mistake is taken back. Nothing of it goes: both stand on the record and on the public page.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit import clock
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock
from pilots import rules
from pilots.actions.noting import note
from pilots.models import Device, DeviceRecall, Pilot


@transaction.atomic
def recall_device(
    *, pilot: Pilot, device: Device, recalled_from: datetime, reason: str, actor: User, at: datetime
) -> DeviceRecall:
    """Mark a device's readings from an instant on, in public.

    They stay and they count. The registered result says how many values are marked; where the verdict would be another
    one without them, or they are more than a fifth of a group's, it is inconclusive.
    """
    lock(pilot)
    at = max(at, clock.now())  # a result is computed before this or after it, also where it waited for the lock
    if not rules.may_keep_register(actor, pilot):
        raise NotPermitted("Only the council's pilot manager or the supplier recalls a device.")
    if sentences := _wrong(pilot, device, recalled_from, reason, at):
        raise Refused(*sentences)
    recall = DeviceRecall.objects.create(
        device=device, recalled_from=recalled_from, reason=reason.strip(), recorded_at=at, recorded_by=actor.actor_key
    )
    what = {"device": device.code, "from": recalled_from.isoformat()}
    note("pilot.device_recalled", pilot, actor, at, Visibility.PUBLIC, reason.strip(), **what)
    return recall


@transaction.atomic
def take_back_recall(*, recall: DeviceRecall, reason: str, actor: User, at: datetime) -> None:
    """Say that a recall was a mistake, in public: the readings of the device are as any other from now on.

    The council's pilot manager says so, whoever had recalled it: a supplier does not lift what stands beside its own
    success. Results computed before stay as they are, with the readings marked; later ones say what happened.
    """
    pilot = recall.device.site.pilot
    lock(pilot)
    at = max(at, clock.now())
    recall.refresh_from_db()
    if not rules.may_manage(actor, pilot):
        raise NotPermitted(
            "Only the council's pilot manager takes a recall back; whoever finds the mistake tells them."
        )
    if recall.taken_back_at:
        raise Refused("This recall was taken back already.")
    if not rules.recalls_are_taken_back(pilot, at):
        raise Refused(
            "A recall is taken back until the analysis date, and again between its result and the closing of the pilot."
        )
    if not reason.strip():
        raise Refused("Say how the mistake came about: it is published.")
    recall.taken_back_at, recall.taken_back_by, recall.taken_back_because = at, actor.actor_key, reason.strip()
    recall.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_because"])
    what = {"device": recall.device.code, "from": recall.recalled_from.isoformat(), "recalled_by": recall.recorded_by}
    note("pilot.recall_taken_back", pilot, actor, at, Visibility.PUBLIC, reason.strip(), **what)


def _wrong(pilot: Pilot, device: Device, recalled_from: datetime, reason: str, at: datetime) -> list[str]:
    checks = (
        (
            rules.keeps_register(pilot, at),
            "A device is recalled between the registration and the analysis date; later its result stands.",
        ),
        (device.site.pilot_id == pilot.pk, "This device is not one of the pilot's."),
        (not device.recalls.filter(taken_back_at=None).exists(), "This device is recalled already."),
        (recalled_from <= at, "Say from when on it measured wrongly: a moment that has passed."),
        (bool(reason.strip()), "Say why it is recalled: it is published."),
    )
    return [sentence for is_right, sentence in checks if not is_right]
