"""Which addresses are public. Pure.

`ipaddress` knows most of the special networks, but which ones depends on the version of Python, and some public-looking
addresses carry a private one inside. So the rule is written out: IPv6 only from 2000::/3, and none of these.
"""

import ipaddress

_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID and other protocols
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)  # fmt: skip
# Leaves out ::/96, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10 and ff00::/8.
_UNICAST = ipaddress.ip_network("2000::/3")


def is_public(address: str) -> bool:
    """Whether an address, as a resolver writes it, is one on the public internet; anything unreadable is not."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return False
    if getattr(read, "scope_id", None):
        return False
    if isinstance(read, ipaddress.IPv6Address) and read not in _UNICAST:
        return False
    return not any(read.version == network.version and read in network for network in _NOT_PUBLIC)


def is_loopback(address: str) -> bool:
    """Whether it is 127.0.0.1 or ::1 itself, written so."""
    return address in ("127.0.0.1", "::1")
