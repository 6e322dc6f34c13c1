"""The portfolio that the bench measures: 42 trials of ten suppliers with 2,800 devices, five measures each.

Pilots are written straight into the tables, as what is measured is not the way to a registered plan. Of the first
measure every device has a reading every 15 minutes for 39 weeks, of the others one a day: 76 million. The last days of
the first measure, as many as are asked for, come over HTTP as raw readings, from a feed of each supplier, and their
sums are made by the product; everything before stands as daily sums, as it stays when closed months are packed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from assessment.models import Decision
from audit import clock
from challenges.models import Challenge, MeasureRole, Outcome
from marketplace.bench.ingest.world import STEP, Stream
from pilots import storage
from pilots.actions import token_hash
from pilots.models import Arm, Device, Metric, Pilot, PilotState, ReadingToken, Site
from pilots.plans import digest
from pilots.rules import first_instant, local_day
from pilots.storage.batches import Floats
from suppliers.models import SizeClass, Submission, Supplier

PILOTS, SUPPLIERS, DEVICES, SITES = 42, 10, 2800, 8
ROLES = (
    MeasureRole.PRIMARY, MeasureRole.GUARDRAIL, MeasureRole.GUARDRAIL, MeasureRole.SECONDARY, MeasureRole.SECONDARY,
)  # fmt: skip
WEEKS_BEFORE, WEEKS_AFTER, BOOTSTRAPS = 26, 13, 1999
A_DAY, ALL_DAYS = timedelta(days=1) // STEP, 7 * (WEEKS_BEFORE + WEEKS_AFTER)
_DAY = (
    "INSERT INTO pilots_dailyrollup (metric_id, device_id, day, total, number, lowest, highest) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


@dataclass(frozen=True)
class Portfolio:
    """The pilots, the days that come raw, and of each supplier the streams of readings that its feed sends.

    `means`: what each device of a stream measures on each of these days, on average.
    """

    pilots: list[Pilot]
    raw_days: list[date]
    feeds: list[list[Stream]]
    means: dict[int, Floats]

    def body(self, stream: Stream, day: date) -> bytes:
        """A day of a stream's readings: they go up and down around what the device measures on that day."""
        begins, means = first_instant(day), self.means[stream.pilot.pk][:, self.raw_days.index(day)]

        def value(place: int, at: datetime) -> float:
            return round(float(means[place]) + 0.5 * math.sin(math.tau * ((at - begins) / timedelta(days=1))), 3)

        return stream.body(list(stream.rows(begins, A_DAY * len(stream.codes))), value)


def make(raw_days: int) -> Portfolio:
    """All of it; the last day of each pilot is yesterday, and its analysis date is not set to come yet."""
    at, decision = clock.now(), Decision.objects.select_related("round__challenge").earliest("pk")
    suppliers = Supplier.objects.bulk_create(
        Supplier(name=f"Bench {n}", company_number=f"BN{n:06}", size_class=SizeClass.MICRO, created_at=at)
        for n in range(SUPPLIERS)
    )
    challenges = list(Challenge.objects.filter(outcomes__isnull=False).distinct().order_by("pk"))
    submissions = Submission.objects.bulk_create(
        Submission(challenge=challenges[n // SUPPLIERS], supplier=suppliers[n % SUPPLIERS], created_at=at)
        for n in range(PILOTS)
    )
    pilots = Pilot.objects.bulk_create(
        _pilot(number, submission, decision, at) for number, submission in enumerate(submissions)
    )  # fmt: skip
    streams, means = _fill(pilots, at, raw_days)
    feeds = [[streams[n] for n in range(PILOTS) if n % SUPPLIERS == place] for place in range(SUPPLIERS)]
    last = _start(local_day(at)) + timedelta(weeks=WEEKS_AFTER, days=-1)
    return Portfolio(pilots, [last - timedelta(days=back) for back in reversed(range(raw_days))], feeds, means)


def _pilot(number: int, submission: Submission, decision: Decision, at: datetime) -> Pilot:
    day = local_day(at)
    start, plan = _start(day), _plan(_start(day), submission.challenge)
    return Pilot(
        challenge=submission.challenge, decision=decision, submission=submission, supplier=submission.supplier,
        state=PilotState.RUNNING, slug=f"bench-{number}", created_at=at, plan=plan, plan_sha256=digest(plan),
        registered_at=at, registered_by="bench", baseline_starts_on=start - timedelta(weeks=WEEKS_BEFORE),
        starts_on=start, ends_on=day - timedelta(days=1), analysis_on=day + timedelta(days=1),
        decision_on=day + timedelta(weeks=2), decider=decision.approver,
    )  # fmt: skip


def _start(day: date) -> date:
    return day - timedelta(weeks=WEEKS_AFTER)


def _plan(start: date, challenge: Challenge) -> dict[str, Any]:
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
        "analysis_on": (start + timedelta(weeks=WEEKS_AFTER)).isoformat(),
        "decision_on": (start + timedelta(weeks=WEEKS_AFTER + 2)).isoformat(), "replaces": "",
        "decision_rule": "The bench decides nothing.", "decider": "bench", "foreseen": {},
    }  # fmt: skip


def _fill(pilots: Sequence[Pilot], at: datetime, raw_days: int) -> tuple[list[Stream], dict[int, Floats]]:
    """Sites, devices, measures, a feed, and the sums of each day: an AR(1) series with an effect in every other."""
    rng, streams, means = np.random.default_rng(1), [], {}
    outcome, first = Outcome.objects.earliest("pk"), _start(local_day(at)) - timedelta(weeks=WEEKS_BEFORE)
    storage.ensure_months(first, local_day(at) + timedelta(days=40))
    for number, pilot in enumerate(pilots):
        metrics = Metric.objects.bulk_create(
            Metric(
                pilot=pilot, outcome=outcome, code=f"measure-{place}", role=role, name=f"Measure {place}",
                unit="points", direction="increase",
            )
            for place, role in enumerate(ROLES)
        )  # fmt: skip
        sites = Site.objects.bulk_create(Site(pilot=pilot, code=f"site-{n}", arm=Arm.PILOT) for n in range(SITES))
        count = DEVICES // PILOTS + (number < DEVICES % PILOTS)
        codes = [f"meter-{number}-{place:03}" for place in range(count)]
        devices = Device.objects.bulk_create(Device(site=sites[n % SITES], code=code) for n, code in enumerate(codes))
        secret = f"bench-{number}"
        ReadingToken.objects.create(pilot=pilot, token_sha256=token_hash(secret), label="bench", issued_at=at)
        values = _values(number, len(devices), rng)
        _write_days(first, metrics, devices, values, raw_days)
        means[pilot.pk] = values[0, :, ALL_DAYS - raw_days :]
        streams.append(Stream(pilot, metrics[0], codes, [device.pk for device in devices], secret))
    return streams, means


def _values(number: int, devices: int, rng: np.random.Generator) -> Floats:
    """The mean of each measure, device and day."""
    weeks = WEEKS_BEFORE + WEEKS_AFTER
    common = np.cumsum(rng.standard_normal((len(ROLES), 1, weeks)), axis=2) * 0.2
    common[:, :, WEEKS_BEFORE:] += 3.0 * (number % 2)
    week = 50 + common + rng.standard_normal((len(ROLES), devices, weeks))
    return np.round(np.repeat(week, 7, axis=2) + 0.3 * rng.standard_normal((len(ROLES), devices, 7 * weeks)), 3)


@transaction.atomic
def _write_days(
    first: date, metrics: Sequence[Metric], devices: Sequence[Device], values: Floats, raw_days: int
) -> None:
    """The sums of every day; the last ones of the first measure are left to come over HTTP."""
    days = [(first + timedelta(days=place)).isoformat() for place in range(values.shape[2])]
    with connection.cursor() as cursor:
        for place, metric in enumerate(metrics):
            number, sums = (1, days) if place else (A_DAY, days[: ALL_DAYS - raw_days])
            cursor.executemany(
                _DAY,
                [
                    (metric.pk, device.pk, day, number * mean, number, mean - 0.5, mean + 0.5)
                    for device, means in zip(devices, values[place].tolist(), strict=True)
                    for day, mean in zip(sums, means, strict=False)
                ],
            )
