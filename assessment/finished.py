"""What a panel reads of a finished pilot: a document frozen by the room that measured it. Pure: no Django.

Figures are decimal strings in the unit of the measure that decides, turned so that plus is better. The mark of the
measured result follows from them by the published rule (`scoring.measured`); nobody gives it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final

from assessment.scoring import measured_mark

FORMAT: Final = "problem-first pilot evidence, version 1"
COUNCIL, SUPPLIER = "council", "supplier"
TITLES: Final = {COUNCIL: "What the council says", SUPPLIER: "What the supplier says"}


@dataclass(frozen=True)
class Measured:
    """The registered result; `on` is the day it was computed for, `snapshot` the fingerprint of its readings."""

    verdict: str
    sentence: str
    measure: str
    unit: str
    change: str | None
    low: str | None
    high: str | None
    confidence: str
    design: str
    snapshot: str
    on: str
    least: str
    hoped: str


@dataclass(frozen=True)
class ClauseKept:
    """Where a clause stood when the evidence was frozen, and how often it was looked at and found not met."""

    code: str
    title: str
    standing: str
    looks: int
    not_met: int


@dataclass(frozen=True)
class Stop:
    """A time during which the pilot was suspended; days as dates, an open end is empty."""

    began_on: str
    ended_on: str
    reason: str


@dataclass(frozen=True)
class Finished:
    """One finished pilot. `accounts` has by criterion what was written about it, by COUNCIL and SUPPLIER."""

    pilot: str
    supplier: str
    started_on: str
    ended_on: str
    plan_sha256: str
    result: Measured
    gate: str
    gate_reason: str
    guardrails: tuple[str, ...] = ()
    clauses: tuple[ClauseKept, ...] = ()
    stops: tuple[Stop, ...] = ()
    accounts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def mark(self) -> Decimal:
        """The mark of the measured result, of 100; nothing that could be computed is no change."""
        result = self.result
        return measured_mark(
            Decimal(result.change or 0), least=Decimal(result.least), hoped=Decimal(result.hoped)
        )  # fmt: skip

    def account(self, code: str) -> str:
        """What was written about one criterion, as one text that can be quoted."""
        given = self.accounts.get(code, {})
        return "\n\n".join(f"{TITLES[side]}:\n{given[side]}" for side in TITLES if given.get(side))


def to_document(finished: Finished) -> dict[str, Any]:
    """As JSON-able data."""
    return {"format": FORMAT, **asdict(finished)}


def read(document: Mapping[str, Any]) -> Finished:
    """The evidence of a stored document; raises KeyError or TypeError for what is none."""
    given = {name: value for name, value in document.items() if name != "format"}
    given["result"] = Measured(**given["result"])
    given["clauses"] = tuple(ClauseKept(**row) for row in given["clauses"])
    given["stops"] = tuple(Stop(**row) for row in given["stops"])
    given["guardrails"] = tuple(given["guardrails"])
    return Finished(**given)


def fingerprint(document: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the document's canonical JSON."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
