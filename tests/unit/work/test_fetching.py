"""The guarded fetcher: hostile addresses reach nobody; real services, honest and hostile, are met within bounds."""

import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services import HOST, Authority, Listening, answer, serving
from work.fetching import (
    Failed,
    FetchError,
    Kind,
    Loopback,
    Policy,
    Refused,
    Secret,
    fetch,
    is_public,
    judge,
    speaks_old_tls,
)

PUBLIC = "93.184.215.14"
OPEN = Policy(hosts=frozenset({HOST, "127.0.0.1"}), seconds=3.0)

# {port} is a port on which somebody really listens: each of these would reach it, or worse, if it were taken.
HOSTILE = [
    "http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://127.1:{port}/", "https://127.0.1:{port}/",
    "https://2130706433:{port}/", "https://0x7f000001:{port}/", "https://0x7f.0.0.1:{port}/", "https://0177.0.0.1:{port}/",
    "https://017700000001:{port}/", "https://0:{port}/", "https://0.0.0.0:{port}/", "https://[::1]:{port}/",
    "https://[::]:{port}/", "https://[::ffff:127.0.0.1]:{port}/", "https://[::ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/", "https://[64:ff9b::7f00:1]:{port}/", "https://[2002:7f00:1::]:{port}/",
    "https://[fe80::1%25lo]:{port}/", "https://localhost:{port}/", "https://LOCALHOST:{port}/",
    "https://localhost.:{port}/", "https://service.localhost:{port}/", "https://printer.local:{port}/",
    "https://user@127.0.0.1:{port}/", "https://service.example@127.0.0.1:{port}/",
    "https://service.example:secret@service.example:{port}/", "https://service.example\\@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\\.service.example/", "https://service.example:{port}/", "https://service.example:22/",
    "https://service.example:0/", "https://service.example:99999/", "https://service.example:80:{port}/",
    "https://service.example.:{port}/", "https://other.example/", "https://service.example.other.example/",
    "http://service.example/", "ftp://service.example/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_x",
    "dict://127.0.0.1:{port}/x", "//127.0.0.1:{port}/", "https:/127.0.0.1:{port}/", "https:///127.0.0.1:{port}/",
    "127.0.0.1:{port}", "https://127.0.0.1%3a{port}/", "https://%31%32%37.0.0.1:{port}/", "https://①②⑦.0.0.1:{port}/",
    "https://127。0。0。1:{port}/", "https://service.example/\r\nHost: 127.0.0.1:{port}", "https://service.example/ x",
    "https://service.example\t/", "https://service.example/\x00", "https://service.example#@127.0.0.1:{port}/",
    "https://169.254.169.254/latest/meta-data/", "https://metadata.google.internal/", "https://10.0.0.1/", "",
    "https://", "https://service.example/" + "x" * 2000, "https://-service.example/", "https://service..example/",
]  # fmt: skip


@pytest.fixture
def listening() -> Iterator[Listening]:
    with serving(answer()) as seen:
        yield seen


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_address_is_refused_and_nobody_is_asked(hostile: str, listening: Listening) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with pytest.raises(Refused) as refused:
        fetch(hostile.replace("{port}", str(listening.port)), replace(OPEN, resolve=resolve))
    assert (listening.connections, asked) == (0, [])
    assert refused.value.sentence.endswith(".")


INNER = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
    "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::", "2001::1", "2001:db8::1",
    "fe80::1", "fe80::1%lo", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "nonsense", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_a_name_that_leads_inwards_is_refused_and_nobody_is_asked(address: str, listening: Listening) -> None:
    # Mixed with a public address: one bad answer condemns the name, as an attacker answers with both.
    policy = replace(OPEN, resolve=lambda host, port: [PUBLIC, address])

    with pytest.raises(Refused) as refused:
        fetch(f"https://{HOST}/", policy)
    assert (refused.value.kind, listening.connections) == (Kind.PRIVATE, 0)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4009::200e"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@given(st.text(max_size=60))
def test_any_text_is_either_refused_or_names_an_agreed_host(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{HOST}{text}"):
        try:
            target = judge(url, OPEN)
        except Refused:
            continue
        assert (target.scheme, target.host, target.port) == ("https", HOST, 443)


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public_here(address: object) -> None:
    if is_public(str(address)):
        assert address.is_global  # type: ignore[attr-defined]
        assert not address.is_multicast  # type: ignore[attr-defined]


# --- A real service with TLS ------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def at(seen: Listening, authority: Authority, **values: object) -> Policy:
    """A policy that may ask the service of the test by its name, resolved once, to this machine."""
    usual = Policy(
        hosts=frozenset({HOST}), loopback=(Loopback(seen.port),), authority=authority.pem, seconds=3.0,
        resolve=lambda host, port: ["127.0.0.1"],
    )  # fmt: skip
    return replace(usual, **values)  # type: ignore[arg-type]


def url_of(seen: Listening, path: str = "/data") -> str:
    return f"https://{HOST}:{seen.port}{path}"


def failure(seen: Listening, policy: Policy, path: str = "/data") -> Failed:
    with pytest.raises(Failed) as failed:
        fetch(url_of(seen, path), policy)
    return failed.value


def test_a_good_service_is_asked_by_its_own_name_without_cookies_or_credentials(authority: Authority) -> None:
    reply = answer(b"a,b\n1,2\n", headers=("Content-Type: text/csv", "Set-Cookie: a=b"))
    with serving(reply, authority.context(days=40)) as seen:
        found = fetch(url_of(seen, "/data?day=1"), at(seen, authority))
        fetch(url_of(seen), at(seen, authority))
    assert (found.status, found.body, dict(found.headers)["content-type"]) == (200, b"a,b\n1,2\n", "text/csv")
    assert found.tls is not None
    assert (found.tls.version, found.tls.issuer) == ("TLSv1.3", "Authority of the tests")
    lines = seen.asked[0].decode().split("\r\n")
    assert lines[:2] == ["GET /data?day=1 HTTP/1.1", f"Host: {HOST}:{seen.port}"]
    names = {line.partition(":")[0].lower() for request in seen.asked for line in request.decode().split("\r\n")[1:]}
    assert names - {""} == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_proxies_of_the_environment_are_not_used(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answer()) as proxy, serving(answer(), authority.context()) as seen:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        fetch(url_of(seen), at(seen, authority))
    assert (proxy.connections, seen.connections) == (0, 1)


def test_the_name_is_resolved_once_and_the_connection_goes_to_that_address(authority: Authority) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]])  # a name that changes its mind
    with serving(answer(), authority.context()) as seen:
        fetch(url_of(seen), at(seen, authority, resolve=lambda host, port: next(answers)))
    assert (seen.connections, next(answers)) == (1, ["10.0.0.1"])


@pytest.mark.parametrize(
    ("certificate", "kind"),
    [
        ({"name": "elsewhere.example"}, Kind.CERTIFICATE_NAME),
        ({"days": -1}, Kind.CERTIFICATE_EXPIRED),
        ({"signs_itself": True}, Kind.CERTIFICATE_UNTRUSTED),
    ],
)
def test_a_wrong_certificate_ends_it_before_anything_is_asked(
    authority: Authority, certificate: dict[str, object], kind: Kind
) -> None:
    with serving(answer(), authority.context(**certificate)) as seen:  # type: ignore[arg-type]
        failed = failure(seen, at(seen, authority))
    assert (failed.kind, seen.asked) == (kind, [])


def test_an_authority_that_nobody_trusts_is_not_trusted(authority: Authority) -> None:
    with serving(answer(), Authority().context()) as seen:
        assert failure(seen, at(seen, authority)).kind == Kind.CERTIFICATE_UNTRUSTED


def test_a_service_without_tls_is_told_apart(authority: Authority) -> None:
    with serving(lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as seen:
        assert failure(seen, at(seen, authority)).kind in (Kind.TLS, Kind.TIME)


def test_old_versions_are_seen(authority: Authority) -> None:
    modern = authority.context()
    modern.minimum_version = ssl.TLSVersion.TLSv1_2
    with serving(answer(), modern) as seen:
        assert speaks_old_tls(url_of(seen), at(seen, authority)) is False
    old = authority.context()
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with serving(answer(), old) as seen:
        assert speaks_old_tls(url_of(seen), at(seen, authority)) is True


# --- Slow, huge, packed, redirecting ----------------------------------------------------------------------------------
def drip(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.1)


def drip_headers(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        connection.sendall(f"X-{number}: y\r\n".encode())
        time.sleep(0.1)


def say_nothing(connection: socket.socket, _: bytes) -> None:
    time.sleep(5)


@pytest.mark.parametrize("slow", [drip, drip_headers, say_nothing])
def test_a_slow_service_gets_its_seconds_and_no_more(authority: Authority, slow: object) -> None:
    with serving(slow, authority.context()) as seen:  # type: ignore[arg-type]
        began = time.monotonic()
        failed = failure(seen, at(seen, authority, seconds=1.0))
        took = time.monotonic() - began
    assert failed.kind == Kind.TIME
    assert took < 2.0


def test_a_name_that_resolves_slowly_gets_no_more_either(authority: Authority) -> None:
    def resolve(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    with serving(answer(), authority.context()) as seen:
        failed = failure(seen, at(seen, authority, seconds=0.5, resolve=resolve))
    assert (failed.kind, seen.connections) == (Kind.TIME, 0)


def endless(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n")
    for _ in range(10_000):
        connection.sendall(b"x" * 65536)


def endless_headers(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(10_000):
        connection.sendall(f"X-{number}: {'y' * 60_000}\r\n".encode())


def test_a_huge_answer_is_cut_off(authority: Authority) -> None:
    with serving(endless, authority.context()) as seen:
        assert failure(seen, at(seen, authority, max_bytes=200_000)).kind == Kind.SIZE
    with serving(endless_headers, authority.context()) as seen:
        assert failure(seen, at(seen, authority, max_bytes=200_000)).kind in (Kind.SIZE, Kind.ANSWER)


def test_a_packed_answer_is_unpacked_and_a_bomb_is_not(authority: Authority) -> None:
    headers = ("Content-Encoding: gzip",)
    with serving(answer(gzip.compress(b"a,b\n" * 10), headers=headers), authority.context()) as seen:
        assert fetch(url_of(seen), at(seen, authority)).body == b"a,b\n" * 10
    bomb = gzip.compress(b"\0" * 50_000_000)
    with serving(answer(bomb, headers=headers), authority.context()) as seen:
        assert failure(seen, at(seen, authority, max_decoded=1_000_000)).kind == Kind.SIZE
    with serving(answer(b"not packed", headers=headers), authority.context()) as seen:
        assert failure(seen, at(seen, authority)).kind == Kind.ANSWER
    with serving(answer(b"x", headers=("Content-Encoding: br",)), authority.context()) as seen:
        assert failure(seen, at(seen, authority)).kind == Kind.ANSWER


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 999999 \r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n"
        + gzip.compress(b"x" * 999, mtime=0)[:20],
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_said_to_be_none(authority: Authority, sent: bytes) -> None:
    with serving(lambda connection, _: connection.sendall(sent), authority.context()) as seen:
        assert failure(seen, at(seen, authority)).kind in (Kind.ANSWER, Kind.CONNECTION)


def moved(place: str) -> object:
    return answer(b"", status="302 Found", headers=(f"Location: {place}",))


@pytest.mark.parametrize(
    "place",
    [
        "https://other.example/", "http://169.254.169.254/latest/", "https://127.0.0.1/", "//other.example/", "http://[::1]/",
        "file:///etc/passwd", f"https://{HOST}/", "https://[", "javascript:alert(1)", f"https://user@{HOST}/",
    ],
)  # fmt: skip
def test_a_redirect_elsewhere_is_not_followed(authority: Authority, place: str) -> None:
    with serving(answer()) as elsewhere, serving(moved(place), authority.context()) as seen:  # type: ignore[arg-type]
        failed = failure(seen, at(seen, authority))
    assert (failed.kind, seen.connections, elsewhere.connections) == (Kind.REDIRECT, 1, 0)


def test_a_secret_goes_to_its_own_origin_in_the_first_request_and_nowhere_else(authority: Authority) -> None:
    with serving(answer(), authority.context()) as seen:
        secret = Secret(f"https://{HOST}:{seen.port}", "X-Api-Key", "correct-horse")
        assert fetch(url_of(seen), at(seen, authority), secret=secret).status == 200
        assert b"\r\nX-Api-Key: correct-horse\r\n" in seen.asked[0]
        with pytest.raises(Refused) as refused:
            fetch(url_of(seen), at(seen, authority), secret=replace(secret, origin="https://elsewhere.example"))
        assert (seen.connections, refused.value.kind) == (1, Kind.HOST)
    with serving(moved("/there"), authority.context()) as seen:  # type: ignore[arg-type]
        secret = replace(secret, origin=f"https://{HOST}:{seen.port}")
        with pytest.raises(Failed) as failed:
            fetch(url_of(seen), at(seen, authority), secret=secret)
        assert (seen.connections, failed.value.kind) == (1, Kind.REDIRECT)
    assert "correct-horse" not in repr(secret)
    with pytest.raises(ValueError, match="one printable line"):
        replace(secret, value="two\r\nX-Forwarded-For: lines")


def test_a_redirect_within_the_service_is_followed_a_few_times(authority: Authority) -> None:
    def reply(connection: socket.socket, asked: bytes) -> None:
        (answer(b"there") if b" /there " in asked else moved("/there"))(connection, asked)  # type: ignore[operator]

    with serving(reply, authority.context()) as seen:
        found = fetch(url_of(seen), at(seen, authority))
    assert (found.body, found.url, found.redirects) == (b"there", url_of(seen, "/there"), 1)
    with serving(moved("/data"), authority.context()) as seen:  # type: ignore[arg-type]
        assert failure(seen, at(seen, authority)).kind == Kind.REDIRECT
    assert seen.connections == 4


# --- Loopback, where a setting allows it ------------------------------------------------------------------------------
def test_loopback_is_asked_only_where_it_is_allowed() -> None:
    with serving(answer(b"demo")) as seen, serving(answer()) as other:
        policy = replace(OPEN, loopback=(Loopback(seen.port, "/demonstration/"),))
        allowed = f"http://127.0.0.1:{seen.port}/demonstration/feed.csv"
        assert fetch(allowed, policy).body == b"demo"
        for url in (
            f"http://127.0.0.1:{seen.port}/workspace/", f"http://127.0.0.1:{seen.port}/demonstration/../workspace/",
            f"http://127.0.0.1:{seen.port}/demonstration/%2e%2e/x", f"http://127.0.0.1:{other.port}/demonstration/",
            f"http://127.0.0.2:{seen.port}/demonstration/", f"http://localhost:{seen.port}/demonstration/",
        ):  # fmt: skip
            with pytest.raises(Refused):
                fetch(url, policy)
        with pytest.raises(Refused):
            fetch(allowed, replace(policy, hosts=frozenset({HOST})))
    assert (seen.connections, other.connections) == (1, 0)


def test_nobody_at_home_is_said_so() -> None:
    with serving(answer()) as seen:
        port = seen.port
    with pytest.raises(FetchError) as failed:
        fetch(f"http://127.0.0.1:{port}/", replace(OPEN, loopback=(Loopback(port),)))
    assert failed.value.kind == Kind.CONNECTION
    with pytest.raises(FetchError) as unknown:
        fetch(f"https://{HOST}/", replace(OPEN, resolve=lambda host, port: []))
    assert unknown.value.kind == Kind.NAME
