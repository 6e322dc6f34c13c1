"""Interoperability and structure: the declared schema, plain times and places, shared identifiers."""

import re

from clauses.checks.places import outside, places_of
from clauses.checks.samples import Sample, instant, json_of, sample_of
from clauses.checks.shapes import CannotCheck, Case, Finding, Stated, Verdict, delivered, share, shown
from clauses.checks.table_schema import schema_of, untried, wrong_cells

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
    answer = delivered(case, "data")
    sample, declared = sample_of(answer), schema_of(json_of(delivered(case, "schema").body), answer.url)
    names = [rule.name for rule in declared.rules]
    if undeclared := [column for column in sample.columns if column not in names]:
        sentence = f"These fields are not declared: {shown(', '.join(undeclared), 150)}."
        return Finding(
            "schema", Verdict.NOT_MET, sentence, shown(", ".join(names)), "Declare every field in the schema."
        )
    _refuse_empty(sample)
    # In JSON a record leaves out what it has not; a table has all its columns.
    absent = [] if "json" in sample.kind else [name for name in names if name not in sample.columns]
    if absent:
        sentence = f"These fields are declared and not there: {shown(', '.join(absent), 150)}."
        return Finding("schema", Verdict.NOT_MET, sentence, shown(", ".join(sample.columns)), "Deliver every field.")
    wrong = wrong_cells(sample.rows, declared)
    good = len(sample.rows) - len({row for row, _ in wrong})
    sentence = f"{share(good, len(sample.rows))} of {len(sample.rows):,} records keep the schema."
    sentence = " ".join([sentence, *untried(declared)])
    excerpt = shown("; ".join(f"record {row + 1}: {said}" for row, said in wrong[:5]) or ", ".join(names))
    is_met = (len(sample.rows) - good) * 100 <= len(sample.rows)
    to_do = "" if is_met else "Send records that keep the schema, or correct the schema and say so."
    return Finding("schema", Verdict.MET if is_met else Verdict.NOT_MET, sentence, excerpt, to_do)


def formats(case: Case) -> Finding:
    """Times with their offset, places in WGS84 or British National Grid inside the area, units that are SI."""
    sample = sample_of(delivered(case, "data"))
    _refuse_empty(sample)
    wrong = [words for words in (_times(sample), _units(sample)) if words] or [_misplaced(sample, case.stated)]
    excerpt = shown(", ".join(f"{key}={value}" for key, value in sample.rows[0].items()))
    if any(wrong):
        to_do = "Write times as 2026-11-22T09:30:00+00:00, positions as latitude and longitude, and SI units."
        return Finding("formats", Verdict.NOT_MET, " ".join(wrong), excerpt, to_do)
    if not sample.time_column:
        raise CannotCheck("No column holds a time that could be looked at.", "Name the column of the time taken_at.")
    sentence = f"Times, units and places are plain in {len(sample.rows):,} records"
    is_bounded = places_of(sample) is not None
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


def _misplaced(sample: Sample, stated: Stated) -> str:
    """What is wrong with where the records lie; raises CannotCheck where they lie somewhere and no area was stated."""
    found = places_of(sample)
    if found is None:
        return ""
    words, places = found
    bad = places.count(None)
    if bad * 1000 > 5 * len(places):
        return f"{bad:,} of {len(places):,} positions are not {words}."
    if stated.boundary is None:
        raise CannotCheck("No area was stated in which the positions should lie.", "State the area of the pilot.")
    beyond = outside(places, stated.boundary)
    if len(beyond) * 100 <= len(places):
        return ""
    east, north = beyond[0]
    return f"{len(beyond):,} of {len(places):,} positions lie outside the area, such as {north:.4f}, {east:.4f}."


def _refuse_empty(sample: Sample) -> None:
    if not sample.rows:
        raise CannotCheck("The data hold no records.", "Deliver records of the pilot.")
