"""The dates of a pilot: what was decided on them, and where nothing was decided, why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pilots import plans
from pilots.answers import is_otherwise
from pilots.models import Pilot, PilotEvaluation, PilotState, Suspension
from pilots.rules import in_words, local_day

BETWEEN = (
    "Only the registered analysis date counts. What is seen before it decides nothing: whoever looks often enough sees "
    "a success by chance."
)


@dataclass(frozen=True)
class Moment:
    """A date, or a span, of a pilot. `state` is done, now or later; `is_decision` says that something was decided."""

    title: str
    when: str
    note: str
    state: str
    is_decision: bool = False


def moments(
    pilot: Pilot, result: PilotEvaluation | None, suspensions: Sequence[Suspension], today: date,
    earlier: Sequence[PilotEvaluation] = (),
) -> list[Moment]:  # fmt: skip
    """The dates of a registered pilot in their order: the looks, the stops, the result, the decision.

    `earlier` are the results of analysis dates before the last one.
    """
    found = [
        _registered(pilot),
        *_looks(pilot, result, today),
        *_earlier(pilot, earlier, today),
        *(_suspended(each) for each in suspensions),
        *_extended(pilot),
        *_ended(pilot),
    ]
    if pilot.state in (PilotState.ENDED, PilotState.DROPPED):
        return found
    return [*found, _analysis(pilot, result, today), _decision(pilot, result, today)]


def _registered(pilot: Pilot) -> Moment:
    when = in_words(local_day(pilot.registered_at)) if pilot.registered_at else ""
    return Moment("Measure registered", when, "What would count as success was fixed here.", "done")


def _looks(pilot: Pilot, result: PilotEvaluation | None, today: date) -> list[Moment]:
    days = [day for day in plans.monitoring_days(pilot.plan or {}) if day <= today]
    if not days or pilot.started_at is None:
        return []
    number = f"{len(days)} weekly look{'' if len(days) == 1 else 's'}: nothing decided"
    when = f"{in_words(days[0])} to {in_words(days[-1])}" if len(days) > 1 else in_words(days[0])
    return [Moment(number, when, BETWEEN, "done" if result or len(days) > 1 else "now")]


def _earlier(pilot: Pilot, earlier: Sequence[PilotEvaluation], today: date) -> list[Moment]:
    """Analysis dates before the last one, each with what came of it; the one that a pilot ended on is its result."""
    verdicts = {local_day(each.due_at): each.get_verdict_display().lower() for each in earlier}
    found = []
    for day in plans.earlier_looks(pilot.plan or {}):
        if day == pilot.analysis_on or (pilot.analysis_on and day > pilot.analysis_on):
            continue
        if day in verdicts:
            words = "The pilot went on: nobody has to end it before its last date."
            found.append(Moment(f"Earlier result: {verdicts[day]}", in_words(day), words, "done"))
        else:
            state = "later" if day > today else "now"
            found.append(Moment("An earlier result", in_words(day), "It shares the error allowed.", state))
    return found


def _suspended(each: Suspension) -> Moment:
    until = f"to {in_words(local_day(each.ended_at))}" if each.ended_at else "until it is taken up again"
    note = f"Suspended for {each.get_cause_display().lower()}: readings of these days count for no result."
    when = f"{in_words(local_day(each.began_at))} {until}"
    return Moment("Stood still: nothing decided", when, note, "done" if each.ended_at else "now")


def _extended(pilot: Pilot) -> list[Moment]:
    """The first look and what came of it, of a pilot that went on."""
    extension = getattr(pilot, "extension", None)
    if extension is None:
        return []
    verdict = extension.evaluation.get_verdict_display().lower()
    first = Moment(f"First look: {verdict}", in_words(extension.first_analysis_on), "Its result stays public.", "done")
    when, note = in_words(local_day(extension.agreed_at)), "Once, by a second person. Both looks are registered."
    return [first, Moment("Extended", when, note, "done", is_decision=True)]


def _ended(pilot: Pilot) -> list[Moment]:
    if pilot.ended_early_at is None:
        return []
    when = in_words(local_day(pilot.ended_early_at))
    return [Moment("Ended early: no result", when, "It ended before the analysis date.", "done", is_decision=True)]


def _analysis(pilot: Pilot, result: PilotEvaluation | None, today: date) -> Moment:
    when = in_words(pilot.analysis_on)
    if result is None:
        is_due = pilot.analysis_on is not None and today >= pilot.analysis_on
        return Moment("Result computed", when, "Once, from what has arrived by then.", "now" if is_due else "later")
    if result.verdict == "inconclusive":
        note = f"Nothing follows from it by itself, because {result.result['reason']}."
        return Moment("Result computed: inconclusive", when, note, "done")
    verdict = result.get_verdict_display().lower()
    return Moment(f"Result computed: {verdict}", when, "The rule proposes, a person decides.", "done")


def _decision(pilot: Pilot, result: PilotEvaluation | None, today: date) -> Moment:
    gate, due = getattr(pilot, "gate", None), in_words(pilot.decision_on)
    if gate is not None:
        late = (local_day(gate.decided_at) - pilot.decision_on).days if pilot.decision_on else 0
        note = f"{late} day{'' if late == 1 else 's'} after the registered date." if late > 0 else "In time."
        if result and is_otherwise(gate.choice, result):
            note += f" The rule had proposed “{result.get_verdict_display().lower()}”."
        title = f"Decided: {gate.get_choice_display().lower()}"
        return Moment(title, in_words(local_day(gate.decided_at)), note, "done", is_decision=True)
    if pilot.decision_on is not None and today > pilot.decision_on:
        waits = f"{pilot.decider} has the result and has not decided" if result else "The result is not there yet"
        return Moment("The date of the decision passed: nothing decided", due, f"{waits}.", "now")
    state = "now" if result else "later"
    return Moment("Decision due", due, f"By {pilot.decider}, whom the plan names.", state)
