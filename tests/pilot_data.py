"""Invented pilots for the statistics tests: plans and rows, seeded, with or without an effect."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from pilots.statistics import Plan, UnitPeriod

BASELINE_START = date(2026, 1, 5)
BASELINE_WEEKS = 26
PILOT_WEEKS = 13
START = BASELINE_START + timedelta(weeks=BASELINE_WEEKS)
END = START + timedelta(weeks=PILOT_WEEKS, days=-1)

COMPARISON = Plan("comparison", "increase", 1.0, BASELINE_START, START, END, seed=7)
SERIES = replace(COMPARISON, design="one_series")
BEFORE_AFTER = replace(COMPARISON, design="before_after")
STAGGERED = replace(COMPARISON, design="staggered")
SYNTHETIC = replace(COMPARISON, design="synthetic_control")
COUNTS = Plan("counts", "decrease", 0.1, date(2022, 1, 1), date(2025, 1, 1), date(2025, 12, 31), period="month", seed=7)


def week(index):
    return START + timedelta(weeks=index)


def memory_noise(rng, periods, rho):
    """AR(1) noise with standard deviation 1."""
    noise = rng.standard_normal(periods)
    for place in range(1, periods):
        noise[place] = rho * noise[place - 1] + np.sqrt(1 - rho**2) * noise[place]
    return noise


def unit_rows(unit, arm, values):
    """One value a week from the start of the baseline."""
    return [UnitPeriod(unit, arm, week(place - BASELINE_WEEKS), float(value)) for place, value in enumerate(values)]


def series_rows(seed, effect=0.0, rho=0.4, level=50.0):
    values = level + memory_noise(np.random.default_rng(seed), BASELINE_WEEKS + PILOT_WEEKS, rho)
    values[BASELINE_WEEKS:] += effect
    return unit_rows("the square", "pilot", values)


def arm_rows(seed, effect=0.0, units=10, rho=0.4):
    """As many pilot as comparison units, each at its own level."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(units * 2):
        arm = "pilot" if number % 2 else "comparison"
        values = 20 + 3 * rng.standard_normal() + memory_noise(rng, BASELINE_WEEKS + PILOT_WEEKS, rho)
        values[BASELINE_WEEKS:] += effect if arm == "pilot" else 0.0
        rows += unit_rows(f"street {number:02}", arm, values)
    return rows


def count_rows(seed, ratio=1.0, mean=60.0, rho=0.4, memory=0.1):
    """Monthly counts of one series, exposure 1,000; `memory` is the spread of the slowly moving log rate."""
    rng = np.random.default_rng(seed)
    logs = np.log(mean) + memory * memory_noise(rng, 48, rho)
    logs[36:] += np.log(ratio)
    months = [date(2022 + place // 12, place % 12 + 1, 1) for place in range(48)]
    events = rng.poisson(np.exp(logs))
    return [UnitPeriod("ward", "pilot", at, float(count), 1000.0) for at, count in zip(months, events, strict=True)]


def staggered_rows(seed, effect=0.0, units=12, rho=0.4):
    """A third of the units never begins; the others begin one after another in the first nine weeks of the pilot."""
    rng = np.random.default_rng(seed)
    common = memory_noise(rng, BASELINE_WEEKS + PILOT_WEEKS, rho)
    rows = []
    for number in range(units):
        begins = BASELINE_WEEKS + number % 9 if number % 3 else None
        values = 20 + 3 * rng.standard_normal() + common + memory_noise(rng, BASELINE_WEEKS + PILOT_WEEKS, rho)
        values[begins if begins else len(values) :] += effect
        for place, row in enumerate(unit_rows(f"street {number:02}", "comparison", values)):
            rows.append(replace(row, arm="pilot") if begins and place >= begins else row)
    return rows


def mixed_rows(seed, effect=0.0, others=19, rho=0.4):
    """One pilot place and many others: three shared movements that each place follows in its own measure."""
    rng = np.random.default_rng(seed)
    weeks = BASELINE_WEEKS + PILOT_WEEKS
    shared = np.array([memory_noise(rng, weeks, 0.7) for _ in range(3)])
    rows = []
    for number in range(others + 1):
        values = 20 + 3 * rng.standard_normal() + rng.dirichlet(np.ones(3)) @ shared + memory_noise(rng, weeks, rho)
        values[BASELINE_WEEKS:] += effect if number == 0 else 0.0
        rows += unit_rows(f"place {number:02}", "comparison" if number else "pilot", values)
    return rows
