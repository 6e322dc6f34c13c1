"""The gates of a pilot, from ready to start to closed: what each asks, who answers for it, and whether it is so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from challenges.money import money
from clauses.models import Due
from pilots import lateness, queries, turns
from pilots.models import GateItem, GateRecord, MilestoneState, Pilot, PilotState
from pilots.queries.showing import last_look
from pilots.rules import OF_CLOSING, in_words, local_day

MANAGER, OWNER, SUPPLIER, COUNCIL = "Pilot manager", "Problem owner", "Supplier", "Council"
DAYS_TO_PUBLISH = 30
OWNERS = {
    GateItem.OPERATIONS: OWNER,
    GateItem.COST: OWNER,
    GateItem.TAKE_OVER: OWNER,
    GateItem.AUDIT: COUNCIL,
    GateItem.REMOVAL: f"{SUPPLIER}, then council",
    GateItem.EXPORT: MANAGER,
    GateItem.LESSONS: MANAGER,
}


@dataclass(frozen=True)
class Check:
    """One thing that a gate asks. `item` names what a person records of it; `has_failed`: it was looked at, in vain.

    `is_moot`: nobody asks it any more, because the pilot was ended early.
    """

    what: str
    owner: str
    is_so: bool
    hint: str = ""
    item: str = ""
    has_failed: bool = False
    is_moot: bool = False

    @property
    def state(self) -> str:
        """The shape and tone that stand beside it."""
        return "done" if self.is_so else "cannot" if self.is_moot else "not_met" if self.has_failed else "todo"

    @property
    def word(self) -> str:
        """The same in words."""
        if self.is_so or self.is_moot:
            return "Done" if self.is_so else "Not asked any more"
        return "Looked at: not so" if self.has_failed else "Not yet"


@dataclass(frozen=True)
class Gate:
    """A gate with its number, its name, and what it asks."""

    number: int
    name: str
    checks: tuple[Check, ...]


def gates_of(pilot: Pilot, at: datetime) -> list[Gate]:
    """Gates 2 to 6; the two before them are passed before a call is published."""
    known = queries.gate_records(pilot)
    before = [
        Gate(2, "Ready to start", _ready(pilot)),
        Gate(3, "While it runs", _running(pilot, at)),
        _gate_of_fitness(pilot, known, at),
        Gate(5, "Decision", _decision(pilot)),
    ]
    if pilot.state == PilotState.ENDED:
        before = [replace(gate, checks=tuple(replace(each, is_moot=True) for each in gate.checks)) for gate in before]
    return [*before, Gate(6, "Close", _close(pilot, known))]


def fit_to_run(pilot: Pilot, at: datetime) -> Gate:
    """Gate 4 alone: what whoever decides on a full contract looks at first."""
    return _gate_of_fitness(pilot, queries.gate_records(pilot), at)


def _ready(pilot: Pilot) -> tuple[Check, ...]:
    codes = queries.open_clauses(pilot, Due.BEFORE_PILOT_START)
    return (
        Check("The plan is registered, with the day of the decision", MANAGER, pilot.plan is not None),
        Check("Clauses due before the start are met or waived", MANAGER, not codes, _missing(codes)),
        Check("Whoever is responsible for the sites agrees", OWNER, pilot.site_consent_at is not None),
        Check("What is paid for is agreed", MANAGER, pilot.milestones.exists()),
        Check("Readings land in the council’s store", SUPPLIER, queries.number_of_readings(pilot) > 0),
    )


def _running(pilot: Pilot, at: datetime) -> tuple[Check, ...]:
    codes = queries.open_clauses(pilot, Due.DURING_PILOT)
    late = [duty for duty in queries.running_clocks(pilot) if queries.is_late(duty, at)]
    return (
        *_alarms(pilot, at),
        Check("Clauses due while it runs are met or waived", SUPPLIER, not codes, _missing(codes)),
        Check("Nobody waits to be told of an incident", COUNCIL, not late),
        Check("It is not suspended", COUNCIL, pilot.state != PilotState.SUSPENDED),
    )


def _alarms(pilot: Pilot, at: datetime) -> Iterator[Check]:
    """Freshness, what stands in the way of a verdict, drift, and whether the service answers; both sides see the same.

    Data and drift are as of the last look, which a machine takes once a week.
    """
    last, look = turns.last_readings([pilot]).get(pilot.pk), last_look(pilot)
    quiet = lateness.why_quiet(pilot, last, local_day(at))
    came = f"The last came on {in_words(last)}." if last else "None has come."
    arrive = pilot.started_at is not None and last is not None and not quiet
    yield Check("Readings keep arriving", SUPPLIER, arrive, quiet or came, has_failed=bool(quiet))
    told = look.result if look else {}
    seen = f" As of {in_words(local_day(look.due_at))}." if look else "Nobody has looked yet."
    for what, found in (
        ("The data so far could carry a verdict", " ".join(told.get("alarms", []))),
        ("No device drifts away from its neighbours", ", ".join(told.get("drifting", []))),
    ):
        yield Check(what, SUPPLIER, look is not None and not found, f"{found}{seen}".strip(), has_failed=bool(found))
    if probe := pilot.health_probes.order_by("-due_at").first():
        asked = f"Asked on {in_words(local_day(probe.due_at))}."
        yield Check("The service answers", SUPPLIER, probe.is_up, asked, has_failed=not probe.is_up)


def _gate_of_fitness(pilot: Pilot, known: Mapping[str, GateRecord], at: datetime) -> Gate:
    return Gate(4, "Fit to run", _fit(pilot, known, at))


def _fit(pilot: Pilot, known: Mapping[str, GateRecord], at: datetime) -> tuple[Check, ...]:
    codes = queries.open_clauses(pilot, Due.BEFORE_AWARD)
    behind = pilot.milestones.filter(
        due_on__lt=local_day(at), state__in=(MilestoneState.AHEAD, MilestoneState.DELIVERED)
    )
    return (
        Check("Clauses due before the award are met or waived", MANAGER, not codes, _missing(codes)),
        Check("Every milestone that was due is accepted", f"{SUPPLIER}, then council", not behind.exists()),
        *(_recorded(item, known) for item in GateItem if item not in OF_CLOSING),
    )


def _decision(pilot: Pilot) -> tuple[Check, ...]:
    gate = getattr(pilot, "gate", None)
    by_date = bool(gate and pilot.decision_on and local_day(gate.decided_at) <= pilot.decision_on)
    hint = "" if by_date or gate is None else "Decided, but later than planned."
    return (
        Check("The registered result stands", "Marketplace", queries.registered_evaluation(pilot) is not None),
        Check("The named person decided by the named day", str(pilot.decider or "Not named"), by_date, hint),
        Check(f"Published within {DAYS_TO_PUBLISH} days", "Marketplace", gate is not None, "With the decision."),
    )


def _close(pilot: Pilot, known: Mapping[str, GateRecord]) -> tuple[Check, ...]:
    return (
        _paid(pilot),
        *(_recorded(item, known) for item in OF_CLOSING),
        Check(
            "The pilot is closed; its page and data stay",
            MANAGER,
            pilot.state == PilotState.CLOSED,
            is_moot=pilot.state == PilotState.ENDED,
        ),
    )


def _paid(pilot: Pilot) -> Check:
    owed = is_owed(pilot)
    if pilot.state == PilotState.ENDED:
        return Check("What was done until it ended is accepted and paid", COUNCIL, not owed)
    return Check("Everything agreed is accepted and paid", COUNCIL, pilot.milestones.exists() and not owed)


def is_owed(pilot: Pilot) -> bool:
    """Whether something agreed is not paid yet; an early end leaves work undone that nobody pays for."""
    if pilot.state == PilotState.ENDED:
        return pilot.milestones.filter(state__in=turns.MONEY).exists()
    return pilot.milestones.exclude(state=MilestoneState.PAID).exists()


def _recorded(item: GateItem, known: Mapping[str, GateRecord]) -> Check:
    """What a person established: by whom it is answered for, and on which day it was found."""
    record = known.get(item)
    if record is None:
        return Check(item.label, OWNERS[item], is_so=False, item=item)
    cost = (
        f" {money(record.amount, record.pilot.challenge.currency)} over {record.years} years." if record.amount else ""
    )
    hint = f"Found {in_words(record.on)}.{cost} {record.words}"
    return Check(item.label, record.owner, record.is_so, hint, item, has_failed=not record.is_so)


def _missing(codes: list[str]) -> str:
    return f"Not yet: {', '.join(codes)}." if codes else ""
