"""“Did it work?” in one sentence, for every state of a pilot; nothing is promised before the registered date."""

from dataclasses import dataclass
from typing import Any

from challenges.money import money
from pilots.models import Pilot, PilotEvaluation, PilotState, Verdict
from pilots.rules import UNDER_WAY, in_words, local_day

HEADLINES = {
    "target_met": "Yes: the improvement reached what the council asked for.",
    "design": "Promising, but this way of measuring cannot show that the pilot caused it.",
    "guardrail": "Promising, but harm to something else is not ruled out.",
    "harm": "No: it made things worse.",
    "too_small": "No: even at best the improvement is smaller than the council asked for.",
    "data": "We cannot tell: the data do not meet the quality that was registered.",
    "no_interval": "We cannot tell: there are too few sites or periods to say how sure the estimate is.",
    "unclear": "We cannot tell yet: the range holds both worthwhile and not-worthwhile effects.",
}


@dataclass(frozen=True)
class Answer:
    """What stands on top of a pilot's page. `look` picks shape and tone; a tick is never shown before the decision."""

    sentence: str
    detail: str
    look: str
    word: str
    decision: str


def answer(pilot: Pilot, evaluation: PilotEvaluation | None) -> Answer:
    """The answer as it stands; `evaluation` is the registered one, None before it was computed."""
    if evaluation is None:
        return _not_yet(pilot)
    result = evaluation.result
    detail = result["sentences"][0]
    gate = getattr(pilot, "gate", None)
    if gate is None:
        word = "Measured, not decided"
        return Answer(HEADLINES[result["ground"]], detail, "evaluating", word, _decision_due(pilot))
    decided = f"Decided on {in_words(local_day(gate.decided_at))} by {gate.decided_by}."
    return Answer(HEADLINES[result["ground"]], detail, gate.choice, gate.get_choice_display(), decided)


def departure(pilot: Pilot, evaluation: PilotEvaluation | None) -> str:
    """Whether the person decided what the registered rule proposed, in a sentence; empty before the decision."""
    gate = getattr(pilot, "gate", None)
    if gate is None or evaluation is None:
        return ""
    if is_otherwise(gate.choice, evaluation):
        proposed = evaluation.get_verdict_display().lower()
        return f"The registered rule proposed “{proposed}”: this was decided otherwise, for the reason given here."
    if evaluation.verdict == Verdict.INCONCLUSIVE:
        return "The result is inconclusive, so that the registered rule proposed neither to scale nor to stop."
    return "It is what the registered rule proposed."


def is_otherwise(choice: str, evaluation: PilotEvaluation) -> bool:
    """Whether this is not what the rule proposed; an inconclusive result proposes nothing."""
    return evaluation.verdict not in (choice, Verdict.INCONCLUSIVE)


def cost(pilot: Any) -> str:
    """What the pilot costs, in a sentence: of `showing.for_showing`, which says what is agreed and what is paid."""
    currency = pilot.challenge.currency
    if not pilot.agreed:
        most = pilot.challenge.pilot_budget
        return f"The council offered up to {money(most, currency)} without VAT for a pilot." if most else ""
    agreed, paid = money(pilot.agreed, currency), money(pilot.paid, currency)
    so_far = "all of it is paid" if pilot.paid == pilot.agreed else f"{paid} of it is paid"
    verb = "was to cost" if pilot.state == PilotState.ENDED else "costs"
    return f"The pilot {verb} {agreed} without VAT; {so_far if pilot.paid else 'nothing is paid yet'}."


def _not_yet(pilot: Pilot) -> Answer:
    sentence = "Nobody knows yet: "
    if pilot.state == PilotState.REGISTERED:
        sentence += f"the pilot starts on {in_words(pilot.starts_on)}."
    elif pilot.state in UNDER_WAY and hasattr(pilot, "supplier_stop"):
        return _without_supplier(pilot)
    elif pilot.state == PilotState.RUNNING:
        longer = "was extended and " if hasattr(pilot, "extension") else ""
        sentence += f"the pilot {longer}runs until {in_words(pilot.ends_on)}."
    elif pilot.state == PilotState.SUSPENDED:
        sentence += "the pilot is suspended."
    elif pilot.state == PilotState.ENDED:
        return _ended_early(pilot)
    else:
        sentence += "the registered analysis is being computed."
    how = "a second time" if hasattr(pilot, "extension") else "once"
    detail = f"What was measured is analysed {how}, on {in_words(pilot.analysis_on)}, as registered beforehand."
    return Answer(sentence, detail, "not_yet", "Not known yet", _decision_due(pilot))


def _without_supplier(pilot: Pilot) -> Answer:
    """Its supplier cannot go on: the council ends it, or the clock does, and what is missing then can only withhold."""
    sentence = "Nobody knows yet, and nobody may ever know: the supplier cannot go on."
    detail = (
        "The council ends the pilot, and there is no result; or it is analysed on "
        f"{in_words(pilot.analysis_on)} from what has arrived. If too much is missing, the verdict is inconclusive."
    )
    return Answer(sentence, detail, "not_yet", "Not known yet", _decision_due(pilot))


def _ended_early(pilot: Pilot) -> Answer:
    ended_on = in_words(local_day(pilot.ended_early_at)) if pilot.ended_early_at else "a day that was not kept"
    detail = f"It was ended early, on {ended_on}, before the analysis date. The reason stands below."
    return Answer("Nobody will know: the pilot was ended early.", detail, "ended", "Ended early", "")


def _decision_due(pilot: Pilot) -> str:
    return f"{pilot.decider} decides on {in_words(pilot.decision_on)}." if pilot.decider else ""
