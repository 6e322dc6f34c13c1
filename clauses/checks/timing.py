"""Time: fresh, complete, kept no longer than agreed, and all of it out when asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from clauses.checks.samples import devices_seen, instant, sample_of
from clauses.checks.shapes import CannotCheck, Case, Finding, Verdict, delivered, share, shown

WINDOW = 20  # intervals that are looked back on
Seen = Mapping[str, tuple[datetime, ...]]


def freshness(case: Case) -> Finding:
    """95 % of the expected intervals of every device have data; a feed of latest values may miss two intervals."""
    interval, devices, seen = _interval(case), _devices(case), _seen(case)
    begin = case.at - WINDOW * interval
    silent = _longest_silent(devices, seen, case.at)
    if not _reaches(seen, begin):
        late = [device for device in devices if not _since(seen, device, case.at - 2 * interval, case.at)]
        return _fresh(
            len(devices) - len(late), len(devices), "devices sent something in the last two intervals", silent
        )
    good = sum(_filled(seen.get(device, ()), begin, interval) for device in devices)
    return _fresh(good, WINDOW * len(devices), "expected intervals have data", silent)


def completeness(case: Case) -> Finding:
    """Records received of those expected over what the sample spans, and how many came twice."""
    interval, devices = _interval(case), _devices(case)
    stated = case.stated.completeness_percent
    if stated is None:
        raise CannotCheck("No completeness was stated.", "State which share of the records will arrive.")
    seen = _seen(case)
    instants = [at for device in devices for at in seen.get(device, ())]
    if not instants:
        raise CannotCheck("No record of a device of the pilot is there.", "Deliver records of the pilot's devices.")
    expected = max(1, round((max(instants) - min(instants)) / interval) + 1) * len(devices)
    kept = sum(len(set(seen.get(device, ()))) for device in devices)
    twice = len(instants) - kept
    is_met = kept * 100 >= stated * expected and twice * 1000 < 5 * len(instants)
    sentence = f"{share(min(kept, expected), expected)} of {expected:,} expected records came, {twice:,} of them twice."
    excerpt = shown(f"{min(instants):%Y-%m-%d %H:%M} to {max(instants):%Y-%m-%d %H:%M} UTC, {len(devices)} devices")
    to_do = "" if is_met else f"{stated:g} % were stated: find out which devices are silent and why."
    return Finding("completeness", Verdict.MET if is_met else Verdict.NOT_MET, sentence, excerpt, to_do)


def retention(case: Case) -> Finding:
    """Nothing older than the retention schedule is still handed out, by the feed or the export."""
    days = case.stated.retention_days
    if days is None:
        raise CannotCheck("No retention period was stated.", "State after how many days personal data are deleted.")
    kinds = [kind for kind in ("data", "export") if kind in case.answers]
    if not kinds:
        raise CannotCheck("No address of the data is registered.", "Give the council the address of the data feed.")
    samples = [sample_of(delivered(case, kind)) for kind in kinds]
    read = [instant(row.get(sample.time_column)) for sample in samples for row in sample.rows]
    instants = [at for at in read if at is not None]
    if not instants or len(instants) < len(read):
        sentence = f"{len(read) - len(instants):,} of {len(read):,} records have no time that can be read."
        raise CannotCheck(sentence, "Write times as ISO 8601 with an offset.")
    oldest, excerpt = min(instants), f"Oldest record: {min(instants):%Y-%m-%d %H:%M} UTC"
    if oldest < case.at - timedelta(days=days):
        sentence = f"The oldest record is {(case.at - oldest).days} days old; {days} are agreed."
        return Finding("retention", Verdict.NOT_MET, sentence, excerpt, "Delete what is past its date, and say when.")
    if any(sample.is_cut for sample in samples):
        raise CannotCheck("There are more records than are read, so an older one may be among them.")
    sentence = f"The oldest record is {(case.at - oldest).days} days old; {days} are agreed."
    return Finding("retention", Verdict.MET, sentence, excerpt)


def export(case: Case) -> Finding:
    """The whole history comes out, and agrees with what arrived day by day to 0.1 %."""
    sample = sample_of(delivered(case, "export"))
    exported = {(device, at) for device, instants in devices_seen(sample).items() for at in instants}
    ledger = {(device, at) for device, instants in case.received.items() for at in instants}
    if not ledger:
        raise CannotCheck("No readings have arrived that the export could be compared with.")
    missing = sorted(ledger - exported, key=lambda each: each[1])
    if missing and sample.is_cut:
        raise CannotCheck("The export is longer than what is read in one look; a person compares it.")
    sentence = f"The export holds {len(ledger) - len(missing):,} of the {len(ledger):,} readings that had arrived."
    excerpt = shown(
        "; ".join(f"{device} {at:%Y-%m-%d %H:%M}" for device, at in missing[:5]) or f"{len(exported):,} records"
    )
    if len(missing) * 1000 >= len(ledger):
        return Finding("export", Verdict.NOT_MET, sentence, excerpt, "Export the whole history, nothing left out.")
    return Finding("export", Verdict.MET, sentence, excerpt)


def seen_devices(case: Case) -> Seen:
    """Devices and instants of the registered feed or, where none is registered, of what the supplier sends here."""
    return _seen(case)


def _seen(case: Case) -> Seen:
    if "data" in case.answers:
        return devices_seen(sample_of(delivered(case, "data")))
    if not case.received:
        raise CannotCheck("Neither a feed is registered nor has a reading arrived.", "Deliver the pilot's data.")
    return case.received


def _interval(case: Case) -> timedelta:
    minutes = case.stated.interval_minutes
    if not minutes or minutes < 1:
        raise CannotCheck("No interval of delivery was stated.", "State how often each device reports.")
    return timedelta(minutes=min(minutes, 60 * 24 * 366))


def _devices(case: Case) -> tuple[str, ...]:
    if not case.devices:
        raise CannotCheck("The pilot names no devices yet.")
    return case.devices


def _reaches(seen: Seen, begin: datetime) -> bool:
    return any(instants and instants[0] <= begin for instants in seen.values())


def _since(seen: Seen, device: str, begin: datetime, end: datetime) -> bool:
    return any(begin <= at <= end for at in seen.get(device, ()))


def _filled(instants: tuple[datetime, ...], begin: datetime, interval: timedelta) -> int:
    return len({(at - begin) // interval for at in instants} & set(range(WINDOW)))


def _longest_silent(devices: tuple[str, ...], seen: Seen, at: datetime) -> str:
    last = {device: max((each for each in seen.get(device, ()) if each <= at), default=None) for device in devices}
    never = [device for device, newest in last.items() if newest is None]
    ranked = sorted((newest, device) for device, newest in last.items() if newest is not None)
    words = [f"{device}: nothing" for device in never]
    return shown("; ".join([*words, *(f"{device}: {newest:%Y-%m-%d %H:%M} UTC" for newest, device in ranked)][:6]))


def _fresh(good: int, whole: int, words: str, silent: str) -> Finding:
    sentence = f"{share(good, whole)} of {whole:,} {words}."
    if good * 100 >= 95 * whole:
        return Finding("freshness", Verdict.MET, sentence, silent)
    return Finding(
        "freshness", Verdict.NOT_MET, sentence, silent, "Bring the silent devices back, or say why they are."
    )
