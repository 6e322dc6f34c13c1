"""Invented readings: seeded, continued without changing the past, and true to the effect they were given."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

import pytest
from scipy import stats

from clauses.reading import read_library
from marketplace.demonstration.reading import read_demonstration
from marketplace.demonstration.readings import Periods, Row, Unit, Variation, simulate
from marketplace.demonstration.shapes import ChallengeText, PilotText

ROOT = Path(__file__).resolve().parents[3]
START = datetime(2026, 3, 2, tzinfo=UTC)
PERIODS = Periods(pilot_starts_at=START, step=timedelta(days=1), before=40, after=40)
UNITS = [*(Unit(f"pilot {n}", True) for n in range(8)), *(Unit(f"comparison {n}", False) for n in range(8))]
VARIATION = Variation(baseline=20, between_sites=2, noise=1, carry_over=0.3, shared=0.5)


def gain(rows: list[Row], units: list[Unit], before: int) -> list[list[float]]:
    """The change of each unit's mean from the baseline to the pilot, for pilot and comparison units."""
    values: dict[tuple[str, bool], list[float]] = {}
    for row in rows:
        values.setdefault((row.unit, row.period >= before), []).append(row.value)
    changes = {unit: mean(values[unit.name, True]) - mean(values[unit.name, False]) for unit in units}
    return [[change for unit, change in changes.items() if unit.is_pilot is arm] for arm in (True, False)]


def test_the_same_seed_gives_the_same_readings_and_another_seed_others() -> None:
    first = simulate(UNITS, PERIODS, -3, 7, VARIATION)

    assert simulate(UNITS, PERIODS, -3, 7, VARIATION) == first
    assert simulate(UNITS, PERIODS, -3, 8, VARIATION) != first


def test_a_longer_run_continues_the_shorter_one() -> None:
    variation = Variation(baseline=20, noise=1, carry_over=0.5, shared=1, missing=0.2)
    longer = Periods(START, PERIODS.step, before=40, after=60)

    short, long = simulate(UNITS, PERIODS, -3, 7, variation), simulate(UNITS, longer, -3, 7, variation)

    assert long[: len(short)] == short
    assert simulate(UNITS, longer, -3, 7, variation, since=80) == long[len(short) :]


def test_a_unit_reads_the_same_whatever_other_units_there_are() -> None:
    alone = simulate(UNITS[:1], PERIODS, -3, 7, VARIATION)

    assert [row for row in simulate(UNITS, PERIODS, -3, 7, VARIATION) if row.unit == "pilot 0"] == alone


def test_the_effect_reaches_pilot_units_from_the_start_and_no_others() -> None:
    still, moved = simulate(UNITS, PERIODS, 0, 7, VARIATION), simulate(UNITS, PERIODS, -3, 7, VARIATION)

    differences = {
        (row.unit.split()[0], row.period >= PERIODS.before, round(row.value - other.value, 6))
        for row, other in zip(moved, still, strict=True)
    }
    assert differences == {
        ("pilot", False, 0.0),
        ("pilot", True, -3.0),
        ("comparison", False, 0.0),
        ("comparison", True, 0.0),
    }


def test_an_interval_around_the_difference_holds_the_true_effect() -> None:
    pilot, comparison = gain(simulate(UNITS, PERIODS, -3, 7, VARIATION), UNITS, PERIODS.before)

    interval = stats.ttest_ind(pilot, comparison, equal_var=False).confidence_interval(0.99)
    assert interval.low < -3 < interval.high < 0


def test_instants_count_from_the_first_period_of_the_baseline() -> None:
    rows = simulate(UNITS[:1], PERIODS, 0, 7, VARIATION)

    assert (rows[0].period, rows[0].at) == (0, START - timedelta(days=40))
    assert (rows[40].period, rows[40].at) == (40, START)
    assert len(rows) == 80


def test_missing_readings_are_about_the_share_asked_for() -> None:
    rows = simulate(UNITS, PERIODS, 0, 7, Variation(baseline=20, missing=0.25))

    assert 0.7 < len(rows) / (len(UNITS) * 80) < 0.8


def test_values_are_cut_at_the_limits() -> None:
    rows = simulate(UNITS, PERIODS, 0, 7, Variation(baseline=50, noise=40, lowest=0, highest=100))

    assert (min(row.value for row in rows), max(row.value for row in rows)) == (0, 100)


@pytest.mark.parametrize("wrong", [{"carry_over": 1.0}, {"carry_over": -0.1}, {"missing": 1.0}])
def test_impossible_variation_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be at least 0 and below 1"):
        Variation(baseline=1, **wrong)


def test_a_negative_number_of_periods_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        simulate(UNITS, Periods(START, PERIODS.step, before=-1, after=3), 0, 7, VARIATION)


def challenge(slug: str) -> ChallengeText:
    found = read_demonstration(ROOT / "marketplace" / "demonstration", read_library(ROOT / "clauses" / "library"))
    return next(item for item in found.challenges if item.slug == slug)


def improvement(item: ChallengeText, pilot: PilotText) -> tuple[float, float, float]:
    """The lower limit, the estimate and the upper limit of the gain over comparison sites, more being better."""
    assert item.readings is not None
    told = item.readings
    units = [*(Unit(name, True) for name in pilot.sites), *(Unit(name, False) for name in told.comparison_sites)]
    periods = Periods(START, timedelta(days=1), item.measure.baseline_periods, item.measure.pilot_periods)
    variation = Variation(
        item.measure.baseline_value,
        *(told.between_sites, told.noise, told.carry_over, told.shared, told.missing, told.lowest, told.highest),
    )
    rows = simulate(units, periods, pilot.true_change, told.seed, variation)
    sign = 1 if item.measure.direction == "increase" else -1
    treated, untreated = ([sign * value for value in arm] for arm in gain(rows, units, periods.before))
    interval = stats.ttest_ind(treated, untreated, equal_var=False).confidence_interval(0.95)
    return interval.low, mean(treated) - mean(untreated), interval.high


def test_one_bicycle_pilot_proves_its_outcome_and_the_other_is_too_small() -> None:
    item = challenge("bicycle-thefts")
    worthwhile = item.measure.minimum_worthwhile_effect

    proven, small = (improvement(item, pilot) for pilot in item.pilots)

    assert proven[0] > 0
    assert proven[1] >= worthwhile
    assert small[2] < worthwhile


def test_both_bin_pilots_are_too_small_even_at_best() -> None:
    item = challenge("shared-bins")

    uppers = [improvement(item, pilot)[2] for pilot in item.pilots]

    assert max(uppers) < item.measure.minimum_worthwhile_effect


def test_the_light_pilots_differ_while_the_feed_runs_on() -> None:
    item = challenge("street-lights")

    strong, weak = (improvement(item, pilot) for pilot in item.pilots)

    assert strong[0] > 0
    assert strong[1] > item.measure.minimum_worthwhile_effect > weak[1]
