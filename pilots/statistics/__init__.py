"""Honest statistics of pilots: numbers and dataclasses in, dataclasses out, no Django. `evaluate` is the way in."""

from pilots.statistics.charts import IndividualsChart, Signal, individuals_chart
from pilots.statistics.describing import RateDescription, describe_rates, holm, largest_shift
from pilots.statistics.evaluation import Evaluation, evaluate, guardrail, oriented
from pilots.statistics.foresight import registration_warning, registration_words
from pilots.statistics.plan import (
    USUAL_LIMITS,
    Beside,
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
from pilots.statistics.power import VerdictChances, minimum_detectable_effect, units_needed, verdict_chances
from pilots.statistics.quality import Completeness, Share, completeness, pre_trend_gate, quality_gates
from pilots.statistics.rates import counts
from pilots.statistics.segmented import before_after, one_series
from pilots.statistics.sentences import answer, assumed, design_words, size_words
from pilots.statistics.simulation import Assumptions
from pilots.statistics.staggered import staggered
from pilots.statistics.synthetic import mixing_weights, synthetic_control
from pilots.statistics.table import AnalysisTable, analysis_table
from pilots.statistics.welch import Difference, comparison, difference, window_values

__all__ = [
    "USUAL_LIMITS",
    "AnalysisTable",
    "Assumptions",
    "Beside",
    "Completeness",
    "Difference",
    "Estimate",
    "Evaluation",
    "Gate",
    "IndividualsChart",
    "Plan",
    "PlanError",
    "RateDescription",
    "Share",
    "Signal",
    "UnitPeriod",
    "VerdictChances",
    "analysis_table",
    "answer",
    "assumed",
    "before_after",
    "comparison",
    "completeness",
    "counts",
    "describe_rates",
    "design_words",
    "difference",
    "evaluate",
    "guardrail",
    "holm",
    "individuals_chart",
    "is_in_window",
    "largest_shift",
    "minimum_detectable_effect",
    "mixing_weights",
    "one_series",
    "oriented",
    "period_index",
    "period_start",
    "pre_trend_gate",
    "quality_gates",
    "registration_warning",
    "registration_words",
    "size_words",
    "staggered",
    "synthetic_control",
    "units_needed",
    "verdict_chances",
    "window_periods",
    "window_values",
]
