"""What the public page and the dashboard of a pilot show alike: the answer, the figures, the dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from challenges.models import MeasureRole
from pilots import figures, queries
from pilots.answers import answer, cost, departure
from pilots.formats import DayOfDevice
from pilots.history import moments
from pilots.models import AccompanyingSeries, Metric, Pilot, PilotEvaluation
from pilots.moves import Move
from pilots.plans import promised
from pilots.queries import devices, people, residents, showing
from pilots.rules import local_day
from pilots.statistics import assumed

RESIDENTS, WHOLE = "residents", "whole"


@dataclass(frozen=True)
class Choice:
    """Something that can be shown beside the measure."""

    key: str
    name: str
    is_chosen: bool


def shown(pilot: Pilot, at: datetime, asked: Mapping[str, str]) -> dict[str, Any]:
    """The context of the page of a registered pilot (`showing.for_showing`).

    `asked` names what stands `beside` the measure, and says `tables=whole` where every row of every table is wanted.
    """
    plan: Any = pilot.plan
    today, (result, look) = local_day(at), showing.result_or_look(pilot)
    metrics = list(pilot.metrics.select_related("kept").order_by("pk"))
    primary = next(metric for metric in metrics if metric.role == MeasureRole.PRIMARY)
    places, moves = devices.standing(pilot)
    days = showing.daily_sums(primary, moves)
    sheet = figures.sheet(plan, days, places, today, _against(plan, metrics, moves))
    earlier = queries.earlier_results(pilot)
    suspensions, clauses = list(pilot.suspensions.all()), queries.clause_states(pilot)
    return {
        "pilot": pilot, "plan": plan, "promised": promised(plan), "answer": answer(pilot, result), "cost": cost(pilot),
        "departure": departure(pilot, result),
        "evaluation": result, "look": look,
        "gates": [gate for gate in result.result["gates"] if not gate["passed"]] if result else [],
        "series": _table(figures.changes(sheet), asked), "effect": _effect(plan, result, look),
        "closer": _closer(sheet, asked),
        "completeness": figures.arrived_shares(sheet), "readings": sum(day.count for day in days), "days": days,
        "last_day": max((day.day for day in days), default=None),
        "assumed": assumed(sheet.whole, stands=result is not None),
        "sentences": _result_sentences(result, assumed(sheet.whole)), "suspensions": suspensions,
        "moments": moments(pilot, result, suspensions, today, earlier), "clauses": clauses, "earlier": earlier,
        "said": people.said_of(pilot), "surveys": people.surveys_of(pilot),
        "wrong": queries.went_wrong(pilot),
        "keeping": showing.keeping(pilot, metrics),
        "by_residents": [metric.name for metric in metrics if metric.code in plan.get("residents", ())],
        "settled": sum(state.is_settled for state in clauses), "today": today,
        "is_whole": asked.get("tables") == WHOLE, "whole_url": _whole_url(asked),
    } | _beside(sheet, pilot, metrics, asked)  # fmt: skip


def _against(plan: Any, metrics: Sequence[Metric], moves: Mapping[str, Sequence[Move]]) -> list[DayOfDevice] | None:
    exposure = plan.get("exposure")
    if not exposure:
        return None
    return showing.daily_sums(next(metric for metric in metrics if metric.code == exposure["code"]), moves)


def _effect(plan: Any, result: PilotEvaluation | None, look: PilotEvaluation | None) -> figures.Figure | None:
    if result:
        return figures.effect(plan, result.result, is_result=True)
    return figures.effect(plan, look.result, is_result=False) if look else None


def _closer(sheet: figures.Sheet, asked: Mapping[str, str]) -> list[figures.Figure]:
    control = figures.control(sheet)
    found = [figures.sites(sheet), figures.arrived(sheet)]
    return [*found, _table(control, asked)] if control else found


def _table(figure: figures.Figure, asked: Mapping[str, str]) -> figures.Figure:
    return figure if asked.get("tables") == WHOLE else figure.shortened()


def _whole_url(asked: Mapping[str, str]) -> str:
    """The same page with every row of its tables."""
    kept = {"beside": asked["beside"]} if asked.get("beside") else {}
    return f"?{urlencode(kept | {'tables': WHOLE})}"


def _result_sentences(result: PilotEvaluation | None, said: Sequence[str]) -> list[str]:
    """What the result says beside its first sentence, which stands on top, and what is said of any result."""
    if result is None:
        return []
    return [sentence for sentence in result.result["sentences"][1:] if sentence not in said]


def _beside(sheet: figures.Sheet, pilot: Any, metrics: Sequence[Metric], asked: Mapping[str, str]) -> dict[str, Any]:
    """The series that can stand beside, and the one that does: the one asked for, else the first that was added."""
    added = {f"s{each.pk}": each for each in pilot.accompanying.filter(removed_at=None)}
    others = {f"m-{metric.code}": metric for metric in metrics if metric.role != MeasureRole.PRIMARY}
    usual = next(iter(added), "")
    known = {*added, *others, "none", *([RESIDENTS] if pilot.of_residents else [])}
    key = asked["beside"] if asked.get("beside") in known else usual
    names = [*((each, added[each].name) for each in added), *((each, others[each].name) for each in others)]
    if pilot.of_residents:
        names.append((RESIDENTS, "residents’ readings"))
    choices = [Choice(each, name, each == key) for each, name in names]
    figure = None
    if key in added:
        figure = figures.beside(sheet, _added(added[key]))
    elif key in others:
        figure = figures.beside(sheet, _measured(others[key]))
    elif key == RESIDENTS:
        figure = figures.beside(sheet, _by_residents(pilot))
    figure = figure and _table(figure, asked)
    return {"beside": figure, "beside_choices": choices, "beside_source": added.get(key)}


def _added(series: AccompanyingSeries) -> figures.Other:
    source = f"Source: {series.source}, added by the council."
    days = [(datetime.fromisoformat(day).date(), float(value)) for day, value in series.days]
    return figures.Other(series.name, series.unit, source, days, series.is_summed)


def _by_residents(pilot: Any) -> figures.Other:
    metric, number = pilot.resident_form.metric, pilot.of_residents
    source = f"Residents’ readings: {number:,} that anybody could send, each looked at by the council; pilot sites."
    return figures.Other(f"{metric.name}, by residents", metric.unit, source, residents.daily(pilot))


def _measured(metric: Metric) -> figures.Other:
    source = f"Another measure of this pilot ({metric.get_role_display().lower()}), over all its sites."
    return figures.Other(metric.name, metric.unit, source, showing.daily_means(metric))
