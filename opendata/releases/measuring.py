"""What a pilot showed: its registered result and its gate, failures as openly as successes (P7)."""

from collections.abc import Mapping
from typing import Any

from awards.models import Award, AwardKind, AwardState
from opendata.releases.awarding import analysis_milestone, award_id, contract_id
from opendata.releases.parties import supplier_party
from opendata.releases.pieces import Json, Notice, Sections, days, document, instant, metric, number, observation, url
from pilots.models import GateChoice, Metric, Pilot, PilotEvaluation, Verdict

MILESTONE_OF = {Verdict.SCALE: "met", Verdict.EXTEND: "partiallyMet"}
PLUS_IS_BETTER = "Plus means better."


def pilot_result(notice: Notice) -> Sections:
    """The registered result as it was computed: estimate, both ends of its interval, verdict, reasons and data."""
    row, evaluation = _award_of(notice), _evaluation(notice)
    milestones = [
        analysis_milestone(row, "met") | {"dateMet": instant(evaluation.computed_at)},
        _outcome_milestone(row, evaluation),
    ]
    implementation = {
        "milestones": milestones, "metrics": _metrics(row, evaluation), "documents": _documents(row.pilot, evaluation)
    }  # fmt: skip
    return _implementation(row, implementation)


def pilot_gate(notice: Notice) -> Sections:
    """The gate: what the named person decided on the result, and why."""
    row = _award_of(notice)
    choice, decided_at = GateChoice(notice.event.data["choice"]).label, notice.event.at
    paper = document(
        f"gate-{row.pilot.public_id}", "physicalProgressReport",
        f"Gate decision: {choice}", url(f"/pilots/{row.pilot.slug}/"), decided_at,
    )  # fmt: skip
    milestone = {
        "id": "gate", "title": f"Gate decided: {choice}", "type": "assessment", "status": "met",
        "description": notice.event.reason, "dateMet": instant(decided_at),
    }  # fmt: skip
    return _implementation(
        row, {"milestones": [milestone], "documents": [paper | {"description": notice.event.reason}]}
    )


def pilot_ended(notice: Notice) -> Sections:
    """The end of a pilot's contract (UK11): every contract's end is published, whatever the pilot showed."""
    row = _award_of(notice)
    paper = document(
        f"uk11-{row.public_id}", "contractTerminationNotice", "Contract termination notice",
        url(f"/pilots/{row.pilot.slug}/"), notice.event.at, notice="UK11",
    )  # fmt: skip
    ended = {"endDate": instant(notice.event.at), "documents": [paper]}
    said = {"id": contract_id(row), "awardID": award_id(row), "status": "terminated", "implementation": ended}
    return Sections(("contractTermination",), {"contracts": [said]}, (supplier_party(row.supplier),))


def _award_of(notice: Notice) -> Award:
    rows = Award.objects.select_related("supplier", "pilot", "challenge", "contract")
    return rows.get(pilot=notice.event.subject_id, kind=AwardKind.PILOT, state=AwardState.CONTRACTED)


def _evaluation(notice: Notice) -> PilotEvaluation:
    return PilotEvaluation.objects.get(pk=notice.event.data["evaluation"], pilot=notice.event.subject_id)


def _implementation(row: Award, implementation: Json) -> Sections:
    said = {"id": contract_id(row), "awardID": award_id(row), "status": "active", "implementation": implementation}
    return Sections(("implementation",), {"contracts": [said]}, (supplier_party(row.supplier),))


def _outcome_milestone(row: Award, evaluation: PilotEvaluation) -> Json:
    status = MILESTONE_OF.get(Verdict(evaluation.verdict), "notMet")
    said = {"id": "outcome", "title": "The outcome sought, proved in the pilot", "type": "assessment", "status": status}
    said["description"] = _verdict_words(evaluation)
    return said | ({"dateMet": instant(evaluation.computed_at)} if status == "met" else {})


def _metrics(row: Award, evaluation: PilotEvaluation) -> list[Json]:
    """The primary measure's estimate and interval; guardrails by their intervals."""
    result, pilot = evaluation.result, row.pilot
    metrics = {each.name: each for each in pilot.metrics.select_related("outcome")}
    primary = next(each for each in metrics.values() if each.role == "primary")
    unit = "relative change" if _is_ratio(result) else primary.unit
    found = [_measured(primary, "Improvement measured in the pilot", evaluation, _ends(result["improvement"]), unit)]
    for guard in result.get("guardrails", []):
        if guard["name"] in metrics:
            ends = {"low": guard["low"], "high": guard["high"]}
            words = f"Must not get worse by more than {number(float(guard['harm_limit']))}"
            found.append(_measured(metrics[guard["name"]], words, evaluation, ends, metrics[guard["name"]].unit))
    return found


def _measured(
    measure: Metric, words: str, evaluation: PilotEvaluation, values: Mapping[str, float | None], unit: str
) -> Json:
    pilot = evaluation.pilot
    period = days(pilot.starts_on, pilot.ends_on) if pilot.starts_on and pilot.ends_on else {}
    names = {"estimate": "Estimate", "low": "Lower end of the interval", "high": "Upper end of the interval"}
    observations = [
        observation(
            f"pilot-{pilot.public_id}-outcome-{measure.outcome_id}-{name}", unit, value, period,
            f"{names[name]}. {PLUS_IS_BETTER} {_verdict_words(evaluation)}",
        )
        for name, value in values.items()
    ]  # fmt: skip
    return metric(measure.outcome, f"{words}. {PLUS_IS_BETTER}", observations)


def _ends(improvement: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: improvement.get(name) for name in ("estimate", "low", "high")}


def _is_ratio(result: Mapping[str, Any]) -> bool:
    return bool(result.get("scale") == "rate_ratio")


def _verdict_words(evaluation: PilotEvaluation) -> str:
    reason = evaluation.result.get("reason", "")
    return f"Registered verdict: {evaluation.get_verdict_display().lower()}{f' ({reason})' if reason else ''}."


def _documents(pilot: Pilot, evaluation: PilotEvaluation) -> list[Json]:
    page, at = url(f"/pilots/{pilot.slug}/"), evaluation.computed_at
    report = document(f"result-{pilot.public_id}", "physicalProgressReport", "Registered result", page, at)
    words = [_verdict_words(evaluation), *evaluation.result.get("sentences", [])]
    data = document(
        f"readings-{pilot.public_id}", "x_openDataset", "Every reading of the pilot", f"{page}readings.csv", at,
        media="text/csv",
    )  # fmt: skip
    return [report | {"description": " ".join(words)}, data]
