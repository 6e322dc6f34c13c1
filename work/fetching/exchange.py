"""One question and its answer over HTTP: GET, no cookies, no proxies, at most one secret, everything bounded."""

import http.client
import time
import zlib
from dataclasses import dataclass
from urllib.parse import urljoin

from work.fetching.connections import open_connection
from work.fetching.deadline import BoundedReader, Deadline, SocketFile
from work.fetching.policy import Failed, Kind, Policy, Refused, Secret
from work.fetching.targets import Target, judge
from work.fetching.tls import TlsSeen, secure

AGENT = "ProblemFirst-ClauseCheck/1"
_MOVED = (301, 302, 303, 307, 308)
_INFLATE = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_CHUNK = 65536


@dataclass(frozen=True)
class Fetched:
    """What a service sent. `url` is where it came from after redirects; header names are in lower case."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    redirects: int = 0
    tls: TlsSeen | None = None


def fetch(url: str, policy: Policy, *, accept: str = "*/*", secret: Secret | None = None) -> Fetched:
    """Ask one address within the policy; raises Refused before anybody is asked, Failed afterwards.

    With a secret no redirect is followed, and no origin but the secret's own is asked.
    """
    deadline, began = Deadline(policy.seconds), time.monotonic()
    target = judge(url, policy)
    if secret and secret.origin != target.origin:
        raise Refused(Kind.HOST, f"The key belongs to {secret.origin} and is sent nowhere else.")
    for hop in range(policy.redirects + 1):
        status, headers, body, tls = _ask(target, policy, deadline, _request(target, accept, secret))
        place = dict(headers).get("location", "")
        if status not in _MOVED or not place:
            return Fetched(target.url, status, headers, body, time.monotonic() - began, hop, tls)
        if secret:
            raise Failed(Kind.REDIRECT, "The service redirects, and a key is sent to the named address alone.")
        target = _followed(target, place, policy)
    raise Failed(Kind.REDIRECT, f"The service redirects more than {policy.redirects} times.")


def _followed(target: Target, place: str, policy: Policy) -> Target:
    """Where a redirect leads: the same origin, judged like a new address."""
    try:
        moved = judge(urljoin(target.url, place).partition("#")[0], policy)
    except (Refused, ValueError) as error:
        raise Failed(Kind.REDIRECT, f"The service redirects to {_shown(place)}, which is not asked.") from error
    if moved.origin != target.origin:
        raise Failed(Kind.REDIRECT, f"The service redirects to another place: {_shown(place)}.")
    return moved


def _shown(place: str) -> str:
    return "".join(sign for sign in place if sign.isprintable())[:120]


_Answer = tuple[int, tuple[tuple[str, str], ...], bytes, TlsSeen | None]


def _ask(target: Target, policy: Policy, deadline: Deadline, request: bytes) -> _Answer:
    connection, seen = open_connection(target, policy, deadline), None
    try:
        if target.scheme == "https":
            connection.settimeout(deadline.left())
            connection, seen = secure(connection, target.host, policy)
        connection.settimeout(deadline.left())
        connection.sendall(request)
        reader = BoundedReader(connection, deadline, policy.max_bytes)
        return (*_answer(http.client.HTTPResponse(SocketFile(reader), method="GET"), policy), seen)  # type: ignore[arg-type]
    except TimeoutError as error:
        raise Failed(Kind.TIME, "The service took longer than it is given.") from error
    except (http.client.HTTPException, ValueError) as error:
        raise Failed(Kind.ANSWER, "What came back is not an answer that can be read.") from error
    except OSError as error:
        raise Failed(Kind.CONNECTION, f"{target.host} broke the connection off.") from error
    finally:
        connection.close()


def _request(target: Target, accept: str, secret: Secret | None) -> bytes:
    host = target.origin.partition("://")[2]
    lines = (
        f"GET {target.path} HTTP/1.1", f"Host: {host}", f"User-Agent: {AGENT}", f"Accept: {accept}",
        *([f"{secret.header}: {secret.value}"] if secret else []),
        "Accept-Encoding: gzip, identity", "Connection: close", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode("ascii")


def _answer(response: http.client.HTTPResponse, policy: Policy) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    response.begin()
    headers = tuple((name.lower(), value) for name, value in response.getheaders())
    coding = dict(headers).get("content-encoding", "identity").strip().lower()
    body = _plain(response, policy) if coding in ("", "identity") else _decoded(response, coding, policy)
    return response.status, headers, body


def _plain(response: http.client.HTTPResponse, policy: Policy) -> bytes:
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
    _refuse_broken_off(response)
    return bytes(body)


def _refuse_broken_off(response: http.client.HTTPResponse) -> None:
    if response.length:
        raise Failed(Kind.ANSWER, "The answer broke off before its end.")


def _decoded(response: http.client.HTTPResponse, coding: str, policy: Policy) -> bytes:
    """The body unpacked piece by piece, so that a bomb never gets further than the cap."""
    if coding not in _INFLATE:
        raise Failed(Kind.ANSWER, f"The answer is packed as {_shown(coding)}, which was not asked for.")
    unpack, body = zlib.decompressobj(_INFLATE[coding]), bytearray()
    try:
        while chunk := response.read(_CHUNK):
            body += unpack.decompress(chunk, policy.max_decoded + 1 - len(body))
            if unpack.unconsumed_tail or len(body) > policy.max_decoded:
                raise Failed(Kind.SIZE, "The answer unpacks to more than what is taken.")
    except zlib.error as error:
        raise Failed(Kind.ANSWER, "The answer is packed in a way that cannot be unpacked.") from error
    _refuse_broken_off(response)
    if not unpack.eof:
        raise Failed(Kind.ANSWER, "The answer broke off before its end.")
    return bytes(body)
