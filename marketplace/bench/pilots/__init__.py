"""`./run bench pilots`: 42 pilots with five measures each fall due at once; beat wakes the worker, which judges all."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from assessment.models import Decision
from audit import clock
from challenges.models import Challenge, MeasureRole, Outcome
from marketplace.bench.reports import Goal, Report
from marketplace.supervisor import Services, StartError
from pilots import storage
from pilots.actions import REGISTERED
from pilots.models import Arm, Device, EvaluationKind, Metric, Pilot, PilotEvaluation, PilotState, Site, Source
from pilots.plans import digest
from pilots.rules import first_instant, local_day
from pilots.storage.batches import microseconds
from suppliers.models import SizeClass, Submission, Supplier
from work.actions import LEASE
from work.models import DueWork

NEEDS_SERVERS = True
PILOTS, SITES = 42, 4
ROLES = (
    MeasureRole.PRIMARY, MeasureRole.GUARDRAIL, MeasureRole.GUARDRAIL, MeasureRole.SECONDARY, MeasureRole.SECONDARY,
)  # fmt: skip
WEEKS_BEFORE, WEEKS_AFTER, BOOTSTRAPS = 26, 13, 1999
MOST_SECONDS, MOST_TASKS, MOST_WAIT = 60, 20, 2
PATIENCE = 600.0
_DONE = re.compile(r"wake_due_work\[[^]]*\] succeeded in [^:]*: (\d+)")


def measure(services: Services) -> Report:
    """Build the pilots, make their evaluations due in one go, and wait for the last result."""
    services.say(f"Making {PILOTS} pilots with {len(ROLES)} measures each.")
    pilots = _make()
    _let_the_worker_tell(services)
    due = [DueWork(kind=REGISTERED, subject_id=each.pk, due_at=first_instant(_day(each))) for each in pilots]
    began, at = time.monotonic(), clock.now()
    DueWork.objects.bulk_create(due)
    services.say("They are due; waiting for the last result.")
    wait = _first_lease(pilots, at)
    seconds = _all_done(pilots, began)
    return _report(pilots, seconds, wait, _tasks_that_did_something(services))


def _report(pilots: list[Pilot], seconds: float, wait: float, tasks: int) -> Report:
    found = list(PilotEvaluation.objects.filter(pilot__in=pilots, kind=EvaluationKind.REGISTERED))
    measured = sum(1 + len(each.result["guardrails"]) + len(each.result["secondaries"]) for each in found)
    with_interval = sum(each.result["low"] is not None for each in found)
    row = {
        "pilots": len(found), "measures": measured, "primary_with_interval": with_interval, "bootstraps": BOOTSTRAPS,
        "seconds": round(seconds, 1), "evaluation_tasks": tasks, "first_started_after_s": round(wait, 2),
    }  # fmt: skip
    goals = [
        Goal("seconds for all results", row["seconds"], MOST_SECONDS),
        Goal("evaluation tasks", tasks, MOST_TASKS),
        Goal("seconds until the first one started", row["first_started_after_s"], MOST_WAIT),
        Goal("results missing or without interval", PILOTS - with_interval, 0),
        Goal("measures missing", PILOTS * len(ROLES) - measured, 0),
    ]
    return Report("pilots", [row], goals)


def _let_the_worker_tell(services: Services) -> None:
    """Start the worker again, so that its log names each task and what it did."""
    worker = services.worker
    worker.stop()
    worker.command = ["INFO" if part == "WARNING" else part for part in worker.command]
    worker.start()
    _wait_for(lambda: " ready." in worker.log.read_text(errors="replace"), "The worker did not start.")


def _tasks_that_did_something(services: Services) -> int:
    """How many bells found rows to do; each tells their number when it ends."""
    done: list[int] = []

    def all_told() -> bool:
        done[:] = [int(number) for number in _DONE.findall(services.worker.log.read_text(errors="replace"))]
        return sum(done) >= PILOTS

    _wait_for(all_told, "The worker did not tell what it did.")
    return sum(number > 0 for number in done)


def _wait_for(condition: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise StartError(complaint)
        time.sleep(0.2)


def _first_lease(pilots: list[Pilot], at: datetime) -> float:
    """Seconds from `at` until the worker took the first row."""
    rows = DueWork.objects.filter(kind=REGISTERED, subject_id__in=[each.pk for each in pilots], leased_until__gt=at)
    deadline = time.monotonic() + PATIENCE
    while (first := rows.order_by("leased_until").first()) is None or first.leased_until is None:
        if time.monotonic() > deadline:
            raise StartError("The worker took up nothing.")
        time.sleep(0.05)
    return (first.leased_until - LEASE - at).total_seconds()


def _all_done(pilots: list[Pilot], began: float) -> float:
    """Seconds until every pilot has its registered result."""
    results = PilotEvaluation.objects.filter(pilot__in=pilots, kind=EvaluationKind.REGISTERED)
    _wait_for(lambda: results.count() == len(pilots), "Not every pilot got its result.")
    return time.monotonic() - began


def _make() -> list[Pilot]:
    """Straight into the tables: what is measured is the evaluation, not the way to it."""
    at, day = clock.now(), local_day(clock.now())
    start = day - timedelta(weeks=WEEKS_AFTER, days=1)
    decision = Decision.objects.select_related("round__challenge").earliest("pk")
    challenge = decision.round.challenge
    suppliers = Supplier.objects.bulk_create(
        Supplier(name=f"Bench {n}", company_number=f"BN{n:06}", size_class=SizeClass.MICRO, created_at=at)
        for n in range(PILOTS)
    )
    submissions = Submission.objects.bulk_create(
        Submission(challenge=challenge, supplier=supplier, created_at=at) for supplier in suppliers
    )
    pilots = Pilot.objects.bulk_create(
        Pilot(
            challenge=challenge, decision=decision, submission=submission, supplier=submission.supplier,
            state=PilotState.RUNNING, slug=f"bench-{number}", created_at=at, plan=_plan(start, challenge),
            plan_sha256=digest(_plan(start, challenge)), registered_at=at, registered_by="bench",
            baseline_starts_on=start - timedelta(weeks=WEEKS_BEFORE), starts_on=start,
            ends_on=day - timedelta(days=2), analysis_on=day, decision_on=day + timedelta(weeks=2),
        )
        for number, submission in enumerate(submissions)
    )  # fmt: skip
    _fill(pilots, challenge.outcomes.earliest("pk"))
    return pilots


def _plan(start: Any, challenge: Challenge) -> dict[str, Any]:
    measures = [
        {
            "code": f"measure-{number}", "name": f"Measure {number}", "unit": "points", "direction": "increase",
            "design": "one_series", "minimum_worthwhile_effect": "1", "harm_limit": "1",
        }
        for number in range(len(ROLES))
    ]  # fmt: skip
    return {
        "format": 1, "design": "one_series", "metric": measures[0], "period": "week", "challenge": challenge.slug,
        "baseline_start": (start - timedelta(weeks=WEEKS_BEFORE)).isoformat(), "start": start.isoformat(),
        "end": (start + timedelta(weeks=WEEKS_AFTER, days=-1)).isoformat(), "minimum_worthwhile_effect": "1",
        "harm_limit": "1", "alpha": "0.05", "seed": 1, "bootstraps": BOOTSTRAPS, "design_words": "One series",
        "guardrails": [measures[n] for n, role in enumerate(ROLES) if role == MeasureRole.GUARDRAIL],
        "secondaries": [measures[n] for n, role in enumerate(ROLES) if role == MeasureRole.SECONDARY],
        "units": [{"unit": f"site-{number}", "arm": "pilot"} for number in range(SITES)],
    }  # fmt: skip


def _fill(pilots: list[Pilot], outcome: Outcome) -> None:
    """Sites, devices, measures and a value a week of each: an AR(1) series with an effect in every other pilot."""
    metrics = Metric.objects.bulk_create(
        Metric(
            pilot=pilot, outcome=outcome, code=f"measure-{number}", role=role, name=f"Measure {number}",
            unit="points", direction="increase",
        )
        for pilot in pilots
        for number, role in enumerate(ROLES)
    )  # fmt: skip
    sites = Site.objects.bulk_create(
        Site(pilot=pilot, code=f"site-{number}", arm=Arm.PILOT) for pilot in pilots for number in range(SITES)
    )
    devices = Device.objects.bulk_create(Device(site=site, code=f"device-{site.pk}") for site in sites)
    of_pilot: dict[int, list[Device]] = {pilot.pk: [] for pilot in pilots}
    for site, device in zip(sites, devices, strict=True):
        of_pilot[site.pilot_id].append(device)
    rng = np.random.default_rng(1)
    for pilot in pilots:
        own = [metric for metric in metrics if metric.pilot_id == pilot.pk]
        storage.write(_readings(pilot, own, of_pilot[pilot.pk], rng), Source.API, clock.now())
    while storage.roll_up():
        pass


def _readings(pilot: Pilot, metrics: list[Metric], devices: list[Device], rng: np.random.Generator) -> storage.Batch:
    found = []
    weeks = WEEKS_BEFORE + WEEKS_AFTER
    first = first_instant(_day(pilot) - timedelta(weeks=weeks, days=1)) + timedelta(hours=12)
    for metric in metrics:
        common = np.cumsum(rng.standard_normal(weeks)) * 0.2
        common[WEEKS_BEFORE:] += 3.0 * (pilot.pk % 2)
        for device in devices:
            values = 50 + common + rng.standard_normal(weeks)
            found += [
                (1, device.pk, metric.pk, microseconds(first + timedelta(weeks=week)), round(float(value), 3))
                for week, value in enumerate(values)
            ]  # fmt: skip
    return storage.Batch.of(found)


def _day(pilot: Pilot) -> Any:
    if pilot.analysis_on is None:
        raise StartError(f"{pilot} has no analysis date.")
    return pilot.analysis_on
