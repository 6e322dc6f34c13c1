"""The public list, its filter (the API's too), its paging by key, and what it costs."""

import gzip
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from challenges.models import Challenge
from tests import factories
from tests.factories import pages
from tests.factories.remembering import remembered

pytestmark = pytest.mark.django_db
LIST, API = "/challenges/", "/api/challenges/"


def published(title: str, **values: object) -> Challenge:
    return pages.published_page(title=title, **values).challenge


def slugs(client: Client, query: str) -> tuple[list[str], list[str]]:
    """What page and API show for the same query."""
    page = client.get(f"{LIST}?{query}")
    api = client.get(f"{API}?{query}").json()
    return [challenge.slug for challenge, _ in page.context["cards"]], [row["slug"] for row in api["results"]]


@remembered
def published_in_each_phase() -> dict[str, Challenge]:
    """One open, one upcoming, one closed; of three councils, themes and sizes."""
    closed = published("Dark corners lit", theme="streets", contract_ceiling=Decimal(100_000))
    factories.move_clock_to(closed.closes_at)
    open_ = published("Streets where bicycles stay put", theme="mobility", contract_ceiling=Decimal(500_000))
    factories.move_clock_to(open_.opens_at)
    upcoming = published("Quiet nights by the canal", theme="environment", contract_ceiling=Decimal(2_000_000))
    return {"closed": closed, "open": open_, "upcoming": upcoming}


@pytest.fixture
def three() -> dict[str, Challenge]:
    return published_in_each_phase()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["upcoming", "open", "closed"]),
        ("phase=open", ["open"]),
        ("phase=upcoming", ["upcoming"]),
        ("phase=closed", ["closed"]),
        ("phase=piloting", []),
        ("theme=streets", ["closed"]),
        ("budget=500000", ["upcoming", "open"]),
        ("text=bicycles+stay", ["open"]),
        ("text=BICYCLES+canal", []),
        ("text=quiet&theme=environment&budget=1000000", ["upcoming"]),
    ],
)
def test_page_and_api_filter_alike(
    client: Client, three: dict[str, Challenge], query: str, expected: list[str]
) -> None:
    wanted = [three[name].slug for name in expected]

    assert slugs(client, query) == (wanted, wanted)


def test_filters_by_council_and_closing_date(client: Client, three: dict[str, Challenge]) -> None:
    open_ = three["open"]
    council = f"council={open_.council.slug}"
    by = f"closes_by={open_.closes_at.date().isoformat()}"

    assert slugs(client, council) == ([open_.slug],) * 2
    assert slugs(client, f"{by}&phase=open") == ([open_.slug],) * 2
    assert slugs(client, f"closes_by={(open_.closes_at - timedelta(days=2)).date()}&phase=open") == ([], [])


@pytest.mark.parametrize(("query", "status"), [("phase=nonsense", 400), ("budget=lots", 400), ("council=none", 400)])
def test_a_filter_that_makes_no_sense_is_said(client: Client, query: str, status: int) -> None:
    page, api = client.get(f"{LIST}?{query}"), client.get(f"{API}?{query}")

    assert (page.status_code, api.status_code) == (200, status)
    assert "govuk-error-message" in page.content.decode()


def test_drafts_and_cancelled_drafts_are_nowhere(client: Client) -> None:
    draft = pages.ready_page().challenge

    assert slugs(client, "") == ([], [])
    assert client.get(reverse("challenge", args=[draft.slug])).status_code == 404
    assert client.get(f"{API}{draft.slug}/").status_code == 404


def test_R4_the_api_names_no_person(client: Client) -> None:
    challenge = published("Streets where bicycles stay put")

    told = client.get(f"{API}{challenge.slug}/").content.decode()

    assert "@" not in told
    assert str(challenge.owner) not in told


def copies(of: Challenge, count: int) -> None:
    """More published challenges of the same kind, straight into the table: only reading is measured."""
    first = Challenge.objects.get(pk=of.pk)
    for number in range(count):
        Challenge.objects.create(
            **{
                field.attname: getattr(first, field.attname)
                for field in Challenge._meta.concrete_fields
                if field.attname not in ("id", "public_id", "slug", "published_at")
            },
            slug=f"copy-{number}", published_at=first.published_at + timedelta(seconds=number // 3),
        )  # fmt: skip


def test_paging_by_key_shows_every_challenge_once_also_where_instants_are_equal(client: Client) -> None:
    copies(published("Streets where bicycles stay put"), 44)
    seen: list[str] = []
    url = LIST
    for _ in range(5):
        page = client.get(url)
        seen += [challenge.slug for challenge, _ in page.context["cards"]]
        if not page.context["older_url"]:
            break
        url = f"{LIST}{page.context['older_url']}"

    newest_first = Challenge.objects.public().order_by("-published_at", "-id").values_list("slug", flat=True)
    assert seen == list(newest_first)
    assert len(seen) == 45


def test_paging_keeps_the_filter_and_survives_nonsense(client: Client) -> None:
    copies(published("Streets where bicycles stay put", theme="mobility"), 25)

    page = client.get(f"{LIST}?theme=mobility")
    strange = [client.get(f"{LIST}?before={text}&theme=mobility") for text in ("9" * 14, "9" * 5000, "²", "-1", "x")]

    assert page.context["older_url"].startswith("?theme=mobility&before=")
    assert [(each.status_code, len(each.context["cards"])) for each in strange] == [(200, 20)] * 5


def queries(client: Client, url: str) -> int:
    client.get(url)  # what is read once per process, such as content types
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_with_1_and_30_rows(client: Client) -> None:
    first = published("Streets where bicycles stay put")

    one = queries(client, LIST)
    copies(first, 29)

    assert (one, queries(client, LIST)) == (4, 4)


def test_the_challenge_page_costs_the_same_with_few_and_many_criteria(client: Client) -> None:
    page = pages.published_page()
    url = reverse("challenge", args=[page.challenge.slug])
    few = queries(client, url)
    for number in range(30):
        row = page.challenge.criteria.first()
        row.pk, row.code = None, f"more-{number}"
        row.save()

    assert (few, queries(client, url)) == (9, 9)


@pytest.mark.parametrize("which", ["list", "page"])
def test_page_and_style_sheet_together_stay_below_60_kilobytes(client: Client, which: str) -> None:
    challenge = published("Streets where bicycles stay put")
    copies(challenge, 29)
    style = Path(settings.BASE_DIR) / "static_built" / "house.css"
    if not style.exists():
        pytest.skip("The interface's assets are not built.")

    page = client.get(LIST if which == "list" else reverse("challenge", args=[challenge.slug])).content
    script = (style.parent / "house.js").read_bytes()

    assert sum(len(gzip.compress(part, 6)) for part in (page, style.read_bytes(), script)) < 60_000
