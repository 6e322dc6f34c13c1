"""Prices opened by two people, and the ranking that anyone can recompute (A8-A11)."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import CouncilRole
from assessment import actions, inputs, queries, scoring
from assessment.models import PriceOpeningConsent, Ranking
from audit import clock
from audit.models import Event
from audit.transitions import NotPermitted, Refused
from suppliers.models import PriceOffer
from tests.factories import council, person
from tests.factories.assessment import (
    assessors_of,
    chair_of,
    choices_for,
    lead_of,
    open_prices,
    owner_of,
    round_in,
    second_lead,
)

pytestmark = pytest.mark.django_db
PRICES = [("50000.00", "350000.00"), ("40000.00", "280000.00"), ("60000.00", "420000.00")]


def consent(round_, actor):
    return actions.consent_to_open_prices(round=round_, actor=actor, at=clock.now())


def test_A9_two_different_people_open_the_prices_and_the_ranking_is_there():
    round_ = round_in("prices", n=2)

    assert consent(round_, owner_of(round_.challenge)) is False
    assert not PriceOffer.objects.exists()
    assert consent(round_, lead_of(round_.challenge)) is True

    assert (PriceOffer.objects.count(), Ranking.objects.count(), round_.state) == (2, 1, "ranked")


def test_A9_the_same_person_twice_opens_nothing():
    round_ = round_in("prices", n=1)
    consent(round_, owner_of(round_.challenge))

    with pytest.raises(Refused, match="second, different person"):
        consent(round_, owner_of(round_.challenge))

    assert (PriceOpeningConsent.objects.count(), PriceOffer.objects.count()) == (1, 0)


def test_A9_no_price_before_quality_is_frozen():
    round_ = round_in("moderating", n=1)

    with pytest.raises(Refused, match="this needs the step “quality frozen, prices to be opened”"):
        consent(round_, owner_of(round_.challenge))

    assert not PriceOpeningConsent.objects.exists()


def test_a_third_click_after_the_opening_is_refused():
    round_ = round_in("ranked", n=1)

    with pytest.raises(Refused, match="this needs the step"):
        consent(round_, second_lead(round_.challenge))


def test_wrong_role_and_wrong_council_open_no_price():
    round_ = round_in("prices", n=1)
    strangers = [
        chair_of(round_), assessors_of(round_)[0], person(round_.challenge.council, CouncilRole.PILOT_MANAGER),
        person(council(), CouncilRole.PROCUREMENT_LEAD),
    ]  # fmt: skip

    for stranger in strangers:
        with pytest.raises(NotPermitted):
            consent(round_, stranger)


def test_A8_the_price_of_a_disregarded_submission_is_never_opened_and_it_is_listed_and_not_ranked():
    round_ = round_in("ranked", n=3, failing=1)
    last = queries.submissions_in(round_)[-1]

    result = round_.ranking.result

    assert not PriceOffer.objects.filter(submission=last).exists()
    assert [row["id"] for row in result["disregarded"]] == [last.pseudonym]
    assert last.pseudonym not in {row["id"] for row in result["ranking"]}
    assert next(row for row in round_.ranking.inputs["submissions"] if row["id"] == last.pseudonym).keys() == {
        "id", "marks", "disregarded",
    }  # fmt: skip


def test_nothing_admitted_leads_to_a_conclusion_and_not_to_prices():
    round_ = round_in("prices", n=1, failing=1)

    with pytest.raises(Refused) as refused:
        consent(round_, owner_of(round_.challenge))

    assert refused.value.sentences[-1] == "Conclude without an award."


def test_A10_totals_are_exact_and_equal_totals_share_a_rank():
    round_ = round_in("prices", n=3, marks=[Decimal(4), Decimal(4), Decimal(3)])
    open_prices(round_)

    rows = [(row["id"], row["rank"], row["total"], row["exact"]) for row in round_.ranking.result["ranking"]]

    assert rows == [
        ("Submission 1", 1, "86.0000", "86"),
        ("Submission 2", 1, "86.0000", "86"),
        ("Submission 3", 3, "72.0000", "72"),
    ]  # fmt: skip


def test_A10_the_lowest_admitted_price_counts_as_pilot_and_contract_together():
    round_ = round_in("ranked", n=3, prices=PRICES, marks=[Decimal(5)])
    offers = {
        each.pseudonym: each.price_offer.pilot_price + each.price_offer.contract_price
        for each in queries.submissions_in(round_)
    }

    points = {row["id"]: row["scores"]["price"] for row in round_.ranking.result["ranking"]}

    expected = {Decimal(320_000): "30.0000", Decimal(400_000): "24.0000", Decimal(480_000): "20.0000"}
    assert points == {name: expected[price] for name, price in offers.items()}


def test_A11_the_stored_inputs_give_the_stored_result_and_digest_again():
    ranking = round_in("ranked", n=3, prices=PRICES, failing=1).ranking
    ranking.refresh_from_db()

    again = scoring.rank_case(inputs.read(ranking.inputs))

    assert again.digest == ranking.digest == ranking.result["hash"]
    assert [(row.id, row.rank, str(row.total)) for row in again.ranking] == [
        (row["id"], row["rank"], row["exact"]) for row in ranking.result["ranking"]
    ]


def test_C4_changed_weights_stop_the_ranking():
    round_ = round_in("prices", n=1)
    consent(round_, owner_of(round_.challenge))
    round_.challenge.criteria.filter(code="outcome").update(weight=30)
    round_.challenge.criteria.filter(code="delivery").update(weight=40)

    with pytest.raises(Refused, match="not those that were published"):
        consent(round_, lead_of(round_.challenge))

    assert not Ranking.objects.exists()


def test_the_event_of_the_ranking_carries_the_digest_and_no_name_or_price():
    round_ = round_in("ranked", n=1)

    event = Event.objects.get(verb="round.ranked")

    assert event.data == {"from": "prices", "to": "ranked", "ranking_sha256": round_.ranking.digest, "ranked": 1}


def test_A11_the_exported_file_is_recomputed_to_its_hash_and_names_nobody():
    round_ = round_in("decided", n=3, prices=PRICES, failing=1)
    out = StringIO()

    call_command("export_assessment", round_.challenge.slug, stdout=out)

    export = json.loads(out.getvalue())
    assert scoring.rank_case(inputs.read(export)).digest == export["hash"] == export["result"]["hash"]
    assert {
        "criteria",
        "tie_breaks",
        "submissions",
        "result",
        "assessments",
        "moderations",
        "decision",
    } <= export.keys()
    names = [each.supplier.name for each in round_.challenge.submissions.select_related("supplier")]
    names.append(str(chair_of(round_)))
    assert [name for name in names if name in out.getvalue()] == []
    assert len(export["assessments"]) == 3 * 2 * 2
    assert [item["selected"] for item in export["decision"]["items"]] == [
        choices_for(round_)[each.pk].is_selected for each in queries.submissions_in(round_)[:2]
    ]


def test_an_unranked_round_exports_nothing():
    round_ = round_in("prices", n=1)

    with pytest.raises(CommandError, match="is not ranked yet"):
        call_command("export_assessment", round_.challenge.slug)
    with pytest.raises(CommandError, match="No assessment was opened"):
        call_command("export_assessment", "no-such-challenge")
