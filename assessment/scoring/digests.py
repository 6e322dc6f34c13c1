"""The digest by which anyone can tell that a recomputed result is the same (A11).

What is hashed is described for third parties in `docs/formats/assessment.md`; change both together, or never.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
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

_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
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
    entries = sorted(case.entries, key=lambda entry: entry.id)
    marks = _Fragments(lambda mark: _json(_mark(mark, texts)))
    parts = {
        "format": "1",
        "criteria": _json(sorted((_criterion(c, texts) for c in case.criteria), key=_code)),
        "tie_breaks": _json(list(case.tie_breaks)),
        "submissions": _list(_entry(e, texts, marks, is_open=e.id not in closed) for e in entries),
        "result": _outcome(result),
    }
    # Parts that a simple challenge does not have are left out, so that its digest never depends on them.
    if case.groups:
        groups = ({"code": g.code, "threshold": _text(g.threshold, texts)} for g in case.groups)
        parts["groups"] = _json(sorted(groups, key=_code))
    if case.clauses:
        parts["clauses"] = _json(sorted((_clause(clause, texts) for clause in case.clauses), key=_code))
    return _object(parts)


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(texts)}]"


def _object(parts: Mapping[str, str]) -> str:
    """An object whose members are JSON already."""
    return f"{{{','.join(f'{_json(name)}:{parts[name]}' for name in sorted(parts))}}}"


class _Fragments:
    """Objects from codes to values, in words. The same few values come up in row after row as the very same objects:
    what `"code":value` is is worked out once for each, and the order of the codes once for each set of them."""

    def __init__(self, words: Callable[[Any], str]) -> None:
        self._words = words
        self._members: dict[str, dict[int, str]] = {}
        self._orders: dict[tuple[str, ...], list[str]] = {}
        self._alive: list[Any] = []  # an id names its object only while that lives

    def of(self, row: Mapping[str, Any]) -> str:
        codes = tuple(row)
        if codes not in self._orders:
            self._orders[codes] = sorted(codes)
            self._members |= {code: {} for code in codes if code not in self._members}
        members, found = self._members, []
        for code in self._orders[codes]:
            value = row[code]
            known = members[code].get(id(value))
            found.append(self._new(code, value) if known is None else known)
        return f"{{{','.join(found)}}}"

    def _new(self, code: str, value: Any) -> str:
        self._alive.append(value)
        self._members[code][id(value)] = text = f"{_json(code)}:{self._words(value)}"
        return text


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


def _entry(entry: Entry, texts: _Texts, marks: _Fragments, *, is_open: bool) -> str:
    if entry.disregarded is not None:
        return _json({"id": entry.id, "disregarded": entry.disregarded})
    price = _text(entry.price, texts) if is_open else None
    row = {"id": _json(entry.id), "marks": marks.of(entry.marks), "price": _json(price)}
    if entry.findings:
        findings = {code: _finding(finding, texts) for code, finding in entry.findings.items()}
        row["clause_findings"] = _json(findings)
    if entry.stated_price is not None and is_open:
        row["stated_price"] = _json(texts[entry.stated_price])
    return _object(row)


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


def _outcome(result: Result) -> str:
    points = _Fragments(lambda value: _json(str(value)))
    rows = (f"[{row.rank},{_json(row.id)},{_json(str(row.total))},{points.of(row.scores)}]" for row in result.ranking)
    return _object({
        "basis": _json(result.basis),
        "ranking": _list(rows),
        "disregarded": _json([[row.id, row.reason] for row in result.disregarded]),
        "flags": _json([[row.id, row.flag] for row in result.flags]),
    })  # fmt: skip
