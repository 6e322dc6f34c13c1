"""Looking at a clause on a pilot's service: what is asked, what came, what the checks make of it. Writes nothing."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max, Min

from challenges.models import ClauseRequirement
from clauses.checks import (
    NAMES,
    STEPS,
    Answer,
    Case,
    Finding,
    Probe,
    Stated,
    Verdict,
    conclude,
    policy_address,
    run,
)
from pilots import feed_keys
from pilots.models import DailyRollup, Device, HealthProbe, HourlyRollup, Pilot, Reading, ServiceRegistration
from pilots.rules import is_looked_at, local_day
from work.fetching import PASSING, FetchError, Loopback, Policy, fetch, speaks_old_tls

# One look asks several addresses; together they take less than the lease of a due row (60 s).
BUDGET, EACH = 40.0, 10.0
MOST_BYTES, MOST_OF_AN_EXPORT = 5_000_000, 25_000_000
NEWEST_READINGS = 20_000
RECEIVED_OVER, RECEIVED_AT_LEAST = timedelta(days=31), timedelta(hours=6)
INTERVALS = 30  # how many intervals of what arrived are looked back on
PROBES_OVER = timedelta(days=30)
WITH_A_KEY = ("data", "export")  # of these the council has the key that readings are fetched with, if they ask for one
DERIVED = ("security_txt", "security_policy")
REGISTERED_KINDS = tuple(kind for kind in NAMES if kind not in DERIVED)


@dataclass(frozen=True)
class Look:
    """What one look at a clause found; `passing` is the sentence of a failure that may pass, empty where none was."""

    findings: tuple[Finding, ...]
    verdict: Verdict
    passing: str

    @property
    def evidence(self) -> str:
        return " ".join(finding.sentence for finding in self.findings)

    @property
    def as_json(self) -> list[dict[str, str]]:
        return [
            {"step": each.step, "verdict": str(each.verdict), "sentence": each.sentence, "excerpt": each.excerpt,
             "to_do": each.to_do}
            for each in self.findings
        ]  # fmt: skip


def policy_of(hosts: Iterable[str], seconds: float = EACH, most: int = MOST_BYTES) -> Policy:
    """What the fetcher may do for a pilot: its own hosts, and of this machine only ports that the settings open."""
    return Policy(
        hosts=frozenset(hosts), loopback=tuple(_loopback()), max_bytes=most, max_decoded=most, seconds=seconds
    )


def steps_of(requirement: ClauseRequirement) -> list[str]:
    """Ids of the steps of a clause's check, as its version of the library has them (R5)."""
    return [step["id"] for step in requirement.clause.checks]


def schedules_of(requirement: ClauseRequirement) -> list[str]:
    return [step["schedule"] for step in requirement.clause.checks if step["id"] in STEPS]


def looked_at(pilot: Pilot) -> list[ClauseRequirement]:
    """The clauses of a pilot that a machine can say something about, wherever its service is."""
    asked = pilot.challenge.clause_requirements.exclude(clause__check_kind="human").select_related("clause")
    return [each for each in asked if is_looked_at(each) and set(steps_of(each)) & set(STEPS)]


def inputs_of(requirements: Iterable[ClauseRequirement]) -> tuple[set[str], set[str]]:
    """The kinds of address and the stated facts that the checks of these clauses read."""
    steps = [STEPS[step] for requirement in requirements for step in steps_of(requirement) if step in STEPS]
    kinds = {kind for step in steps for kind in step.addresses} - set(DERIVED)
    if any("probe" in steps_of(requirement) for requirement in requirements):
        kinds.add("health")
    return kinds or {"data"}, {name for step in steps for name in step.stated}


def is_touched(requirement: ClauseRequirement, addresses: Mapping[str, str], stated: Mapping[str, Any]) -> bool:
    """Whether what is registered lets a machine say anything about this clause."""
    steps = [STEPS[step] for step in steps_of(requirement) if step in STEPS]
    if addresses and any(step.any_address or "security_txt" in step.addresses for step in steps):
        return True
    return any(set(step.addresses) & set(addresses) or set(step.stated) & set(stated) for step in steps)


def look(pilot: Pilot, requirement: ClauseRequirement, registration: ServiceRegistration, at: datetime) -> Look:
    """Fetch what the clause's steps need and run them; outside any transaction, within BUDGET seconds."""
    case = _case(pilot, requirement, registration, at)
    findings = tuple(run(step, case) for step in steps_of(requirement))
    passing = [answer.sentence for answer in case.answers.values() if answer.failure in PASSING]
    verdict = conclude(findings, is_assisted=requirement.clause.check_kind != "machine")
    return Look(findings, verdict, passing[0] if passing else "")


def probe(registration: ServiceRegistration) -> tuple[bool, int]:
    """Ask the health address once: whether it answered with 200, and in how many milliseconds."""
    began = time.monotonic()
    try:
        status = fetch(registration.addresses["health"], policy_of(registration.hosts)).status
    except FetchError:
        status = 0
    return status == 200, round(1000 * (time.monotonic() - began))


def stated_of(registration: ServiceRegistration) -> Stated:
    """What was stated, as the checks read it."""
    known = {field.name for field in fields(Stated)}
    values = {name: value for name, value in registration.stated.items() if name in known}
    dates = {name: date.fromisoformat(values[name]) for name in values if name.endswith(("_until", "_on"))}
    boundary = {"boundary": tuple(values["boundary"])} if values.get("boundary") else {}
    return Stated(**(values | dates | boundary))


def _loopback() -> Iterator[Loopback]:
    for place in settings.FETCH_LOOPBACK:
        port, _, path = place.partition("/")
        yield Loopback(int(port), f"/{path}")


def _case(pilot: Pilot, requirement: ClauseRequirement, registration: ServiceRegistration, at: datetime) -> Case:
    steps, stated = set(steps_of(requirement)), stated_of(registration)
    first = HourlyRollup.objects.filter(metric__pilot=pilot).aggregate(first=Min("hour"))["first"]
    return Case(
        at=at,
        answers=_answers(steps, registration),
        stated=stated,
        devices=tuple(Device.objects.filter(site__pilot=pilot).order_by("code").values_list("code", flat=True)),
        received=_received(pilot, at, stated.interval_minutes),
        ledger=_ledger(pilot, at) if "export" in steps else {},
        first_reading_at=first,
        probes=_probes(pilot, at) if "probe" in steps else (),
        starts_on=pilot.starts_on,
        ends_on=pilot.ends_on,
    )


def _received(pilot: Pilot, at: datetime, interval: int | None) -> dict[str, tuple[datetime, ...]]:
    """The instants of late, by device: so many intervals as are looked back on, or the newest readings of a month."""
    over = timedelta(minutes=min(interval * INTERVALS, 60 * 24 * 366)) if interval else RECEIVED_OVER
    recent = Reading.objects.filter(device__site__pilot=pilot, taken_at__gte=at - max(over, RECEIVED_AT_LEAST))
    newest = recent.order_by("-taken_at", "device", "metric")[: None if interval else NEWEST_READINGS]
    found: dict[str, set[datetime]] = {}
    for device, taken_at in newest.values_list("device__code", "taken_at").iterator():
        found.setdefault(device, set()).add(taken_at)
    return {device: tuple(sorted(instants)) for device, instants in found.items()}


def _ledger(pilot: Pilot, at: datetime) -> dict[tuple[str, date], int]:
    """Readings that arrived, by device and day that is over: of its measures the one that brought most."""
    days = DailyRollup.objects.filter(metric__pilot=pilot, day__lt=local_day(at)).values("device__code", "day")
    return {(row["device__code"], row["day"]): row["most"] for row in days.annotate(most=Max("number")).order_by()}


def _probes(pilot: Pilot, at: datetime) -> tuple[Probe, ...]:
    rows = HealthProbe.objects.filter(pilot=pilot, due_at__gte=at - PROBES_OVER, due_at__lte=at)
    return tuple(Probe(*row) for row in rows.order_by("due_at").values_list("is_up", "milliseconds"))


def _answers(steps: set[str], registration: ServiceRegistration) -> dict[str, Answer]:
    """What the addresses that these steps need answer; asked one after the other until the budget is spent."""
    ends, addresses = time.monotonic() + BUDGET, registration.addresses
    asked = [STEPS[step] for step in sorted(steps) if step in STEPS]
    wanted = {kind: addresses[kind] for step in asked for kind in step.addresses if kind in addresses}
    if any(step.any_address for step in asked):
        wanted |= _one_per_origin(addresses)
    if "sectxt" in steps and addresses:
        wanted["security_txt"] = _origins(addresses)[0] + "/.well-known/security.txt"
    answers = {kind: _ask(url, registration, ends, kind) for kind, url in sorted(wanted.items())}
    if policy := policy_address(answers["security_txt"]) if "security_txt" in answers else "":
        answers |= _policy_answer(policy, registration, ends)
    if "tls" in steps:
        answers = {kind: _with_versions(answer, registration, ends) for kind, answer in answers.items()}
    return answers


def _ask(url: str, registration: ServiceRegistration, ends: float, kind: str = "") -> Answer:
    """What one address answers; the export of a whole history may be larger and take what is left of the budget."""
    each, most = (BUDGET, MOST_OF_AN_EXPORT) if kind == "export" else (EACH, MOST_BYTES)
    left = min(each, ends - time.monotonic())
    if left <= 0:
        return Answer(url, failure="time", sentence="The service took longer than a look is given.")
    try:
        secret = feed_keys.secret_for(registration.pilot, url) if kind in WITH_A_KEY else None
        found = fetch(url, policy_of(registration.hosts, left, most), secret=secret)
    except FetchError as failed:
        return Answer(url, failure=str(failed.kind), sentence=failed.sentence)
    tls = found.tls
    return Answer(
        found.url, found.status, feed_keys.headers_without(found.headers, secret),
        feed_keys.without(found.body, secret), with_key=secret is not None, tls_version=tls.version if tls else "",
        certificate_until=tls.not_after if tls else None, seconds=found.seconds,
    )  # fmt: skip


def _with_versions(answer: Answer, registration: ServiceRegistration, ends: float) -> Answer:
    left = min(EACH, ends - time.monotonic())
    if not answer.tls_version or left <= 0:
        return answer
    return replace(answer, takes_old_tls=speaks_old_tls(answer.url, policy_of(registration.hosts, left)))


def _policy_answer(policy: str, registration: ServiceRegistration, ends: float) -> dict[str, Answer]:
    """The security policy, where it lies on a host that was agreed."""
    answer = _ask(policy, registration, ends)
    is_elsewhere = answer.failure in ("host", "address", "port", "private")
    return {} if is_elsewhere else {"security_policy": answer}


def _origins(addresses: Mapping[str, str]) -> list[str]:
    """The origins of the registered addresses, the data feed's first."""
    first = [addresses[kind] for kind in ("data", "web") if kind in addresses]
    parts = [urlsplit(url) for url in (*first, *addresses.values())]
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))


def _one_per_origin(addresses: Mapping[str, str]) -> dict[str, str]:
    by_origin = {_origins({kind: url})[0]: (kind, url) for kind, url in sorted(addresses.items(), reverse=True)}
    return dict(by_origin.values())
