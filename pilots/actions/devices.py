"""The register of devices: what happened to each, row by row; good rows are kept, each bad one is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from audit.actors import Actor
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, lock
from pilots import rules
from pilots.actions.noting import note
from pilots.models import Device, DeviceEvent, Happening, Pilot, Site
from pilots.tables import read_day

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
    today: date
    may_place: bool
    sites: Mapping[str, Site]
    devices: dict[str, Device]
    events: dict[tuple[int, str, date], DeviceEvent]
    stands: dict[int, Site] = field(default_factory=dict)
    is_grown: bool = False


@transaction.atomic
def record_devices(*, pilot: Pilot, rows: Sequence[Mapping[str, str]], actor: Actor, at: datetime) -> Recorded:
    """Take in rows with device, what, on, site and detail; sending them again changes nothing.

    An unknown device that is installed at a site of the plan is added there: a broken one is replaced like this.
    """
    lock(pilot)
    _refuse_unless_kept(pilot, actor, at)
    if len(rows) > MOST_ROWS:
        raise Refused(f"A register has at most {MOST_ROWS:,} rows: send it in parts.")
    known = _known(pilot, rules.local_day(at), rules.may_manage(actor, pilot))
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
        "device": happened.device.code, "what": happened.what, "on": happened.on.isoformat(), "detail": happened.detail,
        "site": happened.site.code if happened.site else "", "noted_by": happened.recorded_by,
    }  # fmt: skip
    if not DeviceEvent.objects.filter(pk=happened.pk).delete()[0]:
        raise Refused("This was taken back already.")
    note("pilot.device_event_taken_back", pilot, actor, at, Visibility.PUBLIC, reason.strip(), **said)


def _refuse_unless_kept(pilot: Pilot, actor: Actor, at: datetime) -> None:
    if not rules.may_keep_register(actor, pilot):
        raise NotPermitted("Only the pilot's supplier and the council's pilot manager keep its register of devices.")
    if not rules.keeps_register(pilot, at):
        raise Refused("The register is kept from the registration of the plan until the analysis date.")


def _known(pilot: Pilot, today: date, may_place: bool) -> _Known:
    devices = list(Device.objects.filter(site__pilot=pilot).select_related("site"))
    events = list(DeviceEvent.objects.filter(device__site__pilot=pilot).select_related("site"))
    found = _Known(
        pilot, today, may_place, {site.code: site for site in pilot.sites.all()},
        {device.code: device for device in devices},
        {(event.device_id, event.what, event.on): event for event in events}, {each.pk: each.site for each in devices},
    )  # fmt: skip
    for event in sorted(events, key=lambda each: each.on):
        if event.what == Happening.MOVED and event.site:
            found.stands[event.device_id] = event.site
    return found


def _take(row: Mapping[str, str], known: _Known, actor: Actor, at: datetime) -> tuple[str, bool]:
    """What is wrong with a row, or empty; and whether it told something new."""
    what, on, site = row.get("what", "").lower(), read_day(row.get("on", "")), known.sites.get(row.get("site", ""))
    device = known.devices.get(row.get("device", ""))
    if sentence := _problem(row, what, on, site, device, known) or (_wrong_day(what, on, device, known) if on else ""):
        return sentence, False
    if on is None:
        return "", False
    if device is None and site is not None:
        device = Device.objects.create(site=site, code=row["device"])
        known.devices[device.code], known.stands[device.pk], known.is_grown = device, site, True
    if device is None or (device.pk, what, on) in known.events:
        return "", False
    event = DeviceEvent.objects.create(
        device=device, what=what, on=on, site=site, detail=row.get("detail", "")[:120], recorded_at=at,
        recorded_by=actor.actor_key,
    )  # fmt: skip
    known.events[device.pk, what, on] = event
    if what == Happening.MOVED and site is not None:
        known.stands[device.pk] = site
    return "", True


def _problem(
    row: Mapping[str, str], what: str, on: date | None, site: Site | None, device: Device | None, known: _Known
) -> str:
    name = row.get("device", "")
    checks = (
        (not name or len(name) > 60, "the device has no name, or one of more than 60 characters."),
        (what not in Happening.values, f"“{what[:20]}” is none of {', '.join(Happening.values)}."),
        (on is None, f"“{row.get('on', '')[:20]}” is not a date like 2026-05-31."),
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
    return sentence or (_wrong_move(site, on, device, known) if what == Happening.MOVED else "")


def _wrong_move(site: Site | None, on: date | None, device: Device | None, known: _Known) -> str:
    """A move stays inside its arm: the same device must not measure with and without the pilot (P4)."""
    if device is None or site is None or on is None or (device.pk, Happening.MOVED, on) in known.events:
        return ""
    here = known.stands[device.pk]
    if here.arm != site.arm:
        return "a device does not move between pilot and comparison sites: install another one there."
    return f"{device.code} stands at {site.code} already." if here == site else ""


def _wrong_day(what: str, on: date, device: Device | None, known: _Known) -> str:
    if on > known.today:
        return f"{on.isoformat()} has not come yet."
    if device is None or what == Happening.INSTALLED or (device.pk, what, on) in known.events:
        return ""
    own = [event for event in known.events.values() if event.device_id == device.pk]
    installed = [event.on for event in own if event.what == Happening.INSTALLED]
    if installed and on < min(installed):
        return f"{device.code} was installed later, on {min(installed).isoformat()}."
    if what == Happening.MOVED and any(event.on > on for event in own if event.what == Happening.MOVED):
        return f"a later move of {device.code} is here already: moves are told in their order."
    return ""
