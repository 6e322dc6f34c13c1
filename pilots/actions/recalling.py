"""A device is recalled: its readings from an instant on are marked, and judged with them and without them."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
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
    if not (rules.may_manage(actor, pilot) or rules.is_supplier_of(actor, pilot)):
        raise NotPermitted("Only the council's pilot manager or the supplier recalls a device.")
    if sentences := _wrong(pilot, device, recalled_from, reason, at):
        raise Refused(*sentences)
    recall = DeviceRecall.objects.create(
        device=device, recalled_from=recalled_from, reason=reason.strip(), recorded_at=at, recorded_by=actor.actor_key
    )
    what = {"device": device.code, "from": recalled_from.isoformat()}
    note("pilot.device_recalled", pilot, actor, at, Visibility.PUBLIC, reason.strip(), **what)
    return recall


def _wrong(pilot: Pilot, device: Device, recalled_from: datetime, reason: str, at: datetime) -> list[str]:
    is_open = pilot.plan is not None and not pilot.is_over and not rules.analysis_is_due(pilot, at)
    checks = (
        (is_open, "A device is recalled between the registration and the analysis date; later its result stands."),
        (device.site.pilot_id == pilot.pk, "This device is not one of the pilot's."),
        (not DeviceRecall.objects.filter(device=device).exists(), "This device is recalled already."),
        (recalled_from <= at, "Say from when on it measured wrongly: a moment that has passed."),
        (bool(reason.strip()), "Say why it is recalled: it is published."),
    )
    return [sentence for is_right, sentence in checks if not is_right]
