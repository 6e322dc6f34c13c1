"""Clauses looked at by machine: what is registered, and looks when they are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from audit.actors import SYSTEM, Actor
from audit.transitions import NotPermitted, Refused, lock, stands
from challenges.models import ClauseRequirement
from clauses.checks import NAMES, PROBE_EVERY, next_look
from pilots import checking, queries, rules
from pilots.actions.noting import note
from pilots.models import CheckVerdict, ClauseCheck, ClauseWatch, HealthProbe, Pilot, ServiceRegistration
from work.actions import TryAgainError, finish, schedule
from work.fetching import Refused as AddressRefused
from work.fetching import judge
from work.models import DueWork

CLAUSE_CHECK, PROBE = "pilot.clause_check", "pilot.probe"
TRIES = 3  # a passing failure is tried again twice, after ten and twenty seconds, then recorded as what it is
MOST_HOSTS = 10


@dataclass(frozen=True)
class Problem:
    """What is wrong with a registration: a field (hosts, or a kind of address) and the sentence that people read."""

    field: str
    sentence: str


@transaction.atomic
def register_service(
    *,
    pilot: Pilot,
    hosts: Sequence[str],
    addresses: Mapping[str, str],
    stated: Mapping[str, Any],
    actor: Actor,
    at: datetime,
) -> ServiceRegistration:
    """Say where the service is looked at; a new version, from which each clause that it touches is looked at at once.

    `addresses`: one per kind (clauses.checks.NAMES); `stated`: fields of clauses.checks.Stated, dates as ISO text.
    """
    lock(pilot)
    if not rules.may_manage(actor, pilot):
        raise NotPermitted("Only the council's pilot manager can say where the service is looked at.")
    if pilot.is_over:
        raise Refused(f"{stands(pilot)}: its clauses are not checked any more.")
    if found := service_problems(hosts, addresses):
        raise Refused(*[problem.sentence for problem in found])
    last = queries.registration_of(pilot)
    registration = ServiceRegistration.objects.create(
        pilot=pilot, number=last.number + 1 if last else 1, hosts=list(hosts), addresses=dict(addresses),
        stated=dict(stated), registered_at=at, registered_by=actor.actor_key,
    )  # fmt: skip
    note(
        "pilot.service_registered", pilot, actor, at, number=registration.number, hosts=list(hosts),
        addresses=dict(addresses), stated=dict(stated),
    )  # fmt: skip
    _watch(pilot, registration, at)
    return registration


def service_problems(hosts: Sequence[str], addresses: Mapping[str, str]) -> list[Problem]:
    """Everything that is wrong with hosts and addresses; what the fetcher would refuse, in its own sentences."""
    found = [] if len(hosts) <= MOST_HOSTS else [Problem("hosts", f"At most {MOST_HOSTS} hosts are looked at.")]
    if addresses and not hosts:
        found.append(Problem("hosts", "Name the hosts of these addresses: nothing else is ever asked."))
    policy = checking.policy_of(hosts)
    for host in hosts:
        scheme = "http" if host == "127.0.0.1" else "https"
        places = [f"{place.port}{place.path}" for place in policy.loopback] if scheme == "http" else ["443/"]
        found += _refusals("hosts", [f"{scheme}://{host}:{place}" for place in places or ["443/"]], policy)
    for kind, url in addresses.items():
        if kind not in checking.REGISTERED_KINDS:
            found.append(Problem(kind, "There is no such kind of address."))
        found += _refusals(kind, [url], policy)
    return found


def _refusals(field: str, urls: Sequence[str], policy: Any) -> list[Problem]:
    found = []
    for url in urls:
        try:
            judge(url, policy)
        except AddressRefused as refused:
            words = NAMES.get(field, "")
            found.append(
                Problem(field, f"{words[:1].upper()}{words[1:]}: {refused.sentence}" if words else refused.sentence)
            )
    return found


def _watch(pilot: Pilot, registration: ServiceRegistration, at: datetime) -> None:
    for requirement in checking.looked_at(pilot):
        if checking.is_touched(requirement, registration.addresses, registration.stated):
            watch, _ = ClauseWatch.objects.get_or_create(
                pilot=pilot, requirement=requirement, defaults={"anchor_at": at}
            )
            schedule(kind=CLAUSE_CHECK, subject_id=watch.pk, due_at=at)
    if "health" in registration.addresses:
        schedule(kind=PROBE, subject_id=pilot.pk, due_at=_next_probe(at))


@transaction.atomic
def look_again(*, pilot: Pilot, requirement: ClauseRequirement, actor: Actor, at: datetime) -> None:
    """Have a clause looked at now, outside its schedule: after the supplier has repaired something, say."""
    lock(pilot)
    if not rules.may_look_again(actor, pilot):
        raise NotPermitted("Only the council's pilot manager and the supplier can have a clause looked at now.")
    watch = ClauseWatch.objects.filter(pilot=pilot, requirement=requirement).first()
    if watch is None or pilot.is_over:
        raise Refused("No machine looks at this clause: register where the service is first.")
    waiting = DueWork.objects.filter(kind=CLAUSE_CHECK, subject_id=watch.pk, done_at=None, failed_at=None)
    if waiting.filter(due_at__lte=at).exists():
        raise Refused("A look at this clause is waiting already; its result appears within a minute.")
    last = pilot.clause_checks.filter(requirement=requirement, checked_by=SYSTEM.actor_key).order_by("pk").last()
    if last is not None and at - last.checked_at < timedelta(minutes=1):
        raise Refused("The clause was looked at less than a minute ago.")
    schedule(kind=CLAUSE_CHECK, subject_id=watch.pk, due_at=at)


def check_due(work: DueWork, at: datetime) -> None:
    """Do a due row of kind pilot.clause_check; the handler that the room registers with `work`.

    The next look is scheduled first, so that no failure ends the watch. Raises TryAgainError while the service could
    not be reached and tries are left, and LeaseLostError, writing nothing, when another worker took the row over.
    """
    watch = ClauseWatch.objects.select_related("pilot__challenge", "requirement__clause").get(pk=work.subject_id)
    pilot, requirement = watch.pilot, watch.requirement
    registration = queries.registration_of(pilot)
    if registration is None or not _is_wanted(pilot, requirement, registration):
        with transaction.atomic():
            finish(work, at)
        return
    schedule(kind=CLAUSE_CHECK, subject_id=watch.pk, due_at=_next_look(watch, max(at, work.due_at)))
    look = checking.look(pilot, requirement, registration, at)
    if look.passing and work.attempts < TRIES:
        raise TryAgainError(look.passing)
    _store(work, watch, registration, look, at)


def _is_wanted(pilot: Pilot, requirement: ClauseRequirement, registration: ServiceRegistration) -> bool:
    is_open = not pilot.is_over
    return is_open and checking.is_touched(requirement, registration.addresses, registration.stated)


def _next_look(watch: ClauseWatch, after: datetime) -> datetime:
    pilot = watch.pilot
    period = (pilot.starts_on, pilot.ends_on) if pilot.starts_on and pilot.ends_on else None
    return next_look(checking.schedules_of(watch.requirement), watch.anchor_at, after, period)


@transaction.atomic
def _store(
    work: DueWork, watch: ClauseWatch, registration: ServiceRegistration, look: checking.Look, at: datetime
) -> None:
    finish(work, at)
    pilot, requirement = watch.pilot, watch.requirement
    lock(pilot)
    mine = pilot.clause_checks.filter(requirement=requirement, checked_by=SYSTEM.actor_key).order_by("pk").last()
    standing = pilot.clause_checks.filter(requirement=requirement, counts=True).order_by("pk").last()
    # A waiver is a person's decision in public: what a machine finds later is shown beside it, and does not undo it.
    is_waived = standing is not None and standing.verdict == CheckVerdict.WAIVED
    is_change = mine is None or mine.verdict != look.verdict
    check = ClauseCheck.objects.create(
        pilot=pilot, requirement=requirement, verdict=str(look.verdict), evidence=look.evidence,
        checked_by=SYSTEM.actor_key, checked_at=at, findings=look.as_json, due_at=work.due_at,
        registration=registration, is_change=is_change,
        counts=look.verdict in (CheckVerdict.MET, CheckVerdict.NOT_MET) and not is_waived,
    )  # fmt: skip
    if is_change:
        verdict = str(look.verdict)
        note("pilot.clause_checked", pilot, SYSTEM, at, clause=requirement.code, verdict=verdict, check=check.pk)


def probe_due(work: DueWork, at: datetime) -> None:
    """Ask the health address once; a question that was missed while no worker ran is not asked afterwards."""
    pilot = Pilot.objects.get(pk=work.subject_id)
    registration = queries.registration_of(pilot)
    if registration is None or "health" not in registration.addresses or pilot.is_over:
        with transaction.atomic():
            finish(work, at)
        return
    schedule(kind=PROBE, subject_id=pilot.pk, due_at=_next_probe(max(at, work.due_at)))
    is_up, milliseconds = checking.probe(registration)
    with transaction.atomic():
        finish(work, at)
        if at - work.due_at < PROBE_EVERY:
            HealthProbe.objects.create(pilot=pilot, due_at=work.due_at, is_up=is_up, milliseconds=milliseconds)


def _next_probe(after: datetime) -> datetime:
    minutes = PROBE_EVERY // timedelta(minutes=1)
    floor = after.replace(minute=after.minute // minutes * minutes, second=0, microsecond=0)
    return floor + PROBE_EVERY
