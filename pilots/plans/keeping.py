"""What a plan says of its raw readings: until when they are kept, and of which measures residents may send some."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any


def kept_until(plan: Mapping[str, Any], code: str) -> date | None:
    """The day on which a measure's raw readings are deleted: so many days after the result (None: never)."""
    days = plan.get("keep_days", {}).get(code)
    return None if days is None else date.fromisoformat(plan["analysis_on"]) + timedelta(days=days)


def may_be_sent_by_residents(plan: Mapping[str, Any], code: str) -> bool:
    """Whether residents may send readings of a measure; plans older than this question left it open."""
    return "residents" not in plan or code in plan["residents"]
