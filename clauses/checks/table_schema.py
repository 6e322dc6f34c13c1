"""Table Schema and flat JSON Schema: the part of both that says what a row holds. Bounded, whatever the schema says."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from clauses.checks.cells import ORDERED, READERS, value_of
from clauses.checks.shapes import CannotCheck, shown

MOST_FIELDS = 200
LONGEST_CELL = 2000
# A pattern may hold one quantifier of varying length: matching it then takes time in proportion to the cell.
_VARYING = re.compile(r"(?<!\\)[*+?]|\{\d*,\d*\}")
_GROUPS = re.compile(r"(?<!\\)[()]|\\[1-9]|(?<!\\)\|")


@dataclass(frozen=True)
class FieldRule:
    """What a column holds; options, pattern and bounds are made ready once, not for every cell."""

    name: str
    field: dict[str, Any]
    constraints: dict[str, Any]
    options: frozenset[str] | None
    pattern: re.Pattern[str] | None
    low: Any
    high: Any

    @property
    def kind(self) -> str:
        return str(self.field["type"])


@dataclass(frozen=True)
class Schema:
    """The rules of a table. `key`: the columns of its primary key; `missing`: texts that stand for no value."""

    rules: tuple[FieldRule, ...]
    missing: frozenset[str]
    key: tuple[str, ...]
    points_elsewhere: bool  # it has foreign keys, which are not followed


def schema_of(document: Any, url: str = "") -> Schema:
    """A Table Schema, that of a data package's resource for this address, or a flat JSON Schema; else CannotCheck."""
    table = _table(document, url)
    found = _fields(table)
    if not found or len(found) > MOST_FIELDS:
        raise CannotCheck(
            "The schema is neither a Table Schema nor a JSON Schema of flat records.",
            "Publish a Table Schema: a list “fields”, each with name, type and description.",
        )
    missing, key = table.get("missingValues", [""]), table.get("primaryKey", ())
    return Schema(
        rules=tuple(found),
        missing=frozenset(_text(each) for each in missing[:100]) if isinstance(missing, list) else frozenset({""}),
        key=(key,) if isinstance(key, str) else tuple(str(each) for each in key[:20]) if isinstance(key, list) else (),
        points_elsewhere=bool(table.get("foreignKeys")),
    )


def wrong_cells(rows: tuple[dict[str, Any], ...], schema: Schema) -> list[tuple[int, str]]:
    """Where a row breaks the schema, by its number (from 0) and the rule in words; the primary key's come last."""
    found = [
        (number, words(rule))
        for number, row in enumerate(rows)
        for rule in schema.rules
        if not is_valid(row.get(rule.name), rule, schema.missing)
    ]
    for rule in schema.rules:
        if rule.constraints.get("unique") is True:
            found += [(number, words(rule)) for number in _twice(rows, (rule.name,), may_be_empty=True)]
    if schema.key:
        said = f"primary key {shown(', '.join(schema.key), 60)}"
        found += [(number, said) for number in _twice(rows, schema.key, may_be_empty=False)]
    return found


def _twice(rows: tuple[dict[str, Any], ...], columns: tuple[str, ...], *, may_be_empty: bool) -> list[int]:
    """The rows whose values in these columns are another row's, too, or are left out where they may not be."""
    values = [tuple(_text(row.get(column)) for column in columns) for row in rows]
    times = Counter(values)
    return [
        number for number, each in enumerate(values) if (times[each] > 1 if all(each) else not may_be_empty)
    ]  # fmt: skip


def is_valid(value: object, rule: FieldRule, missing: frozenset[str] = frozenset({""})) -> bool:
    """Whether one cell keeps its rule; an absent one does unless it is required."""
    text = _text(value)
    if value is None or text in missing:
        return rule.constraints.get("required") is not True
    if len(text) > LONGEST_CELL:
        return False
    try:
        read = value_of(text, rule.field)
    except (ValueError, OverflowError, ArithmeticError):
        return False
    return _keeps(text, read, rule)


def untried(schema: Schema) -> list[str]:
    """What of the schema is not tried: patterns that could take for ever, bounds nobody can compare, foreign keys."""
    patterns = [rule.name for rule in schema.rules if "pattern" in rule.constraints and rule.pattern is None]
    found = (
        [f"The pattern of {shown(', '.join(patterns), 80)} was not tried: it could take for ever."] if patterns else []
    )
    bounds = [
        rule.name
        for rule in schema.rules
        for bound, name in ((rule.low, "minimum"), (rule.high, "maximum"))
        if name in rule.constraints and bound is None
    ]
    if bounds:
        found.append(f"The bounds of {shown(', '.join(bounds), 80)} were not tried: they have no order that is known.")
    return [*found, "Foreign keys were not followed."] if schema.points_elsewhere else found


def words(rule: FieldRule) -> str:
    """A rule as the supplier reads it."""
    return f"{shown(rule.name, 40)} ({shown(rule.kind, 20)})"


def _table(document: Any, url: str) -> dict[str, Any]:
    """The schema itself; of a data package's resources the one at this address, else the first."""
    if not isinstance(document, dict):
        return {}
    resources = document.get("resources")
    if not isinstance(resources, list):
        return document
    listed = [each for each in resources[:200] if isinstance(each, dict) and isinstance(each.get("schema"), dict)]
    name = urlsplit(url).path.rpartition("/")[2]
    mine = [each for each in listed if name and str(each.get("path", "")).rpartition("/")[2] == name]
    return (mine or listed or [{"schema": {}}])[0]["schema"]


def _fields(table: dict[str, Any]) -> list[FieldRule]:
    fields = table.get("fields")
    if isinstance(fields, list):
        return [_rule(each) for each in fields if isinstance(each, dict) and isinstance(each.get("name"), str)]
    return _from_json_schema(table)


def _rule(field: dict[str, Any]) -> FieldRule:
    given, kind = field.get("constraints"), field.get("type")
    constraints = given if isinstance(given, dict) else {}
    known = {**field, "type": kind if kind is not None else "any"}
    if not isinstance(known["type"], str) or known["type"] not in READERS:
        sentence = f"The schema gives {shown(field['name'], 40)} a type that is not known: {shown(kind, 40)}."
        raise CannotCheck(sentence, "Use the types of Table Schema, such as string, number, datetime.")
    options = constraints.get("enum")
    return FieldRule(
        name=field["name"][:200],
        field=known,
        constraints=constraints,
        options=frozenset(_text(each) for each in options[:1000]) if isinstance(options, list) else None,
        pattern=_pattern(constraints),
        low=_bound(constraints.get("minimum"), known),
        high=_bound(constraints.get("maximum"), known),
    )


def _bound(value: object, field: dict[str, Any]) -> Any:
    if value is None or field["type"] not in ORDERED:
        return None
    try:
        return value_of(_text(value)[:100], field)
    except (ValueError, OverflowError, ArithmeticError):
        return None


def _from_json_schema(schema: dict[str, Any]) -> list[FieldRule]:
    items = schema.get("items")
    record = items if isinstance(items, dict) else schema
    properties, required = record.get("properties"), record.get("required")
    if not isinstance(properties, dict):
        return []
    needed = {each for each in required if isinstance(each, str)} if isinstance(required, list) else set()
    return [
        _rule({
            "name": name, "type": _kind(each), "description": each.get("description"), "format": each.get("format"),
            "constraints": {**each, "required": name in needed},
        })
        for name, each in properties.items()
        if isinstance(each, dict)
    ]  # fmt: skip


def _kind(each: dict[str, Any]) -> Any:
    """The type of a JSON Schema's property in the words of Table Schema; one that may be null is the other one."""
    kind, form = each.get("type", "any"), each.get("format")
    if isinstance(kind, list):
        others = [one for one in kind if one != "null"]
        kind = others[0] if len(others) == 1 else "any"
    named = {"date-time": "datetime", "date": "date", "time": "time"}
    return named.get(form, "string") if kind == "string" and isinstance(form, str) else kind


def _keeps(text: str, read: Any, rule: FieldRule) -> bool:
    if rule.options is not None and text not in rule.options:
        return False
    if rule.pattern is not None and rule.pattern.fullmatch(text) is None:
        return False
    if read is not None and (
        (rule.low is not None and read < rule.low) or (rule.high is not None and read > rule.high)
    ):
        return False
    shortest, longest = rule.constraints.get("minLength"), rule.constraints.get("maxLength")
    if isinstance(shortest, int) and len(text) < shortest:
        return False
    return not (isinstance(longest, int) and len(text) > longest)


def _pattern(constraints: dict[str, Any]) -> re.Pattern[str] | None:
    written = constraints.get("pattern")
    if (
        not isinstance(written, str)
        or len(written) > 200
        or _GROUPS.search(written)
        or len(_VARYING.findall(written)) > 1
    ):
        return None
    if any(int(number) > 200 for number in re.findall(r"\{(\d{1,9})", written)):
        return None
    try:
        return re.compile(written.removeprefix("^").removesuffix("$"))
    except (re.error, OverflowError, RecursionError):
        return None


def _text(value: object) -> str:
    """A value as its text: JSON has booleans, objects and lists of its own, which text has not."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return json.dumps(value)[: LONGEST_CELL + 1]
    return "" if value is None else str(value)
