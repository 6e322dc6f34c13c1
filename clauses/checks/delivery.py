"""Open data: delivered, readable, licensed, listed."""

import itertools
import re
from typing import Any
from urllib.parse import urlsplit

from clauses.checks.kinds import is_page
from clauses.checks.samples import SEPARATORS, Sample, json_of, sample_of
from clauses.checks.shapes import (
    Answer,
    CannotCheck,
    Case,
    Finding,
    NotReadHere,
    Verdict,
    delivered,
    reached,
    shown,
)

DATA_TYPES = (
    "json", "csv", "tab-separated", "xml", "parquet", "ndjson", "jsonl", "octet-stream", "zip", "plain",
    "spreadsheetml",
)  # fmt: skip
# What the council accepts: the Open Government Licence 3.0, CC BY 4.0, CC0 1.0, under the addresses they go by.
LICENCES = {
    "nationalarchives.gov.uk/doc/open-government-licence/version/3": "OGL-UK-3.0",
    "creativecommons.org/licenses/by/4.0": "CC-BY-4.0",
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "spdx.org/licenses/OGL-UK-3.0": "OGL-UK-3.0",
    "spdx.org/licenses/CC-BY-4.0": "CC-BY-4.0",
    "spdx.org/licenses/CC0-1.0": "CC0-1.0",
}
_LICENCE_NAMES = set(LICENCES.values())
_LICENCE_KEYS = (
    "license", "licence", "dct:license", "dcterms:license", "http://purl.org/dc/terms/license",
    "license_url", "licenseUrl", "license_uri",
)  # fmt: skip
_LINKED_DATA = re.compile(r"<script[^>]{0,300}application/ld\+json[^>]{0,100}>", re.IGNORECASE)
LONGEST = 400_000
# A service that says no in a body that says 200.
_NO = ("error", "errors", "fault", "exception", "error_description", "detail")
_RECORD = {
    "a title": ("title", "name", "dct:title"),
    "a publisher": ("publisher", "dct:publisher", "contributors", "organization"),
    "what it covers": ("spatial", "dct:spatial", "temporal", "dct:temporal", "coverage"),
    "how often it is updated": ("accrualperiodicity", "dct:accrualperiodicity", "frequency", "update_frequency"),
    "a contact": ("contactpoint", "dcat:contactpoint", "contact", "maintainer", "contributors"),
    "a licence": ("license", "licence", "dct:license", "licenses"),
}


def fetch(case: Case) -> Finding:
    """The data really come: 200, a data type, no sign-in page, no other host."""
    found = case.answers.get("data")
    if found is not None and found.failure == "redirect":
        return Finding(
            "fetch", Verdict.NOT_MET, found.sentence, found.url, "Deliver the data at the agreed address itself."
        )
    answer = reached(case, "data")
    media = answer.header("content-type").partition(";")[0].strip().lower()
    excerpt = shown(f"{answer.status} {media} {answer.body[:200].decode('utf-8', 'replace')}")
    for is_wrong, sentence, to_do in (
        (answer.status in (401, 403), f"The data feed lets nobody in: {answer.status}.", _no_entry(answer)),
        (answer.status != 200, f"The data feed answers with {answer.status}.", "Let the council read it."),
        (is_page(answer.body), "A web page comes instead of data, as when one has to sign in.", "Deliver data."),
        (not answer.body.strip(), "What comes is empty.", "Deliver the data of the pilot."),
        (_says_no(answer), "An error message comes instead of data.", "Let the council read it."),
        (not any(each in media for each in DATA_TYPES), f"It says that it is “{media or 'nothing'}”, not data.",
         "Name the format in the header Content-Type, such as text/csv."),
    ):  # fmt: skip
        if is_wrong:
            return Finding("fetch", Verdict.NOT_MET, sentence, excerpt, to_do)
    if _is_bare(answer):
        sentence = "It answers, but holds no record: nothing is delivered."
        return Finding("fetch", Verdict.NOT_MET, sentence, excerpt, "Deliver the data of the pilot.")
    how = "with the key" if answer.with_key else "without signing in"
    sentence = f"Data came: {len(answer.body):,} bytes of {media}, {how}."
    return Finding("fetch", Verdict.MET, sentence, excerpt)


def parse(case: Case) -> Finding:
    """A fresh sample reads in strict mode, as UTF-8."""
    answer = delivered(case, "data")
    try:
        sample = sample_of(answer)
    except NotReadHere:
        raise
    except CannotCheck as wrong:
        excerpt = shown(answer.body[:200].decode("utf-8", "replace"))
        return Finding("parse", Verdict.NOT_MET, wrong.sentence, excerpt, wrong.to_do)
    if not sample.rows:
        raise CannotCheck("It holds no record, so nothing shows how records are written.", "Deliver records.")
    kind = sample.kind.upper() if sample.separator == "," else f"CSV separated by {SEPARATORS[sample.separator]}"
    sentence = f"It reads as {kind}: {len(sample.rows):,} records with {len(sample.columns)} fields."
    return Finding("parse", Verdict.MET, sentence, shown(", ".join(sample.columns)))


def starcount(case: Case) -> Finding:
    """Stars of open data: 2 for a workbook, 3 for an open format, 4 with identifiers, 5 with links to other data."""
    sample = sample_of(delivered(case, "data"))
    if not sample.rows:
        raise CannotCheck("It holds no record whose stars could be counted.", "Deliver records.")
    links = _outbound(sample, case.answers["data"])
    stars = 2 if sample.kind == "xlsx" else 5 if links else 4 if _has_identifiers(sample) else 3
    if case.stated.stars is None:
        raise CannotCheck(f"{stars} stars are seen, but no level was stated.", "State the level that you offered.")
    verdict = Verdict.MET if stars >= case.stated.stars else Verdict.NOT_MET
    advice = "Offer an open format, such as CSV." if stars < 3 else "Add shared identifiers, then links to other data."
    to_do = "" if verdict == Verdict.MET else advice
    sentence = f"{stars} stars of open data are seen; {case.stated.stars} were offered."
    return Finding("starcount", verdict, sentence, shown(links or ", ".join(sample.columns)), to_do)


def licence(case: Case) -> Finding:
    """The licence stands in metadata, as an address or SPDX name that the council accepts."""
    answer = delivered(case, "metadata")
    named = _licences(answer)
    accepted = [known for each in named if (known := accepted_licence(each))]
    if accepted and len(accepted) == len(named):
        return Finding("licence", Verdict.MET, f"The metadata name {accepted[0]}.", shown(", ".join(named)))
    to_do = "Name the Open Government Licence 3.0, CC BY 4.0 or CC0 1.0 by its address in the metadata."
    if named and not any("://" in each for each in named) and len(accepted) < len(named):
        words = next(each for each in named if not accepted_licence(each))
        sentence = f"The licence stands there in words (“{shown(words, 80)}”), not as an address that a machine knows."
    else:
        sentence = "The metadata name a licence that is not accepted." if named else "The metadata name no licence."
    return Finding("licence", Verdict.NOT_MET, sentence, shown(", ".join(named)), to_do)


def dcat(case: Case) -> Finding:
    """The catalogue record carries its required fields."""
    record = _metadata(delivered(case, "metadata"))
    keys = {
        key.lower() for each in _dictionaries(record) for key, value in each.items() if value not in ("", [], {}, None)
    }
    missing = [words for words, names in _RECORD.items() if not keys & set(names)]
    if missing:
        sentence = f"The catalogue record lacks {', '.join(missing)}."
        return Finding("dcat", Verdict.NOT_MET, sentence, shown(", ".join(sorted(keys))), "Complete the record.")
    return Finding("dcat", Verdict.MET, "The catalogue record has all its fields.", shown(", ".join(sorted(keys))))


def accepted_licence(named: str) -> str:
    """The SPDX name of an accepted licence, from its name or address; empty for any other."""
    if named in _LICENCE_NAMES:
        return named
    try:
        parts = urlsplit(named)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or parts.query:
        return ""
    place = f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}"
    place = re.sub(r"(\.html|/legalcode|/deed\.en)\Z", "", place)
    return LICENCES.get(place, "")


def _licences(answer: Answer) -> list[str]:
    linked = [
        found[1]
        for value in answer.all("link")
        for found in re.finditer(r"<([^<>]{1,300})>\s*;\s*rel=\"?licen[sc]e\b", value)
    ]
    return linked or [name for each in _dictionaries(_metadata(answer)) for name in _named(each)]


def _metadata(answer: Answer) -> Any:
    """The record as JSON, or what a catalogue's page holds of it for machines (JSON-LD)."""
    body = answer.body.removeprefix(b"\xef\xbb\xbf")
    if not is_page(body):
        if body.lstrip()[:1] in (b"{", b"["):
            return json_of(body)
        raise CannotCheck("The catalogue record is not JSON, the one form that is read here.", "Offer it as JSON-LD.")
    text = body[:LONGEST].decode("utf-8", "replace")
    scripts = itertools.islice(_LINKED_DATA.finditer(text), 5)
    found = [text[each.end() :].partition("</script")[0] for each in scripts]
    if not found:
        raise CannotCheck("The catalogue's page says nothing to machines (JSON-LD).", "Name the record's own address.")
    return [json_of(each.encode()) for each in found]


def _no_entry(answer: Answer) -> str:
    if answer.with_key:
        return "Enter the key that is valid now, on the pilot's page of feeds."
    return "Let the council read it, or enter its key on the pilot's page of feeds, with this host's feed of readings."


def _says_no(answer: Answer) -> bool:
    """A small object that names an error and holds no list of records."""
    if answer.body.lstrip()[:1] != b"{" or len(answer.body) > 10_000:
        return False
    try:
        found = json_of(answer.body)
    except CannotCheck:
        return False
    others = [each for key, each in found.items() if key not in _NO]
    has_records = any(isinstance(each, list) and each and isinstance(each[0], dict) for each in others)
    return any(found.get(key) for key in _NO) and not has_records


def _is_bare(answer: Answer) -> bool:
    """A table without one record; what cannot be read as a table is not judged here."""
    try:
        return not sample_of(answer).rows
    except CannotCheck:
        return False


def _named(each: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for key in (*_LICENCE_KEYS, "licenses"):
        values = each.get(key)
        for value in values if isinstance(values, list) else [values]:
            inner = value.get("path") or value.get("@id") or value.get("name") if isinstance(value, dict) else value
            if isinstance(inner, str) and inner.strip():
                found.append(inner.strip()[:300])
    return found


def _dictionaries(found: Any, room: int = 2000) -> list[dict[str, Any]]:
    """Every object in a document, nearest first, up to a bound."""
    waiting, seen = [found], list[dict[str, Any]]()
    while waiting and len(seen) < room:
        each = waiting.pop(0)
        if isinstance(each, dict):
            seen.append(each)
            waiting.extend(list(each.values())[:200])
        elif isinstance(each, list):
            waiting.extend(each[:200])
        if len(waiting) > 10 * room:
            break
    return seen


def _outbound(sample: Sample, answer: Answer) -> str:
    host = urlsplit(answer.url).netloc
    for row in sample.rows[:200]:
        for value in row.values():
            if isinstance(value, str) and value.startswith("https://") and not value.startswith(f"https://{host}"):
                return value[:200]
    return ""


def _has_identifiers(sample: Sample) -> bool:
    return bool(sample.column("uprn", "usrn", "ons_code", "lsoa", "ward_code", "@id", "uri"))
