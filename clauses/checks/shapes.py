"""What goes into a check and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

EXCERPT = 500


class Verdict(StrEnum):
    """What a machine may say. It never says more than what it saw carries."""

    MET = "met"
    NOT_MET = "not_met"
    UNCHECKED = "unchecked"  # could not be checked, for the reason given
    TO_CONFIRM = "to_confirm"  # gathered; a person looks at it


class CannotCheck(Exception):  # noqa: N818 - it reads as what it says
    """What is there does not carry a verdict; becomes a finding that says why, and what would help."""

    def __init__(self, sentence: str, to_do: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.to_do = sentence, to_do


class NotReadHere(CannotCheck):
    """It may well be right, but no check of ours reads it; it is never called wrong."""


@dataclass(frozen=True)
class Finding:
    """The result of one step: what was found, an excerpt that shows it, and what the supplier does about it."""

    step: str
    verdict: Verdict
    sentence: str
    excerpt: str = ""
    to_do: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back from one registered address. `failure` names why nothing did (work.fetching.Kind), else empty."""

    url: str
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    failure: str = ""
    sentence: str = ""
    tls_version: str = ""
    certificate_until: datetime | None = None
    takes_old_tls: bool | None = None
    seconds: float = 0.0
    with_key: bool = False

    def header(self, name: str) -> str:
        """The first header of this name (lower case), empty when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True)
class Stated:
    """What was stated about the service beforehand; None where nothing was. Percent are 0-100."""

    interval_minutes: int | None = None
    completeness_percent: float | None = None
    retention_days: int | None = None
    support_until: date | None = None
    contract_ends_on: date | None = None
    certificate_until: date | None = None
    availability_percent: float | None = None
    p95_ms: int | None = None
    least_count: int = 5
    count_column: str = ""
    identifier_column: str = ""
    boundary: tuple[float, float, float, float] | None = None  # west, south, east, north in degrees (WGS84)
    stars: int | None = None


@dataclass(frozen=True)
class Probe:
    """One question to the health address: whether it was answered with 200, and in how many milliseconds."""

    is_up: bool
    milliseconds: int


@dataclass(frozen=True)
class Case:
    """Everything a clause is checked on. `received` are the instants of what reached the council lately, by device;
    `ledger` counts all that ever did, by device and whole day in London."""

    at: datetime
    answers: Mapping[str, Answer] = field(default_factory=dict)
    stated: Stated = field(default_factory=Stated)
    devices: tuple[str, ...] = ()
    received: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    ledger: Mapping[tuple[str, date], int] = field(default_factory=dict)
    first_reading_at: datetime | None = None
    probes: tuple[Probe, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None


NAMES = {
    "data": "the data feed",
    "export": "the export of the whole history",
    "schema": "the schema of the data",
    "metadata": "the catalogue record",
    "published": "the published open data",
    "web": "the web page",
    "health": "the health check",
    "security_txt": "security.txt",
    "security_policy": "the security policy",
    "sbom": "the SBOM",
    "openapi": "the OpenAPI document",
    "register": "the public device register",
    "page": "the public page about the pilot",
    "dpia": "the summary of the impact assessment",
    "statement": "the accessibility statement",
    "record": "the algorithm record",
    "evaluation": "the published evaluation",
    "repository": "the licence file of the code",
}


def reached(case: Case, kind: str) -> Answer:
    """What came from an address, whatever its status; raises CannotCheck when nothing did."""
    found, name = case.answers.get(kind), NAMES[kind]
    if found is None:
        raise CannotCheck(f"No address of {name} is registered.", f"Give the council the address of {name}.")
    if found.failure:
        to_do = _TO_DO.get(found.failure, "See that {url} answers.").format(url=found.url)
        raise CannotCheck(f"Nothing came from {name}. {found.sentence}", to_do)
    return found


_TO_DO = {
    "size": "Offer less at {url}: the newest days, say.",
    "time": "See that {url} answers within ten seconds.",
    "answer": "See that {url} answers as HTTP has it, packed as gzip or not at all.",
    "redirect": "Give the address that {url} leads to.",
    "private": "Offer it at an address that is reached from the public internet, not at {url}.",
    "host": "Agree the host of {url} with the council.",
    "name": "See that the name in {url} exists.",
    "certificate_expired": "Renew the certificate of {url}.",
    "certificate_name": "Correct the certificate of {url}.",
    "certificate_untrusted": "Have the certificate of {url} signed by an authority that is trusted.",
}


def delivered(case: Case, kind: str) -> Answer:
    """What an address delivered with status 200; raises CannotCheck when it delivered nothing."""
    found = reached(case, kind)
    if found.status != 200:
        raise CannotCheck(f"{NAMES[kind].capitalize()} answered with {found.status}, not 200.", f"Repair {found.url}.")
    return found


def shown(text: object, limit: int = EXCERPT) -> str:
    """Text from outside, fit to be kept and shown: one line, printable, bounded."""
    cut = str(text)[: limit * 4]
    line = " ".join("".join(sign if sign.isprintable() or sign.isspace() else "\ufffd" for sign in cut).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def share(part: int, whole: int) -> str:
    """A share in words that never round a fault away: 99.97 % of 10,000 stays below 100 %."""
    if whole == 0:
        return "0 %"
    hundredths = 10_000 * part // whole
    return f"{hundredths / 100:.4g} %"
