"""The readings API: tokens, bodies, keys; every refusal with its status and its sentence."""

import gc
import gzip
import json
import shlex
import sqlite3
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.test import Client, RequestFactory

from audit import clock
from audit.transitions import NotPermitted, Refused
from pilots import actions
from pilots.api import ReadingsView
from pilots.models import Pilot, Reading, ReadingToken
from pilots.rows import REASONS
from pilots.rules import first_instant
from tests.factories import member_with, move_clock_to
from tests.factories import pilots as factory
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilot() -> Pilot:
    return factory.pilot_in("registered")


@pytest.fixture
def secret(pilot: Pilot) -> str:
    return issue(pilot)[1]


def issue(pilot: Pilot, label: str = "gateway") -> tuple[ReadingToken, str]:
    return actions.issue_token(pilot=pilot, label=label, actor=factory.manager_of(pilot), at=clock.now())


def rows_of(pilot: Pilot, number: int = 3) -> list[dict[str, Any]]:
    return factory.weekly_rows(pilot, pilot.baseline_starts_on, pilot.baseline_starts_on)[:number]


def post(pilot: Pilot, body: Any, secret: str = "", **headers: str) -> Any:
    content_type = headers.pop("content_type", "application/json")
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return Client().post(f"/api/pilots/{pilot.public_id}/readings/", text, content_type=content_type, headers=headers)


def test_rows_are_taken_and_counted(pilot: Pilot, secret: str) -> None:
    response = post(pilot, rows_of(pilot), secret)
    assert (response.status_code, response.json()) == (
        200, {"received": 3, "added": 3, "unchanged": 0, "corrected": 0, "refused": 0, "refusals": []},
    )  # fmt: skip
    assert set(Reading.objects.values_list("source", flat=True)) == {"api"}


def test_a_machine_is_met_at_a_door_of_its_own(pilot: Pilot, secret: str) -> None:
    """No session counts there, none is begun; what guards every answer guards these, too."""
    person = signed_in(factory.manager_of(pilot))
    address, body = f"/api/pilots/{pilot.public_id}/readings/", json.dumps(rows_of(pilot))
    signed_in_only = person.post(address, body, content_type="application/json")
    assert (signed_in_only.status_code, signed_in_only["WWW-Authenticate"]) == (401, "Bearer")
    headers = {"Authorization": f"Bearer {secret}", "Accept": "text/html"}
    answer = person.post(address, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer["Content-Type"], len(answer.cookies)) == (200, "application/json", 0)
    assert (answer["Content-Length"], answer["X-Content-Type-Options"]) == (str(len(answer.content)), "nosniff")
    assert (answer["X-Frame-Options"], answer["Content-Security-Policy"]) == (
        "DENY", "default-src 'none'; frame-ancestors 'none'",
    )  # fmt: skip
    strange = Client().post(address, body, content_type="application/json", headers=headers | {"Host": "evil.example"})
    in_pieces = Client().generic("POST", address, headers=headers | {"Transfer-Encoding": "chunked"})
    unread = RequestFactory().post(address, body, content_type="application/json")
    assert (ReadingsView.as_view()(unread, public_id=pilot.public_id).status_code, unread.read()) == (401, b"")
    mistyped = Client().post(address.replace("readings", "reading"), body, content_type="application/json")
    assert (strange.status_code, in_pieces.status_code, mistyped.status_code) == (400, 411, 404)
    assert mistyped.json()["sentences"] == ["Nothing is taken at this address: copy it from the pilot's page."]
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        asked = Client().generic(method, address, headers={"Accept": "text/html"})
        assert (asked.status_code, asked["Allow"], asked["Content-Type"]) == (405, "POST", "application/json")
    assert "sent to this address with POST; there is nothing to read here" in asked.json()["sentences"][0]
    assert "http://testserver/api/schema/ describes how" in asked.json()["sentences"][0]
    assert Client().get("/api/pilots/mine/").json() == mistyped.json()
    without_slash = Client().post(address[:-1], body, content_type="application/json", headers=headers)
    assert (without_slash.status_code, without_slash.json()["unchanged"]) == (200, 3)
    unkeepable = Client().post(f"{address}?correction=%00", body, content_type="application/json", headers=headers)
    assert (unkeepable.status_code, "cannot be kept" in unkeepable.json()["sentences"][0]) == (400, True)


def test_ndjson_keeps_good_lines_and_reports_the_others(pilot: Pilot, secret: str) -> None:
    good = json.dumps(rows_of(pilot, 1)[0])
    response = post(pilot, f"{good}\nnonsense\n", secret, content_type="application/x-ndjson; charset=utf-8")
    assert response.status_code == 200
    assert response.json()["refusals"] == [
        {"row": 2, "reason": "shape", "sentence": "Line 2 is not JSON, near column 1: expecting value."}
    ]
    hostile = [good.replace('"unit": ', '"unit": ' + odd) for odd in ("[" * 700 + "]" * 700 + ',"x":', "\0", "1e999, ")]
    answer = post(pilot, "\n".join([good, *hostile]), secret, content_type="application/x-ndjson").json()
    assert (answer["unchanged"], [each["reason"] for each in answer["refusals"]]) == (1, ["shape"] * 3)
    # Every row is answered for, however many are refused; only the sentences end somewhere.
    refusals = post(pilot, "[" + "1," * 200 + "1]", secret).json()["refusals"]
    assert ([each["row"] for each in refusals], refusals[200]) == (list(range(1, 202)), {"row": 201, "reason": "shape"})
    assert len([each for each in refusals if "sentence" in each]) == 200


def test_a_byte_order_mark_is_passed_over_and_a_compressed_body_is_told_so(pilot: Pilot, secret: str) -> None:
    lines = b"\xef\xbb\xbf" + "\n".join(map(json.dumps, rows_of(pilot))).encode()
    assert post(pilot, lines, secret, content_type="application/x-ndjson").json()["added"] == 3
    compressed = post(pilot, gzip.compress(json.dumps(rows_of(pilot)).encode()), secret, **{"Content-Encoding": "gzip"})
    assert (compressed.status_code, compressed.json()["sentences"]) == (
        415, ["The body is compressed (Content-Encoding), which is not read here: send it as it is."],
    )  # fmt: skip


def test_a_number_that_is_none_is_a_row_refused(pilot: Pilot, secret: str) -> None:
    response = post(pilot, json.dumps([rows_of(pilot, 1)[0] | {"value": float("nan")}]), secret)
    assert (response.status_code, response.json()["refusals"][0]["sentence"]) == (
        422, "“nan” is not a finite number.",
    )  # fmt: skip


@pytest.mark.parametrize("code", ["\\ud800", "\\u0000"])
def test_what_no_database_keeps_is_a_row_refused_and_the_answer_is_kept(pilot: Pilot, secret: str, code: str) -> None:
    body = json.dumps([rows_of(pilot, 1)[0] | {"device": "half"}]).replace("half", code)
    for _ in range(2):
        response = post(pilot, body, secret, **{"Idempotency-Key": "k1"})
        assert (response.status_code, response.json()["refusals"][0]["sentence"]) == (
            422, "“�” is not a device of this pilot.",
        )  # fmt: skip


def test_only_the_hash_of_a_token_is_kept(pilot: Pilot) -> None:
    token, secret = issue(pilot)
    stored = ReadingToken.objects.values_list("token_sha256", "label").get(pk=token.pk)
    assert stored == (actions.token_hash(secret), "gateway")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic abc"])
def test_without_a_valid_token_nothing_is_taken(pilot: Pilot, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = post(pilot, rows_of(pilot), **headers)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert Reading.objects.count() == 0


def test_a_token_of_another_pilot_is_refused(pilot: Pilot) -> None:
    other = factory.pilot_in("planned", item=factory.selected_item(pilot.challenge))
    response = post(pilot, rows_of(pilot), issue(other)[1])
    assert (response.status_code, response.json()) == (403, {"sentences": ["This token belongs to another pilot."]})


def test_a_revoked_token_is_useless_at_once_and_revoked_once(pilot: Pilot) -> None:
    token, secret = issue(pilot)
    manager = factory.manager_of(pilot)
    assert post(pilot, rows_of(pilot, 1), secret).json()["added"] == 1  # who sends is remembered, not whether they may
    actions.revoke_token(pilot=pilot, token=token, actor=manager, at=clock.now())
    assert [post(pilot, body, secret).status_code for body in (rows_of(pilot), "{", "[]")] == [401, 401, 401]
    assert post(pilot, rows_of(pilot), secret, **{"Idempotency-Key": "k1"}).status_code == 401
    assert Reading.objects.count() == 1
    with pytest.raises(Refused):
        actions.revoke_token(pilot=pilot, token=token, actor=manager, at=clock.now())


def test_only_the_manager_issues_tokens(pilot: Pilot) -> None:
    for actor in (member_with(pilot.challenge.council, "owner"), pilot.supplier.members.get().user):
        with pytest.raises(NotPermitted):
            actions.issue_token(pilot=pilot, label="x", actor=actor, at=clock.now())


@pytest.mark.parametrize(
    ("body", "content_type", "status", "sentence"),
    [
        ("{", "application/json", 400, "The body is not JSON: line 1, near column 2: expecting property name"),
        ('{"a": 1}', "application/json", 400, "The body has to be a JSON list of readings."),
        (b"\x1f\x8b\x08", "application/json", 400, "The body is not UTF-8 text: send it as it is, not compressed."),
        ("[]", "application/json", 400, "There are no readings in it."),
        ("a,b", "text/csv", 415, "Send application/json or application/x-ndjson."),
        ("[" + "1," * 10_000 + "1]", "application/json", 413, "10,001 rows are more than one request may carry"),
    ],
)
def test_a_body_as_a_whole_is_refused_with_its_status(
    pilot: Pilot, secret: str, body: str, content_type: str, status: int, sentence: str
) -> None:
    response = post(pilot, body, secret, content_type=content_type)
    assert response.status_code == status
    assert response.json()["sentences"][0].startswith(sentence)


def test_a_body_past_the_cap_is_refused(pilot: Pilot, secret: str) -> None:
    response = post(pilot, " " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), secret)
    assert (response.status_code, response.json()["sentences"]) == (
        413, ["A request carries at most 5 MB: send the readings in several."],
    )  # fmt: skip


def test_an_unknown_pilot_is_not_found(pilot: Pilot, secret: str) -> None:
    pilot.public_id = "00000000-0000-0000-0000-000000000000"
    assert post(pilot, "[]", secret).status_code == 404


def test_the_same_key_and_body_get_the_same_answer_once(pilot: Pilot, secret: str) -> None:
    rows = rows_of(pilot)
    first = post(pilot, rows, secret, **{"Idempotency-Key": "k1"})
    second = post(pilot, rows, secret, **{"Idempotency-Key": "k1"})
    assert (first.json(), second.json()["added"]) == (second.json(), 3)
    assert (first.headers.get("Idempotency-Replayed"), second.headers["Idempotency-Replayed"]) == (None, "true")
    assert Reading.objects.count() == 3


def test_the_same_key_with_another_body_is_refused(pilot: Pilot, secret: str) -> None:
    rows = rows_of(pilot)
    post(pilot, rows[:1], secret, **{"Idempotency-Key": "k1"})
    response = post(pilot, rows, secret, **{"Idempotency-Key": "k1"})
    assert (response.status_code, response.json()["sentences"]) == (
        422, ["This Idempotency-Key was used before with another body: use a new key."],
    )  # fmt: skip
    assert Reading.objects.count() == 1


def test_a_pilot_past_its_analysis_date_takes_nothing(pilot: Pilot, secret: str) -> None:
    move_clock_to(first_instant(pilot.analysis_on))
    response = post(pilot, rows_of(pilot), secret)
    assert (response.status_code, response.json()["sentences"]) == (
        409, ["The registered analysis date has come: this pilot takes no more readings."],
    )  # fmt: skip


def test_the_schema_describes_the_intake() -> None:
    response = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    schema = json.loads(response.content)
    operation = schema["paths"]["/api/pilots/{public_id}/readings/"]["post"]
    assert operation["operationId"] == "send_readings"
    assert sorted(operation["responses"]) == ["200", "400", "401", "403", "404", "409", "413", "415", "422", "503"]
    assert schema["components"]["schemas"]["ReasonEnum"]["enum"] == list(REASONS)
    told = (settings.BASE_DIR / "docs/formats/sending.md").read_text()
    assert [each for each in REASONS if f"`{each}`" not in told] == []


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite lets one process write at a time")
@pytest.mark.django_db(transaction=True)
def test_a_busy_database_asks_the_feed_to_send_again() -> None:
    pilot = factory.pilot_in("registered")
    secret = issue(pilot)[1]
    connection.cursor().execute("PRAGMA busy_timeout = 20")
    somebody_else = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    somebody_else.execute("BEGIN IMMEDIATE")
    refused = post(pilot, rows_of(pilot), secret)
    somebody_else.execute("ROLLBACK")
    somebody_else.close()
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert refused.json()["sentences"][0].startswith("The database cannot take the batch just now: send it again")
    assert post(pilot, rows_of(pilot), secret).json()["added"] == 3


def test_a_preview_answers_as_the_real_thing_would_and_keeps_nothing(pilot: Pilot, secret: str) -> None:
    body = [*rows_of(pilot, 2), rows_of(pilot, 1)[0] | {"unit": "furlongs"}]
    address = f"/api/pilots/{pilot.public_id}/readings/?preview=yes"
    headers = {"Authorization": f"Bearer {secret}"}
    seen = Client().post(address, json.dumps(body), content_type="application/json", headers=headers)
    assert (seen.status_code, seen.json()["added"], seen.json()["refused"]) == (200, 2, 1)
    doubtful = Client().post(f"{address}!", json.dumps(body), content_type="application/json", headers=headers)
    assert (doubtful.status_code, Reading.objects.count()) == (400, 0)
    assert post(pilot, body, secret).json() | {"is_preview": True} == seen.json()
    stranger = Client().post(address, json.dumps(body), content_type="application/json")
    assert stranger.status_code == 401
    move_clock_to(first_instant(pilot.analysis_on))
    late = Client().post(address, json.dumps(body), content_type="application/json", headers=headers)
    assert late.status_code == 409
    assert "this pilot takes no more readings" in late.json()["sentences"][0]


def test_the_request_that_the_page_shows_works_as_printed(pilot: Pilot) -> None:
    """The command is read off the page, and what it says is sent, also where the start has passed without one."""
    for moment in (clock.now() + timedelta(minutes=1), first_instant(pilot.starts_on + timedelta(days=2))):
        move_clock_to(moment)
        client = signed_in(factory.manager_of(pilot))
        page = client.post(f"/workspace/pilots/{pilot.slug}/tokens/", {"label": "gateway"}).content.decode()
        is_taken_as_printed(page)


def is_taken_as_printed(page: str) -> None:
    command = unescape(page.partition("<pre")[2].partition(">")[2].partition("</pre>")[0])
    words = shlex.split(command.partition("<<")[0])
    assert words[:3] == ["curl", "-X", "POST"]
    sent = dict(each.split(": ") for each in words if ": " in each)
    body = command.partition("'END'\n")[2].partition("\nEND")[0]
    answer = Client().post(words[3], body, content_type=sent["Content-Type"], headers=sent)
    assert (answer.status_code, answer.json()["added"], answer.json()["refused"]) == (200, 1, 0)
    assert Reading.objects.count() == 0


def test_a_batch_leaves_nothing_behind_that_holds_its_body(pilot: Pilot, secret: str) -> None:
    """A request in a circle with something keeps megabytes until the collector looks at it, which is after hundreds."""
    body, address = json.dumps(rows_of(pilot)).encode(), f"/api/pilots/{pilot.public_id}/readings/"
    sent: Any = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {secret}"}}
    serve = WSGIHandler()
    gc.collect()
    gc.disable()
    try:
        before = _requests()
        for query in ("", "preview=yes", "correction=slipped"):
            assert serve.get_response(RequestFactory().post(f"{address}?{query}", body, **sent)).status_code == 200
        assert _requests() == before
    finally:
        gc.enable()


def _requests() -> int:
    return sum(type(each) is WSGIRequest for each in gc.get_objects())
