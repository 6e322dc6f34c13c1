"""What the fetcher may do, and how it says that it did not."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

Resolver = Callable[[str, int], list[str]]


class Kind(StrEnum):
    """What went wrong; the first five mean that nobody was asked."""

    ADDRESS = "address"  # it is not an address that is ever asked
    HOST = "host"  # not on the allow-list
    PORT = "port"
    PRIVATE = "private"  # the name leads into a network that is not public
    REDIRECT = "redirect"  # the service sends elsewhere
    NAME = "name"  # the name is not known
    CONNECTION = "connection"
    TIME = "time"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    TLS = "tls"
    SIZE = "size"
    ANSWER = "answer"  # what came is not an answer that can be read


CERTIFICATES = frozenset({Kind.CERTIFICATE_EXPIRED, Kind.CERTIFICATE_NAME, Kind.CERTIFICATE_UNTRUSTED, Kind.TLS})
# Trying again may help with these; with the others it would only ask the same question twice.
PASSING = frozenset({Kind.NAME, Kind.CONNECTION, Kind.TIME})


class FetchError(Exception):
    """Nothing that can be used came back; `kind` says why to the program, the message to people."""

    def __init__(self, kind: Kind, sentence: str) -> None:
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence


class Refused(FetchError):  # noqa: N818 - it reads as what it says
    """The address is not one that may be asked; no connection was made to it."""


class Failed(FetchError):  # noqa: N818 - it reads as what it says
    """The service was asked, and this came of it."""


@dataclass(frozen=True)
class Loopback:
    """A port of this machine that may be asked, under one path only: for tests and the demonstration."""

    port: int
    path: str = "/"

    def covers(self, port: int, path: str) -> bool:
        """Whether a port and path lie here; dots and percent signs could lead out of the path again."""
        return port == self.port and path.startswith(self.path) and ".." not in path and "%" not in path


@dataclass(frozen=True)
class Policy:
    """Whom the fetcher may ask, and how much it takes. `hosts` are names in lower case, without ports.

    Sizes are bytes; `seconds` bounds everything together: the name, the connection, the answer, its redirects.
    """

    hosts: frozenset[str]
    loopback: tuple[Loopback, ...] = ()
    max_bytes: int = 5_000_000
    max_decoded: int = 20_000_000
    seconds: float = 10.0
    redirects: int = 3
    authority: str = ""  # certificates (PEM) trusted beside the machine's own
    resolve: Resolver | None = None


@dataclass(frozen=True)
class Secret:
    """A header that proves who asks. It goes to one origin, in the first request; its value never shows itself."""

    origin: str
    header: str
    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if not (self.header + self.value).isascii() or not (self.header + self.value).isprintable():
            raise ValueError("A secret is one printable line.")  # anything else could add headers of its own


def system_names(host: str, port: int) -> list[str]:
    """The addresses of a name, as this machine's resolver gives them; raises OSError."""
    return list(dict.fromkeys(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
