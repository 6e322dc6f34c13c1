"""The key of a supplier's service: closed in a box of its feed, and opened only to ask that service."""

import re
from urllib.parse import urlsplit

from pilots.models import FeedKey, ReadingFeed
from suppliers import sealing, vault
from work.fetching import Secret

BEARER = "Authorization"
LONGEST = 4000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
# What says where a request goes and how it is read: these are the fetcher's own.
_NOT_A_KEY = frozenset({
    "accept", "accept-encoding", "connection", "content-length", "content-type", "cookie", "expect", "host",
    "proxy-authorization", "range", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
})  # fmt: skip


def problems(header: str, value: str) -> list[str]:
    """Why this header and value cannot be a key, in sentences; the value is never part of them."""
    found = []
    if not _NAME.fullmatch(header) or header.lower() in _NOT_A_KEY:
        found.append("The header has to be one that carries a key, such as Authorization or X-Api-Key.")
    if not _VALUE.fullmatch(value) or len(value) > LONGEST:
        found.append(f"A key is one line of letters, digits and signs, at most {LONGEST:,} of them.")
    return found


def close(feed: ReadingFeed, header: str, value: str) -> bytes:
    """The box that holds a key; it opens for this feed, this address and this header alone."""
    return sealing.seal(_outer(feed), value.encode("ascii"), **_place(feed, header))


def secret_of(feed: ReadingFeed) -> Secret | None:
    """The key that this feed's address is asked with; None where it needs none. Raises sealing.CannotOpenError."""
    key = FeedKey.objects.filter(feed=feed).first()
    if key is None:
        return None
    plain = sealing.open_box(_outer(feed), bytes(key.box), **_place(feed, key.header))
    return Secret(origin_of(feed.address), key.header, plain.decode("ascii"))


def origin_of(address: str) -> str:
    """The scheme and host of an address, as the fetcher names a place that it asks."""
    parts = urlsplit(address)
    is_usual = parts.port is None or parts.port == {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}" + ("" if is_usual else f":{parts.port}")


def _outer(feed: ReadingFeed) -> bytes:
    return vault.key_of(feed.pilot.challenge, vault.CONTENT)


def _place(feed: ReadingFeed, header: str) -> dict[str, str]:
    pilot, origin = str(feed.pilot.public_id), origin_of(feed.address)
    return {"kind": "feed key", "pilot": pilot, "feed": str(feed.pk), "origin": origin, "header": header}
