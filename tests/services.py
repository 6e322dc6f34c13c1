"""Real services on this machine to be fetched from: plain or with TLS, honest or hostile, counting who connects."""

import contextlib
import datetime as dt
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "service.example"
Reply = Callable[[socket.socket, bytes], None]


@dataclass
class Listening:
    """A listening socket; `connections` counts who came, `asked` keeps the first bytes of each."""

    port: int
    connections: int = 0
    asked: list[bytes] = field(default_factory=list)


def answer(body: bytes = b"ok", *, status: str = "200 OK", headers: tuple[str, ...] = ()) -> Reply:
    """A reply that sends one whole answer."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers)
    return lambda connection, _: connection.sendall("\r\n".join((*lines, "", "")).encode() + body)


@contextlib.contextmanager
def serving(reply: Reply, context: ssl.SSLContext | None = None) -> Iterator[Listening]:
    """Serve `reply` on a free loopback port until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen = Listening(listener.getsockname()[1])
    ended = threading.Event()

    def accept() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            seen.connections += 1
            threading.Thread(target=_serve, args=(connection, reply, context, seen), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)


def _serve(connection: socket.socket, reply: Reply, context: ssl.SSLContext | None, seen: Listening) -> None:
    with contextlib.suppress(OSError), connection:
        connection.settimeout(10)
        spoken = context.wrap_socket(connection, server_side=True) if context else connection
        with spoken:
            asked = b""
            while b"\r\n\r\n" not in asked and (part := spoken.recv(65536)):
                asked += part
            seen.asked.append(asked)
            reply(spoken, asked)


class Authority:
    """A certificate authority of the test's own; `pem` is what a client trusts."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        self.certificate = self._signed(self.name, self.key, days=3650, names=(), is_authority=True)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def context(self, *, name: str = HOST, days: int = 90, signs_itself: bool = False) -> ssl.SSLContext:
        """A server's side of TLS with a certificate for `name` that ends `days` from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._signed(
            subject, key, days=days, names=(name,), signer=(subject, key) if signs_itself else None
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "both.pem"
            private = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
            context.load_cert_chain(path)
        return context

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        days: int,
        names: tuple[str, ...],
        is_authority: bool = False,
        signer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None = None,
    ) -> x509.Certificate:
        issuer, issuing = signer or (self.name, self.key)
        ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)  # noqa: TID251 - certificates live in real time
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - dt.timedelta(days=days + 400 if days > 0 else 400))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
        return builder.sign(issuing, hashes.SHA256())
