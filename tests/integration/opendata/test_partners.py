"""Who answers together: named to whoever decides, and a party of the open data once awarded. And the VAT of prices."""

import pytest
from django.urls import reverse

from assessment import queries
from audit.actions import append_links
from opendata.actions import publish_due_notices
from opendata.models import Release
from suppliers.models import Partner, PriceOffer
from tests.factories import assessment
from tests.factories.awards import award_in
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db


def beside(submission: object, **what: str) -> Partner:
    given = {"name": "Shade Growers CIC", "company_number": "7654321", "role": "plants and waters the trees"} | what
    return Partner.objects.create(submission=submission, **given)


def test_D7_the_approver_declares_about_partners_too_and_reads_the_vat_of_each_price() -> None:
    round_ = assessment.round_in("ranked")
    first, second, third = queries.submissions_in(round_)
    beside(first)
    PriceOffer.objects.filter(submission=second).update(vat_treatment="unregistered")
    PriceOffer.objects.filter(submission=third).update(vat_treatment="")
    lead = assessment.lead_of(round_.challenge)
    client = signed_in(lead)

    asked = client.get(reverse("approver_interests", args=[round_.challenge.slug])).content.decode()
    assessment.declare_as_approver(round_)
    pages = [
        client.get(reverse(name, args=[round_.challenge.slug])).content.decode()
        for name in ("result", "decision", "price_checks")
    ]

    assert ", with Shade Growers CIC" in asked
    for page in pages:
        for words in ("plus 20% VAT", "no VAT: not registered for it", "VAT not stated"):
            assert words in page


def test_partners_are_parties_of_the_award_with_what_they_do() -> None:
    award = award_in("standstill")
    supplier, own = award.supplier, award.pilot.submission
    beside(own)
    beside(own, name="Neighbours", company_number="", role="asks residents")
    beside(own, name=supplier.name, company_number=supplier.company_number, role="named itself")
    append_links()
    publish_due_notices()

    body = Release.objects.get(notice="pilot_award").body

    tenderers = [party for party in body["parties"] if "tenderer" in party["roles"]]
    roles = {party["name"]: (party["roles"], party.get("details", {}).get("consortiumRole")) for party in tenderers}
    assert roles == {
        supplier.name: (["tenderer", "supplier", "payee"], None),
        "Shade Growers CIC": (["tenderer"], "plants and waters the trees"),
        "Neighbours": (["tenderer"], "asks residents"),
    }
    ids = [party["id"] for party in tenderers]
    assert "GB-COH-07654321" in ids
    assert [each["id"] for each in body["bids"]["details"][0]["tenderers"]] == ids
    page = signed_in(award.challenge.owner).get(reverse("award", args=[award.public_id])).content.decode()
    assert "Without VAT, plus 20% VAT" in page
