"""Cells of the tables: what one may hold, and how instants and yes or no are written in it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

Cell = str | int | Decimal | None
Rows = Iterable[Sequence[Cell]]


def instant(moment: datetime | None) -> str:
    """An instant in UTC, to the second; empty where there is none."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else ""


def yes(value: bool) -> str:
    """Yes or no, as a word."""
    return "yes" if value else "no"
