"""A ranking as JSON, and the digest by which anyone can tell that a recomputed result is the same."""

import hashlib
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from assessment.scoring.shapes import NOT_APPLICABLE, Criterion, Entry, Mark, Number, Result, exact

PLACES = 4


class JsonNumber(NamedTuple):
    """A number for a document: rounded for reading, exact for recomputing."""

    decimal: str
    exact: str


def to_json_number(value: Fraction) -> JsonNumber:
    """Four decimals, halves rounded away from zero, beside the exact fraction: 250/3 is ("83.3333", "250/3")."""
    units = int(abs(value) * 10**PLACES + Fraction(1, 2))
    whole, rest = divmod(units, 10**PLACES)
    sign = "-" if value < 0 and units else ""
    return JsonNumber(f"{sign}{whole}.{rest:0{PLACES}d}", str(value))


def to_document(result: Result) -> dict[str, Any]:
    """The result as plain JSON data: numbers as decimal strings, each total also as an exact fraction."""
    return {
        "basis": result.basis,
        "ranking": [
            {
                "id": row.id,
                "rank": row.rank,
                "total": to_json_number(row.total).decimal,
                "exact": to_json_number(row.total).exact,
                "scores": {code: to_json_number(points).decimal for code, points in sorted(row.scores.items())},
            }
            for row in result.ranking
        ],
        "disregarded": [{"id": row.id, "reason": row.reason} for row in result.disregarded],
        "flags": [{"id": row.id, "flag": row.flag, "reason": row.reason} for row in result.flags],
        "weights": {code: to_json_number(weight).decimal for code, weight in sorted(result.weights.items())},
        "left_out": list(result.left_out),
        "hash": result.digest,
    }


def digest(criteria: Sequence[Criterion], entries: Sequence[Entry], tie_breaks: Sequence[str], result: Result) -> str:
    """SHA-256 (hex) of inputs and result in canonical JSON: keys and rows sorted, numbers as exact fractions.

    The order of criteria and submissions does not matter, nor whether a mark was typed 4 or 4.0. Of a submission that
    was disregarded beforehand only id and reason are read, and the price of no disregarded submission ever is (A8).
    """
    closed = {row.id for row in result.disregarded}
    body = {
        "format": 1,
        "criteria": sorted((_criterion(c) for c in criteria), key=lambda c: str(c["code"])),
        "tie_breaks": list(tie_breaks),
        "submissions": [_entry(e, is_open=e.id not in closed) for e in sorted(entries, key=lambda e: e.id)],
        "result": _outcome(result),
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Number | None) -> str | None:
    return None if value is None else str(exact(value))


def _mark(value: Mark) -> str | None:
    return NOT_APPLICABLE.value if value is NOT_APPLICABLE else _text(value)


def _criterion(criterion: Criterion) -> dict[str, str | None]:
    return {
        "code": criterion.code,
        "kind": criterion.kind,
        "formula": criterion.formula,
        "weight": _text(criterion.weight),
        "maximum": _text(criterion.maximum),
        "threshold": _text(criterion.threshold),
        "maximum_price": _text(criterion.maximum_price),
        "optimal_price": _text(criterion.optimal_price),
        "minimum_quality": _text(criterion.minimum_quality),
    }


def _entry(entry: Entry, *, is_open: bool) -> dict[str, Any]:
    if entry.disregarded is not None:
        return {"id": entry.id, "disregarded": entry.disregarded}
    marks = {code: _mark(mark) for code, mark in entry.marks.items()}
    return {"id": entry.id, "marks": marks, "price": _text(entry.price) if is_open else None}


def _outcome(result: Result) -> dict[str, Any]:
    return {
        "basis": result.basis,
        "ranking": [
            [row.rank, row.id, _text(row.total), {code: _text(points) for code, points in row.scores.items()}]
            for row in result.ranking
        ],
        "disregarded": [[row.id, row.reason] for row in result.disregarded],
        "flags": [[row.id, row.flag] for row in result.flags],
    }
