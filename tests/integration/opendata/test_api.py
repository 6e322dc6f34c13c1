"""The open data pages, the releases over HTTP, the record and the exports."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from audit import clock
from audit.actions import GENESIS, append_links, link_hash
from audit.actors import SYSTEM
from audit.models import ChainLink, Event, Visibility
from audit.transitions import append_event
from challenges.actions import cancel_challenge
from opendata.actions import publish_due_notices
from opendata.extensions import EXTENSIONS
from opendata.models import Release
from tests.factories import draft_challenge, published_challenge
from tests.factories.awards import award_in, lead_of

pytestmark = pytest.mark.django_db


def publish():
    append_links()
    publish_due_notices()


def lines_of(response):
    return [json.loads(line) for line in b"".join(response.streaming_content).decode().splitlines()]


def happened(number, challenge, **how):
    for _ in range(number):
        append_event(
            verb="challenge.amended", subject=challenge, actor=SYSTEM, at=clock.now(), challenge_id=challenge.pk,
            visibility=Visibility.PUBLIC, data={"difference": {}}, **how,
        )  # fmt: skip


def test_an_empty_marketplace_publishes_an_empty_package(client):
    package = client.get(reverse("ocds_releases")).json()
    assert client.get("/opendata/ocds/").json() == package

    assert package["releases"] == []
    assert "links" not in package


def test_a_package_declares_licence_publisher_and_extensions(client):
    published_challenge()
    publish()

    package = client.get(reverse("ocds_releases")).json()

    assert package["license"] == "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    assert package["publisher"] == {"name": "Problem First", "uri": "http://127.0.0.1:8000/"}
    assert package["extensions"] == EXTENSIONS
    assert (package["version"], len(EXTENSIONS)) == ("1.1", 15)


def test_paging_by_cursor_gives_every_release_once(client):
    challenge = published_challenge()
    happened(4, challenge)
    publish()

    seen, address = [], reverse("ocds_releases") + "?limit=2"
    while address:
        package = client.get(address).json()
        seen += [release["id"] for release in package["releases"]]
        address = package.get("links", {}).get("next", "").removeprefix("http://127.0.0.1:8000")

    assert seen == list(Release.objects.order_by("pk").values_list("release_id", flat=True))
    assert len(seen) == 5


def test_updated_from_and_to_narrow_the_list(client):
    challenge = published_challenge()
    publish()
    clock.move_to(challenge.closes_at)
    happened(1, challenge)
    publish()
    first, second = Release.objects.order_by("pk")

    later = client.get(reverse("ocds_releases"), {"updatedFrom": challenge.closes_at.isoformat()}).json()
    earlier = client.get(reverse("ocds_releases"), {"updatedTo": challenge.opens_at.isoformat()}).json()

    assert [release["id"] for release in later["releases"]] == [second.release_id]
    assert [release["id"] for release in earlier["releases"]] == [first.release_id]


def test_a_harvester_with_the_etag_gets_304(client):
    published_challenge()
    publish()
    first = client.get(reverse("ocds_releases"))

    again = client.get(reverse("ocds_releases"), headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("asked", ["limit=0", "limit=101", "cursor=x", "updatedFrom=yesterday"])
def test_a_bad_parameter_is_named(client, asked):
    response = client.get(f"{reverse('ocds_releases')}?{asked}")

    assert response.status_code == 400
    assert response.json()["message"].startswith(asked.split("=")[0])


def test_one_release_one_package_one_record(client):
    published_challenge()
    publish()
    release = Release.objects.get()

    alone = client.get(reverse("ocds_release", args=[release.release_id])).json()
    package = client.get(reverse("ocds_package", args=[release.ocid])).json()
    record = client.get(reverse("ocds_record", args=[release.ocid])).json()

    assert alone["releases"] == package["releases"] == [release.body]
    assert record["records"] == [{"ocid": release.ocid, "releases": [release.body]}]


@pytest.mark.parametrize(
    "address",
    [
        "ocds/releases/a%00/",
        "ocds/records/a%00/",
        "ocds/packages/a%00.json",
        "../record.jsonl?challenge=%00",
        "../record/?challenge=%00",
    ],
)
def test_a_null_character_finds_nothing_or_is_refused_where_no_database_keeps_it(client, address):
    answer = client.get(f"/opendata/{address}".replace("/opendata/../", "/"))
    assert answer.status_code == (400 if connection.vendor == "postgresql" else 404)


@pytest.mark.parametrize("name", ["ocds_release", "ocds_package", "ocds_record"])
def test_what_is_not_there_is_404_in_json(client, name):
    response = client.get(reverse(name, args=["ocds-213czf-nothing"]))

    assert response.status_code == 404
    assert response.json()["message"].endswith("with the identifier ocds-213czf-nothing.")


@pytest.mark.parametrize("name", ["ocds_releases", "record_file"])
def test_nothing_is_written_over_http(client, name):
    assert client.post(reverse(name)).status_code == 405


def test_the_pages_of_an_empty_marketplace_say_what_will_be_here(client):
    data = client.get(reverse("opendata")).content.decode()
    record = client.get(reverse("record"), {"before": "0"}).content.decode()

    assert "No notice has been published yet" in data
    assert "No pilot has been registered yet" in data
    assert "Nothing public has happened yet" in record


def test_the_open_data_page_lists_pilots(client):
    award = award_in("contracted")
    publish()

    page = client.get(reverse("opendata")).content.decode()

    assert f"/pilots/{award.pilot.slug}/readings.csv" in page
    assert str(award.supplier) in page


@pytest.mark.parametrize("events", [1, 30])
def test_the_record_page_reads_a_bounded_number_of_queries(client, events, django_assert_max_num_queries):
    challenge = published_challenge()
    happened(events, challenge)
    append_links()

    with django_assert_max_num_queries(3):
        response = client.get(reverse("record"))

    assert response.status_code == 200


@pytest.mark.parametrize("pilots", [0, 1])
def test_the_open_data_page_reads_a_bounded_number_of_queries(client, pilots, django_assert_num_queries):
    for _ in range(pilots):
        award_in("contracted")
    publish()

    with django_assert_num_queries(4):
        response = client.get(reverse("opendata"))

    assert response.status_code == 200


def test_the_record_pages_by_key_and_narrows_to_one_challenge(client):
    challenge, other = published_challenge(), published_challenge()
    happened(30, challenge)
    append_links()
    address = reverse("record")

    first = client.get(address, {"challenge": challenge.slug}).content.decode()
    oldest = Event.objects.filter(challenge_id=challenge.pk, verb="challenge.amended").order_by("pk").first()
    second = client.get(address, {"challenge": challenge.slug, "before": oldest.pk}).content.decode()

    assert first.count("Challenge amended") == 30
    assert (second.count("Challenge amended"), second.count("Challenge published")) == (0, 1)
    assert f"?challenge={other.slug}" not in first


def test_the_record_of_a_draft_is_not_public(client):
    challenge = draft_challenge()
    cancel_challenge(challenge=challenge, actor=lead_of(challenge), at=clock.now(), reason="A secret plan.")
    append_links()

    assert "A secret plan" not in client.get(reverse("record")).content.decode()
    assert [line for line in lines_of(client.get(reverse("record_file"))) if line["challenge_id"]] == []
    assert client.get(reverse("record"), {"challenge": challenge.slug}).status_code == 404


def test_R1_each_public_line_can_be_checked_against_its_hash(client):
    published_challenge()
    append_links()

    lines = [line for line in lines_of(client.get(reverse("record_file"))) if line["challenge_id"]]

    event = Event.objects.get(verb="challenge.published")
    link = ChainLink.objects.get(event=event)
    assert [(line["position"], line["hash"], line["redacted"]) for line in lines] == [
        (link.position, link_hash(link.previous_hash, event), False)
    ]


def test_R4_an_address_in_a_reason_is_taken_out_of_the_public_lines(client):
    challenge = published_challenge()
    happened(1, challenge, reason="Asked by jo@firm.example.")
    append_links()

    line = lines_of(client.get(reverse("record_file")))[-1]

    assert (line["reason"], line["redacted"]) == ("Asked by [e-mail address removed].", True)
    assert "jo@firm.example" not in client.get(reverse("record")).content.decode()


def test_the_file_goes_on_after_a_position(client):
    challenge = published_challenge()
    happened(3, challenge)
    append_links()
    lines = lines_of(client.get(reverse("record_file")))

    rest = lines_of(client.get(reverse("record_file"), {"after": lines[1]["position"]}))

    assert rest == lines[2:]
    assert client.get(reverse("record_file"), {"after": "x"}).status_code == 400


def test_export_record_writes_every_event_with_its_link(tmp_path):
    published_challenge()
    append_links()
    path = tmp_path / "record.jsonl"

    call_command("export_record", out=str(path), stderr=StringIO())

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["id"] for line in lines] == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert lines[0]["previous_hash"] == GENESIS


def test_export_ocds_writes_one_package(tmp_path, capsys):
    published_challenge()
    publish()
    path = tmp_path / "package.json"

    call_command("export_ocds", out=str(path), stderr=StringIO())
    call_command("export_ocds", stderr=StringIO())

    assert json.loads(path.read_text())["releases"] == [Release.objects.get().body]
    assert json.loads(capsys.readouterr().out)["releases"] == [Release.objects.get().body]
