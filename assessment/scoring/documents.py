"""A ranking as JSON, described for third parties in `docs/formats/assessment.md`."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from assessment.scoring.robustness import Robustness
from assessment.scoring.shapes import Ranked, Result

PLACES = 4


class JsonNumber(NamedTuple):
    """A number for a document: rounded for reading, exact for recomputing."""

    decimal: str
    exact: str


@dataclass(frozen=True)
class Contribution:
    """One part of a stacked bar: what a criterion gave to a total, of how much it could have given."""

    code: str
    points: Fraction
    possible: Fraction


def to_json_number(value: Fraction) -> JsonNumber:
    """Four decimals, halves rounded away from zero, beside the exact fraction: 250/3 is ("83.3333", "250/3")."""
    units = int(abs(value) * 10**PLACES + Fraction(1, 2))
    whole, rest = divmod(units, 10**PLACES)
    sign = "-" if value < 0 and units else ""
    return JsonNumber(f"{sign}{whole}.{rest:0{PLACES}d}", str(value))


def contributions(result: Result) -> dict[str, tuple[Contribution, ...]]:
    """For charts: each ranked submission's points by criterion, in the order of the published weights, heaviest first.

    The points of a row sum to its total. Empty under ``price_per_quality_point``, whose totals are not sums.
    """
    if result.basis != "points":
        return {}
    codes = sorted(result.weights, key=lambda code: (-result.weights[code], code))
    return {
        row.id: tuple(Contribution(code, row.scores[code], result.weights[code]) for code in codes)
        for row in result.ranking
    }


def to_document(result: Result) -> dict[str, Any]:
    """The result as plain JSON data: numbers as decimal strings, each total also as an exact fraction."""
    return {
        "basis": result.basis,
        "ranking": [_ranked(row) for row in result.ranking],
        "disregarded": [{"id": row.id, "reason": row.reason} for row in result.disregarded],
        "flags": [{"id": row.id, "flag": row.flag, "reason": row.reason} for row in result.flags],
        "weights": _decimals(result.weights),
        "left_out": list(result.left_out),
        "hash": result.digest,
    }


def to_robustness_document(found: Robustness) -> dict[str, Any]:
    """How firmly the ranking stands, as plain JSON data."""
    change = found.weight_change
    return {
        "winner": list(found.winner),
        "leave_one_out": {
            "checked": found.checked,
            "winner_changes": any(each.winner_changes for each in found.changes),
            "changes": [
                {"without": each.without, "first": list(each.first), "winner_changes": each.winner_changes}
                for each in found.changes
            ],
        },
        "weight_change": None
        if change is None
        else {
            "rival": change.rival,
            "points": to_json_number(change.points).decimal,
            "exact": to_json_number(change.points).exact,
            "weights": _decimals(change.weights),
        },
    }


def _ranked(row: Ranked) -> dict[str, Any]:
    total = to_json_number(row.total)
    shown = {"id": row.id, "rank": row.rank, "total": total.decimal, "exact": total.exact}
    return shown | {"scores": _decimals(row.scores)} | ({"groups": _decimals(row.groups)} if row.groups else {})


def _decimals(numbers: Mapping[str, Fraction]) -> dict[str, str]:
    return {code: to_json_number(value).decimal for code, value in sorted(numbers.items())}
