"""The criteria form: scales, how a price counts, clause grades as a criterion; and what publication then asks."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import CouncilRole
from audit import clock
from audit.transitions import Refused
from challenges import actions, queries, states
from challenges.models import Challenge
from challenges.scales import SCALES
from tests.factories import draft_challenge, member_with
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
FIXED = {"price-formula": "fixed", "price-optimal_price": "200000", "price-maximum_price": "960000"}
RULE = ("formula", "optimal_price", "maximum_price")


@pytest.fixture
def draft() -> Challenge:
    return draft_challenge()


@pytest.fixture
def owner(draft: Challenge) -> Client:
    return signed_in(member_with(draft.council, CouncilRole.OWNER))


def url(challenge: Challenge) -> str:
    return f"/workspace/challenges/{challenge.slug}/criteria/"


def rows(*given: dict[str, str], **rule: str) -> dict[str, str]:
    posted = {"form-TOTAL_FORMS": str(len(given)), "form-INITIAL_FORMS": "0"} | rule
    return posted | {f"form-{n}-{name}": value for n, row in enumerate(given) for name, value in row.items()}


REACH = {"name": "Reach", "kind": "quality", "weight": "70", "scale": "0-5"}
PRICE = {"name": "Price", "kind": "price", "weight": "30"}


def test_the_form_starts_with_two_published_prices_and_the_money_of_the_challenge(owner: Client, draft: Challenge):
    draft.criteria.all().delete()

    page = owner.get(url(draft)).content.decode()

    assert '<option value="fixed" selected>' in page
    assert 'name="price-maximum_price" value="960000.00"' in page


def test_A9_the_two_prices_of_the_default_formula_are_kept_and_can_be_published(owner: Client, draft: Challenge):
    answer = owner.post(url(draft), rows(REACH, PRICE, **FIXED))

    assert answer.status_code == 302
    assert draft.criteria.values_list(*RULE).get(code="price") == ("fixed", Decimal(200000), Decimal(960000))
    lead = member_with(draft.council, CouncilRole.PROCUREMENT_LEAD)
    draft.refresh_from_db()
    actions.publish_challenge(challenge=draft, actor=lead, at=clock.now())
    assert draft.terms_hash == actions.terms_hash(draft) != ""


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (FIXED | {"price-optimal_price": ""}, "Price that gets all the points: Give this price"),
        (FIXED | {"price-maximum_price": ""}, "Price that gets none: Give this price"),
        (FIXED | {"price-maximum_price": "200000"}, "must be higher than the one that gets all"),
        (FIXED | {"price-optimal_price": "-1"}, "Price that gets all the points: Give 0 or more."),
        ({"price-formula": "lottery"}, "Select a valid choice"),
        ({}, "Choose one."),
    ],
)
def test_a_price_rule_that_cannot_work_is_refused_and_nothing_is_lost(owner: Client, draft: Challenge, rule, sentence):
    before = list(draft.criteria.values_list("code", flat=True))

    answer = owner.post(url(draft), rows(REACH | {"name": "Typed with care"}, PRICE, **rule))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Typed with care" in page
    assert list(draft.criteria.values_list("code", flat=True)) == before


def test_a_rule_of_prices_is_not_asked_for_where_no_criterion_is_the_price(owner: Client, draft: Challenge):
    assert owner.post(url(draft), rows(REACH | {"weight": "100"})).status_code == 302
    assert draft.criteria.get().formula == ""


def test_another_formula_keeps_no_prices(owner: Client, draft: Challenge):
    owner.post(url(draft), rows(REACH, PRICE, **FIXED | {"price-formula": "mean"}))

    assert draft.criteria.values_list(*RULE).get(code="price") == ("mean", None, None)


@pytest.mark.parametrize("code", sorted(SCALES))
def test_A1_a_criterion_copies_the_scale_it_chose(owner: Client, draft: Challenge, code: str):
    owner.post(url(draft), rows(REACH | {"weight": "100", "scale": code, "threshold": "1"}))

    kept = draft.criteria.get()
    assert kept.scale == SCALES[code][1]
    assert kept.maximum == Decimal(SCALES[code][1][-1][0])
    selected = f'<option value="{code}" selected>'
    assert selected in owner.get(url(draft)).content.decode()


def test_a_threshold_above_the_chosen_scale_is_refused(owner: Client, draft: Challenge):
    answer = owner.post(url(draft), rows(REACH | {"weight": "100", "scale": "0-4", "threshold": "5"}))

    assert answer.status_code == 422
    assert "cannot be above 4, the highest mark" in answer.content.decode()


def test_clause_grades_are_one_criterion(owner: Client, draft: Challenge):
    folded = {"name": "Clauses", "kind": "clauses", "weight": "15"}

    twice = owner.post(url(draft), rows(REACH, folded, folded))
    once = owner.post(url(draft), rows(REACH | {"weight": "85"}, folded))

    assert "The grades of the clauses are one criterion" in twice.content.decode()
    assert once.status_code == 302
    assert list(draft.criteria.values_list("code", "kind")) == [("reach", "quality"), ("clauses", "clauses")]


def test_A9_a_price_without_its_two_published_prices_cannot_be_published(draft: Challenge):
    draft.criteria.filter(code="price").update(formula="fixed")

    with pytest.raises(Refused, match="two published prices"):
        actions.publish_challenge(
            challenge=draft, actor=member_with(draft.council, CouncilRole.PROCUREMENT_LEAD), at=clock.now()
        )

    assert states.price_rule_is_whole(draft, clock.now()) is not None


def test_C4_terms_without_the_two_prices_hash_as_they_always_did(draft: Challenge):
    terms = queries.terms(draft)

    assert all("optimal_price" not in row and "maximum_price" not in row for row in terms["criteria"])


def test_A1_groups_are_named_at_their_criteria_and_may_have_a_threshold(owner: Client, draft: Challenge):
    reach, care = REACH | {"weight": "40", "group": "Use"}, REACH | {"name": "Care", "weight": "30", "group": "Use"}
    before = actions.terms_hash(draft)

    wrong = owner.post(url(draft), rows(reach, care, PRICE, **FIXED) | {"groups-thresholds": "Delivery: 50"})
    assert "“Delivery” is no group" in wrong.content.decode()
    for words, sentence in (("Use: half", "give a number of per cent"), ("Use: 140", "not between 0 and 100")):
        answer = owner.post(url(draft), rows(reach, care, PRICE, **FIXED) | {"groups-thresholds": words})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    priced = owner.post(url(draft), rows(reach, care, PRICE | {"group": "Use"}, **FIXED))
    assert "Only a criterion that the panel judges belongs to a group" in priced.content.decode()

    answer = owner.post(url(draft), rows(reach, care, PRICE, **FIXED) | {"groups-thresholds": "Use: 50 %"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.criteria_groups == [{"code": "group-use", "name": "Use", "threshold": "50"}]
    assert list(draft.criteria.values_list("group", flat=True)) == ["group-use", "group-use", ""]
    assert actions.terms_hash(draft) != before
    page = owner.get(url(draft)).content.decode()
    assert "Use: 50" in page
    assert states.problems_with_terms(draft, clock.now()) == []
