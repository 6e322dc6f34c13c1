"""The data package (Frictionless, version 1) of a pilot: its files by address, with the schema of each table."""

from collections.abc import Sequence
from typing import Any

from pilots.models import Pilot, Source

_LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
_ARM = {"name": "arm", "type": "string", "constraints": {"required": True, "enum": ["pilot", "comparison"]}}

READINGS_SCHEMA = {
    "fields": [
        {"name": "site", "type": "string", "description": "The unit of analysis: what the pilot was assigned to"},
        _ARM,
        {"name": "device", "type": "string"},
        {"name": "metric", "type": "string"},
        {"name": "unit", "type": "string"},
        {"name": "taken_at", "type": "datetime", "format": "any", "description": "Instant, UTC"},
        {"name": "value", "type": "number"},
        {"name": "source", "type": "string", "constraints": {"enum": Source.values}},
        {"name": "version", "type": "integer", "description": "1, or more where it was corrected"},
        {"name": "received_at", "type": "datetime", "format": "any", "description": "When this version came; UTC"},
    ],
    "primaryKey": ["device", "metric", "taken_at"],
}  # fmt: skip
CORRECTIONS_SCHEMA = {
    "fields": [
        *READINGS_SCHEMA["fields"][:7],  # type: ignore[index]
        {"name": "version", "type": "integer", "description": "Which version said this"},
        {"name": "replaced_at", "type": "datetime", "format": "any", "description": "Instant, UTC"},
        {"name": "reason", "type": "string"},
    ],
    "primaryKey": ["device", "metric", "taken_at", "version"],
}
ANALYSIS_SCHEMA = {
    "fields": [
        {"name": "unit", "type": "string", "constraints": {"required": True}},
        _ARM,
        {"name": "at", "type": "date", "description": "First day of the period", "constraints": {"required": True}},
        {"name": "value", "type": "number", "description": "Mean of the device's readings in the period"},
        {"name": "exposure", "type": "number"},
        {"name": "device", "type": "string"},
        {"name": "metric", "type": "string"},
        {"name": "readings", "type": "integer", "description": "Readings behind the value"},
        {"name": "out_of_range", "type": "integer", "description": "Readings set aside as impossible"},
        {"name": "mark", "type": "string", "description": "What happened to it, or to its device"},
    ],
    "primaryKey": ["unit", "device", "metric", "at"],
}  # fmt: skip


DEVICES_SCHEMA = {
    "fields": [
        {"name": "device", "type": "string"},
        {"name": "what", "type": "string", "description": "installed, moved, calibrated, firmware or removed"},
        {"name": "on", "type": "date"},
        {"name": "site", "type": "string", "description": "Where it stands, or was moved to"},
        {"name": "detail", "type": "string"},
        {"name": "time", "type": "time", "format": "%H:%M", "description": "In London; empty where it was not told"},
    ],
}  # fmt: skip

RESIDENTS_SCHEMA = {
    "fields": [
        {"name": "site", "type": "string"}, {"name": "arm", "type": "string"}, {"name": "metric", "type": "string"},
        {"name": "unit", "type": "string"}, {"name": "taken_on", "type": "date"}, {"name": "value", "type": "number"},
        {"name": "source", "type": "string", "description": "Always residents"},
    ],
}  # fmt: skip


def data_package(
    pilot: Pilot, site: str, *, results: Sequence[str], has_corrections: bool, has_residents: bool = False,
    kept: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The descriptor; `site` is the beginning of absolute addresses, with its slash, `kept` says what went, or will.

    `results` has each analysis date with a result (2026-06-01), and an empty text for the last one.
    """
    base = f"{site}pilots/{pilot.slug}/"
    resources = [
        _table("readings", "Every reading that is kept", f"{base}readings.csv", READINGS_SCHEMA)
        | ({"description": kept} if kept else {}),
        _table(
            "analysis", "What the analysis reads: one row per device and period", f"{base}analysis.csv", ANALYSIS_SCHEMA
        ),
        _document("plan", "The registered plan", f"{base}plan.json") | {"hash": f"sha256:{pilot.plan_sha256}"},
    ]
    if has_corrections:
        words = "What corrected readings said before"
        resources.append(_table("corrections", words, f"{base}corrections.csv", CORRECTIONS_SCHEMA))
    resources.append(_table("devices", "What happened to the devices", f"{base}devices.csv", DEVICES_SCHEMA))
    if has_residents:
        words = "What residents measured: in no analysis"
        resources.append(_table("residents", words, f"{base}residents.csv", RESIDENTS_SCHEMA))
    for look in results:
        resources += (
            _of_look(base, look) if look else [_document("result", "The registered result", f"{base}result.json")]
        )
    return {
        "profile": "data-package",
        "name": pilot.slug,
        "id": str(pilot.public_id),
        "title": f"Pilot: {pilot.challenge.title}",
        "homepage": base,
        "licenses": [_LICENCE],
        "resources": resources,
    }


def _of_look(base: str, look: str) -> list[dict[str, Any]]:
    words, asked = f"of the earlier analysis date {look}", f"?look={look}"
    return [
        _table(f"analysis-{look}", f"What the analysis read {words}", f"{base}analysis.csv{asked}", ANALYSIS_SCHEMA),
        _document(f"result-{look}", f"The registered result {words}", f"{base}result.json{asked}"),
    ]


def _table(name: str, title: str, path: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name, "title": title, "path": path, "profile": "tabular-data-resource", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "schema": schema,
    }  # fmt: skip


def _document(name: str, title: str, path: str) -> dict[str, Any]:
    return {"name": name, "title": title, "path": path, "format": "json", "mediatype": "application/json"}
