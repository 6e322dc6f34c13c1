"""Checks of clauses on a live service. Pure: what was fetched and stated goes in, a verdict with evidence comes out.

`run(step, case)` does one step of the clause library, `conclude` turns the findings of a clause into its verdict. A
verdict never says more than what was seen carries: where something is missing, the finding says what.
"""

from clauses.checks.schedules import PROBE_EVERY, next_look
from clauses.checks.security import policy_address
from clauses.checks.shapes import (
    NAMES,
    Answer,
    CannotCheck,
    Case,
    Finding,
    Probe,
    Stated,
    Verdict,
    shown,
)
from clauses.checks.steps import BY_A_PERSON, STEPS, Step, conclude, run

__all__ = [
    "BY_A_PERSON",
    "NAMES",
    "PROBE_EVERY",
    "STEPS",
    "Answer",
    "CannotCheck",
    "Case",
    "Finding",
    "Probe",
    "Stated",
    "Step",
    "Verdict",
    "conclude",
    "next_look",
    "policy_address",
    "run",
    "shown",
]
