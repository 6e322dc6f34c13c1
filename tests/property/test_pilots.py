"""What holds for every pilot: order and repetition change nothing (P4), bad data decide nothing (P5), units cancel."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilots.decisions import Evidence, Guardrail, Rule, decide
from pilots.statistics import completeness, evaluate, individuals_chart
from tests.pilot_data import COMPARISON, COUNTS, SERIES, arm_rows, count_rows, series_rows

QUICK_SERIES = replace(SERIES, bootstraps=99)
seeds = st.integers(0, 10_000)
effects = st.floats(-4, 4)
numbers = st.floats(-100, 100)
DESIGNS = {
    "comparison": (COMPARISON, lambda seed, effect: arm_rows(seed, effect, units=6)),
    "one_series": (QUICK_SERIES, series_rows),
    "counts": (COUNTS, lambda seed, effect: count_rows(seed, 2 ** (effect / 4))),
}


@pytest.mark.parametrize("design", DESIGNS)
@settings(max_examples=15, deadline=None)
@given(seed=seeds, effect=effects, shuffle=st.randoms(use_true_random=False), copies=st.integers(1, 3))
def test_p4_order_and_resending_change_nothing(design, seed, effect, shuffle, copies):
    plan, make = DESIGNS[design]
    rows = make(seed, effect)
    resent = rows * copies + rows[: len(rows) // 3]
    shuffle.shuffle(resent)

    assert evaluate(resent, plan) == evaluate(rows, plan)


@pytest.mark.parametrize("design", ["comparison", "one_series"])
@settings(max_examples=15, deadline=None)
@given(seed=seeds, effect=effects)
def test_less_is_better_mirrors_more_is_better(design, seed, effect):
    plan, make = DESIGNS[design]
    rows = make(seed, effect)
    mirrored = [replace(row, value=-row.value) for row in rows]

    one, other = evaluate(rows, plan), evaluate(mirrored, replace(plan, direction="decrease"))

    assert other.verdict == one.verdict
    assert other.improvement == pytest.approx(one.improvement)


@pytest.mark.parametrize("design", ["comparison", "one_series"])
@settings(max_examples=15, deadline=None)
@given(seed=seeds, effect=effects, factor=st.floats(0.01, 1000))
def test_unit_of_measure_changes_no_verdict(design, seed, effect, factor):
    plan, make = DESIGNS[design]
    rows = make(seed, effect)
    converted = [replace(row, value=row.value * factor) for row in rows]
    converted_plan = replace(plan, minimum_worthwhile_effect=plan.minimum_worthwhile_effect * factor)

    assert evaluate(converted, converted_plan).verdict == evaluate(rows, plan).verdict


@given(
    ends=st.tuples(numbers, numbers, numbers).map(sorted),
    level=st.integers(1, 5),
    minimum=st.floats(0.01, 50),
    harm=st.floats(0, 50),
    guard=st.tuples(numbers, numbers).map(sorted),
)
def test_p5_scale_only_with_a_comparison_a_met_target_and_clear_guardrails(ends, level, minimum, harm, guard):
    low, middle, high = ends
    evidence = Evidence(low, high, middle, level, guardrails=(Guardrail("g", *guard, harm),))

    verdict = decide(evidence, Rule(minimum, harm)).verdict

    assert (verdict == "scale") == (level >= 3 and low > 0 and middle >= minimum and guard[0] > -harm)


@given(ends=st.tuples(numbers, numbers, numbers).map(sorted), level=st.integers(1, 5), minimum=st.floats(0.01, 50))
def test_p5_bad_data_are_always_inconclusive(ends, level, minimum):
    low, middle, high = ends

    assert decide(Evidence(low, high, middle, level, quality_ok=False), Rule(minimum)).verdict == "inconclusive"


@settings(max_examples=25, deadline=None)
@given(seed=seeds, kept=st.sets(st.integers(0, 467)))
def test_completeness_is_the_share_that_arrived(seed, kept):
    rows = arm_rows(seed, units=6)
    registered = tuple({row.unit: row.arm for row in rows}.items())
    some = [rows[place] for place in kept]

    found = completeness(some, replace(COMPARISON, units=registered))

    assert found.overall == pytest.approx(len(kept) / 468)


@given(baseline=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40), values=st.lists(st.floats(-1e6, 1e6)))
def test_chart_signals_outside_exactly_what_lies_outside(baseline, values):
    chart = individuals_chart(baseline, values)

    outside = [place for place, value in enumerate(values) if value < chart.lower or value > chart.upper]
    assert [signal.index for signal in chart.signals if signal.kind == "outside"] == outside
