"""Times as other programs write them, turned into ISO 8601: day first, month first, counted days or seconds. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

DATES = {
    "year": "Year first: 2026-05-31",
    "day": "Day first: 31/05/2026 or 31.5.26",
    "month": "Month first: 05/31/2026",
    "excel": "Days since 1900, as a spreadsheet counts: 46173.5",
    "unix": "Seconds (or milliseconds) since 1970: 1780221600",
}
_DAY = re.compile(
    r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})"
    r"(?:(?:,? +|T)([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,][0-9]{1,6})?)?(?: ?([ap])\.?m\.?)?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,12})?")
_DAY_NAUGHT = datetime(1899, 12, 30)  # noqa: DTZ001 - what a spreadsheet counts has no zone; the reader says which
_SERIALS, _SECONDS, _MILLISECONDS = (20_000, 80_000), (1e9, 4e9), (1e12, 4e12)


def guessed(texts: Sequence[str]) -> str:
    """How these texts write their dates: a key of DATES. Where nothing tells day from month, the day comes first."""
    if not texts:
        return "year"
    found = [match for text in texts if (match := _DAY.fullmatch(text))]
    if len(found) * 2 > len(texts):
        return "month" if any(int(each[3]) > 12 for each in found) and _fits(found, 1) else "day"
    numbers = [float(text) for text in texts if _NUMBER.fullmatch(text)]
    if len(numbers) * 2 > len(texts):
        return "excel" if all(_SERIALS[0] <= each <= _SERIALS[1] for each in numbers) else "unix"
    return "year"


def is_uncertain(texts: Sequence[str]) -> bool:
    """Whether day and month could be exchanged in every one of these texts."""
    found = [match for text in texts if (match := _DAY.fullmatch(text))]
    return bool(found) and _fits(found, 1) and _fits(found, 3)


def written_out(text: str, dates: str) -> str:
    """A time as ISO 8601; what is not written in the way that was said stays as it is, for the judge of rows."""
    try:
        if dates in ("day", "month"):
            return _from_parts(text, day_first=dates == "day")
        if dates in ("excel", "unix") and _NUMBER.fullmatch(text):
            return _from_count(float(text), dates)
    except (ValueError, OverflowError):
        return text
    return text


def _fits(found: Sequence[re.Match[str]], group: int) -> bool:
    return all(1 <= int(each[group]) <= 12 for each in found)


def _from_parts(text: str, *, day_first: bool) -> str:
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return text
    day, month = (match[1], match[3]) if day_first else (match[3], match[1])
    year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
    if match[5] is None:
        return datetime(year, int(month), int(day)).date().isoformat()  # noqa: DTZ001 - a date alone
    hour = _hour(int(match[5]), (match[8] or "").lower())
    moment = datetime(year, int(month), int(day), hour, int(match[6]), int(match[7] or 0))  # noqa: DTZ001
    return moment.isoformat()


def _hour(hour: int, half: str) -> int:
    if half and not 1 <= hour <= 12:
        raise ValueError("an hour of half a day")
    return hour % 12 + 12 * (half == "p") if half else hour


def _from_count(number: float, dates: str) -> str:
    if dates == "unix":
        low, high = _MILLISECONDS
        return datetime.fromtimestamp(number / 1000 if low <= number <= high else number, UTC).isoformat()
    moment = _DAY_NAUGHT + timedelta(seconds=round(number * 86_400))
    return moment.date().isoformat() if number == int(number) else moment.isoformat()
