"""What a due evaluation computes: indicators between the dates, the registered result on its date. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from challenges.models import MeasureRole
from pilots import plans, queries
from pilots.models import Metric, Pilot
from pilots.statistics import (
    AnalysisTable,
    Evaluation,
    Plan,
    UnitPeriod,
    analysis_table,
    evaluate,
    guardrail,
    individuals_chart,
)
from pilots.statistics.charts import CAUTION

NOT_A_RESULT = "Monitoring between analysis dates: not a result."


@dataclass(frozen=True)
class Computed:
    """What is stored of an evaluation; `verdict` is empty for monitoring (P3)."""

    verdict: str
    completeness: float
    result: dict[str, Any]
    snapshot: str


@dataclass(frozen=True)
class Material:
    """Rows and plan of one metric, and the share of its readings that were out of range."""

    rows: Sequence[UnitPeriod]
    plan: Plan
    out_of_range: float


def registered_result(pilot: Pilot) -> Computed:
    """The registered analysis of the whole data, with everything needed to compute it again (P6)."""
    plan = _plan_of(pilot)
    primary, guarded = _metrics(pilot, plan)
    material = _material(primary, plans.statistical(plan))
    limits = [
        guardrail(metric.name, part.rows, part.plan, part.out_of_range)
        for metric, part in ((metric, _material(metric, plans.statistical(plan, entry))) for metric, entry in guarded)
    ]
    found = evaluate(material.rows, material.plan, out_of_range_share=material.out_of_range, guardrails=limits)
    result = _numbers(found) | {
        "verdict": found.verdict.verdict,
        "reason": found.verdict.reason,
        "ground": found.verdict.ground,
        "gates": [asdict(gate) for gate in found.gates],
        "guardrails": [asdict(limit) for limit in limits],
        "sentences": list(found.sentences),
        "out_of_range_share": material.out_of_range,
        "plan_sha256": pilot.plan_sha256,
        "table": _table(analysis_table(material.rows, material.plan)),
    }
    return Computed(found.verdict.verdict, found.completeness.overall, result, found.snapshot)


def monitoring(pilot: Pilot, due_on: date) -> Computed:
    """Indicators up to the day before `due_on`: completeness, signals, a provisional interval. Never a verdict (P3)."""
    plan = _plan_of(pilot)
    primary, _ = _metrics(pilot, plan)
    last = min(due_on - timedelta(days=1), date.fromisoformat(plan["end"]))
    material = _material(primary, plans.statistical(plan, end=last))
    found = evaluate(material.rows, material.plan, out_of_range_share=material.out_of_range)
    result = _numbers(found) | {
        "note": NOT_A_RESULT,
        "until": last.isoformat(),
        "signals": _signals(analysis_table(material.rows, material.plan)),
        "caution": CAUTION,
        "plan_sha256": pilot.plan_sha256,
    }
    return Computed("", found.completeness.overall, result, found.snapshot)


def _plan_of(pilot: Pilot) -> Mapping[str, Any]:
    if pilot.plan is None:
        raise ValueError(f"{pilot} has no registered plan")
    return pilot.plan


def _metrics(pilot: Pilot, plan: Mapping[str, Any]) -> tuple[Metric, list[tuple[Metric, Mapping[str, Any]]]]:
    metrics = {metric.code: metric for metric in pilot.metrics.all()}
    primary = next(metric for metric in metrics.values() if metric.role == MeasureRole.PRIMARY)
    return primary, [(metrics[entry["code"]], entry) for entry in plan["guardrails"]]


def _material(metric: Metric, plan: Plan) -> Material:
    days = queries.days_of(metric)
    share = queries.out_of_range_share(metric, sum(day.count for day in days))
    return Material(queries.analysis_rows(days, plan), plan, share)


def _numbers(found: Evaluation) -> dict[str, Any]:
    return {
        "estimate": asdict(found.estimate),
        "improvement": dict(zip(("low", "estimate", "high"), found.improvement, strict=True)),
        "completeness": [asdict(share) for share in found.completeness.shares],
    }


def _signals(table: AnalysisTable) -> list[dict[str, Any]]:
    pilot = table.values[table.of_arm("pilot")]
    if not pilot.size:
        return []
    reported = ~np.isnan(pilot).all(axis=0)
    means = np.nanmean(pilot[:, reported], axis=0)
    periods = table.periods[reported]
    chart = individuals_chart(means[periods < 0].tolist(), means[periods >= 0].tolist())
    after = periods[periods >= 0]
    return [{"period": int(after[signal.index]), "kind": signal.kind} for signal in chart.signals] if chart else []


def _table(table: AnalysisTable) -> dict[str, Any]:
    return {
        "units": list(table.units),
        "arms": list(table.arms),
        "periods": table.periods.tolist(),
        "values": [[None if np.isnan(number) else number for number in row] for row in table.values.tolist()],
    }
