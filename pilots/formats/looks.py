"""Analysis dates before the last one: the same plan cut to what had happened by then, and what a look is worth."""

from dataclasses import replace
from datetime import date, timedelta

from pilots.formats.plans import PlanDocument
from pilots.formats.problems import DocumentError, Problem
from pilots.statistics import Plan


def at_look(document: PlanDocument, day: date) -> PlanDocument:
    """The document as it is analysed on an earlier analysis date: up to the day before, alpha shared all the same.

    Raises DocumentError for a day that the plan does not name.
    """
    if day not in document.earlier_looks:
        days = ", ".join(each.isoformat() for each in document.earlier_looks) or "none"
        raise DocumentError([Problem("plan", f"{day.isoformat()} is no earlier analysis date; there are: {days}.")])
    last, number = day - timedelta(days=1), 1 + document.earlier_looks.index(day)

    def cut(plan: Plan) -> Plan:
        return replace(plan, end=last, look=0 if plan.sharing == "equal" else number)

    return replace(
        document,
        plan=cut(document.plan),
        guardrails={code: cut(plan) for code, plan in document.guardrails.items()},
        secondaries={code: cut(plan) for code, plan in document.secondaries.items()},
        look=day,
    )


def look_words(document: PlanDocument) -> list[str]:
    """What a result is worth as one of several registered looks; nothing where there is only one."""
    return [*_earlier_words(document), *_extension_words(document)]


def _earlier_words(document: PlanDocument) -> list[str]:
    if not document.earlier_looks:
        return []
    number = len(document.earlier_looks) + 1
    place = number if document.look is None else document.earlier_looks.index(document.look) + 1
    shared = f"the registered looks share the error allowed, so its range is a {_confidence(document.plan)} one"
    return [f"This is analysis {place} of {number} that the plan names: {shared}."]


def _extension_words(document: PlanDocument) -> list[str]:
    if not document.is_extension:
        return []
    plan, each = document.plan, _confidence(document.plan)
    if document.was_foreseen:
        return [f"This is the second of two registered looks; they share the error allowed: a range is a {each} one."]
    both = f"{(plan.alpha + plan.alpha_per_look) * 100:.3g}"
    marked = (
        f"The plan was changed after its first result: the extension was not foreseen. This look uses a {each} range, "
        f"but the first had used the whole error allowed: over both, an effect is claimed where there is none up to "
        f"{both} times in 100, not {plan.alpha * 100:.3g}."
    )
    return [marked]


def _confidence(plan: Plan) -> str:
    return f"{(1 - plan.alpha_per_look) * 100:.4g}%"
