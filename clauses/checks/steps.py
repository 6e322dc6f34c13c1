"""Every step of the clause library: what it is checked on, and what does it. A step without a machine has a person."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from clauses.checks import delivery, privacy, publishing, security, structure, timing
from clauses.checks.shapes import CannotCheck, Case, Finding, Verdict

Check = Callable[[Case], Finding]


@dataclass(frozen=True)
class Step:
    """`addresses` are the kinds of address that it asks; `stated` the fields of Stated that it reads."""

    check: Check
    addresses: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    any_address: bool = False


STEPS: dict[str, Step] = {
    "fetch": Step(delivery.fetch, ("data",)),
    "parse": Step(delivery.parse, ("data",)),
    "starcount": Step(delivery.starcount, ("data",), ("stars",)),
    "licence": Step(delivery.licence, ("metadata",)),
    "dcat": Step(delivery.dcat, ("metadata",)),
    "freshness": Step(timing.freshness, ("data",), ("interval_minutes",)),
    "completeness": Step(timing.completeness, ("data",), ("interval_minutes", "completeness_percent")),
    "export": Step(timing.export, ("export",)),
    "retention": Step(timing.retention, ("data", "export"), ("retention_days",)),
    "schema": Step(structure.schema, ("data", "schema")),
    "formats": Step(structure.formats, ("data",), ("boundary",)),
    "ids": Step(structure.ids, ("data",), ("identifier_column",)),
    "sectxt": Step(security.sectxt, ("security_txt", "security_policy")),
    "tls": Step(security.tls, any_address=True),
    "cert-days": Step(security.cert_days, any_address=True),
    "headers": Step(security.headers, ("web",)),
    "sbom": Step(security.sbom, ("sbom",)),
    "probe": Step(security.probe, (), ("availability_percent", "p95_ms")),
    "support-date": Step(security.support_date, (), ("support_until", "contract_ends_on")),
    "ce-date": Step(security.ce_date, (), ("certificate_until",)),
    "pii": Step(privacy.pii, ("published",)),
    "smallcells": Step(privacy.smallcells, ("published",), ("least_count", "count_column")),
    "register": Step(privacy.register, ("register", "data")),
    "page": Step(publishing.page, ("page",)),
    "readability": Step(publishing.readability, ("page",)),
    "dpia": Step(publishing.dpia, ("dpia",)),
    "statement": Step(publishing.statement, ("statement",)),
    "record": Step(publishing.record, ("record",)),
    "repo": Step(publishing.repo, ("repository",)),
    "published": Step(publishing.published, ("evaluation",)),
    "oas": Step(publishing.oas, ("openapi",)),
}
# No machine of ours does these: what a person does instead.
BY_A_PERSON: dict[str, str] = {
    "groundtruth": "Compare a sample taken by hand with the data of the same hour.",
    "ce-lookup": "Look the certificate's number up on the public register.",
    "version": "Compare the running version with the newest advisory that the supplier published.",
    "sbom-vulns": "Compare the components with the advisories that the council holds.",
    "logship": "Ask for the last 24 hours of the agreed security events, and see that none are missing.",
    "drill": "Send a test notice to the named contact, and note when it was acknowledged.",
    "restore": "Read the note of the last restore test: it is dated within twelve months.",
    "sp-diff": "Compare the list of sub-processors with the last one, and with the hosts that pages call.",
    "exposure": "With written permission only: see that nothing but the declared services is open.",
    "erase-drill": "Ask for the erasure of a made-up person, and see that it is gone within the agreed days.",
    "contract": "Try some safe requests of the API and compare what comes with its document.",
    "model": "See that the declared data model exists and that a sample keeps it.",
    "takeover": "Have somebody else read one day of data with the published guide alone.",
    "axe": "Look at the accessibility audit of the declared pages.",
    "weight": "Load the key pages on an old phone over a slow connection.",
    "coverage": "Compare where the sites lie with the area's wards and deprivation bands.",
}


def run(step: str, case: Case) -> Finding:
    """One step's finding; never raises, whatever the service sent. `step` is an id of the clause library."""
    if step not in STEPS:
        sentence = BY_A_PERSON.get(step, "No machine does this step.")
        return Finding(step, Verdict.TO_CONFIRM, f"A person looks at this: {sentence}")
    try:
        return STEPS[step].check(case)
    except CannotCheck as reason:
        return Finding(step, Verdict.UNCHECKED, reason.sentence, "", reason.to_do)


def conclude(findings: Iterable[Finding], *, is_assisted: bool) -> Verdict:
    """The clause's verdict: not met if a step is not; met only if a machine did every step and may decide alone."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.NOT_MET in verdicts:
        return Verdict.NOT_MET
    if Verdict.UNCHECKED in verdicts or not verdicts:
        return Verdict.UNCHECKED
    return Verdict.TO_CONFIRM if is_assisted or Verdict.TO_CONFIRM in verdicts else Verdict.MET
