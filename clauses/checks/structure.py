"""Interoperability and structure: the declared schema, plain times and places, shared identifiers."""

import re
from collections import Counter
from typing import Any

from clauses.checks.samples import Sample, instant, json_of, sample_of
from clauses.checks.shapes import CannotCheck, Case, Finding, Stated, Verdict, delivered, share, shown
from clauses.checks.table_schema import FieldRule, is_valid, rules_of, unread_patterns, words

_PATTERNS = {
    "uprn": r"\d{1,12}",
    "usrn": r"\d{1,8}",
    "ons_code": r"[EWSNKJLM]\d{8}",
    "lsoa": r"[EWS]01\d{6}",
    "ward_code": r"[EWSN]\d{8}",
}
_SI = {
    "m", "km", "cm", "mm", "m2", "m²", "m3", "m³", "l", "s", "min", "h", "kg", "g", "mg", "µg/m3", "µg/m³", "ug/m3",
    "a", "v", "w", "kw", "kwh", "wh", "mwh", "j", "k", "c", "°c", "degc", "pa", "hpa", "kpa", "hz", "db", "db(a)", "lx",
    "lux", "cd", "m/s", "km/h", "ppm", "ppb", "%", "1", "count", "number", "people", "vehicles", "litres",
}  # fmt: skip


def schema(case: Case) -> Finding:
    """At most 1 % of the rows break the declared schema, and no field is undeclared."""
    sample, rules = sample_of(delivered(case, "data")), rules_of(json_of(delivered(case, "schema").body))
    undeclared = [column for column in sample.columns if column not in {rule.name for rule in rules}]
    wrong = _wrong_cells(sample, rules)
    bad = {row for row, _ in wrong}
    excerpt = shown(
        "; ".join(f"record {row + 1}: {words(rule)}" for row, rule in wrong[:5]) or ", ".join(undeclared[:20])
    )
    if undeclared:
        sentence = f"These fields are not declared: {shown(', '.join(undeclared), 150)}."
        return Finding("schema", Verdict.NOT_MET, sentence, excerpt, "Declare every field in the schema.")
    _refuse_empty(sample)
    sentence = (
        f"{share(len(sample.rows) - len(bad), len(sample.rows))} of {len(sample.rows):,} records keep the schema."
    )
    if unread := unread_patterns(rules):
        sentence += f" The pattern of {shown(', '.join(unread), 80)} was not tried: it could take for ever."
    is_met = len(bad) * 100 <= len(sample.rows)
    to_do = "" if is_met else "Send records that keep the schema, or correct the schema and say so."
    return Finding("schema", Verdict.MET if is_met else Verdict.NOT_MET, sentence, excerpt, to_do)


def formats(case: Case) -> Finding:
    """Times with their offset, places in WGS84 or British National Grid inside the area, units that are SI."""
    sample = sample_of(delivered(case, "data"))
    _refuse_empty(sample)
    wrong = [words for words in (_times(sample), _units(sample), _places(sample, case.stated)) if words]
    excerpt = shown(", ".join(f"{key}={value}" for key, value in sample.rows[0].items()))
    if wrong:
        to_do = "Write times as 2026-11-22T09:30:00+00:00, positions as latitude and longitude, and SI units."
        return Finding("formats", Verdict.NOT_MET, " ".join(wrong), excerpt, to_do)
    if not sample.time_column:
        raise CannotCheck("No column holds a time that could be looked at.", "Name the column of the time taken_at.")
    sentence = f"Times, units and places are plain in {len(sample.rows):,} records"
    is_bounded = case.stated.boundary is not None and _has_places(sample)
    return Finding("formats", Verdict.MET, sentence + (", inside the area." if is_bounded else "."), excerpt)


def ids(case: Case) -> Finding:
    """Identifier columns look like what they are called; only a gazetteer could show that they exist."""
    sample = sample_of(delivered(case, "data"))
    _refuse_empty(sample)
    column = sample.column(case.stated.identifier_column.lower(), *_PATTERNS)
    pattern = _PATTERNS.get(column.strip().lower())
    if not column or pattern is None:
        sentence = "No column is named after a public identifier (uprn, usrn, ons_code, lsoa, ward_code)."
        return Finding("ids", Verdict.NOT_MET, sentence, shown(", ".join(sample.columns)), "Add public identifiers.")
    good = sum(re.fullmatch(pattern, str(row.get(column) or "")[:40]) is not None for row in sample.rows)
    sentence = f"{share(good, len(sample.rows))} of the records hold a {column} of the right form."
    excerpt = shown(", ".join(str(row.get(column)) for row in sample.rows[:10]))
    if good * 100 < 95 * len(sample.rows):
        return Finding("ids", Verdict.NOT_MET, sentence, excerpt, f"Fill {column} in at least 95 % of the records.")
    return Finding("ids", Verdict.TO_CONFIRM, f"{sentence} Match some with the gazetteer.", excerpt)


def _wrong_cells(sample: Sample, rules: tuple[FieldRule, ...]) -> list[tuple[int, FieldRule]]:
    found = [
        (number, rule)
        for number, row in enumerate(sample.rows)
        for rule in rules
        if not is_valid(_cell(row, rule), rule)
    ]
    for rule in rules:
        if rule.constraints.get("unique") is True:
            times = Counter(str(_cell(row, rule)) for row in sample.rows)
            found += [(n, rule) for n, row in enumerate(sample.rows) if times[str(_cell(row, rule))] > 1]
    return found


def _cell(row: dict[str, Any], rule: FieldRule) -> object:
    value = row.get(rule.name)
    # JSON has booleans of its own, which text has not.
    return str(value).lower() if isinstance(value, bool) else value


def _times(sample: Sample) -> str:
    column = sample.time_column
    bad = [row.get(column) for row in sample.rows if column and instant(row.get(column)) is None]
    if len(bad) * 1000 <= 5 * len(sample.rows):
        return ""
    return f"{len(bad):,} of {len(sample.rows):,} times are not ISO 8601 with an offset, such as “{shown(bad[0], 40)}”."


def _units(sample: Sample) -> str:
    column = sample.column("unit", "units", "uom")
    known = {str(row.get(column) or "").strip().lower() for row in sample.rows} if column else set()
    odd = sorted(unit for unit in known if not _is_si(unit))
    return f"These units are not SI and not counts: {shown(', '.join(odd), 100)}." if odd else ""


def _is_si(unit: str) -> bool:
    """SI units, and things that are counted, which are written out in words of letters."""
    imperial = (
        "mile",
        "mph",
        "inch",
        "feet",
        "foot",
        "yard",
        "gallon",
        "fahrenheit",
        "°f",
        "pound",
        "ounce",
        "psi",
        "acre",
    )
    return unit in _SI or (bool(unit) and not any(word in unit for word in imperial))


def _has_places(sample: Sample) -> bool:
    return bool(sample.column("latitude", "lat") and sample.column("longitude", "lon", "lng", "long"))


def _places(sample: Sample, stated: Stated) -> str:
    if not _has_places(sample):
        return ""
    columns = sample.column("longitude", "lon", "lng", "long"), sample.column("latitude", "lat")
    places = [(_degrees(row.get(columns[0]), 180), _degrees(row.get(columns[1]), 90)) for row in sample.rows]
    bad = sum(None in place for place in places)
    if bad * 1000 > 5 * len(places):
        return f"{bad:,} of {len(places):,} positions are not degrees of WGS84."
    if stated.boundary is None:
        return ""
    west, south, east, north = stated.boundary
    outside = [
        (x, y) for x, y in places if x is not None and y is not None and not (west <= x <= east and south <= y <= north)
    ]
    if len(outside) * 100 <= len(places):
        return ""
    return (
        f"{len(outside):,} of {len(places):,} positions lie outside the area, such as {outside[0][1]}, {outside[0][0]}."
    )


def _degrees(value: object, most: int) -> float | None:
    try:
        read = float(str(value)[:40])
    except ValueError:
        return None
    return read if -most <= read <= most else None


def _refuse_empty(sample: Sample) -> None:
    if not sample.rows:
        raise CannotCheck("The data hold no records.", "Deliver records of the pilot.")
