"""What the bench sends readings to, written straight into the tables; and the readings."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np

from accounts.models import Council, User
from assessment.models import Decision, Panel, Round, RoundState
from audit import clock
from challenges.models import Challenge, Outcome
from pilots import storage
from pilots.actions import token_hash
from pilots.models import Arm, Device, Metric, Pilot, PilotState, ReadingToken, Site
from pilots.rules import local_day
from pilots.storage.batches import Batch, microseconds
from suppliers.models import Submission, Supplier

STEP = timedelta(minutes=15)
SITES = 10


@dataclass(frozen=True)
class Stream:
    """A pilot with its devices, and the token of its feed."""

    pilot: Pilot
    metric: Metric
    codes: list[str]
    ids: list[int]
    secret: str

    def rows(self, first: datetime, number: int) -> Iterator[tuple[int, datetime]]:
        """Places of devices and instants, in the order in which a gateway sends them: time, then device."""
        for place in range(number):
            yield place % len(self.codes), first + place // len(self.codes) * STEP

    def body(self, rows: list[tuple[int, datetime]], value: Callable[[int, datetime], float] | None = None) -> bytes:
        """A request's JSON; `value` says what a device measures, by its place and the time."""
        measured = value or value_of
        found = [
            {
                "device": self.codes[place], "metric": self.metric.code, "taken_at": at.isoformat(),
                "value": measured(place, at), "unit": self.metric.unit,
            }
            for place, at in rows
        ]  # fmt: skip
        return json.dumps(found).encode()

    def batch(self, rows: list[tuple[int, datetime]]) -> Batch:
        """The same as columns."""
        return Batch.of(
            (number, self.ids[place], self.metric.pk, microseconds(at), value_of(place, at))
            for number, (place, at) in enumerate(rows, start=1)
        )


def make_streams(number: int, devices: int, months: int = 13) -> list[Stream]:
    """Running pilots with that many devices each, whose months of readings end with the present one."""
    at = clock.now()
    challenge, decision = _challenge(at)
    outcome = Outcome.objects.create(
        challenge=challenge, name="Noise", unit="dB", direction="decrease", period="week", design="one_series",
        baseline_value=Decimal(60), baseline_on=local_day(at), target_value=Decimal(50),
        minimum_worthwhile_effect=Decimal(1), harm_limit=Decimal(1),
    )  # fmt: skip
    first = first_day(at, months)
    storage.ensure_months(first.date(), local_day(at) + timedelta(days=40))
    return [_stream(place, devices, challenge, decision, outcome, first, at) for place in range(number)]


def first_day(at: datetime, months: int) -> datetime:
    """The first day of the month that many months before the present one ends."""
    year, month = divmod(at.year * 12 + at.month - 1 - (months - 1), 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _stream(  # noqa: PLR0913 - the parts of a pilot
    place: int, devices: int, challenge: Challenge, decision: Decision, outcome: Outcome, first: datetime, at: datetime
) -> Stream:  # fmt: skip
    supplier = Supplier.objects.create(
        name=f"Bench {place}", company_number=f"BN{place:06}", size_class="micro", created_at=at
    )
    submission = Submission.objects.create(challenge=challenge, supplier=supplier, created_at=at)
    day = local_day(at)
    start, end = first.date() + timedelta(days=14), day + timedelta(days=30)
    pilot = Pilot.objects.create(
        challenge=challenge, decision=decision, submission=submission, supplier=supplier, state=PilotState.RUNNING,
        slug=f"bench-{place}", created_at=at, plan=_plan(first, start, end), plan_sha256="0" * 64, registered_at=at,
        registered_by="bench", baseline_starts_on=first.date(), starts_on=start, ends_on=end,
        analysis_on=end + timedelta(days=7), decision_on=end + timedelta(days=14), decider=decision.approver,
    )  # fmt: skip
    metric = Metric.objects.create(
        pilot=pilot, outcome=outcome, code="noise", role="primary", name="Noise", unit="dB", direction="decrease",
        lowest=0, highest=200,
    )  # fmt: skip
    sites = Site.objects.bulk_create(Site(pilot=pilot, code=f"site-{n}", arm=Arm.PILOT) for n in range(SITES))
    codes = [f"meter-{place}-{n:04}" for n in range(devices)]
    found = Device.objects.bulk_create(Device(site=sites[n % SITES], code=code) for n, code in enumerate(codes))
    secret = f"bench-{place}"
    ReadingToken.objects.create(pilot=pilot, token_sha256=token_hash(secret), label="bench", issued_at=at)
    return Stream(pilot, metric, codes, [device.pk for device in found], secret)


def _plan(first: datetime, start: date, end: date) -> dict[str, object]:
    measure = {"code": "noise", "name": "Noise", "unit": "dB", "direction": "decrease"}
    return {
        "design": "one_series", "metric": measure, "period": "week", "baseline_start": first.date().isoformat(),
        "start": str(start), "end": str(end), "analysis_on": str(end + timedelta(days=7)),
        "minimum_worthwhile_effect": "1", "harm_limit": "1", "alpha": "0.05",
        "seed": 1, "design_words": "One series", "guardrails": [], "secondaries": [],
        "units": [{"unit": f"site-{number}", "arm": "pilot"} for number in range(SITES)],
        "decision_rule": "The bench decides nothing.", "decider": "bench", "foreseen": {}, "replaces": "", "format": 1,
        "challenge": "bench", "decision_on": str(end + timedelta(days=14)),
    }  # fmt: skip


def _challenge(at: datetime) -> tuple[Challenge, Decision]:
    council = Council.objects.create(name="Bench Council", slug="bench-council", identifier="BENCH")
    approver = User.objects.create(email="bench@bench.example", full_name="Bench")
    challenge = Challenge.objects.create(
        council=council, title="Bench", slug="bench", created_at=at, state="piloting", published_at=at, opens_at=at,
        closes_at=at + timedelta(days=1), tie_breaks=["quality"],
    )  # fmt: skip
    panel = Panel.objects.create(challenge=challenge)
    round_ = Round.objects.create(challenge=challenge, panel=panel, state=RoundState.PRICES, opened_at=at)
    decision = Decision.objects.create(round=round_, approver=approver, reasons="Bench.", decided_at=at)
    return challenge, decision


def value_of(place: int, at: datetime) -> float:
    """What a device measures then."""
    return round(50 + 10 * float(np.sin(place + at.hour)), 2)
