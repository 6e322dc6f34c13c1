"""What finished pilots are to be marked on: a task of its own, published, frozen, and never among the answers'."""

from decimal import Decimal

import pytest

from accounts.models import CouncilRole
from audit import clock
from audit.transitions import Refused
from challenges import actions, queries, states
from challenges.differences import Proposal
from challenges.models import Criterion
from challenges.templates import finished_pilots
from cms.actions import relaunch
from tests.factories import draft_challenge, member_with, pages
from tests.factories.suppliers import signed_in

pytestmark = pytest.mark.django_db
FIXED = {"price-formula": "fixed", "price-optimal_price": "300000", "price-maximum_price": "900000"}


def rows(given, **rule):
    posted = {"form-TOTAL_FORMS": str(len(given)), "form-INITIAL_FORMS": "0"} | rule
    return posted | {f"form-{n}-{name}": value for n, row in enumerate(given) for name, value in row.items()}


def test_A1_the_template_is_whole_and_what_is_not_whole_is_refused_with_everything_typed():
    challenge = draft_challenge()
    owner, url = signed_in(challenge.owner), f"/workspace/challenges/{challenge.slug}/criteria/pilots/"
    assert 'value="Measured outcome"' not in owner.get(url).content.decode()
    assert 'value="Measured outcome"' in owner.get(f"{url}?with=template").content.decode()
    template = finished_pilots()

    light = [template[0] | {"weight": "30"}, *template[1:]]
    answer = owner.post(url, rows(light, **FIXED))
    assert (answer.status_code, "The weights total 95, not 100" in answer.content.decode()) == (422, True)
    unmeasured = [template[0] | {"kind": "quality"}, *template[1:]]
    answer = owner.post(url, rows(unmeasured, **FIXED))
    assert "One criterion is computed from the registered result" in answer.content.decode()
    before = actions.terms_hash(challenge)
    assert owner.post(url, rows(template, **FIXED)).status_code == 302
    stored = list(Criterion.of_pilots.filter(challenge=challenge).values_list("code", "kind", "weight"))
    assert stored == [
        ("result", "result", Decimal(35)), ("operational-fit", "quality", Decimal(15)),
        ("users-experience", "quality", Decimal(15)), ("price", "price", Decimal(25)),
        ("clause-compliance", "quality", Decimal(10)),
    ]  # fmt: skip
    assert actions.terms_hash(challenge) != before
    assert [row.code for row in challenge.criteria.all()] == ["outcome", "delivery", "price"]

    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    Criterion.of_pilots.filter(challenge=challenge, code="price").delete()
    with pytest.raises(Refused) as refused:
        actions.publish_challenge(challenge=challenge, actor=lead, at=clock.now())
    assert "The weights of the criteria for finished pilots total 75, not 100." in refused.value.sentences
    Criterion.of_pilots.filter(challenge=challenge, kind="result").update(maximum=5)
    assert states.pilot_criteria_are_whole(challenge, clock.now()).endswith("its highest mark is 100.")
    assert owner.post(url, rows([{"name": ""}])).status_code == 302
    assert actions.terms_hash(challenge) == before


def test_C4_what_finished_pilots_are_marked_on_is_published_frozen_and_copied(client):
    page = pages.published_page()
    challenge, given = (
        page.challenge,
        [{"code": "result", "name": "Measured", "weight": 60, "kind": "result", "maximum": 100}],
    )
    judged = {"code": "fit", "name": "Everyday use", "weight": 40, "kind": "quality", "maximum": 5}
    with pytest.raises(Refused, match="published"):
        actions.set_pilot_criteria(challenge=challenge, criteria=given, actor=challenge.owner, at=clock.now())
    stage = {"stage": "pilots", "challenge": challenge}
    Criterion.of_pilots.bulk_create([Criterion(**given[0], **stage), Criterion(**judged, **stage)])

    shown = client.get(f"/challenges/{challenge.slug}/").content.decode()
    assert "If several pilots work" in shown
    assert "Nobody marks it again" in shown
    assert [row["code"] for row in queries.terms(challenge)["pilot_criteria"]] == ["result", "fit"]
    lead = member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD)
    _amended(challenge, lead)
    actions.cancel_challenge(challenge=challenge, actor=lead, at=clock.now(), reason="The money is gone.")
    again = relaunch(challenge=challenge, actor=lead, at=clock.now()).challenge
    assert list(Criterion.of_pilots.filter(challenge=again).values_list("code", flat=True)) == ["result", "fit"]


def _amended(challenge, lead):
    """Until the deadline their weights change like any other term: in public, numbered, material, and whole (C1)."""
    form = signed_in(lead).get(f"/workspace/challenges/{challenge.slug}/amend/").context["form"]
    assert "pilot_criteria.result.weight" in form.fields
    assert "pilot_criteria.result.threshold" not in form.fields

    def amend(**weights):
        proposal = Proposal(pilot_criteria={code: {"weight": Decimal(weight)} for code, weight in weights.items()})
        return actions.amend(challenge=challenge, proposal=proposal, actor=lead, at=clock.now(), reason="Heard.")

    with pytest.raises(Refused, match="finished pilots total 90, not 100"):
        amend(result=50)
    before = actions.terms_hash(challenge)
    made = amend(result=50, fit=50)
    assert (made.is_material, made.terms_hash == before) == (True, False)
    assert [(line.label, line.was, line.now) for line in queries.lines_of(challenge, made)] == [
        ("Finished pilots, Measured: weight, in per cent", "60", "50"),
        ("Finished pilots, Everyday use: weight, in per cent", "40", "50"),
    ]
