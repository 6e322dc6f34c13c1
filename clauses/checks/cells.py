"""One cell of a table, by the type its schema gives it (Table Schema, section “Types and formats”). Pure, bounded."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

_TRUE, _FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
_DURATION = re.compile(
    r"-?P(?=\d|T\d)(\d{1,9}Y)?(\d{1,9}M)?(\d{1,9}W)?(\d{1,9}D)?(T(\d{1,9}H)?(\d{1,9}M)?(\d{1,9}(\.\d{1,9})?S)?)?"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9.-]{1,253}")
# Only these directives: what a format may ask of each cell stays small.
_FORMAT = re.compile(r"(%[aAbBdHIjmMpSyYfzZ%]|[^%]){1,60}")
Field = Mapping[str, Any]


class NotOfThisKindError(ValueError):
    """The cell is not of its field's type."""


def value_of(text: str, field: Field) -> Any:
    """The cell's value, comparable where its type has an order; raises NotOfThisKindError (a ValueError)."""
    return READERS[str(field.get("type", "any"))](text, field)


def number(value: object) -> Decimal | None:
    """A finite number from a text or a number; None for anything else."""
    if isinstance(value, bool) or value is None or len(str(value)) > 60:
        return None
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def _number(text: str, field: Field) -> Any:
    if text in ("NaN", "INF", "-INF"):
        return None
    read = number(_bare(text, field))
    if read is None:
        raise NotOfThisKindError(text)
    return read


def _integer(text: str, field: Field) -> Decimal:
    found = re.fullmatch(r"[+-]?\d{1,40}", _bare(text, field))
    if found is None:
        raise NotOfThisKindError(text)
    return Decimal(found[0])


def _bare(text: str, field: Field) -> str:
    """The number without what stands around it and between its thousands, its decimal mark a point."""
    if field.get("bareNumber") is False:
        text = re.sub(r"\A[^\d+\-.]{0,20}|[^\d]{0,20}\Z", "", text)
    text, group, mark = text.strip(), field.get("groupChar"), field.get("decimalChar")
    if isinstance(group, str) and group:
        text = text.replace(group, "")
    if not isinstance(mark, str) or mark in ("", "."):
        return text
    return "" if "." in text else text.replace(mark, ".")


def _boolean(text: str, field: Field) -> None:
    true, false = field.get("trueValues", _TRUE), field.get("falseValues", _FALSE)
    known = [str(each) for values in (true, false) for each in (values if isinstance(values, list | tuple) else ())]
    if text not in known:
        raise NotOfThisKindError(text)


def _dated(usual: Callable[[str], Any], part: Callable[[datetime], Any]) -> Callable[[str, Field], Any]:
    def read(text: str, field: Field) -> Any:
        written = field.get("format", "default")
        if written in ("default", "any", "date-time", "date", "time", None):
            return usual(text)
        if not isinstance(written, str) or not _FORMAT.fullmatch(written):
            raise NotOfThisKindError(text)
        return part(datetime.strptime(text[:100], written))  # noqa: DTZ007 - some formats name no zone

    return read


def _time(text: str) -> time:
    if ":" not in text:
        raise NotOfThisKindError(text)
    return time.fromisoformat(text)


def _instant(text: str) -> datetime:
    if ":" not in text:
        raise NotOfThisKindError(text)
    return _in_utc(datetime.fromisoformat(text.upper()[:40]))


def _in_utc(read: datetime) -> datetime:
    """Comparable with every other: one without a zone is taken as UTC, which is `formats`' to find fault with."""
    return read.replace(tzinfo=UTC) if read.utcoffset() is None else read.astimezone(UTC)


def _matching(pattern: str) -> Callable[[str, Field], str]:
    def read(text: str, field: Field) -> str:
        if re.fullmatch(pattern, text) is None:
            raise NotOfThisKindError(text)
        return text

    return read


def _string(text: str, field: Field) -> str:
    written = field.get("format")
    is_wrong = {
        "email": lambda: _EMAIL.fullmatch(text) is None,
        "uri": lambda: not urlsplit(text).scheme,
        "uuid": lambda: _UUID.fullmatch(text) is None,
        "binary": lambda: not _is_base64(text),
    }
    if isinstance(written, str) and written in is_wrong and is_wrong[written]():
        raise NotOfThisKindError(text)
    return text


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True)) or not text
    except (binascii.Error, ValueError):
        return False


def _json(kind: type) -> Callable[[str, Field], None]:
    def read(text: str, field: Field) -> None:
        try:
            found = json.loads(text)
        except RecursionError as error:
            raise NotOfThisKindError(text[:40]) from error
        if not isinstance(found, kind):
            raise NotOfThisKindError(text[:40])

    return read


def _geopoint(text: str, field: Field) -> None:
    if field.get("format") in ("array", "object"):
        found = json.loads(text)
        parts = [found.get("lon"), found.get("lat")] if isinstance(found, dict) else found
    else:
        parts = text.split(",")
    read = [float(str(each)) for each in parts] if isinstance(parts, list) else []
    if len(read) != 2 or not (-180 <= read[0] <= 180 and -90 <= read[1] <= 90):
        raise NotOfThisKindError(text)


def _duration(text: str, field: Field) -> None:
    if _DURATION.fullmatch(text) is None:
        raise NotOfThisKindError(text)


def _year(text: str, field: Field) -> Decimal:
    return Decimal(_matching(r"-?\d{4}")(text, field))


READERS: dict[str, Callable[[str, Field], Any]] = {
    "any": lambda text, field: None,
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _dated(date.fromisoformat, datetime.date),
    "time": _dated(_time, datetime.time),
    "datetime": _dated(_instant, _in_utc),
    "year": _year,
    "yearmonth": _matching(r"\d{4}-(0[1-9]|1[0-2])"),
    "duration": _duration,
    "object": _json(dict),
    "array": _json(list),
    "list": _string,
    "geopoint": _geopoint,
    "geojson": _json(dict),
    "null": _matching(r"\Z"),
}
ORDERED = ("number", "integer", "date", "time", "datetime", "year", "yearmonth")
