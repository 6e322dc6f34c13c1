"""Pilots in each state, walked there by the real actions."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

from accounts.models import CouncilRole, User
from assessment.models import DecisionItem
from audit import clock
from challenges.models import Challenge, Design
from clauses.models import Due
from pilots import actions
from pilots.models import Arm, GateChoice, Incident, Pilot
from pilots.plans import Registration
from pilots.rules import LONDON, OF_CLOSING, first_instant, local_day
from tests.factories import member_with, move_clock_to
from tests.factories.remembering import remembered
from work.actions import run_due_work

STATES = ("planned", "registered", "running", "evaluating", "decided", "closed")
SITES = 6
Row = dict[str, Any]


def manager_of(pilot: Pilot) -> User:
    return member_with(pilot.challenge.council, CouncilRole.PILOT_MANAGER)


def decider_of(pilot: Pilot) -> User:
    return member_with(pilot.challenge.council, CouncilRole.OWNER)


def selected_item(challenge: Challenge | None = None) -> DecisionItem:
    """A submission chosen for a pilot and not piloted yet; of a challenge that the assessment's factory walks there."""
    decided = challenge or import_module("tests.factories.assessment").decided_challenge()
    return DecisionItem.objects.filter(
        decision__round__challenge=decided, is_selected=True, submission__pilot=None
    ).order_by("pk")[0]


def planned_sites(number: int = SITES) -> list[actions.PlannedSite]:
    """As many pilot sites as comparison sites, each with two devices."""
    return [
        actions.PlannedSite(
            f"{arm}-{place}", f"{arm.title()} street {place}", arm, (f"{arm[0]}{place}a", f"{arm[0]}{place}b")
        )
        for arm in (Arm.PILOT, Arm.COMPARISON)
        for place in range(1, number + 1)
    ]


def registration(pilot: Pilot, **values: object) -> Registration:
    """Twelve weeks of baseline, eight weeks of pilot, from four weeks after today on."""
    starts_on = local_day(clock.now()) + timedelta(weeks=4)
    usual = Registration(
        design=Design.MATCHED,
        baseline_starts_on=starts_on - timedelta(weeks=12),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=8, days=-1),
        analysis_on=starts_on + timedelta(weeks=9),
        decision_on=starts_on + timedelta(weeks=10),
        decider=decider_of(pilot),
        minimum_worthwhile_effect=Decimal(1),
        harm_limit=Decimal("0.5"),
        spread=Decimal("0.8"),
        expected_effect=Decimal(2),
        lowest=Decimal(0),
        highest=Decimal(100),
        residents=(pilot.metrics.get(role="primary").code,),
    )
    return replace(usual, **values)  # type: ignore[arg-type]


def weekly_rows(pilot: Pilot, first: date, last: date, effect: float = 0.0, seed: int = 1) -> list[Row]:
    """One reading a week of every device, at noon; from the registered start on pilot sites move by `effect`."""
    noise = random.Random(seed)  # noqa: S311 - invented readings, not secrets
    metric = pilot.metrics.get(role="primary")
    devices = [(device, site) for site in pilot.sites.all() for device in site.devices.order_by("code")]
    return [
        {
            "device": device.code,
            "metric": metric.code,
            "taken_at": datetime(day.year, day.month, day.day, 12, tzinfo=LONDON).isoformat(),
            "value": round(10 + noise.gauss(0, 0.6) + (effect if _is_treated(pilot, site, day) else 0), 2),
            "unit": metric.unit,
        }
        for day in _weeks(first, last)
        for device, site in devices
    ]


def send(pilot: Pilot, rows: Sequence[Row]) -> actions.Intake:
    """Rows taken in by the pilot manager, as from a file."""
    return actions.ingest(pilot=pilot, rows=rows, source="file", actor=manager_of(pilot), at=clock.now())


def settle_clauses(pilot: Pilot) -> None:
    for requirement in pilot.challenge.clause_requirements.filter(due=Due.BEFORE_PILOT_START):
        actions.check_clause(
            pilot=pilot, requirement=requirement, verdict="met", evidence="Seen on the service.",
            actor=manager_of(pilot), at=clock.now(),
        )  # fmt: skip


def sign_contract(pilot: Pilot) -> None:
    """The pilot contract, walked to its signature by the factory of the awards room."""
    import_module("tests.factories.awards").signed_pilot_contract(pilot)  # which itself builds on this module


@remembered
def pilot_in(
    state: str, *, challenge: Challenge | None = None, item: DecisionItem | None = None, effect: float = -2.0,
    choice: str = GateChoice.SCALE, **registered: object
) -> Pilot:  # fmt: skip
    """A pilot in any of STATES; `effect` is the true change at pilot sites, other keywords go into the registration."""
    if state == STATES[0]:
        chosen = item or selected_item(challenge)
        manager = member_with(chosen.submission.challenge.council, CouncilRole.PILOT_MANAGER)
        pilot = actions.plan_pilot(item=chosen, actor=manager, at=clock.now())
        actions.set_sites(pilot=pilot, sites=planned_sites(), actor=manager, at=clock.now())
    else:
        before = STATES[STATES.index(state) - 1]
        pilot = pilot_in(before, challenge=challenge, item=item, effect=effect, choice=choice, **registered)
        _step(pilot, state, effect, choice, registered)
    pilot.refresh_from_db()
    return pilot


def register(pilot: Pilot, **values: object) -> None:
    actions.register_plan(
        pilot=pilot, registration=registration(pilot, **values), actor=manager_of(pilot), at=clock.now()
    )


def make_ready(pilot: Pilot) -> None:
    """Everything that the start asks for, but not the start."""
    settle_clauses(pilot)
    actions.give_site_consent(
        pilot=pilot, note="The highways manager agreed by letter.", actor=manager_of(pilot), at=clock.now()
    )
    sign_contract(pilot)


def start(pilot: Pilot) -> None:
    """Make ready and start."""
    make_ready(pilot)
    actions.start_pilot(pilot=pilot, actor=manager_of(pilot), at=clock.now())


def evaluate(pilot: Pilot, effect: float) -> None:
    """Send all readings, let the analysis date come, and do what is due."""
    assert pilot.baseline_starts_on is not None
    assert pilot.ends_on is not None
    evaluate_with(pilot, weekly_rows(pilot, pilot.baseline_starts_on, pilot.ends_on, effect))


def evaluate_with(pilot: Pilot, rows: Sequence[Row]) -> None:
    """The same with these readings."""
    assert pilot.ends_on is not None
    assert pilot.analysis_on is not None
    move_clock_to(first_instant(pilot.ends_on + timedelta(days=1)))
    send(pilot, rows)
    move_clock_to(first_instant(pilot.analysis_on))
    run_due_work()
    pilot.refresh_from_db()


def incident_of(pilot: Pilot, **values: Any) -> Incident:
    """An open incident with personal data, recorded by the supplier."""
    usual: dict[str, Any] = {
        "severity": "personal_data", "title": "A file with names lay open", "text": "For a night, on a server.",
        "found_at": clock.now() - timedelta(hours=2),
    }  # fmt: skip
    found = actions.Found(**usual | values)
    return actions.record_incident(
        pilot=pilot, found=found, actor=pilot.supplier.members.order_by("pk")[0].user, at=clock.now()
    )


def decide(pilot: Pilot, choice: str) -> None:
    actions.decide_gate(
        pilot=pilot, choice=choice, reason="The measured result, and what residents told us.",
        actor=decider_of(pilot), at=clock.now(),
    )  # fmt: skip


def record_gate(pilot: Pilot, *items: str, **values: Any) -> None:
    """What a person establishes for a gate, today."""
    usual: dict[str, Any] = {"owner": "Highways", "on": local_day(clock.now()), "words": "Seen, and signed for."}
    for item in items:
        found = actions.Established(item=item, **usual | values)
        actions.record_gate(pilot=pilot, found=found, actor=manager_of(pilot), at=clock.now())


def close(pilot: Pilot) -> None:
    """Record what closing asks for, and close."""
    record_gate(pilot, *OF_CLOSING)
    actions.close_pilot(pilot=pilot, actor=manager_of(pilot), at=clock.now())


def _step(pilot: Pilot, state: str, effect: float, choice: str, registered: dict[str, object]) -> None:
    """From the state before to `state`."""
    steps: dict[str, Callable[[], object]] = {
        "registered": lambda: register(pilot, **registered),
        "running": lambda: start(pilot),
        "evaluating": lambda: evaluate(pilot, effect),
        "decided": lambda: decide(pilot, choice),
        "closed": lambda: close(pilot),
    }
    steps[state]()


def _weeks(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1))


def _is_treated(pilot: Pilot, site: Any, day: date) -> bool:
    return site.arm == Arm.PILOT and pilot.starts_on is not None and day >= pilot.starts_on
