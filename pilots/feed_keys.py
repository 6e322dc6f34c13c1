"""The key of a supplier's service: closed in a box of its feed, and opened only to ask that service."""

import re
from urllib.parse import urlsplit

from pilots.models import FeedKey, Pilot, ReadingFeed
from suppliers import sealing, vault
from suppliers.sealing import CannotOpenError
from work.fetching import Secret

BEARER = "Authorization"
LONGEST = 4000
SHORTEST_HIDDEN = 6  # anything shorter could be a number among the readings
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


def secret_for(pilot: Pilot, address: str) -> Secret | None:
    """The key of a feed that is fetched from the same origin as this address; None where no feed there has one."""
    keys = FeedKey.objects.filter(feed__pilot=pilot, feed__stopped_at=None).select_related("feed__pilot__challenge")
    for key in keys.order_by("feed"):
        if origin_of(key.feed.address) == origin_of(address):
            try:
                return secret_of(key.feed)
            except CannotOpenError:
                return None
    return None


def without(body: bytes, secret: Secret | None) -> bytes:
    """A service may answer with the key that it was sent: nothing that is told of the answer may repeat it."""
    if secret is None or len(secret.value) < SHORTEST_HIDDEN:
        return body
    return body.replace(secret.value.encode("ascii"), b"[key]")


def headers_without(headers: tuple[tuple[str, str], ...], secret: Secret | None) -> tuple[tuple[str, str], ...]:
    """The same for the headers of an answer."""
    if secret is None or len(secret.value) < SHORTEST_HIDDEN:
        return headers
    return tuple((name, value.replace(secret.value, "[key]")) for name, value in headers)


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
