"""Synthetic control, staggered starts, drift, and the figures that only describe."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest
from scipy import stats

from pilots.statistics import (
    Assumptions,
    analysis_table,
    evaluate,
    holm,
    largest_shift,
    minimum_detectable_effect,
    mixing_weights,
    registration_words,
    staggered,
    synthetic_control,
    verdict_chances,
)
from tests.pilot_data import (
    BASELINE_WEEKS,
    BEFORE_AFTER,
    COMPARISON,
    COUNTS,
    PILOT_WEEKS,
    SERIES,
    STAGGERED,
    START,
    SYNTHETIC,
    arm_rows,
    memory_noise,
    mixed_rows,
    staggered_rows,
    unit_rows,
    week,
)

WEEKS = BASELINE_WEEKS + PILOT_WEEKS


def failed(result):
    return [gate.name for gate in result.gates if not gate.passed]


# Synthetic control


def test_mixing_weights_find_an_exact_mix():
    donors = np.random.default_rng(1).standard_normal((26, 6))

    weights = mixing_weights(donors @ [0.5, 0, 0.3, 0, 0.2, 0], donors)

    assert weights == pytest.approx([0.5, 0, 0.3, 0, 0.2, 0], abs=1e-4)


def test_a_constant_effect_is_found_and_its_interval_inverts_the_rank():
    rows = mixed_rows(0, effect=4.0)

    result = synthetic_control(rows, SYNTHETIC)

    shifted = [replace(row, value=row.value - result.low * 1.001) if is_treated(row) else row for row in rows]
    beyond = [replace(row, value=row.value - result.low * 0.98) if is_treated(row) else row for row in rows]
    assert (result.p, result.units_pilot, result.units_comparison) == (1 / 20, 1, 19)
    assert 0 < result.low < 4.0 < result.high
    assert synthetic_control(shifted, SYNTHETIC).p > 0.05
    assert synthetic_control(beyond, SYNTHETIC).p == 0.05


def is_treated(row):
    return row.arm == "pilot" and row.at >= START


def test_both_estimates_stand_beside_each_other_and_levels_do_not_matter_to_the_demeaned_one():
    rows = mixed_rows(3, effect=2.5)
    lifted = [replace(row, value=row.value + 40) if row.arm == "pilot" else row for row in rows]

    (demeaned, plain), lifted_ones = synthetic_control(rows, SYNTHETIC).also, synthetic_control(lifted, SYNTHETIC).also

    assert (demeaned.name, plain.name) == ("demeaned", "un-demeaned")
    assert lifted_ones[0].estimate == pytest.approx(demeaned.estimate)
    assert lifted_ones[1].estimate == pytest.approx(plain.estimate + 40, abs=8)


def test_fewer_than_nineteen_others_cannot_reach_five_per_cent():
    result = evaluate(mixed_rows(3, effect=9, others=18), SYNTHETIC)

    assert (result.estimate.low, result.estimate.p, result.verdict.ground) == (None, None, "no_interval")
    assert result.estimate.estimate == pytest.approx(9, abs=1.5)
    assert "An interval needs at least 19 other places; 18 reported." in result.sentences


def test_two_looks_need_thirty_nine_others():
    assert synthetic_control(mixed_rows(3, effect=9), replace(SYNTHETIC, looks=2)).low is None


def test_a_pilot_that_no_mix_resembles_is_inconclusive():
    restless = np.random.default_rng(5).standard_normal(WEEKS) * 6
    rows = [row for row in mixed_rows(3) if row.arm == "comparison"] + unit_rows("place 00", "pilot", 20 + restless)

    result = evaluate(rows, SYNTHETIC)

    assert (failed(result), result.verdict.verdict) == (["fit"], "inconclusive")


def test_holes_of_the_others_are_filled_and_those_of_the_pilot_left_out():
    rows = mixed_rows(3, effect=2.5)
    holed = [row for place, row in enumerate(rows) if place % 17]

    assert synthetic_control(holed, SYNTHETIC).estimate == pytest.approx(
        synthetic_control(rows, SYNTHETIC).estimate, abs=0.3
    )


# Staggered starts


def test_imputation_equals_least_squares_on_cells_not_yet_begun():
    rows = [row for place, row in enumerate(staggered_rows(4, effect=1.5)) if place % 19]
    table = analysis_table(rows, STAGGERED)
    units, weeks = table.values.shape
    columns = np.array([[*np.eye(units)[unit], *np.eye(weeks)[at]] for unit in range(units) for at in range(weeks)])
    present, treated, values = table.present.ravel(), table.treated.ravel(), table.values.ravel()
    used = present & ~treated
    effects = np.linalg.lstsq(columns[used], values[used], rcond=None)[0]
    chosen = present & treated
    expected = (values[chosen] - columns[chosen] @ effects).mean()

    result = staggered(rows, STAGGERED)

    assert result.estimate == pytest.approx(expected)
    assert result.also[0].estimate == pytest.approx(two_way(columns[present], treated[present], values[present]))


def two_way(columns, treated, values):
    return np.linalg.lstsq(np.column_stack([columns, treated]), values, rcond=None)[0][-1]


@pytest.mark.parametrize("jump", [0, 3])
def test_P5_places_where_nothing_ever_changes_are_inconclusive(jump):
    rows = [
        replace(row, value=5 + (jump if row.arm == "pilot" and row.at >= SYNTHETIC.start else 0))
        for row in mixed_rows(1)
    ]

    found = evaluate(rows, SYNTHETIC)

    assert found.estimate.estimate == pytest.approx(jump)
    assert found.verdict.ground == "data"


def test_a_staggered_start_by_the_hour_is_the_one_by_the_week():
    """Every hour of a week has the week's value: the same estimate, and no matrix as wide as there are hours."""
    rows = [row for place, row in enumerate(staggered_rows(4, effect=1.5)) if place % 19]
    hourly = [
        replace(row, at=datetime.combine(row.at, time(), UTC) + timedelta(hours=hour))
        for row in rows
        for hour in range(0, 168, 28)
    ]

    result = staggered(hourly, replace(STAGGERED, period="hour"))

    weekly = staggered(rows, STAGGERED)
    assert (result.estimate, result.low, result.p) == pytest.approx((weekly.estimate, weekly.low, weekly.p))
    assert result.check_p == pytest.approx(weekly.check_p)


def test_jackknife_leaves_one_unit_out_at_a_time():
    rows = staggered_rows(4, effect=1.5)
    units = sorted({row.unit for row in rows})
    without = np.array([staggered([row for row in rows if row.unit != unit], STAGGERED).estimate for unit in units])
    error = np.sqrt(11 / 12 * ((without - without.mean()) ** 2).sum())

    result = staggered(rows, STAGGERED)

    assert result.standard_error == pytest.approx(error)
    assert result.high - result.estimate == pytest.approx(stats.t.ppf(0.975, 11) * error)
    assert (result.units_pilot, result.units_comparison) == (8, 4)


def test_registered_starts_say_when_units_begin():
    rows = staggered_rows(4, effect=1.5)
    starts = {}
    for row in rows:
        if row.arm == "pilot":
            starts.setdefault(row.unit, row.at)
    labelled = [replace(row, arm="pilot" if row.unit in starts else "comparison") for row in rows]

    named = staggered(labelled, replace(STAGGERED, starts=tuple(sorted(starts.items()))))

    assert named.estimate == staggered(rows, STAGGERED).estimate


def test_units_that_are_pilot_throughout_begin_with_the_pilot():
    table = analysis_table(arm_rows(1, units=6), STAGGERED)

    assert sorted(set(table.first[table.of_arm("pilot")].tolist())) == [0]


def test_a_unit_that_turns_back_is_inconclusive():
    rows = staggered_rows(4, effect=3)
    late = max(row.at for row in rows)

    result = evaluate(
        [replace(row, arm="comparison") if row.arm == "pilot" and row.at == late else row for row in rows], STAGGERED
    )

    assert result.verdict.verdict == "inconclusive"
    assert "one_arm_each" in failed(result)


def test_too_few_units_give_an_estimate_without_bounds():
    result = evaluate(staggered_rows(4, effect=3, units=11), STAGGERED)

    assert (result.estimate.low, result.verdict.ground) == (None, "no_interval")
    assert result.estimate.estimate == pytest.approx(3, abs=1)


def test_the_transition_of_each_unit_is_left_out():
    rows = staggered_rows(4, effect=3)
    first = {}
    for row in rows:
        if row.arm == "pilot":
            first.setdefault(row.unit, row.at)
    odd = [replace(row, value=row.value + 500) if first.get(row.unit) == row.at else row for row in rows]
    plan = replace(STAGGERED, transition_periods=1)

    assert staggered(odd, plan).estimate == pytest.approx(staggered(rows, plan).estimate)


# Drift


def drifting_rows(slope, effect=3.0, unit="street 01"):
    rows = arm_rows(1, effect)
    return [
        replace(row, value=row.value + slope * (row.at - START).days / 7) if row.unit == unit else row for row in rows
    ]


def test_a_drifting_device_that_changes_nothing_is_named():
    result = evaluate(drifting_rows(0.4), COMPARISON)

    (gate,) = [gate for gate in result.gates if gate.name == "drift"]
    assert gate.passed
    assert gate.sentence == "street 01 drifted away from the others; without it the verdict is the same."


def test_p5_a_verdict_that_hangs_on_a_drifting_device_is_inconclusive():
    rows = [
        replace(row, value=row.value + 0.3 * (row.at - START).days / 7) if row.unit == "street 01" else row
        for row in arm_rows(1, effect=1.6, units=7)
    ]

    result = evaluate(rows, replace(COMPARISON, minimum_worthwhile_effect=2.0, randomised=True))

    assert failed(result) == ["drift"]
    assert result.verdict.verdict == "inconclusive"
    assert (
        "street 01 drifted away from the others, and without it the verdict would be stop, not scale."
        in result.sentences
    )


def test_a_fifth_of_a_group_drifting_is_inconclusive():
    rows = arm_rows(1, effect=3)
    slopes = {"street 01": 0.5, "street 03": -0.5, "street 05": 0.6}
    drifted = [replace(row, value=row.value + slopes.get(row.unit, 0) * (row.at - START).days / 7) for row in rows]

    assert failed(evaluate(drifted, replace(COMPARISON, randomised=True))) == ["drift"]


def test_one_device_of_a_site_is_left_out_and_not_the_site():
    noise = np.random.default_rng(8)
    rows = []
    for row in arm_rows(1, effect=3):
        for device in "abc":
            drift = 1.0 * (row.at - START).days / 7 if (row.unit, device) == ("street 01", "b") else 0
            rows.append(replace(row, device=device, value=row.value + 0.1 * noise.standard_normal() + drift))

    result = evaluate(rows, COMPARISON)

    (gate,) = [gate for gate in result.gates if gate.name == "drift"]
    assert gate.sentence == "b drifted away from the others; without it the verdict is the same."
    assert result.estimate.units_pilot == 10


def test_p4_devices_are_averaged_before_units_are_compared():
    rows = arm_rows(3)
    twice = [replace(row, device=device, value=row.value + by) for row in rows for device, by in (("a", -1), ("b", 1))]

    assert evaluate(twice, COMPARISON).estimate.low == pytest.approx(evaluate(rows, COMPARISON).estimate.low)


# Figures that only describe


def test_holm_steps_down_and_keeps_the_order():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_largest_shift_is_where_squares_fall_most():
    values = memory_noise(np.random.default_rng(2), 40, 0.3)
    values[23:] += 2
    squares = [values[:cut].var() * cut + values[cut:].var() * (40 - cut) for cut in range(5, 36)]

    assert largest_shift(values) == 4 + int(np.argmin(squares))
    assert largest_shift([1.0] * 20) is None


# Before the start


@pytest.mark.parametrize(
    ("plan", "assumptions"),
    [(STAGGERED, Assumptions(1, 8, 4, expected=2.0)), (SYNTHETIC, Assumptions(1, 1, 19, expected=2.0))],
)
def test_p1_chances_of_each_verdict_in_the_newer_designs(plan, assumptions):
    zero, worthwhile, expected = verdict_chances(plan, assumptions)

    assert zero.scale + zero.stop_for_harm < 0.06
    assert zero.scale < worthwhile.scale < expected.scale
    for each in (zero, worthwhile, expected):
        assert each.scale + each.extend + each.stop + each.inconclusive == pytest.approx(1)


def test_simulated_chances_of_a_staggered_start_are_what_evaluation_shows():
    effect = minimum_detectable_effect(STAGGERED, Assumptions(1, 8, 4))

    found = [staggered(staggered_rows(seed, effect), STAGGERED).low > 0 for seed in range(150)]

    assert np.mean(found) == pytest.approx(0.8, abs=0.12)


@pytest.mark.parametrize(
    ("plan", "assumptions", "first", "help_"),
    [
        (COMPARISON, Assumptions(1, 10, 10), "Matched comparison units", "about 17 sites in each group"),
        (STAGGERED, Assumptions(3, 8, 4), "Units that began at different times", "times as many sites"),
        (SYNTHETIC, Assumptions(1, 1, 19), "One pilot place beside", "use several pilot sites"),
        (SERIES, Assumptions(1), "One series without", "use comparison sites"),
        (COUNTS, Assumptions(0.1), "One series of counts", "times as long would do"),
        (BEFORE_AFTER, Assumptions(1), "Before and after only", "A comparison group would change that."),
        (SYNTHETIC, Assumptions(1, 1, 9), "One pilot place beside", "19 other places"),
        (STAGGERED, Assumptions(1, 3, 4), "Units that began", "at least 12 units, among them 4 that begin"),
    ],
)
def test_p1_registration_says_in_words_what_each_design_can_show_and_what_would_help(plan, assumptions, first, help_):
    words = registration_words(plan, assumptions)

    assert words[0].startswith(first)
    assert ("can show that" in words[0]) == (plan.design_level >= 3)
    assert help_ in " ".join(words)


def test_p1_the_words_carry_the_chances():
    chances = verdict_chances(COMPARISON, Assumptions(1, 20, 20, expected=2))
    words = " ".join(registration_words(COMPARISON, Assumptions(1, 20, 20, expected=2)))

    assert f"as is expected, the verdict would be “scale” {round(100 * chances[2].scale)} times in 100" in words
    assert "If the pilot changed nothing at all, a wrong verdict would come out" in words


def test_a_longer_series_is_what_helps_where_it_would():
    words = registration_words(replace(COUNTS, end=week(52).replace(year=2025, month=12, day=31)), Assumptions(0.07))

    assert any("times as long would do" in sentence for sentence in words)


def test_plan_of_too_many_periods_is_refused():
    with pytest.raises(ValueError, match="choose a longer one"):
        replace(SERIES, period="hour", baseline_start=START - timedelta(days=4000))
