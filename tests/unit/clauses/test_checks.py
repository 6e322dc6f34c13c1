"""Each check on what a good, a bad and an unreadable service sends; nothing hostile makes one raise or dawdle."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clauses.actions import LIBRARY
from clauses.checks import (
    BY_A_PERSON,
    NAMES,
    STEPS,
    Answer,
    Case,
    Finding,
    Probe,
    Stated,
    Verdict,
    conclude,
    next_look,
    policy_address,
    run,
)
from clauses.checks.delivery import accepted_licence
from clauses.checks.shapes import share
from clauses.reading import read_library

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MET, NOT_MET, UNCHECKED, TO_CONFIRM = Verdict.MET, Verdict.NOT_MET, Verdict.UNCHECKED, Verdict.TO_CONFIRM
STATED = Stated(
    interval_minutes=60,
    completeness_percent=95,
    retention_days=30,
    support_until=date(2030, 1, 1),
    contract_ends_on=date(2029, 1, 1),
    certificate_until=date(2027, 6, 1),
    availability_percent=99,
    p95_ms=800,
    boundary=(-0.3, 51.2, 0.1, 51.6),
    stars=3,
)


def sent(body: object, media: str = "text/csv", **values: Any) -> Answer:
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    usual = Answer(
        "https://service.example/data",
        200,
        (("content-type", media),),
        raw,
        tls_version="TLSv1.3",
        takes_old_tls=False,
        certificate_until=AT + timedelta(days=60),
    )
    return replace(usual, **values)


def case(answers: Mapping[str, Answer] | None = None, **values: Any) -> Case:
    usual = Case(AT, answers or {}, STATED, devices=("a", "b"), starts_on=date(2026, 9, 1), ends_on=date(2027, 1, 1))
    return replace(usual, **values)


def hours(first: int = 30, last: int = 0, *, devices: str = "ab") -> str:
    rows = [
        f"{device},{(AT - timedelta(hours=hour)).isoformat()},{hour},degC,51.4,-0.1"
        for hour in range(first, last - 1, -1)
        for device in devices
    ]
    return "\n".join(["device,taken_at,value,unit,latitude,longitude", *rows])


def verdict(step: str, given_case: Case) -> Verdict:
    return run(step, given_case).verdict


def on(step: str, kind: str, body: object, media: str = "text/csv", **values: Any) -> Finding:
    return run(step, case({kind: sent(body, media)}, **values))


# --- The table of steps -----------------------------------------------------------------------------------------------
def test_every_step_of_the_library_is_done_by_a_machine_or_by_a_person() -> None:
    steps = {step.id for clause in read_library(LIBRARY).clauses for step in clause.check.steps}
    assert steps == set(STEPS) | set(BY_A_PERSON)
    assert set(STEPS) & set(BY_A_PERSON) == set()
    assert {kind for step in STEPS.values() for kind in step.addresses} <= set(NAMES)


@pytest.mark.parametrize("step", sorted(STEPS))
def test_nothing_registered_and_nothing_stated_cannot_be_checked(step: str) -> None:
    found = run(step, Case(AT))
    assert found.verdict == UNCHECKED
    assert found.sentence.endswith(".")


@pytest.mark.parametrize("step", sorted(step for step, each in STEPS.items() if each.addresses or each.any_address))
@pytest.mark.parametrize("failure", ["time", "connection", "name", "size", "answer", "private"])
def test_a_service_that_could_not_be_reached_is_never_judged(step: str, failure: str) -> None:
    broken = Answer("https://service.example/", failure=failure, sentence="service.example does not answer.")
    found = run(step, case(dict.fromkeys(NAMES, broken)))
    assert found.verdict == UNCHECKED


@pytest.mark.parametrize("step", sorted(BY_A_PERSON))
def test_what_no_machine_does_is_handed_to_a_person(step: str) -> None:
    assert verdict(step, case()) == TO_CONFIRM


def test_a_clause_is_met_only_when_a_machine_may_decide_all_of_it() -> None:
    def of(*verdicts: Verdict, is_assisted: bool = False) -> Verdict:
        return conclude([Finding("x", each, "It is so.") for each in verdicts], is_assisted=is_assisted)

    assert of(MET, MET) == MET
    assert of(MET, NOT_MET, UNCHECKED) == NOT_MET
    assert of(MET, UNCHECKED, TO_CONFIRM) == UNCHECKED
    assert of(MET, TO_CONFIRM) == TO_CONFIRM
    assert of(MET, is_assisted=True) == TO_CONFIRM
    assert of(NOT_MET, is_assisted=True) == NOT_MET
    assert of() == UNCHECKED


# --- Open data --------------------------------------------------------------------------------------------------------
LOGIN = "<!DOCTYPE html><html><body><form>Sign in</form></body></html>"


def test_data_really_delivered() -> None:
    assert on("fetch", "data", hours()).verdict == MET
    assert on("fetch", "data", LOGIN, "text/html").verdict == NOT_MET
    assert on("fetch", "data", "  \n" + LOGIN, "text/csv").verdict == NOT_MET
    assert on("fetch", "data", "").verdict == NOT_MET
    assert on("fetch", "data", "x", "image/png").verdict == NOT_MET
    assert verdict("fetch", case({"data": sent("a", status=403)})) == NOT_MET
    moved = Answer("https://service.example/", failure="redirect", sentence="It redirects to another place.")
    assert verdict("fetch", case({"data": moved})) == NOT_MET


@pytest.mark.parametrize(
    ("body", "media", "expected"),
    [
        (hours(), "text/csv", MET),
        ([{"a": 1}, {"a": 2}], "application/json", MET),
        ('{"a":1}\n{"a":2}\n', "x/y", MET),
        ({"results": [{"a": 1}]}, "application/json", MET),
        ("a,b\n1,2,3\n", "text/csv", NOT_MET),
        ("a,a\n1,2\n", "text/csv", NOT_MET),
        ('a,b\n"1,2\n', "text/csv", NOT_MET),
        ("a\n1\n", "text/csv", NOT_MET),
        (b"a,b\n\xff\xfe,1\n", "text/csv", NOT_MET),
        (b"a,b\n\0,1\n", "text/csv", NOT_MET),
        ('{"a":', "application/json", NOT_MET),
        ('[{"a":NaN}]', "application/json", NOT_MET),
        ("[" * 5000 + "]" * 5000, "application/json", NOT_MET),
        ("[" * 60 + "]" * 60, "application/json", NOT_MET),
        ("[1, 2]", "application/json", NOT_MET),
        ("[" + "9" * 5000 + "]", "application/json", NOT_MET),
        (LOGIN, "text/html", NOT_MET),
        (
            {
                "type": "FeatureCollection",
                "features": [{"geometry": {"type": "Point", "coordinates": [0, 51]}, "properties": {"a": 1}}],
            },
            "application/geo+json",
            MET,
        ),
    ],
)
def test_a_sample_reads_in_strict_mode(body: object, media: str, expected: Verdict) -> None:
    assert on("parse", "data", body, media).verdict == expected


def test_the_licence_is_one_that_the_council_accepts() -> None:
    ogl = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    assert on("licence", "metadata", {"license": ogl}, "application/ld+json").verdict == MET
    assert on("licence", "metadata", {"licenses": [{"name": "CC-BY-4.0"}]}, "application/json").verdict == MET
    assert on("licence", "metadata", {"dataset": [{"dct:license": {"@id": ogl}}]}, "application/json").verdict == MET
    linked = sent("{}", "application/json", headers=(("link", f'<{ogl}>; rel="license"'),))
    assert verdict("licence", case({"metadata": linked})) == MET
    assert on("licence", "metadata", {"license": "https://example.org/terms"}, "application/json").verdict == NOT_MET
    assert on("licence", "metadata", {"title": "x"}, "application/json").verdict == NOT_MET
    mixed = {"license": ogl, "resources": [{"license": "All rights reserved"}]}
    assert on("licence", "metadata", mixed, "application/json").verdict == NOT_MET


@pytest.mark.parametrize(
    "forged",
    [
        "https://creativecommons.org.evil.example/licenses/by/4.0/",
        "https://creativecommons.org/licenses/by-nc/4.0/",
        "https://evil.example/?x=https://creativecommons.org/licenses/by/4.0/",
        "CC-BY-NC-4.0",
        "",
        "https://[",
    ],
)
def test_what_only_looks_like_an_accepted_licence_is_none(forged: str) -> None:
    assert accepted_licence(forged) == ""
    assert accepted_licence("http://www.creativecommons.org/licenses/by/4.0/deed.en") == "CC-BY-4.0"


def test_the_catalogue_record_is_complete() -> None:
    whole = {
        "title": "x",
        "publisher": {"name": "y"},
        "spatial": "z",
        "accrualPeriodicity": "daily",
        "contactPoint": "c",
        "license": "CC0-1.0",
    }
    assert on("dcat", "metadata", whole, "application/json").verdict == MET
    found = on("dcat", "metadata", whole | {"spatial": "", "publisher": None}, "application/json")
    assert (found.verdict, found.sentence) == (NOT_MET, "The catalogue record lacks a publisher, what it covers.")


def test_stars_are_counted_against_what_was_offered() -> None:
    assert on("starcount", "data", hours()).verdict == MET
    more = replace(STATED, stars=4)
    assert on("starcount", "data", hours(), stated=more).verdict == NOT_MET
    assert on("starcount", "data", "uprn,a\n1,2\n", stated=more).verdict == MET


def test_the_schema_is_kept_and_every_field_declared() -> None:
    fields = [
        {"name": "device", "type": "string", "constraints": {"required": True, "pattern": "[a-z]+"}},
        {"name": "taken_at", "type": "datetime"},
        {"name": "value", "type": "number", "constraints": {"minimum": 0}},
        {"name": "unit", "type": "string", "constraints": {"enum": ["degC"]}},
        {"name": "latitude", "type": "number"},
        {"name": "longitude", "type": "number"},
    ]
    schema = sent({"fields": fields}, "application/json")

    def with_data(body: str, table: Answer = schema) -> Finding:
        return run("schema", case({"data": sent(body), "schema": table}))

    assert with_data(hours()).verdict == MET
    assert with_data(hours().replace("degC", "degF")).verdict == NOT_MET
    assert with_data(hours().replace("latitude", "lat")).verdict == NOT_MET
    assert with_data(hours(), sent({"nothing": 1}, "application/json")).verdict == UNCHECKED
    flat = {"items": {"properties": {field["name"]: {"type": "string"} for field in fields}, "required": ["device"]}}
    assert with_data(hours(), sent(flat, "application/json")).verdict == MET


def test_one_bad_record_in_a_hundred_is_allowed_and_no_more() -> None:
    table = sent({"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]}, "application/json")
    for bad, expected in ((1, MET), (2, NOT_MET)):
        body = "a,b\n" + "1,2\n" * (100 - bad) + "x,2\n" * bad
        assert verdict("schema", case({"data": sent(body), "schema": table})) == expected


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "a*a*a*b", "(.*)*", "a{1,99}a{1,99}a{1,99}b", "(?:x)\\1", "["]
)
def test_a_pattern_that_could_take_for_ever_is_not_tried(pattern: str) -> None:
    fields = [{"name": "a", "type": "string", "constraints": {"pattern": pattern}}, {"name": "b", "type": "any"}]
    body = "a,b\n" + f"{'a' * 1900}!,1\n" * 500
    began = time.monotonic()
    found = run("schema", case({"data": sent(body), "schema": sent({"fields": fields}, "application/json")}))
    assert time.monotonic() - began < 2
    assert found.verdict == MET
    assert "was not tried" in found.sentence


def test_freshness_counts_the_intervals_of_every_device() -> None:
    assert on("freshness", "data", hours()).verdict == MET
    assert on("freshness", "data", hours(devices="a")).verdict == NOT_MET
    assert on("freshness", "data", hours(30, 4)).verdict == NOT_MET
    found = on("freshness", "data", hours(30, 4))
    assert found.excerpt == "a: 2026-11-22 08:00 UTC; b: 2026-11-22 08:00 UTC"


def test_a_feed_of_latest_values_may_miss_one_interval() -> None:
    assert on("freshness", "data", hours(1, 1)).verdict == MET
    assert on("freshness", "data", hours(3, 3)).verdict == NOT_MET
    assert on("freshness", "data", hours(-3, -3)).verdict == NOT_MET  # times that have not come yet say nothing


def test_without_a_feed_what_arrived_here_counts() -> None:
    every = tuple(AT - timedelta(hours=hour) for hour in range(30, -1, -1))
    assert verdict("freshness", case(received={"a": every, "b": every})) == MET
    assert verdict("freshness", case(received={"a": every})) == NOT_MET
    assert verdict("completeness", case(received={"a": every, "b": every[::2]})) == NOT_MET


def test_completeness_is_measured_against_what_was_stated() -> None:
    assert on("completeness", "data", hours()).verdict == MET
    assert on("completeness", "data", hours(devices="a")).verdict == NOT_MET
    found = on("completeness", "data", hours() + "\n" + hours().partition("\n")[2])
    assert (found.verdict, "62 of them twice" in found.sentence) == (NOT_MET, True)


def test_the_export_holds_everything_that_arrived() -> None:
    yesterday = (AT - timedelta(days=1)).date()
    ledger = {("a", yesterday): 24, ("b", yesterday): 24}
    whole = sent(hours(40), seconds=1.25)
    found = run("export", case({"export": whole}, ledger=ledger))
    assert (found.verdict, found.sentence) == (
        MET, "The export holds 48 of the 48 readings that had arrived; it came in 1.2 s.",
    )  # fmt: skip
    assert found.excerpt == f"sha256 {hashlib.sha256(whole.body).hexdigest()}"
    short = run("export", case({"export": sent(hours(20))}, ledger=ledger))
    assert (short.verdict, short.excerpt.startswith("left out: a on 2026-11-21: 16; b on")) == (NOT_MET, True)
    old = ledger | {("a", date(2026, 1, 5)): 24}
    assert verdict("export", case({"export": whole}, ledger=old)) == NOT_MET, "the whole history, not the last month"
    assert verdict("export", case({"export": sent(hours())})) == UNCHECKED


def test_nothing_is_kept_past_its_date() -> None:
    assert on("retention", "data", hours()).verdict == MET
    assert on("retention", "data", hours(), stated=replace(STATED, retention_days=1)).verdict == NOT_MET
    assert on("retention", "data", hours() + "\na,last year,1,degC,51.4,0").verdict == UNCHECKED


def test_times_units_and_places_are_plain() -> None:
    assert on("formats", "data", hours()).verdict == MET
    assert on("formats", "data", hours().replace("+00:00", "")).verdict == NOT_MET
    assert on("formats", "data", hours().replace("degC", "miles")).verdict == NOT_MET
    assert on("formats", "data", hours().replace("51.4", "41.4")).verdict == NOT_MET
    assert on("formats", "data", hours().replace("51.4", "north")).verdict == NOT_MET
    assert on("formats", "data", "a,b\n1,2\n").verdict == UNCHECKED


def test_identifiers_have_their_form_and_a_person_matches_them() -> None:
    assert on("ids", "data", "uprn,a\n100012345678,1\n").verdict == TO_CONFIRM
    assert on("ids", "data", "uprn,a\nour-17,1\n").verdict == NOT_MET
    assert on("ids", "data", hours()).verdict == NOT_MET


# --- Security ---------------------------------------------------------------------------------------------------------
CONTACT = "Contact: mailto:security@service.example\nExpires: 2027-11-22T00:00:00Z\nPolicy: https://service.example/p\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CONTACT, MET),
        ("# a comment\n" + CONTACT, MET),
        (CONTACT.replace("2027", "2025"), NOT_MET),
        (CONTACT.replace("Contact", "Contract"), NOT_MET),
        (CONTACT.replace("mailto:", ""), NOT_MET),
        (CONTACT + "Expires: 2028-11-22T00:00:00Z\n", NOT_MET),
        (CONTACT.replace("Policy", "Hiring"), NOT_MET),
        (CONTACT.replace("2027-11-22T00:00:00Z", "soon"), NOT_MET),
    ],
)
def test_security_txt(text: str, expected: Verdict) -> None:
    answers = {"security_txt": sent(text, "text/plain; charset=utf-8"), "security_policy": sent("Within a day.")}
    assert verdict("sectxt", case(answers)) == expected


def test_the_security_policy_is_there_too() -> None:
    contact = sent(CONTACT, "text/plain")
    assert verdict("sectxt", case({"security_txt": contact})) == TO_CONFIRM
    assert verdict("sectxt", case({"security_txt": contact, "security_policy": sent("", status=404)})) == NOT_MET
    assert policy_address(contact) == "https://service.example/p"
    assert policy_address(sent(b"\xff")) == ""


def test_security_txt_is_a_plain_text_that_is_there() -> None:
    assert on("sectxt", "security_txt", CONTACT, "text/html").verdict == NOT_MET
    assert verdict("sectxt", case({"security_txt": sent("", "text/plain", status=404)})) == NOT_MET


def test_tls() -> None:
    failed = Answer(
        "https://service.example/", failure="certificate_name", sentence="Its certificate names another host."
    )
    assert verdict("tls", case({"data": sent("x")})) == MET
    assert verdict("tls", case({"data": sent("x"), "web": failed})) == NOT_MET
    assert verdict("tls", case({"data": sent("x", takes_old_tls=True)})) == NOT_MET
    assert verdict("tls", case({"data": sent("x", takes_old_tls=None)})) == UNCHECKED
    assert verdict("tls", case({"data": sent("x", url="http://service.example/")})) == NOT_MET
    assert verdict("tls", case({"data": sent("x", url="http://127.0.0.1:1/")})) == UNCHECKED


@pytest.mark.parametrize(("days", "expected", "says"), [(60, MET, False), (20, MET, True), (6, NOT_MET, True)])
def test_days_to_the_end_of_the_certificate(days: int, expected: Verdict, says: bool) -> None:
    found = run("cert-days", case({"data": sent("x", certificate_until=AT + timedelta(days=days))}))
    assert (found.verdict, bool(found.to_do)) == (expected, says)
    expired = Answer("https://service.example/", failure="certificate_expired", sentence="Its certificate has expired.")
    assert verdict("cert-days", case({"data": expired})) == NOT_MET


def test_protective_headers_and_safe_cookies() -> None:
    good = (
        ("strict-transport-security", "max-age=1"),
        ("content-security-policy", "x"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("set-cookie", "s=1; Secure; HttpOnly"),
    )
    assert verdict("headers", case({"web": sent("x", headers=good)})) == MET
    found = run("headers", case({"web": sent("x", headers=(*good[1:], ("set-cookie", "session=2; Path=/")))}))
    assert found.sentence == (
        "The page does not send Strict-Transport-Security. These cookies are not Secure and HttpOnly: session."
    )


def test_what_the_software_is_made_of() -> None:
    def with_versions(number: int) -> dict[str, object]:
        components = [{"name": f"c{n}"} | ({"version": "1"} if n < number else {}) for n in range(10)]
        return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}

    assert on("sbom", "sbom", with_versions(9), "application/json").verdict == MET
    assert on("sbom", "sbom", with_versions(8), "application/json").verdict == NOT_MET
    spdx = {"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "versionInfo": "1"}]}
    assert on("sbom", "sbom", spdx, "application/json").verdict == MET
    assert on("sbom", "sbom", {"components": []}, "application/json").verdict == UNCHECKED


def test_uptime_and_the_95th_percentile() -> None:
    def of(up: int, down: int, slow: int = 0) -> Verdict:
        probes = (Probe(True, 100),) * up + (Probe(True, 3000),) * slow + (Probe(False, 0),) * down
        return verdict("probe", case(probes=probes))

    assert of(200, 2) == MET
    assert of(200, 3) == NOT_MET
    assert of(200, 0, slow=10) == MET
    assert of(200, 0, slow=12) == NOT_MET
    assert of(50, 0) == UNCHECKED
    assert of(0, 200) == NOT_MET


def test_dates_that_were_promised() -> None:
    assert verdict("support-date", case()) == MET
    assert verdict("support-date", case(stated=replace(STATED, support_until=date(2028, 1, 1)))) == NOT_MET
    assert verdict("ce-date", case()) == MET
    assert verdict("ce-date", case(stated=replace(STATED, certificate_until=date(2026, 12, 22)))) == NOT_MET


# --- Privacy ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("jo.bloggs@example.org", "an e-mail address"),
        ("call 07700 900123", "a telephone number"),
        ("+44 20 7946 0018", "a telephone number"),
        ("AB12 CDE", "a number plate"),
        ("00:1B:44:11:3A:B7", "a MAC address"),
        ("QQ123456C", ""),
        ("AB123456C", "a National Insurance number"),
        ("490154203237518", "an IMEI"),
        ("490154203237517", ""),
        ("SW1A 1AA", ""),
        ("2026-11-22T09:30:00+00:00", ""),
        ("51.501364,-0.14189", ""),
        ("1732269000000", ""),
    ],
)
def test_direct_identifiers_are_found_and_not_repeated(cell: str, words: str) -> None:
    found = on("pii", "published", f'note,count\n"{cell}",7\n')
    assert found.verdict == (NOT_MET if words else MET)
    assert words in found.sentence
    assert cell not in found.sentence + found.excerpt


def test_a_postcode_beside_a_count_of_one_is_personal() -> None:
    assert on("pii", "published", "place,count\nSW1A 1AA,1\n").verdict == NOT_MET
    assert on("pii", "published", "place,count\nSW1A 1AA,12\n").verdict == MET


def test_small_counts_are_suppressed() -> None:
    assert on("smallcells", "published", "ward,people\nA,5\nB,0\nC,\n").verdict == MET
    assert on("smallcells", "published", "ward,people\nA,4\n").verdict == NOT_MET
    assert on("smallcells", "published", "ward,riders\nA,4\n").verdict == UNCHECKED
    named = replace(STATED, count_column="riders", least_count=10)
    assert on("smallcells", "published", "ward,riders\nA,9\n", stated=named).verdict == NOT_MET


def test_every_device_stands_in_the_register() -> None:
    whole = "device,location,type,owner\nA,x,y,z\nb,x,y,z\n"

    def of(register: str) -> Verdict:
        return verdict("register", case({"data": sent(hours()), "register": sent(register)}))

    assert of(whole) == MET
    assert of(whole.replace("b,x", "c,x")) == NOT_MET
    assert of(whole.replace("owner", "colour")) == NOT_MET


# --- What is public ---------------------------------------------------------------------------------------------------
PAGE = """<html><style>x</style><p>Why: to find out whether lamps fail less. Run by the council until 1 March 2027.
Contact streets@council.example.</p><script>var a = 1;</script>"""


def test_the_public_page_says_what_it_has_to_and_a_person_reads_it() -> None:
    found = on("page", "page", PAGE, "text/html")
    assert (found.verdict, "var a" in found.excerpt) == (TO_CONFIRM, False)
    assert on("page", "page", "<p>Our sensors are the best sensors in town.</p>", "text/html").verdict == NOT_MET
    assert verdict("page", case({"page": sent("x", status=404)})) == NOT_MET
    assert on("readability", "page", PAGE * 10, "text/html").verdict == MET


def test_statements_records_licences() -> None:
    assert on("statement", "statement", "We follow WCAG 2.2 AA. Contact us at a@b.example.").verdict == MET
    assert on("statement", "statement", "Our website is accessible to all of you.").verdict == NOT_MET
    assert on("dpia", "dpia", "A summary of the assessment, in public.").verdict == TO_CONFIRM
    assert on("record", "record", "A record of the algorithm, in public.").verdict == TO_CONFIRM
    assert on("repo", "repository", "MIT License\n\nCopyright (c) 2026 <holders>").verdict == TO_CONFIRM
    assert on("repo", "repository", "All rights reserved. Nobody may copy this.").verdict == UNCHECKED


def test_the_evaluation_is_published_within_sixty_days() -> None:
    ended = date(2026, 9, 1)
    assert verdict("published", case()) == UNCHECKED
    assert on("published", "evaluation", "What we found is here.", ends_on=ended).verdict == MET
    missing = {"evaluation": sent("", status=404)}
    assert verdict("published", case(missing, ends_on=ended)) == NOT_MET
    assert verdict("published", case(missing, ends_on=date(2026, 11, 1))) == UNCHECKED


OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/A"}, "404": {}}}}},
    "components": {"responses": {"A": {"content": {"x": {"example": 1}}}}},
}


def test_the_api_is_described() -> None:
    assert on("oas", "openapi", OPENAPI, "application/json").verdict == MET
    for wrong in (
        OPENAPI | {"openapi": "2.0"},
        OPENAPI | {"info": {}},
        OPENAPI | {"paths": {}},
        OPENAPI | {"components": {}},
        OPENAPI | {"paths": {"/a": {"get": {"responses": {"200": {"example": 1}}}}}},
        [],
        OPENAPI | {"paths": {"/a": {"get": []}}},
    ):
        assert on("oas", "openapi", wrong, "application/json").verdict == NOT_MET


# --- When -------------------------------------------------------------------------------------------------------------
def test_the_next_look_is_the_first_point_of_the_grid_after_now() -> None:
    anchor = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert next_look(["hourly", "daily"], anchor, AT, None) == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    assert next_look(["weekly"], anchor, anchor, None) == anchor + timedelta(weeks=1)
    # After three days without a worker there is one look, not seventy-two.
    assert next_look(["hourly"], anchor, AT + timedelta(days=3), None) == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)


def test_the_export_drill_comes_in_the_middle_and_at_the_end() -> None:
    words, period = ["once mid-pilot, once at end"], (date(2026, 10, 1), date(2026, 12, 1))
    middle, end = datetime(2026, 10, 31, 9, tzinfo=UTC), datetime(2026, 12, 1, 9, tzinfo=UTC)
    anchor = datetime(2026, 9, 1, tzinfo=UTC)
    assert [next_look(words, anchor, after, period) for after in (anchor, middle)] == [middle, end]
    assert next_look(words, anchor, end, period) > end


def test_shares_never_round_a_fault_away() -> None:
    assert [share(9_999, 10_000), share(99_999, 100_000), share(1, 1)] == ["99.99 %", "99.99 %", "100 %"]


# --- Hostile input ----------------------------------------------------------------------------------------------------
_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.sampled_from(["name", "type"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "fields",
                    "name",
                    "type",
                    "constraints",
                    "pattern",
                    "enum",
                    "license",
                    "licenses",
                    "paths",
                    "openapi",
                    "info",
                    "get",
                    "responses",
                    "$ref",
                    "components",
                    "bomFormat",
                    "specVersion",
                    "packages",
                    "spdxVersion",
                    "version",
                    "properties",
                    "items",
                    "required",
                    "device",
                    "taken_at",
                    "value",
                    "count",
                    "unit",
                    "latitude",
                    "longitude",
                    "resources",
                    "schema",
                    "features",
                    "geometry",
                    "coordinates",
                    "minimum",
                    "minLength",
                    "uprn",
                    "",
                    "path",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)
_BODIES = (
    st.binary(max_size=300)
    | _VALUES.map(lambda value: json.dumps(value).encode())
    | st.lists(_VALUES, max_size=5).map(lambda rows: json.dumps(rows).encode())
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text(alphabet='device,taken_at\n"2026-11-22T1:0+Z<>!-script/', max_size=200).map(str.encode)
)
_MEDIA = st.sampled_from(
    ["text/csv", "application/json", "text/plain", "", "application/geo+json", "text/html; charset=x"]
)
_STATED = st.builds(
    Stated,
    interval_minutes=st.none() | st.integers(-5, 10**9),
    completeness_percent=st.none() | st.floats(0, 100),
    retention_days=st.none() | st.integers(0, 10_000),
    least_count=st.integers(0, 100),
    count_column=st.text(max_size=8),
    identifier_column=st.text(max_size=8),
    boundary=st.none() | st.just((-1.0, 50.0, 1.0, 52.0)),
    stars=st.none() | st.integers(0, 5),
    availability_percent=st.just(99.0),
    p95_ms=st.just(100),
)


@settings(max_examples=300, deadline=2000)
@given(
    bodies=st.lists(_BODIES, min_size=3, max_size=3),
    media=_MEDIA,
    status=st.sampled_from([200, 200, 404]),
    stated=_STATED,
)
def test_no_check_ever_raises_whatever_a_service_sends(
    bodies: list[bytes], media: str, status: int, stated: Stated
) -> None:
    answers = {
        kind: sent(bodies[place % 3], media, status=status, headers=(("content-type", media), ("link", str(bodies[0]))))
        for place, kind in enumerate(NAMES)
    }
    hostile = Case(AT, answers, stated, devices=("a", ""), received={"a": (AT,)}, ends_on=date(2026, 1, 1))
    for step in STEPS:
        found = run(step, hostile)
        assert len(found.excerpt) <= 500
        assert found.excerpt.isprintable()
        assert len(found.sentence) < 700


@pytest.mark.parametrize(
    "body",
    [
        b"a,b\n" + b"x@" * 2_000_000,
        ("a,b\n" + ("a" * 490 + "@" + "b,1\n") * 8000).encode(),
        b"<" * 4_000_000,
        b"<!--" * 1_000_000,
        b"<script" * 500_000,
        b"[" * 4_000_000,
        b'{"a":' * 800_000,
        b'"' * 4_000_000,
        b"[" + b'{"a":1},' * 500_000 + b'{"a":1}]',
        ("device,taken_at\n" + "a,2026-11-22T11:00:00Z\n" * 180_000).encode(),
        b"a,b\n" + b"0 " * 2_000_000,
        b"a,b\n" + b"07-" * 1_300_000,
        b",".join(b"c%d" % n for n in range(400_000)),
        b"&amp;" * 800_000,
        b"Contact: x\n" * 400_000,
        b'{"$ref":"#/' + b"a/" * 1_000_000 + b'"}',
    ],
    ids=range(16),
)
def test_every_check_ends_within_seconds_on_the_largest_hostile_answer(body: bytes) -> None:
    answers = dict.fromkeys(NAMES, sent(body, "text/csv"))
    for step in STEPS:
        began = time.process_time()
        run(step, case(answers, ends_on=date(2026, 1, 1)))
        assert time.process_time() - began < 6, step
