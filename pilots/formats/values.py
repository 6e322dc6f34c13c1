"""Values of a plan's keys, each read or refused with a sentence that ends up beside its key."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_args

from pilots.statistics.plan import Arm

HUGE = 1e15
DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def one_of(kinds: Any) -> Callable[[Any], Any]:
    """A reader of a word that is one of these kinds."""
    names = get_args(kinds)

    def read(value: Any) -> Any:
        if value not in names:
            raise ValueError(f"“{value}” is none of {', '.join(names)}.")
        return value

    return read


def number(value: Any) -> float:
    """JSON numbers, and decimals as text: plans are exact."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and DECIMAL.fullmatch(value)):
        raise ValueError(f"“{value}” is not a number.")
    found = float(str(value))  # of a text, so that a whole number of any length is too large and no error
    if not abs(found) <= HUGE:
        raise ValueError(f"“{value}” is not a number between -{HUGE:.0e} and {HUGE:.0e}.")
    return found


def whole(least: int, most: int) -> Callable[[Any], int]:
    """A reader of whole numbers from `least` to below `most`."""

    def read(value: Any) -> int:
        found = number(value)
        if found != int(found) or not least <= found < most:
            raise ValueError(f"“{value}” is not a whole number of at least {least} and below {most}.")
        return int(found)

    return read


def day(value: Any) -> date:
    """A date, written as 2026-06-01 and no other way. Raises ValueError with the sentence."""
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"“{value}” is not a date; write it as 2026-06-01.") from None
    if found.isoformat() != value:  # a week (2026-W23-1) or a day without dashes is one too, and this format has one
        raise ValueError(f"“{value}” is not a date; write it as 2026-06-01.")
    return found


def text(value: Any) -> str:
    """Text. Raises ValueError with the sentence."""
    if not isinstance(value, str):
        raise ValueError(f"“{value}” is not text.")
    return value


def yes_or_no(value: Any) -> bool:
    """True or false. Raises ValueError with the sentence."""
    if not isinstance(value, bool):
        raise ValueError(f"“{value}” is neither true nor false.")
    return value


def an_object(value: Any) -> Mapping[str, Any]:
    """A JSON object. Raises ValueError with the sentence."""
    if not isinstance(value, Mapping):
        raise ValueError("It has to be a JSON object.")
    return value


def a_list(value: Any) -> list[Any]:
    """A JSON list. Raises ValueError with the sentence."""
    if not isinstance(value, list):
        raise ValueError("It has to be a JSON list.")
    return value


def one_version(value: Any) -> int:
    """The version of the format: 1. Raises ValueError with the sentence."""
    if value != 1:
        raise ValueError(f"“{value}” is a format that this version does not know; it knows 1.")
    return 1


def units_of(value: Any) -> tuple[tuple[str, Arm], ...]:
    """The registered units with their arms. Raises ValueError with the sentence."""
    return tuple((text(_key(each, "unit")), one_of(Arm)(_key(each, "arm"))) for each in a_list(value))


def days(value: Any) -> tuple[date, ...]:
    """A list of dates, sorted. Raises ValueError with the sentence."""
    return tuple(sorted(day(each) for each in a_list(value)))


def starts_of(value: Any) -> tuple[tuple[str, date], ...]:
    """An object {unit: first day}."""
    return tuple(sorted((unit, day(first)) for unit, first in an_object(value).items()))


def _key(entry: Any, name: str) -> Any:
    found = an_object(entry)
    if name not in found:
        raise ValueError(f"Each entry needs “{name}”.")
    return found[name]
