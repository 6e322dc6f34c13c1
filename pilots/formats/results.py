"""A result as a JSON document: the same for the product's registered evaluation and for anybody who repeats it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from pilots.decisions import Guardrail
from pilots.formats.cells import Readings
from pilots.formats.looks import look_words
from pilots.formats.marks import marked_gates
from pilots.formats.plans import PlanDocument
from pilots.statistics import Evaluation, Gate, Plan, design_words, evaluate, guardrail, holm
from pilots.statistics.charts import CAUTION

FORMAT = 1


def evaluate_documents(document: PlanDocument, readings: Readings, extra_gates: Sequence[Gate] = ()) -> dict[str, Any]:
    """Run the registered analysis: primary measure, guardrails and secondaries; the result document."""
    limits = [
        guardrail(plan.metric, readings.rows(code), plan, readings.out_of_range(code))
        for code, plan in document.guardrails.items()
    ]
    judge = partial(evaluate, out_of_range_share=readings.out_of_range(document.code), guardrails=limits)
    gates = [*extra_gates, *marked_gates(readings, document, judge)]
    found = judge(readings.rows(document.code), document.plan, extra_gates=gates)
    others = {code: (plan, _evaluated(code, plan, readings)) for code, plan in document.secondaries.items()}
    return result_document(found, document.plan, readings.out_of_range(document.code)) | {
        "guardrails": [_limit(limit) for limit in limits],
        "secondaries": _secondaries(others),
        "sentences": [*found.sentences, *look_words(document)],
        "rows_outside_the_dates": readings.outside,
        "ignored": list(document.ignored),
        "look": document.look.isoformat() if document.look else None,
    }


def result_document(found: Evaluation, plan: Plan, out_of_range: float = 0.0) -> dict[str, Any]:
    """Every key of docs/formats/result.schema.json that belongs to the primary measure."""
    return _numbers(found, plan) | {
        "verdict": found.verdict.verdict,
        "conclusive": found.is_conclusive,
        "reason": found.verdict.reason,
        "ground": found.verdict.ground,
        "gates": [asdict(gate) for gate in found.gates],
        "sentences": list(found.sentences),
        "out_of_range_share": out_of_range,
        "snapshot": found.snapshot,
    }


def monitored_document(found: Evaluation, plan: Plan) -> dict[str, Any]:
    """The provisional figures between analysis dates: no verdict, no sentence that could be taken for one (P3)."""
    return _numbers(found, plan)


def _numbers(found: Evaluation, plan: Plan) -> dict[str, Any]:
    estimate = found.estimate
    return {
        "format": FORMAT,
        "metric": {"name": plan.metric, "unit": plan.unit_of_measure, "direction": plan.direction},
        "estimate": _finite(estimate.estimate),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "p": _finite(estimate.p),
        "scale": estimate.scale,
        "confidence": round(1 - plan.alpha_per_look, 10),
        "improvement": _improvement(found),
        "design": plan.design,
        "design_level": estimate.design_level,
        "design_words": design_words(plan),
        "method": estimate.method,
        "standard_error": _finite(estimate.standard_error),
        "check_p": _finite(estimate.check_p),
        "rho": _finite(estimate.rho),
        "units": {"pilot": estimate.units_pilot, "comparison": estimate.units_comparison},
        "completeness": [asdict(share) for share in found.completeness.shares],
        "also": [{key: _plain(value) for key, value in asdict(beside).items()} for beside in estimate.also],
        "chart": _chart(found),
    }


def _improvement(found: Evaluation) -> dict[str, float | None]:
    return dict(zip(("low", "estimate", "high"), map(_finite, found.improvement), strict=True))


def _chart(found: Evaluation) -> dict[str, Any] | None:
    if found.chart is None:
        return None
    chart = {key: _plain(value) for key, value in asdict(found.chart).items() if key not in ("signals", "caution")}
    return chart | {"signals": [asdict(signal) for signal in found.chart.signals], "caution": CAUTION}


def _evaluated(code: str, plan: Plan, readings: Readings) -> Evaluation:
    return evaluate(readings.rows(code), plan, out_of_range_share=readings.out_of_range(code))


def _secondaries(others: Mapping[str, tuple[Plan, Evaluation]]) -> list[dict[str, Any]]:
    """Estimates with p as found and by Holm; without a verdict, since only the primary measure decides."""
    judged = {code: found.estimate.p for code, (_, found) in others.items() if found.estimate.p is not None}
    adjusted = dict(zip(judged, holm(list(judged.values())), strict=True))
    return [
        {
            "code": code,
            "name": plan.metric,
            "unit": plan.unit_of_measure,
            "estimate": _finite(found.estimate.estimate),
            "low": _finite(found.estimate.low),
            "high": _finite(found.estimate.high),
            "scale": found.estimate.scale,
            "improvement": _improvement(found),
            "p": _finite(found.estimate.p),
            "p_holm": adjusted.get(code),
            "gates_passed": all(gate.passed for gate in found.gates),
        }
        for code, (plan, found) in others.items()
    ]


def _limit(limit: Guardrail) -> dict[str, Any]:
    return asdict(limit) | {"clear": limit.is_clear, "breached": limit.is_breached}


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _plain(value: Any) -> Any:
    return _finite(value) if isinstance(value, float) else value
