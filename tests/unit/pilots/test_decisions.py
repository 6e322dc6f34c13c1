"""The decision rule: the registered cases, guardrails and what one series can never yield (P5)."""

import json
import math
import os
from pathlib import Path

import pytest

from pilots.decisions import DESIGN, NO_INTERVAL, TOO_SMALL, Evidence, Guardrail, Rule, decide

REFERENCE = Path(os.environ.get("REFERENCE_DIR", Path(__file__).resolve().parents[4] / "shared"))
CASES = REFERENCE / "data" / "decision_cases.json"
PROMISING = {"low": 0.5, "high": 3.0, "estimate": 1.8}


def test_every_registered_case_gives_its_decision_and_reason():
    if not CASES.exists():
        pytest.skip("The reference decisions are not on this machine (set REFERENCE_DIR to their folder).")
    for case in json.loads(CASES.read_text()):
        evidence = Evidence(*case["ci"], case["estimate"], case["design_level"], case.get("quality_ok", True))

        verdict = decide(evidence, Rule(case["minimum_worthwhile"]))

        assert verdict.verdict == case["decision"], case
        assert verdict.reason == case.get("reason", verdict.reason), case


def test_target_met_in_a_comparison_scales():
    assert decide(Evidence(**PROMISING, design_level=3), Rule(1)).verdict == "scale"


@pytest.mark.parametrize("level", [1, 2])
def test_p5_one_uncontrolled_series_never_scales(level):
    verdict = decide(Evidence(low=90, high=110, estimate=100, design_level=level), Rule(1))

    assert (verdict.verdict, verdict.reason) == ("extend", DESIGN)


def test_p5_bad_data_never_lead_to_a_verdict():
    for low, high in [(0.5, 3.0), (-3.0, -0.5), (-0.4, 0.8)]:
        evidence = Evidence(low, high, (low + high) / 2, design_level=3, quality_ok=False)

        assert decide(evidence, Rule(1)).verdict == "inconclusive"


@pytest.mark.parametrize("missing", [None, math.nan])
def test_p5_without_an_interval_nothing_is_concluded(missing):
    verdict = decide(Evidence(missing, missing, 9.0, design_level=5), Rule(1))

    assert (verdict.verdict, verdict.reason) == ("inconclusive", NO_INTERVAL)


@pytest.mark.parametrize(
    ("low", "expected"), [(-0.1, "scale"), (-0.5, "extend"), (-0.6, "extend"), (None, "inconclusive")]
)
def test_p5_scale_needs_every_guardrail_to_exclude_its_limit(low, expected):
    guardrails = (Guardrail("noise", -0.2, 0.2, 0.5), Guardrail("falls", low, None if low is None else 0.4, 0.5))

    assert decide(Evidence(**PROMISING, design_level=3, guardrails=guardrails), Rule(1)).verdict == expected


def test_guardrail_wholly_beyond_its_limit_stops_for_harm():
    guardrails = (Guardrail("falls", -2.0, -0.6, 0.5),)

    verdict = decide(Evidence(**PROMISING, design_level=3, guardrails=guardrails), Rule(1))

    assert (verdict.verdict, verdict.is_harm) == ("stop", True)
    assert verdict.reason == "credible harm: falls is beyond its harm limit"


def test_harm_limit_is_a_tolerated_loss():
    evidence = Evidence(low=-3, high=-0.5, estimate=-1.7, design_level=3)

    assert decide(evidence, Rule(1, harm_limit=0.4)).ground == "harm"
    assert decide(evidence, Rule(1, harm_limit=0.5)).ground == "too_small"


def test_too_small_without_a_comparison_may_also_be_redesigned():
    verdict = decide(Evidence(-0.4, 0.8, 0.2, design_level=2), Rule(1))

    assert (verdict.verdict, verdict.reason) == ("stop", f"{TOO_SMALL}; stop or redesign")


def test_strict_rule_asks_the_whole_interval_to_reach_the_minimum():
    assert decide(Evidence(**PROMISING, design_level=3), Rule(1, strict=True)).verdict == "inconclusive"
    assert decide(Evidence(1.0, 3.0, 2.0, design_level=3), Rule(1, strict=True)).verdict == "scale"


def test_interval_the_wrong_way_round_is_refused():
    with pytest.raises(ValueError, match="low end of an interval cannot lie above"):
        Evidence(low=2, high=1, estimate=1.5, design_level=3)
