"""The single way from rows and a registered plan to a result: estimate, gates, verdict and the sentences beside it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from pilots.decisions import Evidence, Guardrail, Rule, Verdict, decide
from pilots.statistics.charts import IndividualsChart, individuals_chart
from pilots.statistics.drift import drift_gate
from pilots.statistics.plan import COMPARED, DesignName, Estimate, Gate, Plan
from pilots.statistics.quality import Completeness, completeness, method_gates, quality_gates
from pilots.statistics.rates import counts
from pilots.statistics.segmented import before_after, one_series, pilot_series
from pilots.statistics.sentences import explain
from pilots.statistics.staggered import staggered
from pilots.statistics.synthetic import synthetic_control
from pilots.statistics.table import AnalysisTable, Rows, Source, analysis_table, snapshot
from pilots.statistics.welch import comparison

_ESTIMATORS: dict[DesignName, Callable[[Rows, Plan], Estimate]] = {
    "comparison": comparison,
    "one_series": one_series,
    "counts": counts,
    "before_after": before_after,
    "staggered": staggered,
    "synthetic_control": synthetic_control,
}
_CHARTED = ("one_series", "before_after")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A result. `estimate` is raw; `improvement` is (low, estimate, high) with plus for better, relative for rates."""

    estimate: Estimate
    improvement: tuple[float | None, float | None, float | None]
    gates: tuple[Gate, ...]
    completeness: Completeness
    verdict: Verdict
    sentences: tuple[str, ...]
    snapshot: str
    chart: IndividualsChart | None = None

    @property
    def is_conclusive(self) -> bool:
        return self.verdict.verdict != "inconclusive"


def evaluate(
    rows: Rows,
    plan: Plan,
    *,
    out_of_range_share: float = 0.0,
    extra_gates: Sequence[Gate] = (),
    guardrails: Sequence[Guardrail] = (),
) -> Evaluation:
    """Analyse the rows as registered. Order and repetition of rows change nothing (P4); bad data are inconclusive (P5).

    `extra_gates` are judged elsewhere (a late registration, another event at the start); `guardrail` makes guardrails.
    """
    kept = rows if isinstance(rows, AnalysisTable) else list(rows)
    table = analysis_table(kept, plan)
    limits = tuple(sorted(guardrails, key=lambda each: each.name))
    judged = _judge(table, plan, out_of_range_share, extra_gates, limits)
    drift = _drift(kept, table, plan, judged, limits) if judged.estimate.low is not None else None
    if drift is not None:
        judged = _decided(judged.estimate, (*judged.gates, drift), plan, limits)
    estimate, gates, verdict = judged.estimate, judged.gates, judged.verdict
    improvement = oriented(estimate, plan)
    also = [out_of_range_share, [asdict(gate) for gate in extra_gates], [asdict(limit) for limit in limits]]
    return Evaluation(
        estimate=estimate,
        improvement=improvement,
        gates=gates,
        completeness=completeness(table, plan),
        verdict=verdict,
        sentences=explain(plan, estimate, improvement, gates, verdict) + _counted(table, estimate, plan),
        snapshot=snapshot(table, plan, also),
        chart=_chart(table) if plan.design in _CHARTED else None,
    )


def guardrail(name: str, rows: Rows, plan: Plan, out_of_range_share: float = 0.0) -> Guardrail:
    """Judge a measure that must not get worse. Bad data leave it without an interval, which rules out `scale`."""
    result = evaluate(rows, plan, out_of_range_share=out_of_range_share)
    low, _, high = result.improvement
    judged = all(gate.passed for gate in result.gates)
    return Guardrail(name, low if judged else None, high if judged else None, plan.harm_limit)


def oriented(estimate: Estimate, plan: Plan) -> tuple[float | None, float | None, float | None]:
    """(low, estimate, high) of the improvement: plus is better; for a rate ratio the relative change."""
    neutral = 1.0 if estimate.scale == "rate_ratio" else 0.0
    ends = [estimate.low, estimate.estimate, estimate.high]
    low, middle, high = (None if end is None else plan.sign * (end - neutral) for end in ends)
    return (low, middle, high) if plan.sign > 0 else (high, middle, low)


@dataclass(frozen=True, slots=True)
class _Judged:
    estimate: Estimate
    gates: tuple[Gate, ...]
    verdict: Verdict


def _judge(
    table: AnalysisTable,
    plan: Plan,
    out_of_range_share: float,
    extra_gates: Sequence[Gate],
    limits: tuple[Guardrail, ...],
) -> _Judged:
    estimate = _ESTIMATORS[plan.design](table, plan)
    gates = (*quality_gates(table, plan, out_of_range_share), *method_gates(estimate, plan), *extra_gates)
    return _decided(estimate, gates, plan, limits)


def _decided(estimate: Estimate, gates: tuple[Gate, ...], plan: Plan, limits: tuple[Guardrail, ...]) -> _Judged:
    low, middle, high = oriented(estimate, plan)
    quality_ok = all(gate.passed for gate in gates)
    evidence = Evidence(low, high, middle, estimate.design_level, quality_ok, limits)
    rule = Rule(plan.minimum_worthwhile_effect, plan.harm_limit, plan.strict)
    return _Judged(estimate, gates, decide(evidence, rule))


def _drift(rows: Rows, table: AnalysisTable, plan: Plan, judged: _Judged, limits: tuple[Guardrail, ...]) -> Gate | None:
    if isinstance(rows, AnalysisTable) or judged.verdict.ground == "data":
        return None

    def judge_without(flagged: list[Source], smaller: Plan) -> str:
        return _judge(analysis_table(rows, smaller, flagged), smaller, 0.0, (), limits).verdict.verdict

    return drift_gate(table, plan, judged.verdict.verdict, judge_without)


def _chart(table: AnalysisTable) -> IndividualsChart | None:
    series = pilot_series(table)
    before = series.times < 0
    return individuals_chart(series.values[before].tolist(), series.values[~before].tolist())


def _counted(table: AnalysisTable, estimate: Estimate, plan: Plan) -> tuple[str, ...]:
    units = estimate.units_pilot + estimate.units_comparison
    counted = f"{units} {'unit' if units == 1 else 'units'}, not {int(table.present.sum()):,} values"
    words = (f"The number that counts is {counted}: values from one unit repeat each other.",)
    is_unused = plan.design not in COMPARED and bool(table.of_arm("comparison").any())
    return (*words, "The comparison units are not used: this design does not compare.") if is_unused else words
