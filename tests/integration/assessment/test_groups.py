"""Groups of criteria: their threshold disregards at the freeze, their sub-totals are in result and letter (A8, D3)."""

from decimal import Decimal

import pytest

from accounts.models import CouncilRole
from assessment import letters, queries
from assessment.models import Letter, Round
from audit import clock
from challenges import actions
from challenges.models import Criterion
from tests.factories import _criteria, assessment, draft_challenge, member_with, move_clock_to
from tests.factories.suppliers import submitted, unseal
from tests.integration.assessment.browsing import client_of, urls

pytestmark = pytest.mark.django_db
GROUP = {"code": "group-use", "name": "Use", "threshold": "60"}


def grouped_round():
    challenge = draft_challenge()
    rows = [row | ({"group": "group-use"} if row.get("kind") == "quality" else {}) for row in _criteria()]
    actions.set_criteria(challenge=challenge, criteria=rows, groups=[GROUP], actor=challenge.owner, at=clock.now())
    actions.publish_challenge(
        challenge=challenge, actor=member_with(challenge.council, CouncilRole.PROCUREMENT_LEAD), at=clock.now()
    )
    move_clock_to(challenge.opens_at)
    for _ in range(3):
        submitted(challenge)
    unseal(challenge)
    return assessment.round_in("moderating", challenge)


def test_A8_below_the_threshold_of_a_group_is_disregarded_and_the_rest_has_its_sub_total():
    round_ = grouped_round()
    own = client_of(assessment.assessors_of(round_)[0]).get(urls(round_)["mark"]).content.decode()
    assert "Part of “Use”, of whose points an answer needs 60 % to stay in." in own
    # Each mark of the third submission is on its own threshold, and together they are below that of the group.
    marks = (Decimal(4), Decimal(3), Decimal(2))
    assessment.moderate_all(round_, marks)
    reason = "Use: 40 per cent is below the threshold of 60 per cent"
    assert queries.outlook(round_).disregarded == (("Submission 3", reason),)
    assessment.settle_quality(round_, marks)
    round_.refresh_from_db()
    assessment.open_prices(round_)
    round_.refresh_from_db()

    result = round_.ranking.result
    assert [(row["id"], row["groups"]) for row in result["ranking"]] == [
        ("Submission 1", {"group-use": "56.0000"}), ("Submission 2", {"group-use": "42.0000"})
    ]  # fmt: skip
    assert [row["id"] for row in result["disregarded"]] == ["Submission 3"]
    assessment.decide(round_)
    lead = client_of(assessment.lead_of(round_.challenge))
    assert "Points of this group of criteria together" in lead.get(urls(round_)["result"]).content.decode()
    first = Letter.objects.filter(round=round_, kind="summary").order_by("submission__pseudonym").first()
    table = next(block for block in first.copy.blocks if block.text == "Groups of criteria")
    assert [list(row) for row in table.rows][1:] == [
        ["Use", "Reach, How it would be delivered", "56.00", "60 % of its points"]
    ]
    assert not list(letters.gaps_of(letters.facts_of(round_)))
    assert [row.group for row in queries.criteria_of(round_)] == ["group-use", "group-use", ""]
    assert Criterion.objects.filter(challenge=round_.challenge).count() == 3
    _reads_as_published(round_)


def _reads_as_published(round_: Round) -> None:
    """Stored JSON comes back in the database's order (PostgreSQL: short names first); people read the published one."""
    ranking, first = round_.ranking, round_.ranking.result["ranking"][0]
    first["groups"] = {"group-more": "1.0000"} | first["groups"]
    first["scores"] = dict(reversed(first["scores"].items()))
    ranking.save()
    challenge = round_.challenge
    challenge.criteria_groups = [GROUP, {"code": "group-more", "name": "More", "threshold": None}]
    challenge.save()
    board = queries.result_board(queries.standing_of(round_, assessment.lead_of(challenge)))
    assert board.rows[0].groups == (("Use", "56.0000"), ("More", "1.0000"))
    points = next(table for table in queries.tables_of(round_) if table.name == "points")
    assert [row[1] for row in points.rows()][:3] == ["outcome", "delivery", "price"]
