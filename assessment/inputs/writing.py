"""Writing the document of a case: numbers as decimal strings, keys without a value left out."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessment.scoring import NOT_APPLICABLE, Case, Clause, Criterion, Entry, Group, PanelMarks, Step

NUMBERS = ("weight", "maximum", "threshold", "maximum_price", "optimal_price", "minimum_quality")


def to_document(case: Case) -> dict[str, Any]:
    """The JSON-able document of a case; submissions sorted by id, a disregarded one without its price (A8)."""
    document: dict[str, Any] = {"criteria": [_criterion(criterion) for criterion in case.criteria]}
    if case.groups:
        document["groups"] = [_group(group) for group in case.groups]
    if case.clauses:
        document["clauses"] = [_clause(clause) for clause in case.clauses]
    document["tie_breaks"] = list(case.tie_breaks)
    document["submissions"] = [_entry(entry) for entry in sorted(case.entries, key=lambda entry: entry.id)]
    return document


def plain(value: object) -> str:
    """A number as a decimal string without trailing zeros: 4.50 is "4.5"."""
    return f"{Decimal(str(value)).normalize():f}"


def _criterion(criterion: Criterion) -> dict[str, Any]:
    words = {"code": criterion.code, "kind": criterion.kind}
    named = {name: value for name in ("formula", "group") if (value := getattr(criterion, name))}
    row: dict[str, Any] = words | _numbers(criterion, NUMBERS) | named
    return row | ({"scale": [_step(step) for step in criterion.scale]} if criterion.scale else {})


def _step(step: Step) -> dict[str, str]:
    words = {name: value for name in ("label", "descriptor") if (value := getattr(step, name))}
    return {"mark": plain(step.mark), **words}


def _group(group: Group) -> dict[str, str]:
    return {"code": group.code, **_numbers(group, ("threshold",))}


def _clause(clause: Clause) -> dict[str, str]:
    numbers = ("weight", "maximum", "threshold") if clause.mode == "scored" else ()
    return {"code": clause.code, "mode": clause.mode, **_numbers(clause, numbers)}


def _entry(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"id": entry.id}
    row["marks"] = {code: _value(mark) for code, mark in sorted(entry.marks.items()) if mark is not None}
    findings = {code: _value(finding) for code, finding in sorted(entry.findings.items()) if finding is not None}
    if findings:
        row["clause_findings"] = findings
    if entry.disregarded is not None:
        return row | {"disregarded": entry.disregarded}
    if entry.price is None:
        return row
    if entry.stated_price is None:
        return row | {"price": plain(entry.price)}
    return row | {"price": plain(entry.stated_price), "corrected_price": plain(entry.price)}


def _numbers(row: object, names: tuple[str, ...]) -> dict[str, str]:
    return {name: plain(value) for name in names if (value := getattr(row, name)) is not None}


def _value(value: object) -> Any:
    if isinstance(value, PanelMarks):
        return {name: [plain(mark) for mark in marks] for name, marks in sorted(value.by_organisation.items())}
    if isinstance(value, Decimal | Fraction | int):
        return plain(value)
    return NOT_APPLICABLE.value if value is NOT_APPLICABLE else value
