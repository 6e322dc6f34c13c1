"""The life of a pilot. Read this first: every step, who takes it, what stands in its way."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from audit.models import Visibility
from audit.transitions import Pointing, Step, Table, register, stands
from challenges.models import Challenge, ChallengeState
from clauses.models import Due
from pilots import queries, rules
from pilots.models import Arm, GateChoice, GateItem, Milestone, MilestoneState, Pilot, PilotState
from suppliers.models import Submission

PLANNED, REGISTERED, RUNNING = PilotState.PLANNED, PilotState.REGISTERED, PilotState.RUNNING
EVALUATING, DECIDED, CLOSED = PilotState.EVALUATING, PilotState.DECIDED, PilotState.CLOSED
DROPPED, SUSPENDED, ENDED = PilotState.DROPPED, PilotState.SUSPENDED, PilotState.ENDED


def has_sites(pilot: Pilot, at: datetime) -> str | None:
    """What the pilot is tried at, and compared with, is named beforehand (P4)."""
    named = pilot.sites.filter(arm=Arm.PILOT).exists()
    return None if named else _at("pilot_sites", pilot, "Name the sites of the pilot, and those it is compared with.")


def no_reading_of_the_pilot_period(pilot: Pilot, at: datetime) -> str | None:
    """Measures are registered before the first reading of the pilot period (P1)."""
    if pilot.starts_on is None or not queries.has_readings_since(pilot, rules.first_instant(pilot.starts_on)):
        return None
    return "Readings of the pilot period have arrived: its plan cannot be registered any more."


def has_decision_date(pilot: Pilot, at: datetime) -> str | None:
    """Who decides, and when, is known before the start (P2)."""
    named = pilot.decision_on is not None and pilot.decider_id is not None
    return None if named else "Name the day of the decision and the person who decides."


def clauses_before_start_are_settled(pilot: Pilot, at: datetime) -> str | None:
    """Clauses due before the start are met, or waived in public (P2)."""
    codes = queries.open_clauses(pilot, Due.BEFORE_PILOT_START)
    words = f"These clauses fall due before the start and are not met yet: {', '.join(codes)}."
    return _at("pilot_clauses", pilot, words) if codes else None


def has_site_consent(pilot: Pilot, at: datetime) -> str | None:
    """Whoever is responsible for the sites agreed (P2)."""
    words = "Record the consent of those responsible for the sites."
    return None if pilot.site_consent_at else _at("pilot_consent", pilot, words)


def start_is_not_past(pilot: Pilot, at: datetime) -> str | None:
    """A start later than the registered one would compare the wrong periods."""
    if pilot.starts_on and rules.local_day(at) > pilot.starts_on:
        day = rules.in_words(pilot.starts_on)
        words = f"The registered start, {day}, has passed: register the plan again with a later one."
        return _at("pilot_register", pilot, words)
    return None


def what_is_measured_with_still_stands(pilot: Pilot, at: datetime) -> str | None:
    """A pilot goes on with its equipment, and what was recorded before that never passes for its later end (gate 6)."""
    removal = queries.gate_records(pilot).get(GateItem.REMOVAL)
    if removal is None or not removal.is_so:
        return None
    where = reverse("pilot_gate_record", args=[pilot.slug, GateItem.REMOVAL])
    return Pointing("It is recorded that everything of the supplier’s is away. First record what is there.", where)


def challenge_is_ready(pilot: Pilot, at: datetime) -> str | None:
    """The challenge goes on: not cancelled, not concluded."""
    ready = pilot.challenge.state in (ChallengeState.ASSESSED, ChallengeState.PILOTING)
    return None if ready else f"{stands(pilot.challenge)}: no pilot of it starts."


def analysis_date_has_come(pilot: Pilot, at: datetime) -> str | None:
    """Nothing is judged before the registered analysis date (P3, D6)."""
    if rules.analysis_is_due(pilot, at) or pilot.analysis_on is None:
        return None
    return (
        f"The registered analysis date is {rules.in_words(pilot.analysis_on)}: nothing is judged or decided before it."
    )


def analysis_date_has_not_come(pilot: Pilot, at: datetime) -> str | None:
    """From the registered analysis date on, the result is computed and the gate decided, whatever happened before."""
    if not rules.analysis_is_due(pilot, at):
        return None
    return "The registered analysis date has come: the result is computed from what there is, and the gate decided."


def has_registered_result(pilot: Pilot, at: datetime) -> str | None:
    """A gate is decided on a registered result, never on monitoring (D6)."""
    return None if queries.registered_evaluation(pilot) else "The registered result has not been computed yet."


def an_earlier_result_says_enough(pilot: Pilot, at: datetime) -> str | None:
    """A pilot ends on an analysis date before the last one only where that gave a verdict (P3)."""
    if queries.result_to_end_on(pilot):
        return None
    return "No earlier analysis date has given “scale” or “stop”: the pilot goes on to its last one."


def gate_says_extend(pilot: Pilot, at: datetime) -> str | None:
    """The named person decided to go on."""
    gate = getattr(pilot, "gate", None)
    is_decided = gate is not None and gate.choice == GateChoice.EXTEND
    return None if is_decided else "A pilot is extended after its gate decided “Extend once”; this one did not."


def is_not_extended_yet(pilot: Pilot, at: datetime) -> str | None:
    """Once (P2)."""
    return "A pilot is extended once, and this one was." if hasattr(pilot, "extension") else None


def what_stood_there_is_gone(pilot: Pilot, at: datetime) -> str | None:
    """Nothing of the supplier's stays behind unagreed: equipment, accounts (gate 6)."""
    return queries.open_before_closing(pilot).get(GateItem.REMOVAL)


def export_drill_is_recorded(pilot: Pilot, at: datetime) -> str | None:
    """The council tried to have all its data out, and says how that went (gate 6)."""
    return queries.open_before_closing(pilot).get(GateItem.EXPORT)


def lessons_are_recorded(pilot: Pilot, at: datetime) -> str | None:
    """What was learned is written down for the next council (gate 6)."""
    return queries.open_before_closing(pilot).get(GateItem.LESSONS)


def a_pilot_runs(challenge: Challenge, at: datetime) -> str | None:
    """For the challenge's step “start piloting”: a pilot of it has started."""
    running = Pilot.objects.filter(challenge=challenge, state=RUNNING).exists()
    return None if running else "No pilot of this challenge has started."


def pilot_has_not_started(submission: Submission, at: datetime) -> str | None:
    """For a chosen submission's step “leave chosen”: a pilot that runs ends by its contract, not by a button."""
    begun = Pilot.objects.filter(submission=submission).exclude(state__in=[PLANNED, REGISTERED, DROPPED]).exists()
    if not begun:
        return None
    return "Your pilot has started: how it ends early is agreed with the council, under the contract."


def _at(name: str, pilot: Pilot, words: str) -> Pointing:
    """The sentence, with the page of the pilot on which that can be changed."""
    return Pointing(words, reverse(name, args=[pilot.slug]))


MANAGER = "the council's pilot manager"
EVALUATOR = "the marketplace or the council's pilot manager"
DECIDER = "the person whom the plan names"
SECOND = "somebody of the council who did not decide on the extension"
KEEPERS = "the council's problem owner, procurement lead or pilot manager"
ENDERS = "the council's problem owner or procurement lead"
PUBLIC = Visibility.PUBLIC

TABLE = register(
    Table(
        model=Pilot,
        noun="pilot",
        challenge_id=lambda pilot: pilot.challenge_id,
        steps=(
            Step(
                "register", (PLANNED,), REGISTERED, rules.may_manage, MANAGER, "pilot.registered",
                guards=(has_sites, no_reading_of_the_pilot_period), visibility=PUBLIC,
            ),
            Step(
                "register_again", (REGISTERED,), REGISTERED, rules.may_manage, MANAGER, "pilot.registered_again",
                guards=(has_sites, no_reading_of_the_pilot_period), visibility=PUBLIC, needs_reason=True,
            ),
            Step(
                "start", (REGISTERED,), RUNNING, rules.may_manage, MANAGER, "pilot.started",
                guards=(
                    challenge_is_ready, has_sites, has_decision_date, clauses_before_start_are_settled,
                    has_site_consent, start_is_not_past,
                ),
                awaits=("awards",), visibility=PUBLIC,
            ),
            Step(
                "suspend", (RUNNING,), SUSPENDED, rules.may_suspend, KEEPERS, "pilot.suspended",
                guards=(analysis_date_has_not_come,), visibility=PUBLIC, needs_reason=True,
            ),
            Step(
                "resume", (SUSPENDED,), RUNNING, rules.may_suspend, KEEPERS, "pilot.resumed",
                guards=(analysis_date_has_not_come,), visibility=PUBLIC, needs_reason=True,
            ),
            Step(
                "end_early", (RUNNING, SUSPENDED), ENDED, rules.may_end_early, ENDERS, "pilot.ended_early",
                guards=(analysis_date_has_not_come,), visibility=PUBLIC, needs_reason=True,
            ),
            Step(
                "begin_evaluation", (RUNNING, SUSPENDED), EVALUATING, rules.may_evaluate, EVALUATOR,
                "pilot.evaluation_begun", guards=(analysis_date_has_come,), visibility=PUBLIC,
            ),
            Step(
                "end_on_look", (RUNNING,), EVALUATING, rules.may_decide, DECIDER, "pilot.ended_on_look",
                guards=(analysis_date_has_not_come, an_earlier_result_says_enough), visibility=PUBLIC,
                needs_reason=True,
            ),
            Step(
                "decide_gate", (EVALUATING,), DECIDED, rules.may_decide, DECIDER, "pilot.gate_decided",
                guards=(analysis_date_has_come, has_registered_result), visibility=PUBLIC, needs_reason=True,
            ),
            Step(
                "extend", (DECIDED,), RUNNING, rules.may_extend, SECOND, "pilot.extended",
                guards=(gate_says_extend, is_not_extended_yet, challenge_is_ready, what_is_measured_with_still_stands),
                visibility=PUBLIC, needs_reason=True,
            ),
            Step(
                "drop", (PLANNED, REGISTERED), DROPPED, rules.may_drop, "the marketplace, when the supplier withdraws,",
                "pilot.dropped", visibility=PUBLIC, needs_reason=True,
            ),
            Step(
                "close", (DECIDED,), CLOSED, rules.may_manage, MANAGER, "pilot.closed",
                guards=(what_stood_there_is_gone, export_drill_is_recorded, lessons_are_recorded), visibility=PUBLIC,
            ),
        ),
    )
)  # fmt: skip


AHEAD, DELIVERED, ACCEPTED = MilestoneState.AHEAD, MilestoneState.DELIVERED, MilestoneState.ACCEPTED
INVOICED, PAID = MilestoneState.INVOICED, MilestoneState.PAID


def pilot_has_begun(milestone: Milestone, at: datetime) -> str | None:
    """Work is done, and paid for, in a pilot that started: whatever became of it, whatever its verdict (P7)."""
    return None if milestone.pilot.started_at else "The pilot has not started."


def _supplier(actor: Any, milestone: Milestone) -> bool:
    return rules.is_supplier_of(actor, milestone.pilot)


def _accepter(actor: Any, milestone: Milestone) -> bool:
    return rules.may_accept(actor, milestone.pilot)


def _payer(actor: Any, milestone: Milestone) -> bool:
    """Paying is another person's than accepting."""
    return rules.may_pay(actor, milestone.pilot) and getattr(actor, "actor_key", "") != milestone.accepted_by


SUPPLIER, ACCEPTER = "the pilot's supplier", "the council's pilot manager or problem owner"
PAYER = "the council's procurement lead or problem owner, who did not accept it,"

MILESTONES = register(
    Table(
        model=Milestone,
        noun="milestone",
        challenge_id=lambda milestone: milestone.pilot.challenge_id,
        steps=(
            Step(
                "deliver", (AHEAD,), DELIVERED, _supplier, SUPPLIER, "milestone.delivered", guards=(pilot_has_begun,),
                needs_reason=True,
            ),
            Step(
                "return", (DELIVERED,), AHEAD, _accepter, ACCEPTER, "milestone.returned", needs_reason=True,
            ),
            Step("accept", (DELIVERED,), ACCEPTED, _accepter, ACCEPTER, "milestone.accepted"),
            Step("invoice", (ACCEPTED,), INVOICED, _supplier, SUPPLIER, "milestone.invoiced"),
            Step("pay", (INVOICED,), PAID, _payer, PAYER, "milestone.paid"),
        ),
    )
)  # fmt: skip
