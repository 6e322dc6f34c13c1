"""What services really send: sign-in pages that say 200, bombs, files of other programs, clocks that are wrong."""

import datetime as dt
import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pyarrow
import pyarrow.parquet as parquet
import pytest
from openpyxl import Workbook

from clauses.checks import Answer, Case, Finding, run
from clauses.checks.places import wgs84
from tests.unit.clauses.test_checks import (
    AT,
    MET,
    NOT_MET,
    STATED,
    UNCHECKED,
    case,
    hours,
    on,
    sent,
    verdict,
)

BOM = b"\xef\xbb\xbf"


def workbook(*rows: tuple[object, ...], formula: str = "") -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if formula:
        book.active.append((formula, 1))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def columns(**values: object) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pyarrow.table(values), file, compression="zstd")
    return file.getvalue()


def bomb_in_a_workbook() -> bytes:
    file = io.BytesIO(workbook(("a", "b"), (1, 2)))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"0" * 61_000_000)
    return file.getvalue()


def bomb_in_parquet() -> bytes:
    """A few kilobytes that say one word of a megabyte two thousand times."""
    word = pyarrow.DictionaryArray.from_arrays([0] * 2000, ["z" * 1_000_000])
    return columns(a=word, b=list(range(2000)))


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'
TWO = [{"a": 1, "b": 2}, {"a": 3, "b": 4}]


@pytest.mark.parametrize(
    ("body", "media", "expected", "says"),
    [
        (BOM + b"a,b\n1,2\n", "text/csv", MET, "CSV: 1 records with 2 fields"),
        (BOM + json.dumps(TWO).encode(), "text/plain", MET, "JSON: 2 records"),
        (b"a;b\n1;2,5\n", "text/csv", MET, "CSV separated by semicolons: 1 records with 2 fields"),
        (b"\na\tb\n1\t2\n", "text/tab-separated-values", MET, "separated by tabs"),
        (gzip.compress(b"a,b\n1,2\n"), "application/gzip", MET, "CSV: 1 records"),
        (workbook(("a", "b"), (1, None), (2, 3.5)), "application/octet-stream", MET, "XLSX: 2 records with 2 fields"),
        (columns(device=["a"], value=[1.5]), "application/vnd.apache.parquet", MET, "PARQUET: 1 records with 2 fields"),
        (b"a,b\n", "text/csv", UNCHECKED, "holds no record"),
        (b"[]", "application/json", UNCHECKED, "holds no record"),
        (b"<?xml version='1.0'?><rows><row a='1'/></rows>", "application/xml", UNCHECKED, "no machine reads here"),
        (ENTITIES, "application/xml", UNCHECKED, "no machine reads here"),
        (lambda: gzip.compress(b"0" * 13_000_000, 1), "application/gzip", NOT_MET, "unpacks to more than 12 MB"),
        (gzip.compress(b"a,b\n1,2\n" * 9)[:-12], "application/gzip", NOT_MET, "breaks off"),
        (b"\x1f\x8b\x08nothing", "application/gzip", NOT_MET, "the package is damaged"),
        (bomb_in_a_workbook, "application/octet-stream", NOT_MET, "unpacks to more than what is taken"),
        (workbook(("a", "b"), formula="=1+1"), "application/octet-stream", NOT_MET, "holds a formula"),
        (workbook(), "application/octet-stream", NOT_MET, "The workbook is empty"),
        (b"PK\x03\x04" + b"x" * 300, "application/zip", NOT_MET, "damaged or encrypted"),
        (b"PAR1" + b"\xff" * 3000 + b"PAR1", "application/octet-stream", NOT_MET, "not Parquet that can be read"),
        (bomb_in_parquet, "application/octet-stream", NOT_MET, "not Parquet that can be read"),
        (b"%PDF-1.7 ...", "application/pdf", NOT_MET, "a PDF"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "application/vnd.ms-excel", NOT_MET, "an old Excel"),
        ("a,b\n1,2\n".encode("utf-16"), "text/csv", NOT_MET, "not UTF-8"),
        (b"<?xml version='1.0'?>\n<!-- hi -->\n<!DOCTYPE html><html>", "application/xhtml+xml", NOT_MET, "a web page"),
    ],
    ids=range(24),
)  # fmt: skip
def test_a_sample_is_told_by_what_it_is(
    body: bytes | Callable[[], bytes], media: str, expected: str, says: str
) -> None:
    made = body() if callable(body) else body
    began = time.monotonic()
    found = on("parse", "data", made, media)
    assert (found.verdict, says in found.sentence) == (expected, True), found.sentence
    assert bool(found.to_do) == (expected != MET)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("body", "media", "says"),
    [
        ({"error": "invalid api key"}, "application/json", "An error message comes instead of data."),
        ({"errors": [{"detail": "x"}], "data": []}, "application/json", "An error message comes instead of data."),
        ([], "application/json", "holds no record"),
        ("device,value\n", "text/csv", "holds no record"),
        (BOM + b"  <html><title>Sign in", "text/csv", "A web page comes instead of data"),
    ],
)
def test_an_answer_of_200_without_data_is_no_delivery(body: object, media: str, says: str) -> None:
    found = on("fetch", "data", body, media)
    assert (found.verdict, says in found.sentence) == (NOT_MET, True), found.sentence


def test_a_service_that_asks_for_a_key_says_where_the_key_is_entered() -> None:
    without = run("fetch", case({"data": sent("no", status=401)}))
    assert (without.verdict, "enter its key" in without.to_do) == (NOT_MET, True)
    refused = run("fetch", case({"data": sent("no", status=403, with_key=True)}))
    assert (refused.verdict, "valid now" in refused.to_do) == (NOT_MET, True)
    assert "with the key" in run("fetch", case({"data": sent(hours(), with_key=True)})).sentence


def test_what_did_not_come_says_what_would_help() -> None:
    def of(failure: str) -> Finding:
        broken = Answer(
            "https://service.example/", failure=failure, sentence="The answer is larger than what is taken."
        )
        return run("parse", case({"data": broken}))

    assert of("size").to_do == "Offer less at https://service.example/: the newest days, say."
    assert of("certificate_expired").to_do == "Renew the certificate of https://service.example/."


def test_a_licence_in_words_and_one_in_a_catalogues_page() -> None:
    words = on("licence", "metadata", {"license": "Open Government Licence v3.0"}, "application/json")
    assert (words.verdict, "in words (“Open Government Licence v3.0”)" in words.sentence) == (NOT_MET, True)
    ckan = {"result": {"license_id": "uk-ogl", "license_url": "https://creativecommons.org/licenses/by/4.0/"}}
    assert on("licence", "metadata", ckan, "application/json").verdict == MET
    record = json.dumps({"@type": "Dataset", "license": "https://creativecommons.org/publicdomain/zero/1.0/"})
    page = f'<!DOCTYPE html><html><script type="application/ld+json">{record}</script></html>'
    assert on("licence", "metadata", page, "text/html").verdict == MET
    assert on("licence", "metadata", "<html>Our data are free</html>", "text/html").verdict == UNCHECKED
    assert on("licence", "metadata", "<rdf:RDF/>", "application/rdf+xml").verdict == UNCHECKED
    assert on("licence", "metadata", "<html>" + "<script" * 600_000, "text/html").verdict == UNCHECKED


# --- Times ------------------------------------------------------------------------------------------------------------
def shifted(seconds: int, chatty: str = "") -> str:
    rows = [
        f"{device},{(AT - dt.timedelta(hours=hour, seconds=-seconds * (hour % 3 - 1))).isoformat()}"
        for hour in range(31)
        for device in "ab"
    ]
    rows += [f"{chatty},{(AT - dt.timedelta(minutes=minute, seconds=7)).isoformat()}" for minute in range(300)]
    return "\n".join(["device,taken_at", *(rows if not chatty else [row for row in rows if row[0] == chatty])])


def test_seconds_of_jitter_miss_no_interval_and_a_chatty_device_makes_up_for_no_silent_one() -> None:
    for step in ("freshness", "completeness"):
        assert on(step, "data", shifted(90)).verdict == MET, step
        assert on(step, "data", shifted(0, chatty="a")).verdict == NOT_MET, step


def test_completeness_is_not_told_from_latest_values_and_not_from_the_future() -> None:
    latest = on("completeness", "data", hours(0))
    assert (latest.verdict, latest.sentence.startswith("The data span 1 intervals")) == (UNCHECKED, True)
    future = hours() + f"\na,{(AT + dt.timedelta(days=400)).isoformat()},1,degC,51.4,-0.1"
    assert on("completeness", "data", future).verdict == MET
    assert on("freshness", "data", hours(-1, -30)).verdict == NOT_MET


# --- Places -----------------------------------------------------------------------------------------------------------
def test_positions_need_an_area_and_the_national_grid_is_understood() -> None:
    without = on("formats", "data", hours(), stated=replace(STATED, boundary=None))
    assert (without.verdict, "No area was stated" in without.sentence) == (UNCHECKED, True)
    grid = "taken_at,easting,northing\n2026-11-22T09:00:00Z,{},{}\n"
    assert on("formats", "data", grid.format(530_000, 180_000)).verdict == MET
    assert on("formats", "data", grid.format(430_000, 180_000)).verdict == NOT_MET
    assert on("formats", "data", grid.format(-5, 180_000)).verdict == NOT_MET
    # Ordnance Survey's worked example, a water tower at Framingham.
    longitude, latitude = wgs84(651409.903, 313177.270)
    assert (round(latitude, 4), round(longitude, 4)) == (52.6580, 1.7161)


# --- Documents --------------------------------------------------------------------------------------------------------
YAML = """openapi: 3.0.3
info: {title: Counts, version: "1"}
paths:
  /counts:
    get:
      responses:
        200: {description: Counts, content: {application/json: {example: []}}}
        404: {$ref: '#/paths/~1counts/get/responses/200'}
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (YAML, MET),
        (BOM + YAML.encode(), MET),
        (YAML.replace("404", "204"), NOT_MET),
        (YAML.replace("{title", "&x {title") + "x: *x\n", UNCHECKED),
        ("a: " + "[" * 100_000, UNCHECKED),
        ("- " * 1_000_000, UNCHECKED),
        ("x: !!python/object/apply:os.system [ls]", UNCHECKED),
        ("<html>Our API</html>", UNCHECKED),
        ("a: b: c", UNCHECKED),
    ],
    ids=range(9),
)
def test_openapi_in_yaml(body: object, expected: str) -> None:
    assert on("oas", "openapi", body, "application/yaml").verdict == expected


def test_software_is_named_and_its_format_known() -> None:
    def of(body: object) -> Finding:
        return on("sbom", "sbom", body, "application/json")

    whole = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "a", "version": "1"}]}
    assert of(whole).verdict == MET
    assert of(whole | {"components": [{"version": "1"}]}).verdict == NOT_MET
    assert of(whole | {"specVersion": "9"}).verdict == UNCHECKED
    assert "names no component" in of(whole | {"components": []}).sentence
    assert "in XML" in of('<?xml version="1.0"?><bom xmlns="x">').sentence
    assert "as tags" in of("SPDXVersion: SPDX-2.3\nPackageName: a").sentence
    spdx = {"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "versionInfo": "NOASSERTION"}]}
    assert of(spdx).verdict == NOT_MET


def test_security_txt_that_is_signed_or_in_small_letters() -> None:
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nContact: mailto:s@service.example\n"
        "Expires: 2027-01-01T00:00:00z\nPolicy: https://service.example/p\n"
        "-----BEGIN PGP SIGNATURE-----\nVersion: x\n\niHUEARYKAB0WIQ==\n-----END PGP SIGNATURE-----\n"
    )
    answers = {"security_txt": sent(BOM + signed.encode(), "text/plain"), "security_policy": sent("In a day.")}
    assert verdict("sectxt", case(answers)) == MET


def test_headers_that_are_sent_and_say_nothing() -> None:
    sent_ones = {
        "strict-transport-security": "max-age=0", "content-security-policy": "default-src 'self'",
        "x-content-type-options": "sniff", "referrer-policy": "unsafe-url",
    }  # fmt: skip
    found = run("headers", case({"web": sent("x", headers=tuple(sent_ones.items()))}))
    assert found.sentence == (
        "The page does not send X-Content-Type-Options: nosniff, Strict-Transport-Security with a max-age above 0, "
        "a Referrer-Policy that withholds addresses."
    )
    good = sent_ones | {
        "strict-transport-security": "includeSubDomains; max-age=31536000", "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }  # fmt: skip
    assert verdict("headers", case({"web": sent("x", headers=tuple(good.items()))})) == MET


def test_small_counts_in_any_column_of_counts() -> None:
    assert on("smallcells", "published", "ward,people,households\nA,9,4\n").verdict == NOT_MET
    named = replace(STATED, count_column="men, women")
    assert on("smallcells", "published", "ward,men,women\nA,9,4\n", stated=named).verdict == NOT_MET
    assert on("smallcells", "published", "ward,men\nA,9\n", stated=named).verdict == UNCHECKED


# --- Table Schema -----------------------------------------------------------------------------------------------------
def keeps(field: dict[str, object], cell: str, **table: object) -> str:
    """What is found on a hundred records of which three hold this cell."""
    fields = [{"name": "a"} | field, {"name": "n", "type": "integer"}]
    rows = [{"a": cell, "n": number} for number in range(3)]
    schema = sent({"fields": fields} | table, "application/json")
    return run("schema", case({"data": sent(rows, "application/json"), "schema": schema})).verdict


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ({"type": "date"}, "2026-11-22", "22/11/2026"),
        ({"type": "date", "format": "%d/%m/%Y"}, "22/11/2026", "2026-11-22"),
        ({"type": "date", "constraints": {"minimum": "2026-01-01"}}, "2026-11-22", "2025-11-22"),
        ({"type": "datetime", "constraints": {"maximum": "2027-01-01T00:00:00Z"}},
         "2026-11-22T09:00:00", "2027-11-22T09:00:00Z"),
        ({"type": "time"}, "09:30:00", "2026"),
        ({"type": "datetime"}, "2026-11-22T09:00:00Z", "2026-11-22"),
        ({"type": "number", "decimalChar": ","}, "1,5", "1.5"),
        ({"type": "number", "decimalChar": ",", "groupChar": "."}, "1.234,5", "1;5"),
        ({"type": "number", "bareNumber": False}, "£ 12.50", "twelve"),
        ({"type": "number"}, "-1e3", "£ 12.50"),
        ({"type": "integer", "constraints": {"minimum": 5}}, "5", "4.0"),
        ({"type": "boolean", "trueValues": ["ja"], "falseValues": ["nein"]}, "ja", "true"),
        ({"type": "boolean"}, "TRUE", "yes"),
        ({"type": "string", "format": "email"}, "a@b.example", "a at b"),
        ({"type": "string", "format": "uuid"}, "0b5e2f4e-0f9f-4a53-a9c0-6f8a5d5f1f11", "0b5e"),
        ({"type": "string", "format": "uri"}, "https://b.example/x", "b.example"),
        ({"type": "yearmonth"}, "2026-11", "2026-13"),
        ({"type": "duration"}, "PT15M", "15 minutes"),
        ({"type": "geopoint"}, "-0.1, 51.5", "51.5; -0.1"),
        ({"type": "object"}, '{"x": 1}', "[1]"),
        ({"type": "array"}, "[1]", "[" * 1900),
        ({"type": "string", "constraints": {"enum": ["x"]}}, "x", "y"),
    ],
)  # fmt: skip
def test_cells_keep_the_types_of_table_schema(field: dict[str, object], good: str, bad: str) -> None:
    assert (keeps(field, good), keeps(field, bad)) == (MET, NOT_MET)


def test_what_a_table_schema_says_of_the_whole_table() -> None:
    number = {"type": "number", "constraints": {"required": True}}
    assert keeps({"type": "number"}, "NA", missingValues=["", "NA"]) == MET
    assert keeps(number, "NA", missingValues=["", "NA"]) == NOT_MET
    assert keeps({}, "x", primaryKey="n") == MET
    assert keeps({}, "x", primaryKey=["a"]) == NOT_MET
    assert keeps({"constraints": {"unique": True}}, "") == MET
    assert keeps({"constraints": {"unique": True}}, "x") == NOT_MET
    assert keeps({"type": "banana"}, "x") == UNCHECKED


def test_the_schema_of_a_package_is_that_of_the_data_and_what_is_not_tried_is_said() -> None:
    def of(schema: object, data: str = "a,b\n1,2\n") -> Finding:
        answers = {"data": sent(data), "schema": sent(schema, "application/json")}
        return run("schema", Case(AT, answers))

    two = [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]
    package = {
        "resources": [
            {"path": "other.csv", "schema": {"fields": [{"name": "x"}]}},
            {"path": "https://service.example/data", "schema": {"fields": two}},
        ]
    }
    assert of(package).verdict == MET
    absent = of({"fields": [*two, {"name": "c"}]})
    assert (absent.verdict, absent.sentence) == (NOT_MET, "These fields are declared and not there: c.")
    untried = of({"fields": two, "foreignKeys": [{"fields": "a"}]}).sentence
    assert untried.endswith("Foreign keys were not followed.")
    bound = [{"name": "a", "type": "string", "constraints": {"minimum": "x"}}, two[1]]
    assert "The bounds of a were not tried" in of({"fields": bound}).sentence
    nullable = {"items": {"properties": {"a": {"type": ["integer", "null"]}, "b": {"type": "integer"}}}}
    assert of(nullable).verdict == MET
