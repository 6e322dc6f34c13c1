"""`./run bench pilots`: a city's portfolio. Days of its readings come over HTTP, raw; all its evaluations fall due at
once and the worker judges them; its page and every pilot's are drawn. `--raw-days` says how many days come raw, of 273.

Seconds depend on what else the machine does; so the worker's processor time is told too, and the load.
"""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit import clock
from marketplace.bench.ingest.sending import Sent, processor_time, send
from marketplace.bench.pilots.portfolio import (
    A_DAY,
    ALL_DAYS,
    BOOTSTRAPS,
    DEVICES,
    PILOTS,
    ROLES,
    Portfolio,
    make,
)
from marketplace.bench.reports import Goal, Report
from marketplace.supervisor import Services, StartError
from marketplace.supervisor.installation import HOST
from pilots import storage
from pilots.actions import REGISTERED
from pilots.models import DailyRollup, EvaluationKind, Pilot, PilotEvaluation
from pilots.rules import first_instant, local_day
from work.heartbeat import LEASE
from work.models import DueWork

NEEDS_SERVERS = True
MOST_SECONDS, MOST_TASKS, MOST_WAIT, MOST_QUERIES = 60, 20, 2, 15
CORES, RAW_DAYS = 2, 7
LISTED = "/pilots/overview/"
PATIENCE = 600.0
_DONE = re.compile(r"wake_due_work\[[^]]*\] succeeded in [^:]*: (\d+)")


def measure(services: Services, raw_days: int = RAW_DAYS) -> Report:
    """Build the portfolio, send its last days, make the evaluations due in one go, wait for them, draw the pages."""
    if not 0 < raw_days <= ALL_DAYS:
        raise StartError(f"The portfolio has {ALL_DAYS} days: choose from 1 to {ALL_DAYS} that come raw.")
    services.say(f"Making {PILOTS} pilots with {len(ROLES)} measures each, and {DEVICES:,} devices.")
    portfolio = make(raw_days)
    services.say(f"Sending their last {raw_days} days of readings, raw, from {len(portfolio.feeds)} feeds.")
    sent, summing, lost = _send_days(services, portfolio)
    _let_the_worker_tell(services)
    due, began, at = _make_due(portfolio.pilots)
    services.say("They are due; waiting for the last result.")
    before = processor_time(services.worker.pid or 0)
    row = {"first_started_after_s": round(_first_lease(due, at), 2), "lost": lost}
    row["seconds"] = round(_all_done(portfolio.pilots, began), 1)
    row["worker_cpu_s"] = round(processor_time(services.worker.pid or 0) - before, 1)
    row["evaluation_tasks"] = _tasks_that_did_something(services)
    row["load"] = round(os.getloadavg()[0], 1)
    services.say("Drawing the portfolio's page and theirs.")
    pages = [
        _draw("a pilot", *(f"/pilots/{pilot.slug}/" for pilot in portfolio.pilots)),
        _draw("the portfolio", LISTED),
    ]
    raw = {
        "raw_days_over_http": raw_days, "raw_readings_over_http": sent.added, "seconds_to_send": round(sent.seconds, 1),
        "rows_a_second": round(sent.added / sent.seconds), "seconds_to_sum": round(summing, 1),
    }  # fmt: skip
    return _report(portfolio.pilots, {**raw, **row}, pages)


def _send_days(services: Services, portfolio: Portfolio) -> tuple[Sent, float, int]:
    """What became of a reading of each device every 15 minutes, seconds of making sums, and how many sums miss."""
    sent = Sent()
    for day in portfolio.raw_days:
        told = send(services, [[(stream, portfolio.body(stream, day)) for stream in feed] for feed in portfolio.feeds])
        if told.failures:
            raise StartError(f"{len(told.failures)} batches failed: {told.failures[0][:500]}")
        sent.added, sent.seconds = sent.added + told.added, sent.seconds + told.seconds
    began = time.monotonic()
    storage.catch_up([stream.metric.pk for feed in portfolio.feeds for stream in feed])
    return sent, time.monotonic() - began, DEVICES * A_DAY * len(portfolio.raw_days) - _summed(portfolio)


def _summed(portfolio: Portfolio) -> int:
    primary = [stream.metric.pk for feed in portfolio.feeds for stream in feed]
    days = DailyRollup.objects.filter(metric__in=primary, day__gte=portfolio.raw_days[0])
    return int(days.aggregate(number=Sum("number"))["number"] or 0)


def _make_due(pilots: list[Pilot]) -> tuple[list[DueWork], float, datetime]:
    """Their analysis date is today, from now on."""
    today = local_day(clock.now())
    Pilot.objects.filter(pk__in=[pilot.pk for pilot in pilots]).update(analysis_on=today)
    due = [DueWork(kind=REGISTERED, subject_id=pilot.pk, due_at=first_instant(today)) for pilot in pilots]
    began, at = time.monotonic(), clock.now()
    return DueWork.objects.bulk_create(due), began, at


@dataclass(frozen=True)
class Page:
    """The most queries and bytes (uncompressed) of some pages, and the mean of their processor time."""

    name: str
    queries: int
    bytes: int
    cpu_ms: float


def _draw(name: str, *addresses: str) -> Page:
    client = Client(headers={"host": HOST})
    queries, sizes = [], []
    client.get(addresses[0])  # templates are loaded from here on
    began = time.process_time()
    for address in addresses:
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(address)
        if answer.status_code != 200:
            raise StartError(f"{address} answers {answer.status_code}.")
        queries.append(len(seen))
        sizes.append(len(answer.content))
    return Page(name, max(queries), max(sizes), round((time.process_time() - began) / len(addresses) * 1000, 1))


def _report(pilots: list[Pilot], figures: dict[str, Any], pages: list[Page]) -> Report:
    found = list(PilotEvaluation.objects.filter(pilot__in=pilots, kind=EvaluationKind.REGISTERED))
    measured = sum(1 + len(each.result["guardrails"]) + len(each.result["secondaries"]) for each in found)
    with_interval = sum(each.result["low"] is not None for each in found)
    days = DailyRollup.objects.filter(metric__pilot__in=pilots).aggregate(sums=Count("number"), readings=Sum("number"))
    counts = {
        "pilots": len(found), "measures": measured, "primary_with_interval": with_interval, "bootstraps": BOOTSTRAPS,
        "daily_sums": days["sums"], "of_readings": days["readings"],
        "of_these_as_sums_alone": days["readings"] - figures["raw_readings_over_http"],
    }  # fmt: skip
    rows = [{"what": name, "figure": value} for name, value in {**counts, **figures}.items()]
    rows += [
        {"what": f"page of {page.name}: {what}", "figure": getattr(page, what)}
        for page in pages for what in ("queries", "bytes", "cpu_ms")
    ]  # fmt: skip
    goals = [
        Goal("readings lost on the way", figures["lost"], 0),
        Goal("seconds for all results", figures["seconds"], MOST_SECONDS),
        Goal("processor seconds for all results, of two cores", figures["worker_cpu_s"], CORES * MOST_SECONDS),
        Goal("evaluation tasks", figures["evaluation_tasks"], MOST_TASKS),
        Goal("seconds until the first one started", figures["first_started_after_s"], MOST_WAIT),
        Goal("results missing or without interval", PILOTS - with_interval, 0),
        Goal("measures missing", PILOTS * len(ROLES) - measured, 0),
        *(Goal(f"queries of the page of {page.name}", page.queries, MOST_QUERIES) for page in pages),
    ]
    return Report("pilots", rows, goals)


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


def _first_lease(due: list[DueWork], at: datetime) -> float:
    """Seconds from `at` until the worker took the first row."""
    rows = DueWork.objects.filter(pk__in=[each.pk for each in due], leased_until__gt=at)
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
