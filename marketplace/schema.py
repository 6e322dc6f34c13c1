"""What the public description of the API covers."""

from typing import Any

OURS = "/api/"


def only_ours(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Keep the marketplace's own endpoints; the editor's internal ones, which Wagtail brings, are no public API."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(OURS)]
