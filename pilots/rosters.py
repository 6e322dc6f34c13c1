"""What a pilot's intake has to know, remembered between batches: devices, metrics and their bounds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from pilots.models import Device, Metric, Pilot
from pilots.rows import Measure


@dataclass(frozen=True)
class Roster:
    """Devices and measures by their codes."""

    devices: Mapping[str, int]
    metrics: Mapping[str, Measure]


def roster_of(pilot: Pilot) -> Roster:
    """The roster at the pilot's `roster_version`, which every change of devices, metrics or bounds raises."""
    return read(pilot.public_id, pilot.roster_version)


@lru_cache(maxsize=256)
def read(public_id: UUID, version: int) -> Roster:
    """The roster of a pilot; it is read once for each version."""
    devices = Device.objects.filter(site__pilot__public_id=public_id).values_list("code", "pk")
    metrics = Metric.objects.filter(pilot__public_id=public_id)
    return Roster(
        dict(devices), {each.code: Measure(each.pk, each.unit, each.lowest, each.highest) for each in metrics}
    )
