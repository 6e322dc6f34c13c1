"""Security: a contact, TLS, headers, what the software is made of, whether the service is there."""

import math
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from clauses.checks.samples import instant, json_of, text_of
from clauses.checks.shapes import (
    Answer,
    CannotCheck,
    Case,
    Finding,
    NotReadHere,
    Verdict,
    delivered,
    reached,
    share,
    shown,
)

WARN, FAIL = timedelta(days=21), timedelta(days=7)
LEAST_PROBES = 100
_CERTIFICATES = {"certificate_expired", "certificate_name", "certificate_untrusted", "tls"}
_HEADERS = {
    "strict-transport-security": "Strict-Transport-Security",
    "content-security-policy": "Content-Security-Policy",
    "x-content-type-options": "X-Content-Type-Options",
    "referrer-policy": "Referrer-Policy",
}
# Sent, and yet saying nothing: what it has to say, and how one tells.
_EMPTY: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("x-content-type-options", "X-Content-Type-Options: nosniff", lambda sent: sent.strip().lower() != "nosniff"),
    ("strict-transport-security", "Strict-Transport-Security with a max-age above 0",
     lambda sent: not re.search(r"max-age=\"?0*[1-9]", sent[:200], re.IGNORECASE)),
    ("referrer-policy", "a Referrer-Policy that withholds addresses", lambda sent: "unsafe-url" in sent.lower()),
)  # fmt: skip


def sectxt(case: Case) -> Finding:
    """security.txt as RFC 9116 has it: plain text with Contact, one Expires ahead, and a policy."""
    answer = reached(case, "security_txt")
    media, to_do = answer.header("content-type").partition(";")[0].strip().lower(), "Publish security.txt (RFC 9116)."
    excerpt = shown(answer.body[:400].decode("utf-8", "replace"))
    if answer.status != 200:
        return Finding("sectxt", Verdict.NOT_MET, f"security.txt answers with {answer.status}.", answer.url, to_do)
    if media != "text/plain":
        sentence = f"security.txt comes as “{shown(media, 40) or 'nothing'}”, not as text/plain."
        return Finding("sectxt", Verdict.NOT_MET, sentence, excerpt, to_do)
    fields = _fields(answer)
    if wrong := _wrong_contact(fields, case):
        return Finding("sectxt", Verdict.NOT_MET, wrong, excerpt, "Name a contact, an end date ahead, and the policy.")
    sentence = f"It names {shown(fields['contact'][0], 80)} and holds until {shown(fields['expires'][0], 40)}."
    return _with_policy(case, sentence, excerpt)


def _with_policy(case: Case, sentence: str, excerpt: str) -> Finding:
    """The policy has to be there too; one on a host that was not agreed is opened by a person."""
    policy = case.answers.get("security_policy")
    if policy is None:
        return Finding("sectxt", Verdict.TO_CONFIRM, f"{sentence} Its policy lies elsewhere: open it.", excerpt)
    if reached(case, "security_policy").status != 200:
        sentence = f"The policy that it names answers with {policy.status}."
        return Finding("sectxt", Verdict.NOT_MET, sentence, policy.url, "Publish the policy at its address.")
    return Finding("sectxt", Verdict.MET, sentence, excerpt)


def policy_address(answer: Answer) -> str:
    """The first policy that a security.txt names, empty where none can be read."""
    try:
        return _fields(answer).get("policy", [""])[0]
    except CannotCheck:
        return ""


def tls(case: Case) -> Finding:
    """TLS 1.2 or later alone, a trusted chain, the right name, on every registered host."""
    seen = _spoken(case)
    wrong = [answer for answer in seen if answer.failure in _CERTIFICATES]
    old = [answer for answer in seen if answer.takes_old_tls]
    plain = [answer for answer in seen if not answer.url.startswith("https://")]
    if wrong:
        return Finding("tls", Verdict.NOT_MET, wrong[0].sentence, wrong[0].url, "Renew or correct the certificate.")
    if any(answer.url.startswith("http://127.0.0.1:") for answer in plain):
        raise CannotCheck("The address is on this machine, for the demonstration: no TLS is spoken there.")
    if plain:
        sentence = "A registered address is not secured: it begins with http://."
        return Finding("tls", Verdict.NOT_MET, sentence, plain[0].url, "Offer the service over https alone.")
    if old:
        sentence = "The host still takes TLS 1.0 or 1.1."
        return Finding("tls", Verdict.NOT_MET, sentence, old[0].url, "Switch the old versions off.")
    if any(answer.takes_old_tls is None for answer in seen):
        raise CannotCheck(f"{seen[0].tls_version} was agreed on; whether older versions are taken could not be tried.")
    return Finding("tls", Verdict.MET, f"{seen[0].tls_version}, and nothing before 1.2.", shown(_urls(seen)))


def cert_days(case: Case) -> Finding:
    """At least seven days are left on every certificate; below 21 it is said."""
    seen = _spoken(case)
    expired = [answer for answer in seen if answer.failure == "certificate_expired"]
    if expired:
        return Finding("cert-days", Verdict.NOT_MET, expired[0].sentence, expired[0].url, "Renew the certificate.")
    if any(answer.url.startswith("http://127.0.0.1:") for answer in seen):
        raise CannotCheck("The address is on this machine, for the demonstration: it has no certificate.")
    ends = [(answer.certificate_until, answer.url) for answer in seen if answer.certificate_until is not None]
    if len(ends) < len(seen):
        raise CannotCheck("A certificate could not be read.", "See that every registered address answers over https.")
    until, url = min(ends)
    left, sentence = until - case.at, f"The certificate ends on {until:%d %B %Y}, in {(until - case.at).days} days."
    if left < FAIL:
        return Finding("cert-days", Verdict.NOT_MET, sentence, url, "Renew the certificate now.")
    return Finding("cert-days", Verdict.MET, sentence, url, "Renew the certificate soon." if left < WARN else "")


def headers(case: Case) -> Finding:
    """The protective headers are there, and cookies are Secure and HttpOnly."""
    answer = delivered(case, "web")
    missing = [words for name, words in _HEADERS.items() if not answer.header(name).strip()]
    missing += [
        words for name, words, is_empty in _EMPTY if answer.header(name).strip() and is_empty(answer.header(name))
    ]
    cookies = [shown(each.partition("=")[0], 40) for each in answer.all("set-cookie") if not _is_safe_cookie(each)]
    excerpt = shown("; ".join(f"{name}: {value}" for name, value in answer.headers if name in _HEADERS), 400)
    wrong = [f"The page does not send {', '.join(missing)}."] if missing else []
    wrong += [f"These cookies are not Secure and HttpOnly: {', '.join(cookies[:5])}."] if cookies else []
    if wrong:
        return Finding("headers", Verdict.NOT_MET, " ".join(wrong), excerpt, "Send the headers, and mark the cookies.")
    return Finding("headers", Verdict.MET, "The protective headers are there, and no cookie is unsafe.", excerpt)


def sbom(case: Case) -> Finding:
    """A CycloneDX (or SPDX) document in which at least 90 % of the components carry a version."""
    answer = delivered(case, "sbom")
    if b"<bom" in answer.body[:2000]:
        raise NotReadHere("It is CycloneDX in XML, which no machine reads here.", "Offer it as CycloneDX JSON.")
    if answer.body.lstrip().startswith(b"SPDXVersion:"):
        raise NotReadHere("It is SPDX as tags, which no machine reads here.", "Offer it as SPDX or CycloneDX JSON.")
    words, components = _components(json_of(answer.body))
    dated = sum(_is_text(each.get("version")) or _is_text(each.get("versionInfo")) for each in components)
    licensed = sum(bool(each.get("licenses") or each.get("licenseConcluded")) for each in components)
    sentence = f"{words} with {len(components):,} components: {share(dated, len(components))} with a version"
    sentence += f", {share(licensed, len(components))} with a licence."
    excerpt = shown(", ".join(f"{each.get('name')} {each.get('version', '')}" for each in components[:10]))
    if unnamed := sum(not isinstance(each.get("name"), str) or not each["name"].strip() for each in components):
        sentence = f"{unnamed:,} of {len(components):,} components have no name."
        return Finding("sbom", Verdict.NOT_MET, sentence, excerpt, "Send an SBOM that keeps its format.")
    if dated * 100 < 90 * len(components):
        return Finding(
            "sbom", Verdict.NOT_MET, sentence, excerpt, "Give at least 90 % of the components their version."
        )
    return Finding("sbom", Verdict.MET, sentence, excerpt)


def probe(case: Case) -> Finding:
    """Availability and the 95th percentile of the response time over the window, against what was stated."""
    target, limit, probes = case.stated.availability_percent, case.stated.p95_ms, case.probes
    if target is None or limit is None:
        raise CannotCheck("No availability or response time was stated.", "State both, as your submission has them.")
    if len(probes) < LEAST_PROBES:
        raise CannotCheck(
            f"The service was asked {len(probes)} times so far; {LEAST_PROBES} are needed to say anything."
        )
    times = sorted(each.milliseconds for each in probes if each.is_up)
    p95 = times[math.ceil(0.95 * len(times)) - 1] if times else None
    is_met = len(times) * 100 >= target * len(probes) and p95 is not None and p95 <= limit
    sentence = f"Answered {share(len(times), len(probes))} of {len(probes):,} times ({target:g} % stated)"
    sentence += f"; 95 % within {p95} ms ({limit} ms stated)." if p95 is not None else "."
    to_do = "" if is_met else "Find out what slows or stops the service, and say when it will be better."
    return Finding("probe", Verdict.MET if is_met else Verdict.NOT_MET, sentence, "", to_do)


def support_date(case: Case) -> Finding:
    """Security updates are promised to the end of the pilot and of the proposed contract."""
    until, ends = case.stated.support_until, case.stated.contract_ends_on or case.ends_on
    if until is None or ends is None:
        raise CannotCheck("The end of support, or of the contract, is not stated.", "State until when updates come.")
    return _dated("support-date", until >= ends, f"Updates are promised until {until}; the contract may run to {ends}.")


def ce_date(case: Case) -> Finding:
    """The Cyber Essentials certificate has more than thirty days left."""
    until = case.stated.certificate_until
    if until is None:
        raise CannotCheck(
            "The certificate's end date is not stated.", "Give the number and end date of the certificate."
        )
    is_met = until > case.at.date() + timedelta(days=30)
    return _dated("ce-date", is_met, f"The certificate holds until {until}.", "Renew the certificate in good time.")


def _dated(step: str, is_met: bool, sentence: str, to_do: str = "Promise updates for longer.") -> Finding:
    return Finding(step, Verdict.MET if is_met else Verdict.NOT_MET, sentence, "", "" if is_met else to_do)


def _fields(answer: Answer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text_of(answer.body[:100_000]).splitlines()[:1000]:
        name, colon, value = line.partition(":")
        if colon and not line.startswith("#") and re.fullmatch(r"[A-Za-z-]{1,40}", name.strip()):
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def _wrong_contact(fields: dict[str, list[str]], case: Case) -> str:
    contacts, expires = fields.get("contact", []), fields.get("expires", [])
    if not any(each.startswith(("mailto:", "https://", "tel:")) for each in contacts):
        return "It names no contact (mailto:, https:// or tel:)."
    if len(expires) != 1:
        return "It has to say once until when it holds (Expires)."
    ends = instant(expires[0])
    if ends is None or ends <= case.at:
        return f"Its end date is past or cannot be read: {shown(expires[0], 40)}."
    return "" if fields.get("policy") else "It names no policy with reply times (Policy)."


def _spoken(case: Case) -> list[Answer]:
    """Answers that said something about TLS; security.txt stands on the same hosts as the rest."""
    seen = [answer for kind, answer in case.answers.items() if not kind.startswith("security_")]
    if not seen:
        raise CannotCheck("No address is registered.", "Give the council the addresses of the service.")
    passing = [
        answer for answer in seen if answer.failure and answer.failure not in _CERTIFICATES and not answer.tls_version
    ]
    if passing:
        raise CannotCheck(f"Nothing came. {passing[0].sentence}", f"See that {passing[0].url} answers.")
    return seen


def _urls(answers: list[Answer]) -> str:
    return ", ".join(answer.url for answer in answers)


def _is_safe_cookie(cookie: str) -> bool:
    marks = {part.strip().lower() for part in cookie.split(";")[1:]}
    return {"secure", "httponly"} <= marks


def _components(document: Any) -> tuple[str, list[dict[str, Any]]]:
    is_object = isinstance(document, dict)
    is_cyclone = is_object and document.get("bomFormat") == "CycloneDX"
    is_spdx = is_object and str(document.get("spdxVersion", "")).startswith("SPDX-")
    listed = document.get("components" if is_cyclone else "packages") if is_cyclone or is_spdx else None
    if (is_cyclone or is_spdx) and listed == []:
        raise CannotCheck("It names no component, which no software is made of.", "Send the SBOM of the release.")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise CannotCheck(
            "It is not a CycloneDX or SPDX document in JSON with components.",
            "Send the SBOM of the release as CycloneDX JSON.",
        )
    kind = document.get("specVersion") if is_cyclone else document.get("spdxVersion")
    if is_cyclone and not re.fullmatch(r"1\.[2-9]", str(kind)[:10]):
        raise NotReadHere(
            f"CycloneDX {shown(kind, 10)} is not a version that is known.", "Send CycloneDX 1.2 or later."
        )
    return (f"CycloneDX {shown(kind, 10)}" if is_cyclone else shown(kind, 20)), listed


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value not in ("NOASSERTION", "NONE")
