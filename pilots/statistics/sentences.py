"""The result in plain English: what happened, how sure, what was assumed; no more than the design shows."""

import math
from collections.abc import Sequence

from pilots.decisions import LEVEL_THAT_SHOWS_CAUSE, Verdict
from pilots.statistics.needed import more_needed
from pilots.statistics.plan import COMPARED, Estimate, Gate, Plan

Improvement = tuple[float | None, float | None, float | None]

_DESIGN_WORDS = {
    "one_series": "one series without a comparison",
    "counts": "one series of counts without a comparison",
    "before_after": "before and after only",
    "staggered": "units that began at different times, beside units that had not begun",
    "synthetic_control": "one pilot place beside a weighted mix of other places",
}


_ALIKE = {
    "comparison": "We assume that the comparison units would otherwise have changed as the pilot units did.",
    "staggered": "We assume that all units would have changed alike without the pilot, whenever each began.",
    "synthetic_control": "We assume that the mix that moved like the pilot before the start would have gone on so.",
}
TOLD = ("completeness", "marked", "other_event", "by_mistake")  # gates whose sentence is told, too, where they passed
MARKED = "This estimate is given for the record: the verdict is inconclusive, so it is not a result."


def explain(
    plan: Plan, estimate: Estimate, improvement: Improvement, gates: Sequence[Gate], verdict: Verdict
) -> tuple[str, ...]:
    """The sentences printed with a result, the answer first; `improvement` is (low, estimate, high), plus is better."""
    parts = [
        [answer(plan, improvement)],
        [MARKED] if verdict.verdict == "inconclusive" and estimate.estimate is not None else [],
        [f"Proposed verdict: {verdict.verdict}, because {verdict.reason}."],
        [gate.sentence for gate in gates if not gate.passed],
        _more_needed(plan, estimate, verdict),
        [_cause(plan, estimate)],
        _assumptions(plan, gates),
        [gate.sentence for gate in gates if gate.passed and gate.name in TOLD],
        _chance(estimate),
        list(estimate.notes),
    ]
    return tuple(sentence for part in parts for sentence in part)


def answer(plan: Plan, improvement: Improvement) -> str:
    """Did it work, in one sentence, with the range; never "no effect" for a wide interval."""
    low, middle, high = improvement
    if middle is None:
        return f"There is not enough data to say how {plan.metric} changed."
    best = f"Our best estimate: {plan.metric} {_moved(plan, middle)}"
    if low is None or high is None:
        return f"{best}, but there is too little to say how sure that is."
    confidence = f"{(1 - plan.alpha_per_look) * 100:.4g}%"
    asked = f"the council asked for at least {_figure(plan, plan.minimum_worthwhile_effect)}"
    span = f"anything between {_side(plan, low)} and {_side(plan, high)} ({confidence} range)"
    return f"{best}; it could be {span}, and {asked}."


def design_words(plan: Plan) -> str:
    """The design in words, to stand beside every number."""
    if plan.design == "comparison":
        return (
            "pilot and comparison units chosen at random" if plan.randomised else "matched comparison units, not random"
        )
    order = ", in random order" if plan.design == "staggered" and plan.randomised else ""
    return _DESIGN_WORDS[plan.design] + order


def _moved(plan: Plan, improvement: float) -> str:
    if improvement == 0:
        return "did not move"
    return f"{'improved' if improvement > 0 else 'got worse'} by {size_words(plan, abs(improvement))}"


def _side(plan: Plan, improvement: float) -> str:
    return f"{_figure(plan, abs(improvement))} {'better' if improvement >= 0 else 'worse'}"


def size_words(plan: Plan, size: float) -> str:
    """An effect with its unit, or in per cent for rates."""
    figure = _figure(plan, size)
    return figure if plan.scale == "rate_ratio" else f"{figure} {plan.unit_of_measure}".rstrip()


def _figure(plan: Plan, size: float) -> str:
    return f"{_rounded(size * 100)}%" if plan.scale == "rate_ratio" else _rounded(size)


def _rounded(size: float) -> str:
    if size == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(size))))
    text = f"{size:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _more_needed(plan: Plan, estimate: Estimate, verdict: Verdict) -> list[str]:
    sentence = more_needed(plan, estimate) if verdict.ground in {"unclear", "no_interval"} else ""
    return [sentence] if sentence else []


def _cause(plan: Plan, estimate: Estimate) -> str:
    shows = "can show" if estimate.design_level >= LEVEL_THAT_SHOWS_CAUSE else "cannot show"
    level = f"level {estimate.design_level} of 5 on Nesta's scale"
    return f"Design: {design_words(plan)} ({level}). Such a design {shows} that a pilot caused a change."


def _assumptions(plan: Plan, gates: Sequence[Gate]) -> list[str]:
    elsewhere = "Other places may differ."
    if plan.design not in COMPARED:
        return [f"We assume that nothing else changed on {plan.start.day} {plan.start:%B %Y}.", elsewhere]
    alike = _ALIKE[plan.design]
    chosen = "were" if plan.randomised else "were not"
    trend = [gate.sentence for gate in gates if gate.name == "pre_trend" and gate.passed]
    return [alike, *trend, f"The units {chosen} assigned at random. {elsewhere}"]


def _chance(estimate: Estimate) -> list[str]:
    if estimate.p is None:
        return []
    share = round(estimate.p * 100)
    times = "fewer than 1 time" if share < 1 else f"about {share} time{'s' if share > 1 else ''}"
    return [f"If there were truly no effect, a result at least this large would appear {times} in 100."]


def assumed(plan: Plan, *, stands: bool = False) -> tuple[str, ...]:
    """What any result of this plan rests on, known beforehand: the design, what is assumed, what counts.

    Beside a result that `stands` only what is assumed: it says the design and what counts itself, with its numbers.
    """
    if stands:
        return tuple(_assumptions(plan, ()))
    shows = "can show" if plan.design_level >= LEVEL_THAT_SHOWS_CAUSE else "cannot show"
    counted = (
        "The number that counts is that of the sites, not of the readings: readings of one site repeat each other."
    )
    design = f"Design: {design_words(plan)}. Such a design {shows} that a pilot caused a change."
    return (design, *_assumptions(plan, ()), counted)
