"""The registered rule that turns an interval into a verdict. Numbers in, words out; no Django.

Everything here is turned so that plus means improvement. A person decides; this is the proposal they decide from.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["scale", "extend", "stop", "inconclusive"]
Ground = Literal["data", "no_interval", "harm", "too_small", "target_met", "design", "guardrail", "unclear"]

LEVEL_THAT_SHOWS_CAUSE = 3

DATA = "the data do not meet the registered quality gates"
NO_INTERVAL = "there is too little data to say how sure the estimate is"
HARM = "credible harm"
TOO_SMALL = "even the optimistic end of the range is below the registered minimum worthwhile effect"
TARGET_MET = "target met and zero excluded"
DESIGN = "looks good, but the design cannot show the pilot caused it"
UNCLEAR = "the range includes both worthwhile and not-worthwhile effects"


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A measure that must not get worse: its oriented interval and the loss (>= 0) that counts as harm."""

    name: str
    low: float | None
    high: float | None
    harm_limit: float = 0.0

    @property
    def is_breached(self) -> bool:
        return self.high is not None and self.high < -self.harm_limit

    @property
    def is_clear(self) -> bool:
        return self.low is not None and self.low > -self.harm_limit


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the pilot showed: oriented interval and estimate (None = not computable) and how strong the design is."""

    low: float | None
    high: float | None
    estimate: float | None
    design_level: int
    quality_ok: bool = True
    guardrails: tuple[Guardrail, ...] = ()

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("The low end of an interval cannot lie above its high end.")

    @property
    def is_complete(self) -> bool:
        return all(number is not None and not math.isnan(number) for number in (self.low, self.high, self.estimate))


@dataclass(frozen=True, slots=True)
class Rule:
    """What was registered. A plan that names no harm limit has the limit 0: any credible worsening is harm."""

    minimum_worthwhile: float
    harm_limit: float = 0.0
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    verdict: Outcome
    reason: str
    ground: Ground

    @property
    def is_harm(self) -> bool:
        return self.ground == "harm"


def decide(evidence: Evidence, rule: Rule) -> Verdict:
    """Apply the registered rule, first matching step wins: data, harm, too small, promising, otherwise inconclusive.

    Numbers are in the unit of the effect, plus = improvement. Raises ValueError for an interval the wrong way round.
    """
    for step in _STEPS:
        verdict = step(evidence, rule)
        if verdict is not None:
            return verdict
    return Verdict("inconclusive", UNCLEAR, "unclear")


def _bad_data(evidence: Evidence, rule: Rule) -> Verdict | None:
    return None if evidence.quality_ok else Verdict("inconclusive", DATA, "data")


def _guardrail_harm(evidence: Evidence, rule: Rule) -> Verdict | None:
    breached = [guardrail.name for guardrail in evidence.guardrails if guardrail.is_breached]
    return Verdict("stop", f"{HARM}: {', '.join(breached)} is beyond its harm limit", "harm") if breached else None


def _no_interval(evidence: Evidence, rule: Rule) -> Verdict | None:
    return None if evidence.is_complete else Verdict("inconclusive", NO_INTERVAL, "no_interval")


def _harm(evidence: Evidence, rule: Rule) -> Verdict | None:
    high = evidence.high
    return Verdict("stop", HARM, "harm") if high is not None and high < -rule.harm_limit else None


def _too_small(evidence: Evidence, rule: Rule) -> Verdict | None:
    if evidence.high is None or evidence.high >= rule.minimum_worthwhile:
        return None
    redesign = "" if evidence.design_level >= LEVEL_THAT_SHOWS_CAUSE else "; stop or redesign"
    return Verdict("stop", TOO_SMALL + redesign, "too_small")


def _promising(evidence: Evidence, rule: Rule) -> Verdict | None:
    if not _is_target_met(evidence, rule):
        return None
    if evidence.design_level < LEVEL_THAT_SHOWS_CAUSE:
        return Verdict("extend", DESIGN, "design")
    return _held_by_guardrail(evidence.guardrails) or Verdict("scale", TARGET_MET, "target_met")


def _is_target_met(evidence: Evidence, rule: Rule) -> bool:
    low, estimate = evidence.low, evidence.estimate
    if low is None or estimate is None:
        return False
    floor_is_met = low >= rule.minimum_worthwhile if rule.strict else low > 0
    return floor_is_met and estimate >= rule.minimum_worthwhile


def _held_by_guardrail(guardrails: tuple[Guardrail, ...]) -> Verdict | None:
    unmeasured = [guardrail.name for guardrail in guardrails if guardrail.low is None]
    if unmeasured:
        return Verdict("inconclusive", f"the guardrail {', '.join(unmeasured)} could not be judged", "guardrail")
    unclear = [guardrail.name for guardrail in guardrails if not guardrail.is_clear]
    if unclear:
        return Verdict("extend", f"looks good, but harm to {', '.join(unclear)} is not ruled out", "guardrail")
    return None


_STEPS: tuple[Callable[[Evidence, Rule], Verdict | None], ...] = (
    _bad_data,
    _guardrail_harm,
    _no_interval,
    _harm,
    _too_small,
    _promising,
)
