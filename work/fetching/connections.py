"""A connection to a target: its name is resolved once, every address judged, and the connection goes to one of them."""

import socket
import threading

from work.fetching.addresses import is_loopback, is_public
from work.fetching.deadline import Deadline
from work.fetching.policy import Failed, Kind, Policy, Refused, system_names
from work.fetching.targets import Target

TRIED = 3


def open_connection(target: Target, policy: Policy, deadline: Deadline) -> socket.socket:
    """A TCP connection to a judged address of the target's host; raises Refused or Failed."""
    found = addresses(target, policy, deadline)
    for address in found[:TRIED]:
        try:
            return socket.create_connection((address, target.port), timeout=deadline.left())
        except OSError:
            continue
    raise Failed(Kind.CONNECTION, f"{target.host} does not answer.")


def addresses(target: Target, policy: Policy, deadline: Deadline) -> list[str]:
    """The addresses of the target's host; refused as a whole when one of them is not public."""
    if target.is_loopback:
        return [target.host]
    found = _resolved(target, policy, deadline)
    may_be_here = any(place.covers(target.port, target.path) for place in policy.loopback)
    if not all(is_public(each) or (may_be_here and is_loopback(each)) for each in found):
        raise Refused(Kind.PRIVATE, f"{target.host} leads into a network that is not public; it is not asked.")
    return found


def _resolved(target: Target, policy: Policy, deadline: Deadline) -> list[str]:
    """A resolver knows no deadline, so it works in a thread that is left behind when it takes too long."""
    found: list[str] = []
    resolve = policy.resolve or system_names

    def ask() -> None:
        try:
            found.extend(resolve(target.host, target.port))
        except (OSError, UnicodeError):
            return

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if thread.is_alive():
        raise Failed(Kind.TIME, f"The name {target.host} was not resolved in time.")
    if not found:
        raise Failed(Kind.NAME, f"The name {target.host} is not known.")
    return found
