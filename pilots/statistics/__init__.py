"""Honest statistics of pilots: numbers and dataclasses in, dataclasses out, no Django. `evaluate` is the way in."""

from pilots.statistics.charts import IndividualsChart, Signal, individuals_chart
from pilots.statistics.evaluation import Evaluation, evaluate, guardrail, oriented
from pilots.statistics.plan import (
    Estimate,
    Gate,
    Plan,
    PlanError,
    UnitPeriod,
    is_in_window,
    period_index,
    period_start,
    window_periods,
)
from pilots.statistics.power import (
    Assumptions,
    VerdictChances,
    minimum_detectable_effect,
    registration_warning,
    units_needed,
    verdict_chances,
)
from pilots.statistics.quality import Completeness, Share, completeness, pre_trend_gate, quality_gates
from pilots.statistics.rates import counts
from pilots.statistics.segmented import before_after, one_series
from pilots.statistics.sentences import answer, design_words
from pilots.statistics.table import AnalysisTable, analysis_table
from pilots.statistics.welch import comparison

__all__ = [
    "AnalysisTable",
    "Assumptions",
    "Completeness",
    "Estimate",
    "Evaluation",
    "Gate",
    "IndividualsChart",
    "Plan",
    "PlanError",
    "Share",
    "Signal",
    "UnitPeriod",
    "VerdictChances",
    "analysis_table",
    "answer",
    "before_after",
    "comparison",
    "completeness",
    "counts",
    "design_words",
    "evaluate",
    "guardrail",
    "individuals_chart",
    "is_in_window",
    "minimum_detectable_effect",
    "one_series",
    "oriented",
    "period_index",
    "period_start",
    "pre_trend_gate",
    "quality_gates",
    "registration_warning",
    "units_needed",
    "verdict_chances",
    "window_periods",
]
