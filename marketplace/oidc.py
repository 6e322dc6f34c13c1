"""Providers of sign-in by OpenID Connect, read from one environment variable; a bad value stops the start."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

NEEDED = ("id", "name", "client_id", "secret", "server_url")
OPTIONAL = ("domains", "sign_in_origin")
LOOPBACK = ("127.0.0.1", "localhost")


def providers(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Read `OIDC_PROVIDERS` (a JSON list); returns allauth's app settings, and the origins that forms may lead to."""
    entries = _entries(text)
    for entry in entries:
        _check(entry)
    origins = [entry.get("sign_in_origin") or _origin(entry["server_url"]) for entry in entries]
    return [_app(entry) for entry in entries], sorted(set(origins))


def _entries(text: str) -> list[Any]:
    try:
        entries = json.loads(text or "[]")
    except ValueError as error:
        raise ImproperlyConfigured("OIDC_PROVIDERS is no JSON.") from error
    if not isinstance(entries, list):
        raise ImproperlyConfigured("OIDC_PROVIDERS is a JSON list with one object for each provider.")
    return entries


def _check(entry: Any) -> None:
    if not isinstance(entry, dict):
        raise ImproperlyConfigured("OIDC_PROVIDERS is a JSON list with one object for each provider.")
    if missing := [name for name in NEEDED if not isinstance(entry.get(name), str) or not entry[name]]:
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: a provider has no {', '.join(missing)}.")
    if unknown := sorted(set(entry) - {*NEEDED, *OPTIONAL}):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: {entry['id']} has unknown settings: {', '.join(unknown)}.")
    url = urlsplit(entry["server_url"])
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: the server_url of {entry['id']} begins with https.")


def _app(entry: dict[str, Any]) -> dict[str, Any]:
    settings = {"server_url": entry["server_url"], "domains": [each.lower() for each in entry.get("domains", [])]}
    return {
        "provider_id": entry["id"], "name": entry["name"], "client_id": entry["client_id"], "secret": entry["secret"],
        "settings": settings,
    }  # fmt: skip


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
