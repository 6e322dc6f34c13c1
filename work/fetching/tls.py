"""TLS as the fetcher speaks it: version 1.2 or later, a trusted chain, the name that was asked for."""

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from work.fetching.policy import Failed, Kind, Policy

_BY_CODE = {
    10: (Kind.CERTIFICATE_EXPIRED, "Its certificate has expired."),
    9: (Kind.CERTIFICATE_EXPIRED, "Its certificate is not valid yet."),
    62: (Kind.CERTIFICATE_NAME, "Its certificate names another host."),
    18: (Kind.CERTIFICATE_UNTRUSTED, "Its certificate is signed by itself, so nobody vouches for it."),
}
_UNTRUSTED = (Kind.CERTIFICATE_UNTRUSTED, "Its certificate does not lead to an authority that is trusted.")


@dataclass(frozen=True)
class TlsSeen:
    """What the handshake agreed on, and until when the certificate holds."""

    version: str
    not_after: datetime
    issuer: str


def secure(connection: socket.socket, host: str, policy: Policy) -> tuple[ssl.SSLSocket, TlsSeen]:
    """The connection with TLS on it, verified; raises Failed with the reason in a sentence."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if policy.authority:
        context.load_verify_locations(cadata=policy.authority)
    try:
        spoken = context.wrap_socket(connection, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        kind, sentence = _BY_CODE.get(error.verify_code, _UNTRUSTED)
        raise Failed(kind, f"{host} could not be trusted. {sentence}") from error
    except TimeoutError as error:
        raise Failed(Kind.TIME, f"{host} did not finish the secure handshake in time.") from error
    except (ssl.SSLError, OSError) as error:
        raise Failed(Kind.TLS, f"{host} does not speak TLS 1.2 or later there.") from error
    return spoken, _seen(spoken)


def _seen(spoken: ssl.SSLSocket) -> TlsSeen:
    certificate = spoken.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    names = dict(pair for part in certificate.get("issuer", ()) for pair in part)  # type: ignore[misc]
    issuer = str(names.get("organizationName") or names.get("commonName") or "")
    return TlsSeen(str(spoken.version()), datetime.fromtimestamp(ends, UTC), issuer[:120])
