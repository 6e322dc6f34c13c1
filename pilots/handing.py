"""A finished pilot as the panel reads it: its registered result and everything beside it, put into one document."""

from collections import Counter

from assessment.finished import ClauseKept, Finished, Measured, Stop
from challenges.models import Direction, MeasureRole, Outcome
from pilots import queries
from pilots.models import AccountSide, CheckVerdict, GateChoice, Pilot, PilotEvaluation, Verdict
from pilots.rules import local_day


def why_not_proven(pilot: Pilot) -> str:
    """Why a finished pilot cannot be ranked into a contract; empty where its outcome is proven (D6)."""
    evaluation, gate = queries.registered_evaluation(pilot), getattr(pilot, "gate", None)
    if evaluation is None or gate is None:
        return "It ended without a registered result."
    if evaluation.verdict != Verdict.SCALE:
        return (
            f"Its registered result is “{evaluation.get_verdict_display().lower()}”: only “scale” leads to a contract."
        )
    if gate.choice != GateChoice.SCALE:
        return f"Its gate decided “{gate.get_choice_display().lower()}”: only “scale” leads to a contract."
    return ""


def evidence_of(pilot: Pilot) -> Finished:
    """Everything that is frozen for the panel. For decided pilots only: there has to be a registered result."""
    evaluation = queries.registered_evaluation(pilot)
    if evaluation is None:
        raise ValueError(f"{pilot} has no registered result")
    return Finished(
        pilot=str(pilot.public_id), supplier=str(pilot.supplier), started_on=_day(pilot.starts_on),
        ended_on=_day(pilot.ends_on), plan_sha256=pilot.plan_sha256, result=_measured(pilot, evaluation),
        gate=pilot.gate.choice, gate_reason=pilot.gate.reason, guardrails=_guardrails(evaluation),
        clauses=_clauses(pilot), stops=_stops(pilot), accounts=_accounts(pilot),
    )  # fmt: skip


def _measured(pilot: Pilot, evaluation: PilotEvaluation) -> Measured:
    result, outcome = evaluation.result, pilot.challenge.outcomes.get(role=MeasureRole.PRIMARY)
    better = result["improvement"]
    return Measured(
        verdict=evaluation.verdict, sentence=result["sentences"][0], measure=result["metric"]["name"],
        unit=result["metric"]["unit"], change=_figure(better["estimate"]), low=_figure(better["low"]),
        high=_figure(better["high"]), confidence=str(result["confidence"]), design=result["design_words"],
        snapshot=evaluation.snapshot_sha256, on=local_day(evaluation.due_at).isoformat(),
        least=_plain(outcome.minimum_worthwhile_effect), hoped=_plain(_hoped(outcome)),
    )  # fmt: skip


def _hoped(outcome: Outcome) -> object:
    """The change hoped for, plus being better, as published with the measure."""
    change = outcome.target_value - outcome.baseline_value
    return change if outcome.direction == Direction.INCREASE else -change


def _guardrails(evaluation: PilotEvaluation) -> tuple[str, ...]:
    said = []
    for limit in evaluation.result["guardrails"]:
        word = "beyond its harm limit" if limit["breached"] else "no harm found" if limit["clear"] else "not clear"
        said.append(f"{limit['name']}: {word}.")
    return tuple(said)


def _clauses(pilot: Pilot) -> tuple[ClauseKept, ...]:
    looks = Counter(pilot.clause_checks.values_list("requirement", flat=True))
    failed = pilot.clause_checks.filter(verdict=CheckVerdict.NOT_MET).values_list("requirement", flat=True)
    not_met = Counter(failed)
    return tuple(
        ClauseKept(
            code=state.requirement.code, title=state.requirement.title,
            standing=state.check.get_verdict_display() if state.check else "Nothing found",
            looks=looks[state.requirement.pk], not_met=not_met[state.requirement.pk],
        )
        for state in queries.clause_states(pilot)
    )  # fmt: skip


def _stops(pilot: Pilot) -> tuple[Stop, ...]:
    return tuple(
        Stop(
            local_day(each.began_at).isoformat(), local_day(each.ended_at).isoformat() if each.ended_at else "",
            f"{each.get_cause_display()}. {each.reason}",
        )
        for each in pilot.suspensions.all()
    )  # fmt: skip


def _accounts(pilot: Pilot) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in pilot.accounts.select_related("criterion"):
        found.setdefault(row.criterion.code, {})[AccountSide(row.side).value] = row.text
    return found


def _figure(number: float | None) -> str | None:
    """A computed figure as its shortest decimal, which is what was stored."""
    return None if number is None else repr(number)


def _plain(number: object) -> str:
    return f"{number:f}"


def _day(day: object) -> str:
    return str(day or "")
