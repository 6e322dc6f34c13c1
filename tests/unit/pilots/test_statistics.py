"""Estimates, gates, charts and power of the pilot statistics on invented data."""

import math
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from scipy import stats

from pilots.statistics import (
    Assumptions,
    Estimate,
    Gate,
    Plan,
    PlanError,
    UnitPeriod,
    analysis_table,
    comparison,
    completeness,
    counts,
    evaluate,
    guardrail,
    individuals_chart,
    minimum_detectable_effect,
    one_series,
    oriented,
    period_index,
    period_start,
    registration_warning,
    units_needed,
    verdict_chances,
    window_periods,
)
from pilots.statistics.autoregression import GRID, AutoregressiveModel
from pilots.statistics.needed import more_needed
from pilots.statistics.sharing import boundary, share_of
from tests.pilot_data import (
    BASELINE_START,
    BASELINE_WEEKS,
    BEFORE_AFTER,
    COMPARISON,
    COUNTS,
    END,
    SERIES,
    START,
    arm_rows,
    count_rows,
    memory_noise,
    series_rows,
    unit_rows,
    week,
)


def failed(result):
    return [gate.name for gate in result.gates if not gate.passed]


# Plan and periods


def test_plan_lists_everything_that_is_wrong():
    with pytest.raises(PlanError) as caught:
        replace(SERIES, design="wish", direction="up", minimum_worthwhile_effect=0, alpha=2, start=BASELINE_START)

    assert caught.value.problems == (
        "The design is not one we know how to analyse.",
        "The direction is neither increase nor decrease.",
        "The baseline must begin before the pilot starts.",
        "The minimum worthwhile effect must be above zero.",
        "Alpha must lie between 0 and 1.",
    )


def test_design_levels_follow_the_registered_design():
    levels = [plan.design_level for plan in (BEFORE_AFTER, SERIES, COUNTS, COMPARISON)]

    assert [*levels, replace(COMPARISON, randomised=True).design_level] == [1, 2, 2, 3, 5]


@pytest.mark.parametrize(
    ("period", "at", "index"),
    [
        ("week", START - timedelta(days=1), -1),
        ("week", START + timedelta(days=6), 0),
        ("day", START + timedelta(days=6), 6),
        ("month", date(2026, 8, 5), 0),
        ("month", date(2026, 8, 6), 1),
        ("year", date(2026, 7, 5), -1),
        ("hour", datetime(2026, 7, 6, 13, 59, tzinfo=UTC), 13),
    ],
)
def test_periods_are_counted_from_the_start(period, at, index):
    assert date(2026, 7, 6) == START
    plan = replace(SERIES, period=period)

    assert period_index(plan, at) == index
    assert period_index(plan, period_start(plan, index)) == index


def test_month_that_lacks_the_start_day_begins_on_its_last_day():
    plan = Plan("one_series", "increase", 1, date(2025, 1, 31), date(2026, 1, 31), date(2026, 6, 30), period="month")

    assert [period_index(plan, date(2026, 2, day)) for day in (27, 28)] == [0, 1]
    assert period_start(plan, 1).date() == date(2026, 2, 28)


def test_transition_periods_are_left_out():
    plan = replace(SERIES, transition_periods=2)

    assert window_periods(plan) == [*range(-26, 0), *range(2, 13)]


# Analysis table


def test_p4_readings_inside_a_period_are_averaged_not_counted():
    daily = [
        replace(row, at=row.at + timedelta(days=day), value=row.value + day - 3)
        for row in arm_rows(1)
        for day in range(7)
    ]

    weekly, from_days = comparison(arm_rows(1), COMPARISON), comparison(daily, COMPARISON)

    assert (from_days.units_pilot, from_days.units_comparison) == (10, 10)
    assert from_days.low == pytest.approx(weekly.low)


def test_two_values_for_one_moment_are_neither_trusted():
    rows = series_rows(1)
    clash = replace(rows[30], value=rows[30].value + 1)

    result = evaluate([*rows, clash], SERIES)

    assert failed(result) == ["one_value_each"]
    assert result.verdict.verdict == "inconclusive"
    assert completeness([*rows, clash], SERIES).of("pilot", "pilot").present == 12


@pytest.mark.parametrize("broken", [None, math.nan, math.inf])
def test_missing_and_non_finite_values_are_missing(broken):
    rows = [replace(row, value=broken) if place == 3 else row for place, row in enumerate(series_rows(1))]

    assert completeness(rows, SERIES).overall == 38 / 39


def test_registered_units_are_missed_and_others_left_out():
    rows = arm_rows(1, units=6)
    registered = tuple((row.unit, row.arm) for row in rows[:: BASELINE_WEEKS + 13][1:])
    table = analysis_table(rows, replace(COMPARISON, units=(*registered, ("street that never reported", "pilot"))))

    assert table.unregistered == ("street 00",)
    assert [table.units[place] for place in np.flatnonzero(~table.balanced)] == ["street that never reported"]


# Estimators


def test_comparison_is_welch_on_per_unit_change():
    rows = arm_rows(3, effect=1.5)
    changes = {"pilot": [], "comparison": []}
    for unit in sorted({row.unit for row in rows}):
        mine = [row for row in rows if row.unit == unit]
        values = [row.value for row in mine]
        changes[mine[0].arm].append(np.mean(values[BASELINE_WEEKS:]) - np.mean(values[:BASELINE_WEEKS]))
    expected = stats.ttest_ind(changes["pilot"], changes["comparison"], equal_var=False)
    interval = expected.confidence_interval(0.95)

    result = comparison(rows, COMPARISON)

    assert (result.low, result.high, result.p) == pytest.approx((interval.low, interval.high, expected.pvalue))
    assert result.estimate == pytest.approx(np.mean(changes["pilot"]) - np.mean(changes["comparison"]))


def test_four_units_an_arm_give_an_estimate_without_bounds():
    result = evaluate(arm_rows(3, effect=5, units=4), replace(COMPARISON, randomised=True))

    assert (result.estimate.low, result.estimate.high, result.estimate.p) == (None, None, None)
    assert result.estimate.estimate == pytest.approx(5, abs=1)
    assert (result.verdict.verdict, result.verdict.ground) == ("inconclusive", "no_interval")


def test_registered_looks_share_alpha():
    rows = arm_rows(3)
    once, twice = comparison(rows, COMPARISON), comparison(rows, replace(COMPARISON, looks=2))

    assert comparison(rows, replace(COMPARISON, alpha=0.025)).low == twice.low
    assert twice.low < once.low


@pytest.mark.parametrize(("looks", "edge"), [(2, 1.977), (3, 2.004), (4, 2.024), (5, 2.040)])
def test_looks_that_share_late_have_the_published_boundaries(looks, edge):
    """O'Brien and Fleming's constants for 5 %, as in Jennison and Turnbull (2000), table 2.3."""
    assert boundary(0.05, looks) == pytest.approx(edge, abs=5e-4)
    last, first = (replace(COMPARISON, looks=looks, sharing="late", look=look).alpha_per_look for look in (looks, 1))
    assert (0.04 < last < 0.05, first < 0.006, replace(COMPARISON, sharing="late").alpha_per_look) == (True, True, 0.05)


def test_looks_that_share_late_keep_to_alpha_together():
    """Sums of two halves: how often either look claims something where there is nothing."""
    halves = np.random.default_rng(1).standard_normal((200_000, 2)).cumsum(axis=1) / np.sqrt([1, 2])
    edges = [stats.norm.isf(share_of(0.05, 2, look, "late") / 2) for look in (1, 2)]
    assert (np.abs(halves) > edges).any(axis=1).mean() == pytest.approx(0.05, abs=0.0015)


def test_units_seen_in_one_window_only_do_not_enter():
    rows = [row for row in arm_rows(3) if row.unit != "street 01" or row.at < START]

    result = comparison(rows, COMPARISON)

    assert (result.units_pilot, result.units_comparison) == (9, 10)


def test_series_step_equals_generalised_least_squares_at_its_rho():
    rows = series_rows(5, effect=2.0)
    times = np.arange(-26, 13)
    columns = np.column_stack([np.ones(39), times, times >= 0])
    values = np.array([row.value for row in rows])

    result = one_series(rows, SERIES)

    inverse = np.linalg.inv(result.rho ** np.abs(np.subtract.outer(times, times)))
    covariance = np.linalg.inv(columns.T @ inverse @ columns)
    beta = covariance @ columns.T @ inverse @ values
    residual = values - columns @ beta
    variance = residual @ inverse @ residual / 36
    assert result.estimate == pytest.approx(beta[2], abs=2e-3)
    assert result.standard_error == pytest.approx(np.sqrt(variance * covariance[2, 2]), rel=2e-3)


def test_restricted_likelihood_is_the_textbook_one_with_gaps():
    rng = np.random.default_rng(4)
    times = np.array([0, 1, 2, 4, 5, 9, 10, 11, 13, 14])
    columns = np.column_stack([np.ones(10), times, times >= 9])
    values = rng.standard_normal(10)

    profile = AutoregressiveModel(times, columns).profile(values[:, None]).log_likelihood[:, 0]

    textbook = [_restricted_log_likelihood(rho, times, columns, values) for rho in GRID]
    assert profile - profile[0] == pytest.approx(np.array(textbook) - textbook[0])


def _restricted_log_likelihood(rho, times, columns, values):
    gaps = np.abs(np.subtract.outer(times, times))
    covariance = np.where(gaps % 2, np.sign(rho), 1.0) * np.abs(rho) ** gaps / (1 - rho**2)
    inverse = np.linalg.inv(covariance)
    information = columns.T @ inverse @ columns
    residual = values - columns @ np.linalg.solve(information, columns.T @ inverse @ values)
    determinants = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1]
    degrees = len(values) - columns.shape[1]
    return -0.5 * (determinants + degrees * np.log(residual @ inverse @ residual))


def test_series_interval_and_p_agree():
    for seed in range(30):
        result = one_series(series_rows(seed, effect=1.5), replace(SERIES, bootstraps=199))

        assert (result.low > 0 or result.high < 0) == (result.p <= 0.05)


def test_short_series_has_no_bounds():
    short = replace(SERIES, end=END - timedelta(weeks=1))

    result = one_series(series_rows(1, effect=9), short)

    assert (result.low, result.high) == (None, None)
    assert result.notes == ("An interval needs 26 periods before the start and 13 after.",)


def test_series_with_a_season_needs_its_harmonics():
    season = [3 * math.sin(2 * math.pi * place / 26) for place in range(39)]
    rows = [replace(row, value=row.value + wave) for row, wave in zip(series_rows(2), season, strict=True)]
    seasonal = replace(SERIES, harmonics=1, season_length=26)

    assert abs(one_series(rows, seasonal).estimate - one_series(series_rows(2), seasonal).estimate) < 0.05
    assert failed(evaluate(rows, seasonal)) == []
    assert failed(evaluate(rows, SERIES)) == ["autocorrelation"]


def test_missing_unit_does_not_move_the_series_of_the_others():
    high, low = unit_rows("high", "pilot", [90.0] * 39), unit_rows("low", "pilot", [10.0] * 39)
    noise = memory_noise(np.random.default_rng(1), 39, 0.0)
    rows = [replace(row, value=row.value + noise[place % 39]) for place, row in enumerate([*high, *low])]
    without = [row for row in rows if row.unit == "low" or row.at < week(6)]

    whole, partial = one_series(rows, SERIES), one_series(without, SERIES)

    assert partial.estimate == pytest.approx(whole.estimate)


def test_before_after_never_has_an_interval_nor_a_verdict():
    result = evaluate(series_rows(1, effect=40), BEFORE_AFTER)

    values = [row.value for row in series_rows(1, effect=40)]
    assert result.estimate.estimate == pytest.approx(np.mean(values[26:]) - np.mean(values[:26]))
    assert (result.estimate.low, result.estimate.design_level) == (None, 1)
    assert result.verdict.verdict == "inconclusive"


def test_counts_estimate_a_rate_ratio_and_turn_it():
    result = evaluate(count_rows(11, ratio=0.5, mean=200), COUNTS)

    assert result.estimate.scale == "rate_ratio"
    assert result.estimate.estimate == pytest.approx(0.5, abs=0.12)
    assert result.improvement[1] == pytest.approx(1 - result.estimate.estimate)
    assert result.improvement[0] == pytest.approx(1 - result.estimate.high)
    assert result.verdict.verdict == "extend"


def test_counts_too_small_have_no_bounds():
    result = counts(count_rows(1, mean=8), COUNTS)

    assert (result.low, result.high, result.p) == (None, None, None)


def test_count_exposure_is_what_rates_are_per():
    rows = count_rows(3)
    doubled = [replace(row, value=row.value * 2, exposure=row.exposure * 2) for row in rows]

    assert counts(doubled, COUNTS).estimate == pytest.approx(counts(rows, COUNTS).estimate)


# Gates


def test_dropping_two_fifths_of_an_arm_is_inconclusive():
    lost = {"street 01", "street 03", "street 05", "street 07"}
    rows = [row for row in arm_rows(1, effect=5) if row.unit not in lost or row.at < START]

    result = evaluate(rows, COMPARISON)

    assert failed(result) == ["balance", "units_kept"]
    assert result.verdict.verdict == "inconclusive"


def test_too_little_data_overall_is_inconclusive():
    rows = [row for place, row in enumerate(arm_rows(1, effect=5)) if place % 3]

    result = evaluate(rows, COMPARISON)

    assert failed(result) == ["completeness"]
    assert result.estimate.estimate == pytest.approx(5, abs=1)
    assert result.verdict.verdict == "inconclusive"


def test_stuck_sensor_is_inconclusive():
    rows = [replace(row, value=20.0) if row.unit == "street 04" and row.at >= START else row for row in arm_rows(1, 5)]

    result = evaluate(rows, COMPARISON)

    assert failed(result) == ["flatline"]
    assert "street 04 sent the same value over and over, as a stuck sensor does." in result.sentences


def test_hourly_sensor_is_stuck_after_a_day():
    plan = Plan("before_after", "increase", 1, date(2026, 1, 1), date(2026, 1, 5), date(2026, 1, 8), period="hour")
    begin, rng = datetime(2026, 1, 1, tzinfo=UTC), np.random.default_rng(1)
    rows = [UnitPeriod("a", "pilot", begin + timedelta(hours=hour), rng.normal()) for hour in range(192)]

    day, longer = (
        [replace(row, value=7.0) if 100 <= place < 100 + hours else row for place, row in enumerate(rows)]
        for hours in (24, 25)
    )

    assert (failed(evaluate(day, plan)), failed(evaluate(longer, plan))) == ([], ["flatline"])


def test_unit_in_both_arms_is_inconclusive():
    rows = [replace(row, arm="pilot") if row.unit == "street 02" and row.at >= START else row for row in arm_rows(1, 5)]

    result = evaluate(rows, COMPARISON)

    assert failed(result) == ["one_arm_each"]


@pytest.mark.parametrize(("share", "gates"), [(0.01, []), (0.011, ["out_of_range"])])
def test_share_out_of_range_is_passed_in(share, gates):
    assert failed(evaluate(arm_rows(1, 5), COMPARISON, out_of_range_share=share)) == gates


def test_arms_drifting_apart_before_the_start_are_inconclusive():
    rows = [
        replace(row, value=row.value + 0.2 * (row.at - START).days / 7) if row.arm == "pilot" else row
        for row in arm_rows(1)
    ]

    assert failed(evaluate(rows, COMPARISON)) == ["pre_trend"]
    assert failed(evaluate(rows, replace(COMPARISON, randomised=True))) == []


def test_series_with_too_long_a_memory_is_inconclusive():
    walk = np.cumsum(np.random.default_rng(12).standard_normal(39)) + 50

    result = evaluate(unit_rows("a", "pilot", walk), SERIES)

    assert result.estimate.rho > 0.85
    assert failed(result) == ["autocorrelation"]


def test_gate_judged_elsewhere_counts():
    late = Gate("registered_first", False, "The measures were registered after the first reading.")

    result = evaluate(arm_rows(1, 5), COMPARISON, extra_gates=[late])

    assert result.verdict.verdict == "inconclusive"
    assert late.sentence in result.sentences


@pytest.mark.parametrize("plan", [COMPARISON, SERIES, COUNTS, BEFORE_AFTER])
def test_no_data_at_all_is_inconclusive_not_an_error(plan):
    result = evaluate([], plan)

    assert (result.estimate.estimate, result.verdict.verdict) == (None, "inconclusive")
    assert result.sentences[0] == "There is not enough data to say how the measure changed."


# The whole way


def test_large_effect_in_a_comparison_scales_and_says_so():
    plan = replace(COMPARISON, metric="the share of lit streets", unit_of_measure="points")

    result = evaluate(arm_rows(1, effect=3), plan)

    low, middle, high = result.improvement
    assert result.verdict.verdict == "scale"
    assert result.sentences[0] == (
        f"Our best estimate: the share of lit streets improved by {middle:.2f} points; it could be anything "
        f"between {low:.2f} better and {high:.2f} better (95% range), and the council asked for at least 1."
    )
    assert result.sentences[1] == "Proposed verdict: scale, because target met and zero excluded."
    assert result.sentences[2] == (
        "Design: matched comparison units, not random (level 3 of 5 on Nesta's scale). "
        "Such a design can show that a pilot caused a change."
    )


def test_wide_interval_is_never_called_no_effect():
    result = evaluate(arm_rows(2, units=5, rho=0.7), replace(COMPARISON, minimum_worthwhile_effect=0.2))

    assert result.verdict.ground == "unclear"
    assert "worse and" in result.sentences[0]
    assert not any("no effect" in sentence for sentence in result.sentences if "If there were truly" not in sentence)


def test_a_result_that_is_unclear_says_what_would_tell():
    """The weeks that are named bring the smallest improvement that would be noticed down to the minimum."""
    plan = replace(SERIES, baseline_start=START - timedelta(weeks=104), minimum_worthwhile_effect=1.52)
    estimate = Estimate(0.5, -0.7, 1.7, 0.4, "difference", 2, 1, 0, "", standard_error=0.57, rho=0.4)

    words = more_needed(plan, estimate)

    more = int(re.search(r"about (\d+) more weeks", words).group(1))
    before, after = (
        minimum_detectable_effect(each, Assumptions(sd=1.0, rho=0.4))
        for each in (plan, replace(plan, end=plan.end + timedelta(weeks=more)))
    )
    assert after / before == pytest.approx(1.52 / (1.2 + 0.84 * 0.57), rel=0.08)
    assert "Even 4 times as long" in more_needed(replace(plan, minimum_worthwhile_effect=0.2), estimate)
    assert "this may be one of the others" in more_needed(replace(plan, minimum_worthwhile_effect=2), estimate)
    staggered = replace(plan, design="staggered", minimum_worthwhile_effect=(1.2 + 0.8416 * 0.57) / 2)
    assert "about 48 units would be needed in all; there were 12." in more_needed(
        staggered, replace(estimate, units_pilot=8, units_comparison=4)
    )
    one_place = more_needed(replace(plan, design="synthetic_control"), estimate)
    no_range = more_needed(BEFORE_AFTER, replace(estimate, low=None, high=None))
    assert ("more pilot places" in one_place, "never gives a range" in no_range) == (True, True)


def test_p5_even_a_huge_step_in_one_series_never_scales():
    assert evaluate(series_rows(1, effect=50), SERIES).verdict.verdict == "extend"


def test_p6_snapshot_names_data_and_plan():
    first = evaluate(arm_rows(1), COMPARISON).snapshot
    other_data = [replace(row, value=row.value + (place == 0)) for place, row in enumerate(arm_rows(1))]

    assert len(first) == 64
    assert evaluate(arm_rows(1), COMPARISON).snapshot == first
    assert evaluate(other_data, COMPARISON).snapshot != first
    assert evaluate(arm_rows(1), replace(COMPARISON, harm_limit=0.1)).snapshot != first


def test_guardrail_with_bad_data_keeps_scale_out_of_reach():
    falls = replace(COMPARISON, direction="decrease", harm_limit=1.0)
    good = guardrail("falls", arm_rows(9), falls)
    bad = guardrail("falls", arm_rows(9), falls, out_of_range_share=0.5)

    verdicts = [evaluate(arm_rows(1, effect=3), COMPARISON, guardrails=[each]).verdict.verdict for each in (good, bad)]

    assert good.low is not None
    assert bad == replace(good, low=None, high=None)
    assert verdicts == ["scale", "inconclusive"]


def test_guardrail_that_got_worse_stops_for_harm():
    falls = guardrail("falls", arm_rows(9, effect=4), replace(COMPARISON, direction="decrease", harm_limit=1.0))

    verdict = evaluate(arm_rows(1, effect=3), COMPARISON, guardrails=[falls]).verdict

    assert (verdict.verdict, verdict.is_harm) == ("stop", True)


def test_harm_stops():
    verdict = evaluate(arm_rows(1, effect=-3), COMPARISON).verdict

    assert (verdict.verdict, verdict.is_harm) == ("stop", True)


def test_oriented_swaps_the_ends_when_less_is_better():
    rows = arm_rows(1, effect=-3)
    estimate = comparison(rows, COMPARISON)

    assert oriented(estimate, replace(COMPARISON, direction="decrease")) == (
        -estimate.high,
        -estimate.estimate,
        -estimate.low,
    )


# Control charts


def test_chart_of_alike_neighbours_uses_standard_deviations_and_no_runs():
    baseline = 50 + memory_noise(np.random.default_rng(5), 26, 0.8)

    chart = individuals_chart(baseline, baseline[-10:] + 1.0)

    assert chart.method == "standard_deviation"
    assert chart.upper == pytest.approx(baseline.mean() + 3 * baseline.std(ddof=1))
    assert all(signal.kind == "outside" for signal in chart.signals)


def test_chart_marks_points_outside_and_runs_of_eight():
    baseline = [10.0, 12.0] * 13
    values = [11.5] * 7 + [11.0] + [11.5] * 8 + [30.0, 2.0]

    chart = individuals_chart(baseline, values)

    assert chart.method == "moving_range"
    assert [(signal.index, signal.kind) for signal in chart.signals] == [
        (15, "run"),
        (16, "outside"),
        (16, "run"),
        (17, "outside"),
    ]


def test_chart_needs_two_baseline_points():
    assert individuals_chart([1.0], [2.0]) is None


# Before the start


@pytest.mark.parametrize(("pilot", "other", "expected"), [(33, 34, 0.69), (20, 20, 0.91), (10, 10, 1.32), (5, 5, 2.02)])
def test_detectable_effect_of_a_comparison_is_the_known_one(pilot, other, expected):
    assert minimum_detectable_effect(COMPARISON, Assumptions(1, pilot, other)) == pytest.approx(expected, abs=0.006)


def test_half_a_standard_deviation_needs_64_units_an_arm():
    assert units_needed(replace(COMPARISON, minimum_worthwhile_effect=0.5), sd=1) == 64


def test_detectable_effect_scales_with_the_spread():
    one, two = (minimum_detectable_effect(COMPARISON, Assumptions(sd, 10, 10)) for sd in (1, 2))

    assert two == pytest.approx(2 * one)


@pytest.mark.parametrize(
    ("plan", "assumptions"),
    [
        (COMPARISON, Assumptions(1, 20, 20, expected=1.5)),
        (SERIES, Assumptions(1, expected=3.0)),
        (COUNTS, Assumptions(0.1, expected=0.3)),
        (BEFORE_AFTER, Assumptions(1, expected=3.0)),
        (COMPARISON, Assumptions(1, 3, 3, expected=3.0)),
    ],
)
def test_p1_chances_of_each_verdict_add_up(plan, assumptions):
    chances = verdict_chances(plan, assumptions)

    assert [each.case for each in chances] == ["zero", "worthwhile", "expected"]
    for each in chances:
        assert each.scale + each.extend + each.stop + each.inconclusive == pytest.approx(1)


def test_p1_chance_of_a_false_verdict_is_within_alpha_and_half_scale_at_the_minimum():
    plan = replace(COMPARISON, minimum_worthwhile_effect=0.9091)  # what 20 v 20 units detect with 80 %

    zero, worthwhile = verdict_chances(plan, Assumptions(1, 20, 20))

    assert zero.scale + zero.stop_for_harm < 0.06
    assert worthwhile.scale == pytest.approx(0.49, abs=0.03)


def test_p1_series_never_has_a_chance_to_scale():
    assert [each.scale for each in verdict_chances(SERIES, Assumptions(1, expected=9.0))] == [0, 0, 0]


def test_power_of_a_series_is_what_evaluation_shows():
    plan = replace(SERIES, bootstraps=199)
    expected = verdict_chances(SERIES, Assumptions(1, rho=0.4, expected=2.0))[2].extend

    verdicts = [evaluate(series_rows(seed, effect=2.0), plan).verdict.verdict for seed in range(150)]

    assert verdicts.count("extend") / 150 == pytest.approx(expected, abs=0.13)


def test_registration_says_when_the_design_cannot_show_it():
    weak = registration_warning(COMPARISON, Assumptions(1, 10, 10))
    without_interval = "This design gives no interval, so whatever happens its verdict will be inconclusive."

    assert weak == (
        "With this many sites and periods the pilot could not reliably detect the improvement you care about: it would "
        "notice 1.32 or more, and you asked for 1. It would need about 17 sites in each group."
    )
    assert registration_warning(COMPARISON, Assumptions(1, 4, 10)) == (
        f"{without_interval} It needs at least 5 units in each group."
    )
    assert (
        registration_warning(BEFORE_AFTER, Assumptions(1))
        == f"{without_interval} A comparison group would change that."
    )
    assert registration_warning(COMPARISON, Assumptions(1, 40, 40)) is None
