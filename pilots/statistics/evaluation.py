"""The single way from rows and a registered plan to a result: estimate, gates, verdict and the sentences beside it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from pilots.decisions import Evidence, Guardrail, Rule, Verdict, decide
from pilots.statistics.plan import DesignName, Estimate, Gate, Plan
from pilots.statistics.quality import Completeness, completeness, method_gates, quality_gates
from pilots.statistics.rates import counts
from pilots.statistics.segmented import before_after, one_series
from pilots.statistics.sentences import explain
from pilots.statistics.table import AnalysisTable, Rows, analysis_table, snapshot
from pilots.statistics.welch import comparison

_ESTIMATORS: dict[DesignName, Callable[[Rows, Plan], Estimate]] = {
    "comparison": comparison,
    "one_series": one_series,
    "counts": counts,
    "before_after": before_after,
}


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
    table = analysis_table(rows, plan)
    estimate = _ESTIMATORS[plan.design](table, plan)
    gates = (*quality_gates(table, plan, out_of_range_share), *method_gates(estimate, plan), *extra_gates)
    improvement = oriented(estimate, plan)
    limits = tuple(sorted(guardrails, key=lambda each: each.name))
    low, middle, high = improvement
    quality_ok = all(gate.passed for gate in gates)
    evidence = Evidence(low, high, middle, estimate.design_level, quality_ok, limits)
    verdict = decide(evidence, Rule(plan.minimum_worthwhile_effect, plan.harm_limit, plan.strict))
    also = [out_of_range_share, [asdict(gate) for gate in extra_gates], [asdict(limit) for limit in limits]]
    return Evaluation(
        estimate=estimate,
        improvement=improvement,
        gates=gates,
        completeness=completeness(table, plan),
        verdict=verdict,
        sentences=explain(plan, estimate, improvement, gates, verdict) + _counted(table, estimate),
        snapshot=snapshot(table, plan, also),
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


def _counted(table: AnalysisTable, estimate: Estimate) -> tuple[str, ...]:
    units = estimate.units_pilot + estimate.units_comparison
    counted = f"{units} {'unit' if units == 1 else 'units'}, not {int(table.present.sum()):,} values"
    return (f"The number that counts is {counted}: values from one unit repeat each other.",)
