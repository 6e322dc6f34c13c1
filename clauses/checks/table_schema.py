"""Table Schema and flat JSON Schema: the part of both that says what a row holds. Bounded, whatever the schema says."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from clauses.checks.samples import instant
from clauses.checks.shapes import CannotCheck, shown

MOST_FIELDS = 200
LONGEST_CELL = 2000
# A pattern may hold one quantifier of varying length: matching it then takes time in proportion to the cell.
_VARYING = re.compile(r"(?<!\\)[*+?]|\{\d*,\d*\}")
_GROUPS = re.compile(r"(?<!\\)[()]|\\[1-9]|(?<!\\)\|")


@dataclass(frozen=True)
class FieldRule:
    """What a column holds; `options` and `pattern` are made ready once, not for every cell."""

    name: str
    kind: str
    constraints: dict[str, Any]
    options: frozenset[str] | None
    pattern: re.Pattern[str] | None


def rules_of(schema: Any) -> tuple[FieldRule, ...]:
    """The fields of a Table Schema, of a data package's first resource, or of a flat JSON Schema; else CannotCheck."""
    found = _fields(schema)
    if not found or len(found) > MOST_FIELDS:
        raise CannotCheck(
            "The schema is neither a Table Schema nor a JSON Schema of flat records.",
            "Publish a Table Schema: a list “fields”, each with name, type and description.",
        )
    return tuple(found)


def is_valid(value: object, rule: FieldRule) -> bool:
    """Whether one cell keeps its rule; an absent one does unless it is required."""
    if value is None or value == "":
        return rule.constraints.get("required") is not True
    text = value if isinstance(value, str) else str(value)
    if len(text) > LONGEST_CELL:
        return False
    reader = _KINDS.get(rule.kind)
    return (reader is None or reader(text)) and _keeps(text, rule)


def unread_patterns(rules: tuple[FieldRule, ...]) -> list[str]:
    """Columns whose pattern is not tried, because trying it could take for ever."""
    return [rule.name for rule in rules if "pattern" in rule.constraints and rule.pattern is None]


def _fields(schema: Any) -> list[FieldRule]:
    if not isinstance(schema, dict):
        return []
    resources = schema.get("resources")
    if isinstance(resources, list) and resources and isinstance(resources[0], dict):
        return _fields(resources[0].get("schema"))
    fields = schema.get("fields")
    if isinstance(fields, list):
        return [_rule(each) for each in fields if isinstance(each, dict) and isinstance(each.get("name"), str)]
    return _from_json_schema(schema)


def _rule(field: dict[str, Any]) -> FieldRule:
    found, kind = field.get("constraints"), field.get("type")
    constraints = found if isinstance(found, dict) else {}
    options = constraints.get("enum")
    return FieldRule(
        name=field["name"][:200],
        kind=kind if isinstance(kind, str) else "any",
        constraints=constraints,
        options=frozenset(str(each) for each in options[:1000]) if isinstance(options, list) else None,
        pattern=_pattern(constraints),
    )


def _from_json_schema(schema: dict[str, Any]) -> list[FieldRule]:
    items = schema.get("items")
    record = items if isinstance(items, dict) else schema
    properties, required = record.get("properties"), record.get("required")
    if not isinstance(properties, dict):
        return []
    needed = {each for each in required if isinstance(each, str)} if isinstance(required, list) else set()
    return [
        _rule({
            "name": name, "type": _kind(each), "description": each.get("description"),
            "constraints": {**each, "required": name in needed},
        })
        for name, each in properties.items()
        if isinstance(each, dict)
    ]  # fmt: skip


def _kind(each: dict[str, Any]) -> str:
    kind, form = each.get("type"), each.get("format")
    named = {"date-time": "datetime", "date": "date", "time": "time"}
    return named.get(form, "string") if kind == "string" and isinstance(form, str) else str(kind)


def _keeps(text: str, rule: FieldRule) -> bool:
    if rule.options is not None and text not in rule.options:
        return False
    if rule.pattern is not None and rule.pattern.fullmatch(text) is None:
        return False
    return _within(text, rule.constraints)


def _within(text: str, constraints: dict[str, Any]) -> bool:
    number, low, high = _number(text), _number(constraints.get("minimum")), _number(constraints.get("maximum"))
    if number is not None and ((low is not None and number < low) or (high is not None and number > high)):
        return False
    shortest, longest = constraints.get("minLength"), constraints.get("maxLength")
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


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or value is None or len(str(value)) > 60:
        return None
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d{1,40}", text) is not None


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def tried(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return tried


_KINDS: dict[str, Callable[[str], bool]] = {
    "number": lambda text: _number(text) is not None,
    "integer": _is_whole,
    "boolean": lambda text: text.lower() in ("true", "false", "0", "1"),
    "date": _reads(date.fromisoformat),
    "time": _reads(time.fromisoformat),
    "datetime": lambda text: instant(text) is not None,
    "year": lambda text: re.fullmatch(r"-?\d{4}", text) is not None,
}


def words(rule: FieldRule) -> str:
    """A rule as the supplier reads it."""
    return f"{shown(rule.name, 40)} ({shown(rule.kind, 20)})"
