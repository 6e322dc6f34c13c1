"""Reads an address that somebody typed, strictly: what two programs could read differently is refused. Pure."""

import re
from dataclasses import dataclass

from work.fetching.policy import Kind, Policy, Refused

LONGEST = 2000
_URL = re.compile(r"(https?)://([^/?#]*)((?:/[^?#]*)?)((?:\?[^#]*)?)", re.IGNORECASE)
_AUTHORITY = re.compile(r"([^:]+)(?::([0-9]{1,5}))?")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_VISIBLE = re.compile(r"[!-~]+")
_UNSAFE = set('\\<>"{}|^`')
# Names that lead into somebody's own network by their nature.
_INNER = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "onion")
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Target:
    """An address that may be asked: `path` holds the query too."""

    scheme: str
    host: str
    port: int
    path: str
    is_loopback: bool = False

    @property
    def origin(self) -> str:
        is_usual = self.port == _PORTS[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if is_usual else f":{self.port}")

    @property
    def url(self) -> str:
        return self.origin + self.path


def judge(url: str, policy: Policy) -> Target:
    """The target behind an address; raises Refused with the sentence that whoever typed it reads."""
    scheme, authority, path = _parts(url)
    host, port = _host_and_port(authority, scheme)
    target = Target(scheme, host, port, path)
    if _is_allowed_loopback(target, policy):
        return Target(scheme, host, port, path, is_loopback=True)
    if target.host == "127.0.0.1" and target.host in policy.hosts and policy.loopback:
        raise Refused(Kind.PRIVATE, "Of this machine, only what its settings open is asked.")
    _refuse_inner(host)
    if scheme != "https":
        raise Refused(Kind.ADDRESS, "The address has to begin with https://, so that nobody can read or change it.")
    if host not in policy.hosts:
        raise Refused(Kind.HOST, f"{host} is not among the hosts that were agreed for this pilot.")
    if port != _PORTS[scheme] and port not in {place.port for place in policy.loopback}:
        raise Refused(Kind.PORT, "The address names an unusual port: services are asked on 443, where https lives.")
    return target


def _parts(url: str) -> tuple[str, str, str]:
    if not url or len(url) > LONGEST:
        raise Refused(Kind.ADDRESS, f"An address has between 1 and {LONGEST} characters.")
    if not _VISIBLE.fullmatch(url) or _UNSAFE & set(url):
        raise Refused(Kind.ADDRESS, "The address holds spaces or signs that no address has: write a space as %20.")
    found = _URL.fullmatch(url)
    if found is None:
        raise Refused(Kind.ADDRESS, "Write the whole address: https://, the host and the path, and nothing after a #.")
    scheme, authority, path, query = found.groups()
    return scheme.lower(), authority, (path or "/") + query


def _host_and_port(authority: str, scheme: str) -> tuple[str, int]:
    if "@" in authority:
        raise Refused(Kind.ADDRESS, "Leave user names and passwords out of the address.")
    if authority.startswith("["):
        raise Refused(Kind.ADDRESS, "Name the host by its name, not by a number.")
    found = _AUTHORITY.fullmatch(authority.lower())
    host, port = (found[1], int(found[2] or _PORTS[scheme])) if found else ("", 0)
    if not _HOST.fullmatch(host) or not 0 < port < 65536:
        raise Refused(Kind.ADDRESS, "The host is not a name that can be asked; names in other scripts begin with xn--.")
    return host, port


def _refuse_inner(host: str) -> None:
    last = host.rpartition(".")[2]
    # What ends in a number is an IPv4 address in one of its many spellings: 127.1, 2130706433, 0x7f.1, 0177.0.0.1.
    if last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        raise Refused(Kind.ADDRESS, "Name the host by its name, not by a number.")
    if "." not in host or last in _INNER:
        raise Refused(Kind.ADDRESS, f"{host} is a name inside somebody's own network; a public name is needed.")


def _is_allowed_loopback(target: Target, policy: Policy) -> bool:
    if target.host != "127.0.0.1" or target.host not in policy.hosts:
        return False
    return any(place.covers(target.port, target.path) for place in policy.loopback)
