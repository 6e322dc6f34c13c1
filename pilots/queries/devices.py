"""Reads of devices: where each stood when, and what happened to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from pilots.figures import PlannedPlace
from pilots.formats import Mark
from pilots.models import Arm, Device, DeviceEvent, DeviceRecall, Happening, Pilot
from pilots.moves import Move, Stay, stays

_MARKED = (
    "Their values are marked: the verdict is inconclusive if it would be another without them, or if they are more "
    "than a fifth of a group’s."
)
_CHANGED = f"Calibrated or given other firmware inside the registered windows: {{}}. {_MARKED}"
_RECALLED = f"Recalled: {{}}. {_MARKED}"
# After either, a device is another instrument than before.
CHANGES = {Happening.FIRMWARE: "other firmware", Happening.CALIBRATED: "calibrated"}


@dataclass
class DeviceNow:
    """A device as the dashboard shows it; `last_day` is the day of its last reading of the primary measure.

    `recalled_from` is set while a recall stands.
    """

    code: str
    site: str
    happened: list[DeviceEvent] = field(default_factory=list)
    last_day: date | None = None
    recalled_from: datetime | None = None

    @property
    def installed(self) -> DeviceEvent | None:
        return next((each for each in self.happened if each.what == Happening.INSTALLED), None)

    @property
    def calibrated(self) -> DeviceEvent | None:
        return self._last(Happening.CALIBRATED)

    @property
    def firmware(self) -> DeviceEvent | None:
        return self._last(Happening.FIRMWARE)

    @property
    def removed(self) -> DeviceEvent | None:
        return self._last(Happening.REMOVED)

    @property
    def moved(self) -> list[DeviceEvent]:
        return [each for each in self.happened if each.what == Happening.MOVED]

    def _last(self, what: str) -> DeviceEvent | None:
        return next((each for each in reversed(self.happened) if each.what == what), None)


def moves_of(pilot_id: int) -> dict[str, list[Move]]:
    """The moves of a pilot's devices by their codes, in order: one query."""
    events = DeviceEvent.objects.filter(device__site__pilot=pilot_id, what=Happening.MOVED).order_by("on", "pk")
    found: dict[str, list[Move]] = {}
    for code, on, site, arm in events.values_list("device__code", "on", "site__code", "site__arm"):
        found.setdefault(code, []).append(Move(on, site, arm))
    return found


def changed_devices(pilot: Pilot) -> list[Mark]:
    """Devices that were calibrated or given other firmware inside the registered windows, at each site they stood at.

    Everything that such a device said is marked, and the gates judge whether the verdict hangs on it (P5).
    """
    if pilot.baseline_starts_on is None or pilot.ends_on is None:
        return []
    inside = {"on__gt": pilot.baseline_starts_on, "on__lte": pilot.ends_on, "what__in": list(CHANGES)}
    events = DeviceEvent.objects.filter(device__site__pilot=pilot, **inside).order_by("on", "pk")
    changes = list(events.values_list("device__code", "device__site__code", "what", "on"))
    moves = moves_of(pilot.pk) if changes else {}
    return [
        Mark(f"{code}: {CHANGES[Happening(what)]} on {on.isoformat()}", date.min, unit=place, device=code)
        for code, site, what, on in changes
        for place in places_of(code, site, moves)
    ]


def places_of(code: str, site: str, moves: Mapping[str, Sequence[Move]]) -> list[str]:
    """Every site that a device stood at, the first one first."""
    return list(dict.fromkeys((site, *(move.site for move in moves.get(code, ())))))


def standing(pilot: Pilot) -> tuple[list[PlannedPlace], dict[str, list[Move]]]:
    """The sites with the number of their devices, pilot sites first, and the moves of devices: one query."""
    names = ("site__code", "site__name", "site__arm", "code", "happened__what", "happened__on")
    rows = Device.objects.filter(site__pilot=pilot).order_by("-site__arm", "site__code", "code", "happened__on")
    sites: dict[str, tuple[str, str]] = {}
    moves: dict[str, list[Move]] = {}
    began: dict[str, tuple[str, date]] = {}
    for site, name, arm, code, what, on, *to in rows.values_list(
        *names, "happened__site__code", "happened__site__name", "happened__site__arm"
    ):
        sites.setdefault(site, (name, arm))
        began.setdefault(code, (site, date.min))
        if what == Happening.INSTALLED and on > (pilot.baseline_starts_on or date.max):
            began[code] = site, on
        elif what == Happening.MOVED:
            sites.setdefault(to[0], (to[1], to[2]))
            moves.setdefault(code, []).append(Move(on, to[0], to[2]))
    return _places(sites, began, moves), moves


def _places(
    sites: Mapping[str, tuple[str, str]], began: Mapping[str, tuple[str, date]], moves: Mapping[str, Sequence[Move]]
) -> list[PlannedPlace]:
    found: dict[str, list[Stay]] = {site: [] for site in sites}
    for code, (home, since) in began.items():
        for site, stay in stays(home, moves.get(code, ()), since):
            found[site].append(stay)
    always = Stay(date.min, date.max)
    places = [
        PlannedPlace(
            site, name, arm, sum(stay.last == date.max for stay in found[site]),
            tuple(found[site]) if any(stay != always for stay in found[site]) else (),
        )
        for site, (name, arm) in sites.items()
    ]  # fmt: skip
    return sorted(places, key=lambda place: (place.arm != Arm.PILOT, place.code))


def devices_now(pilot: Pilot, last_days: Mapping[str, date]) -> list[DeviceNow]:
    """Every device of a pilot where it stands now, with what happened to it, oldest first: two queries."""
    recalls = DeviceRecall.objects.filter(device=OuterRef("pk"), taken_back_at=None).values("recalled_from")
    devices = Device.objects.filter(site__pilot=pilot).select_related("site").order_by("site__arm", "code")
    found = {
        device.pk: DeviceNow(
            device.code, device.site.name or device.site.code, [], last_days.get(device.code), device.recalled_from
        )
        for device in devices.annotate(recalled_from=Subquery(recalls))
    }  # fmt: skip
    for event in DeviceEvent.objects.filter(device__site__pilot=pilot).select_related("site").order_by("on", "pk"):
        now = found[event.device_id]
        now.happened.append(event)
        if event.what == Happening.MOVED and event.site:
            now.site = event.site.name or event.site.code
    return list(found.values())


def warnings_of(devices: Sequence[DeviceNow], pilot: Pilot) -> list[str]:
    """What a reader of the numbers should know of the devices, in sentences."""
    first, last = pilot.baseline_starts_on or date.max, pilot.ends_on or date.min
    touched = [d.code for d in devices if any(e.what in CHANGES and first < e.on <= last for e in d.happened)]
    recalled = [d.code for d in devices if d.recalled_from]
    moved, late = [d.code for d in devices if d.moved], [d.code for d in devices if _is_late(d, first)]
    parts = (
        (recalled, _RECALLED),
        (touched, _CHANGED),
        (moved, "Moved: {}. Each counts for its new site from the day after."),
        (late, "Installed after the baseline began: {}."),
    )
    return [words.format(_some(codes)) for codes, words in parts if codes]


def for_download(pilot: Pilot) -> Iterator[tuple[Any, ...]]:
    """Device, what happened, day, site, detail and time, in their order; devices of which nothing is told, first."""
    codes = Device.objects.filter(site__pilot=pilot, happened=None).order_by("code").values_list("code", "site__code")
    yield from ((code, "", "", site, "", "") for code, site in codes)
    events = DeviceEvent.objects.filter(device__site__pilot=pilot).order_by("on", "pk")
    for event in events.select_related("device__site", "site"):
        site = event.site or event.device.site
        yield event.device.code, event.what, event.on.isoformat(), site.code, event.detail, event.clock


def _is_late(device: DeviceNow, first: date) -> bool:
    return device.installed is not None and device.installed.on > first


def _some(codes: Sequence[str], shown: int = 6) -> str:
    return ", ".join(codes[:shown]) + (f" and {len(codes) - shown} more" if len(codes) > shown else "")
