"""An assessment as a JSON document, and back into what `scoring.rank` reads. Pure: no Django, no queries.

The document is what a ranking stores and what an export carries, so that anyone can compute the result again:

    {"criteria": [{"code", "kind", "weight", "maximum", "threshold", "formula"}], "tie_breaks": [...],
     "submissions": [{"id", "marks": {code: mark}, "price", "disregarded"}]}

Numbers are decimal strings, keys without a value are left out, and a disregarded submission never has a price (A8).
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assessment.scoring import Criterion, Entry, Result, rank

NUMBERS = ("weight", "maximum", "threshold", "maximum_price", "optimal_price", "minimum_quality")


def to_document(
    criteria: Iterable[Criterion], entries: Iterable[Entry], tie_breaks: Sequence[str] = ()
) -> dict[str, Any]:
    """The JSON-able document of criteria, submissions (sorted by id) and tie-breaks."""
    return {
        "criteria": [_criterion(criterion) for criterion in criteria],
        "tie_breaks": list(tie_breaks),
        "submissions": [_entry(entry) for entry in sorted(entries, key=lambda entry: entry.id)],
    }


def recompute(document: Mapping[str, Any]) -> Result:
    """Rank what a document holds (A11); other keys are not read. Raises ScoringError with everything wrong."""
    return rank(
        [_read_criterion(row) for row in document["criteria"]],
        [_read_entry(row) for row in document["submissions"]],
        document.get("tie_breaks", ()),
    )


def plain(value: object) -> str:
    """A number as a decimal string without trailing zeros: 4.50 is "4.5"."""
    return f"{Decimal(str(value)).normalize():f}"


def _criterion(criterion: Criterion) -> dict[str, str]:
    numbers = {name: plain(value) for name in NUMBERS if (value := getattr(criterion, name)) is not None}
    words = {"code": criterion.code, "kind": criterion.kind}
    return words | numbers | ({"formula": criterion.formula} if criterion.formula else {})


def _entry(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": entry.id,
        "marks": {code: plain(mark) for code, mark in sorted(entry.marks.items()) if mark is not None},
    }
    if entry.disregarded is not None:
        return row | {"disregarded": entry.disregarded}
    return row | ({"price": plain(entry.price)} if entry.price is not None else {})


def _read_criterion(row: Mapping[str, Any]) -> Criterion:
    numbers = {name: Decimal(row[name]) for name in NUMBERS if name in row}
    return Criterion(code=row["code"], kind=row["kind"], formula=row.get("formula"), **numbers)


def _read_entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        marks={code: Decimal(mark) for code, mark in row.get("marks", {}).items()},
        price=Decimal(row["price"]) if "price" in row else None,
        disregarded=row.get("disregarded"),
    )
