"""The register of devices: what happened to each, row by row; good rows are kept, each bad one is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction

from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock
from pilots import rules
from pilots.actions.noting import note
from pilots.models import Device, DeviceEvent, Happening, Pilot, Site
from pilots.rows import LONDON
from pilots.tables import read_clock, read_day

MOST_ROWS = 5000
PLACING = (Happening.INSTALLED, Happening.MOVED)


@dataclass(frozen=True)
class Recorded:
    """What became of a register: rows kept, rows that were here already, and a sentence for each refused one."""

    kept: int
    unchanged: int
    refused: tuple[str, ...]


@dataclass
class _Known:
    """What the rows are judged against; it grows while they are read."""

    pilot: Pilot
    now: datetime
    may_place: bool
    sites: Mapping[str, Site]
    devices: dict[str, Device]
    events: dict[tuple[int, str, date], DeviceEvent]
    stands: dict[int, Site] = field(default_factory=dict)
    is_grown: bool = False


@transaction.atomic
def record_devices(*, pilot: Pilot, rows: Sequence[Mapping[str, str]], actor: Actor, at: datetime) -> Recorded:
    """Take in rows with device, what, on, site, detail and time (in London); sending them again changes nothing.

    An unknown device that is installed at a site of the plan is added there: a broken one is replaced like this.
    """
    lock(pilot)
    _refuse_unless_kept(pilot, actor, at)
    if len(rows) > MOST_ROWS:
        raise Refused(f"A register has at most {MOST_ROWS:,} rows: send it in parts.")
    known = _known(pilot, at.astimezone(LONDON), rules.may_manage(actor, pilot))
    kept, unchanged, refused = 0, 0, []
    for number, row in enumerate(rows, start=2):
        sentence, is_new = _take(row, known, actor, at)
        if sentence:
            refused.append(f"Line {number}: {sentence}")
        elif is_new:
            kept += 1
        else:
            unchanged += 1
    if known.is_grown:
        pilot.roster_version += 1
        pilot.save(update_fields=["roster_version"])
    note(
        "pilot.devices_recorded", pilot, actor, at, Visibility.PUBLIC, kept=kept, unchanged=unchanged,
        refused=len(refused),
    )  # fmt: skip
    return Recorded(kept, unchanged, tuple(refused))


@transaction.atomic
def take_back_happening(*, happened: DeviceEvent, reason: str, actor: Actor, at: datetime) -> None:
    """Take something out of the register that was noted wrongly; the record keeps what it said, and why it went.

    Where a device stands is the council's to say: moves and installations are taken back by its pilot manager.
    """
    pilot = happened.device.site.pilot
    lock(pilot)
    _refuse_unless_kept(pilot, actor, at)
    if happened.what in PLACING and not rules.may_manage(actor, pilot):
        raise NotPermitted("The council's pilot manager tells where devices stand, and takes that back.")
    if not reason.strip():
        raise Refused("Say what is wrong with it: it is published.")
    said = {
        "device": happened.device.code, "what": happened.what, "on": happened.on.isoformat(), "time": happened.clock,
        "detail": happened.detail, "site": happened.site.code if happened.site else "",
        "noted_by": happened.recorded_by,
    }  # fmt: skip
    if not DeviceEvent.objects.filter(pk=happened.pk).delete()[0]:
        raise Refused("This was taken back already.")
    note("pilot.device_event_taken_back", pilot, actor, at, Visibility.PUBLIC, reason.strip(), **said)


def _refuse_unless_kept(pilot: Pilot, actor: Actor, at: datetime) -> None:
    if not rules.may_keep_register(actor, pilot):
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager keep its register of devices.")
    if not rules.keeps_register(pilot, at):
        raise Refused("The register is kept from the registration of the plan until the analysis date.")


def _known(pilot: Pilot, now: datetime, may_place: bool) -> _Known:
    devices = list(Device.objects.filter(site__pilot=pilot).select_related("site"))
    events = list(DeviceEvent.objects.filter(device__site__pilot=pilot).select_related("site", "device__site"))
    found = _Known(
        pilot, now, may_place, {site.code: site for site in pilot.sites.all()},
        {device.code: device for device in devices},
        {(event.device_id, event.what, event.on): event for event in events}, {each.pk: each.site for each in devices},
    )  # fmt: skip
    for event in sorted(events, key=lambda each: each.on):
        if event.what == Happening.MOVED and event.site:
            found.stands[event.device_id] = event.site
    return found


@dataclass(frozen=True)
class _Told:
    """A row as far as it could be read; `clock` is what it says of the time."""

    name: str
    what: str
    on: date | None
    clock: str
    time: time | None
    site: Site | None
    detail: str


def _told(row: Mapping[str, str], known: _Known) -> _Told:
    after_the_day = row.get("on", "")[10:].strip(" T")
    clock = row.get("time", "").strip() or ("" if after_the_day.startswith("00:00") else after_the_day)
    return _Told(
        row.get("device", ""), row.get("what", "").lower(), read_day(row.get("on", "")), clock, read_clock(clock),
        known.sites.get(row.get("site", "")), row.get("detail", "")[:120],
    )  # fmt: skip


def _take(row: Mapping[str, str], known: _Known, actor: Actor, at: datetime) -> tuple[str, bool]:
    """What is wrong with a row, or empty; and whether it told something new."""
    told, device = _told(row, known), known.devices.get(row.get("device", ""))
    sentence = _problem(row, told, device, known) or _wrong_day(told, device, known)
    if sentence or told.on is None:
        return sentence, False
    if device is None and told.site is not None:
        device = Device.objects.create(site=told.site, code=told.name)
        known.devices[device.code], known.stands[device.pk], known.is_grown = device, told.site, True
    if device is None:
        return "", False
    if event := known.events.get((device.pk, told.what, told.on)):
        return _differs(told, event), False
    event = DeviceEvent.objects.create(
        device=device, what=told.what, on=told.on, time=told.time, site=told.site, detail=told.detail, recorded_at=at,
        recorded_by=actor.actor_key,
    )  # fmt: skip
    known.events[device.pk, told.what, told.on] = event
    if told.what == Happening.MOVED and told.site is not None:
        known.stands[device.pk] = told.site
    return "", True


def _differs(told: _Told, event: DeviceEvent) -> str:
    """Something happens to a device once a day; a row that tells it otherwise is not passed over."""
    site = event.site or event.device.site
    is_other = (told.site and told.site != site) or (told.time and told.time != event.time)
    if not is_other and told.detail in ("", event.detail):
        return ""
    stands = ", ".join(filter(None, (f"at {site.code}", event.clock, event.detail)))
    return f"this stands in the register for that day already ({stands}): take that back first if it is wrong."


def _problem(row: Mapping[str, str], told: _Told, device: Device | None, known: _Known) -> str:
    name, what, site = told.name, told.what, told.site
    checks = (
        (not name or len(name) > 60, "the device has no name, or one of more than 60 characters."),
        (what not in Happening.values, f"“{what[:20]}” is none of {', '.join(Happening.values)}."),
        (told.on is None, f"“{row.get('on', '')[:20]}” is not a date like 2026-05-31."),
        (bool(told.clock) and told.time is None, f"“{told.clock[:20]}” is not a time like 14:30, in London."),
        (bool(row.get("site")) and site is None, f"“{row.get('site', '')[:40]}” is not a site of the plan."),
        (what == Happening.MOVED and site is None, "name the site that the device was moved to."),
        (
            device is None and (what != Happening.INSTALLED or site is None),
            f"“{name[:40]}” is not a device of this pilot; a new one is first installed, at a site of the plan.",
        ),
    )
    if not known.may_place and (what == Happening.MOVED or device is None):
        return "the council's pilot manager tells of moves and new devices: they change what a reading counts for."
    sentence = next((sentence for is_wrong, sentence in checks if is_wrong), "")
    return sentence or (_wrong_move(site, told.on, device, known) if what == Happening.MOVED else "")


def _wrong_move(site: Site | None, on: date | None, device: Device | None, known: _Known) -> str:
    """A move stays inside its arm: the same device must not measure with and without the pilot (P4)."""
    if device is None or site is None or on is None or (device.pk, Happening.MOVED, on) in known.events:
        return ""
    here = known.stands[device.pk]
    if here.arm != site.arm:
        return "a device does not move between pilot and comparison sites: install another one there."
    return f"{device.code} stands at {site.code} already." if here == site else ""


def _wrong_day(told: _Told, device: Device | None, known: _Known) -> str:
    what, on = told.what, told.on
    if on is None:
        return ""
    if (on, told.time or time.min) > (known.now.date(), known.now.time()):
        return f"{_moment(on, told.time)} has not come yet."
    if device is None or what == Happening.INSTALLED or (device.pk, what, on) in known.events:
        return ""
    own = [event for event in known.events.values() if event.device_id == device.pk]
    installed = min((event for event in own if event.what == Happening.INSTALLED), key=lambda e: e.on, default=None)
    if installed and _is_before(on, told.time, installed.on, installed.time):
        return f"{device.code} was installed later, on {_moment(installed.on, installed.time)}."
    if what == Happening.MOVED and any(event.on > on for event in own if event.what == Happening.MOVED):
        return f"a later move of {device.code} is here already: moves are told in their order."
    return ""


def _is_before(on: date, clock: time | None, day: date, since: time | None) -> bool:
    """Within a day only where both times are told."""
    return on < day or (on == day and clock is not None and since is not None and clock < since)


def _moment(on: date, clock: time | None) -> str:
    return f"{on.isoformat()} at {clock:%H:%M}" if clock else on.isoformat()
