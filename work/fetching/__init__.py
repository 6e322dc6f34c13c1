"""The guarded fetcher: the only way in which the marketplace asks an address that somebody else named.

Framework-free. `fetch(url, policy)` returns what the service sent, or raises `Refused` (nobody was asked) or `Failed`
(somebody was, and this is what went wrong), each with a kind and a sentence for people.
"""

from work.fetching.addresses import is_public
from work.fetching.exchange import Fetched, fetch
from work.fetching.old_tls import speaks_old_tls
from work.fetching.policy import CERTIFICATES, PASSING, Failed, FetchError, Kind, Loopback, Policy, Refused, Secret
from work.fetching.targets import Target, judge
from work.fetching.tls import TlsSeen

__all__ = [
    "CERTIFICATES",
    "PASSING",
    "Failed",
    "FetchError",
    "Fetched",
    "Kind",
    "Loopback",
    "Policy",
    "Refused",
    "Secret",
    "Target",
    "TlsSeen",
    "fetch",
    "is_public",
    "judge",
    "speaks_old_tls",
]
