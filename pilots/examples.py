"""Rows of readings as a page shows them: with this pilot's own codes, so that they work where they are pasted."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pilots.models import Metric, Pilot, PilotState
from pilots.rows import COLUMNS
from pilots.rules import LONDON, first_instant


def rows_of(pilot: Pilot, metrics: Sequence[Metric], at: datetime) -> list[dict[str, Any]]:
    """A reading of this second for each measure, as large as it is today, from the pilot's first device.

    Where no reading of this second is taken, it is of the last moment of which one is.
    """
    devices = (device.code for site in pilot.sites.order_by("pk")[:2] for device in site.devices.all()[:1])
    taken_at = _taken(pilot, at).astimezone(LONDON).isoformat(timespec="seconds")
    device = next(devices, "device-1")
    return [
        {
            "device": device, "metric": each.code, "taken_at": taken_at, "value": float(each.outcome.baseline_value),
            "unit": each.unit,
        }
        for each in metrics
    ]  # fmt: skip


def _taken(pilot: Pilot, at: datetime) -> datetime:
    """Before a pilot runs, what lies before its start; after its end, the end."""
    is_before = pilot.state in (PilotState.PLANNED, PilotState.REGISTERED)
    end = pilot.starts_on if is_before else pilot.ends_on and pilot.ends_on + timedelta(days=1)
    return min(at, first_instant(end) - timedelta(seconds=1)) if end else at


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a file, with its first line."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_json(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as the body of a request."""
    return json.dumps(rows, ensure_ascii=False, indent=2)
