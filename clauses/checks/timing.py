"""Time: fresh, complete, kept no longer than agreed, and all of it out when asked."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from zoneinfo import ZoneInfo

from clauses.checks.samples import A_HISTORY, devices_seen, instant, sample_of
from clauses.checks.shapes import CannotCheck, Case, Finding, Verdict, delivered, share, shown

LONDON = ZoneInfo("Europe/London")  # whose days the ledger counts
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
    good = sum(WINDOW - min(WINDOW, missed(seen.get(device, ()), begin, case.at, interval)) for device in devices)
    return _fresh(good, WINDOW * len(devices), "expected intervals have data", silent)


def completeness(case: Case) -> Finding:
    """Records received of those expected over what the sample spans, and how many came twice."""
    interval, devices = _interval(case), _devices(case)
    stated = case.stated.completeness_percent
    if stated is None:
        raise CannotCheck("No completeness was stated.", "State which share of the records will arrive.")
    seen = _seen(case)
    instants = [at for device in devices for at in seen.get(device, ()) if at <= case.at]
    if not instants:
        raise CannotCheck("No record of a device of the pilot is there.", "Deliver records of the pilot's devices.")
    begin, end = min(instants), max(instants)
    each = int((end - begin) / interval + 0.5) + 1
    if each < WINDOW:
        sentence = f"The data span {each} intervals; {WINDOW} are needed to say which share of the records came."
        raise CannotCheck(sentence, "Offer the records of the last days at this address, not the latest values alone.")
    expected = each * len(devices)
    kept = expected - sum(min(each, missed(seen.get(device, ()), begin, end, interval)) for device in devices)
    twice = len(instants) - sum(len({at for at in seen.get(device, ()) if at <= case.at}) for device in devices)
    is_met = kept * 100 >= stated * expected and twice * 1000 < 5 * len(instants)
    sentence = f"{share(kept, expected)} of {expected:,} expected records came, {twice:,} of them twice."
    excerpt = shown(f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, {len(devices)} devices")
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
    samples = [sample_of(delivered(case, kind), A_HISTORY) for kind in kinds]
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
    """The whole history comes out, and agrees with what arrived, device by device and day by day, to 0.1 %."""
    answer = delivered(case, "export")
    sample, ledger = sample_of(answer, A_HISTORY), case.ledger
    exported = Counter(
        (device, at.astimezone(LONDON).date())
        for device, instants in devices_seen(sample).items()
        for at in set(instants)
    )
    arrived = sum(ledger.values())
    if not arrived:
        raise CannotCheck("No whole day of readings has arrived that the export could be compared with.")
    short = {each: number - exported[each] for each, number in ledger.items() if exported[each] < number}
    missing = sum(short.values())
    if missing and sample.is_cut:
        raise CannotCheck("The export is longer than what is read in one look; a person compares it.")
    sentence = f"The export holds {arrived - missing:,} of the {arrived:,} readings that had arrived"
    sentence += f"; it came in {answer.seconds:.1f} s."
    left_out = "; ".join(f"{device} on {day}: {short[device, day]}" for device, day in sorted(short)[:5])
    excerpt = shown(f"{'left out: ' + left_out + '; ' if short else ''}sha256 {sha256(answer.body).hexdigest()}")
    if missing * 1000 >= arrived:
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


def missed(instants: tuple[datetime, ...], begin: datetime, end: datetime, interval: timedelta) -> int:
    """How many intervals between `begin` and `end` brought nothing, by the gaps between instants (sorted).

    Told by gaps, so that seconds of jitter cost nothing and a chatty hour makes up for no silent one.
    """
    within = [at for at in instants if begin <= at <= end]
    if not within:
        return int((end - begin) / interval + 0.5) + 1
    first = (within[0] - begin) // interval
    before = next((at for at in reversed(instants) if at < begin), None)
    if before is not None:
        first = min(first, _left_out(within[0] - before, interval))
    inner = sum(_left_out(after - at, interval) for at, after in pairwise(within))
    return first + inner + (end - within[-1]) // interval


def _left_out(gap: timedelta, interval: timedelta) -> int:
    return max(0, int(gap / interval + 0.5) - 1)


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
