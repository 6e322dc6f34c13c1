"""Whether a host still takes the TLS versions that were given up."""

import socket
import ssl
import warnings

from work.fetching.connections import open_connection
from work.fetching.deadline import Deadline
from work.fetching.policy import FetchError, Policy
from work.fetching.targets import judge


def speaks_old_tls(url: str, policy: Policy) -> bool | None:
    """Whether the host takes TLS 1.0 or 1.1; None where that cannot be said. Asks nobody that `fetch` would not."""
    try:
        target, deadline = judge(url, policy), Deadline(policy.seconds)
        if target.scheme != "https":
            return None
        with open_connection(target, policy, deadline) as connection:
            connection.settimeout(deadline.left())
            return _takes_old(connection, target.host)
    except FetchError:
        return None


def _takes_old(connection: socket.socket, host: str) -> bool | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is read from it but the version
    try:
        with warnings.catch_warnings(action="ignore"):  # old versions are warned about, which is the point here
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with context.wrap_socket(connection, server_hostname=host):
            return True
    except ssl.SSLError as error:
        # A machine whose own library has no old versions learns nothing from its own refusal.
        return None if error.reason in ("NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE") else False
    except (OSError, ValueError):
        return None
