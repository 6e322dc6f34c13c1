"""The digest by which anyone can tell that a recomputed result is the same (A11).

What is hashed is described for third parties in `docs/formats/assessment.md`; change both together, or never.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from assessment.scoring.shapes import (
    NOT_APPLICABLE,
    Case,
    Clause,
    Criterion,
    Entry,
    Finding,
    Mark,
    NotApplicable,
    Number,
    PanelMarks,
    Result,
    exact,
)

CRITERION_NUMBERS = ("weight", "maximum", "threshold", "maximum_price", "optimal_price", "minimum_quality")


class _Texts(dict[Number, str]):
    """Numbers as exact fractions in words, each worked out once: 4.0 is "4", 83.25 is "333/4"."""

    def __missing__(self, value: Number) -> str:
        self[value] = text = str(exact(value))
        return text


def digest(case: Case, result: Result) -> str:
    """SHA-256 (hex) of inputs and result in canonical JSON: keys and rows sorted, numbers as exact fractions.

    The order of criteria and submissions does not matter, nor whether a mark was typed 4 or 4.0. Of a submission that
    was disregarded beforehand only id and reason are read, and the price of no disregarded submission ever is (A8).
    """
    return hashlib.sha256(canonical(case, result).encode()).hexdigest()


def canonical(case: Case, result: Result) -> str:
    """The text that is hashed."""
    closed, texts = {row.id for row in result.disregarded}, _Texts()
    body: dict[str, Any] = {
        "format": 1,
        "criteria": sorted((_criterion(c, texts) for c in case.criteria), key=_code),
        "tie_breaks": list(case.tie_breaks),
        "submissions": [
            _entry(e, texts, is_open=e.id not in closed) for e in sorted(case.entries, key=lambda entry: entry.id)
        ],
        "result": _outcome(result),
    }
    # Parts that a simple challenge does not have are left out, so that its digest never depends on them.
    if case.groups:
        body["groups"] = sorted(
            ({"code": g.code, "threshold": _text(g.threshold, texts)} for g in case.groups), key=_code
        )
    if case.clauses:
        body["clauses"] = sorted((_clause(clause, texts) for clause in case.clauses), key=_code)
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _code(row: Mapping[str, Any]) -> str:
    return str(row["code"])


def _text(value: Number | None, texts: _Texts) -> str | None:
    return None if value is None else texts[value]


def _criterion(criterion: Criterion, texts: _Texts) -> dict[str, Any]:
    row: dict[str, Any] = {name: _text(getattr(criterion, name), texts) for name in CRITERION_NUMBERS}
    row |= {"code": criterion.code, "kind": criterion.kind, "formula": criterion.formula}
    if criterion.group is not None:
        row["group"] = criterion.group
    if criterion.scale:
        row["scale"] = [texts[mark] for mark in sorted(step.mark for step in criterion.scale)]
    return row


def _clause(clause: Clause, texts: _Texts) -> dict[str, str | None]:
    numbers = {name: _text(getattr(clause, name), texts) for name in ("weight", "maximum", "threshold")}
    return {"code": clause.code, "mode": clause.mode, **numbers}


def _entry(entry: Entry, texts: _Texts, *, is_open: bool) -> dict[str, Any]:
    if entry.disregarded is not None:
        return {"id": entry.id, "disregarded": entry.disregarded}
    row: dict[str, Any] = {"id": entry.id, "marks": {code: _mark(mark, texts) for code, mark in entry.marks.items()}}
    row["price"] = _text(entry.price, texts) if is_open else None
    if entry.findings:
        row["clause_findings"] = {code: _finding(finding, texts) for code, finding in entry.findings.items()}
    if entry.stated_price is not None and is_open:
        row["stated_price"] = texts[entry.stated_price]
    return row


def _mark(mark: Mark, texts: _Texts) -> Any:
    if isinstance(mark, PanelMarks):
        return {name: [texts[each] for each in sorted(marks)] for name, marks in mark.by_organisation.items()}
    if mark is None or isinstance(mark, NotApplicable):
        return None if mark is None else NOT_APPLICABLE.value
    return texts[mark]


def _finding(finding: Finding, texts: _Texts) -> str | None:
    if isinstance(finding, NotApplicable):
        return NOT_APPLICABLE.value
    return texts[finding] if isinstance(finding, Number) else finding


def _outcome(result: Result) -> dict[str, Any]:
    # The same points come up in row after row as the very same object: its text is made once.
    distinct = {id(points): points for row in result.ranking for points in row.scores.values()}
    texts = {key: str(points) for key, points in distinct.items()}
    return {
        "basis": result.basis,
        "ranking": [
            [row.rank, row.id, str(row.total), {code: texts[id(points)] for code, points in row.scores.items()}]
            for row in result.ranking
        ],
        "disregarded": [[row.id, row.reason] for row in result.disregarded],
        "flags": [[row.id, row.flag] for row in result.flags],
    }
