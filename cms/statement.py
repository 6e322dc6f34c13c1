"""A page as the coach reads it."""

from typing import Any

from challenges.coach import Figure, Measure, Statement
from challenges.models import Challenge
from cms.models import ChallengePage


def statement_of(page: ChallengePage) -> Statement:
    """The page's story and its challenge's facts, as the pure coach takes them."""
    challenge: Challenge = page.challenge
    return Statement(
        title=page.title, strapline=page.strapline, why_it_matters=page.why_it_matters,
        numbers=tuple(_figures(page)), response_now=page.response_now, falls_short=page.falls_short, aim=page.aim,
        good_answer="\n".join(_points(page)), if_it_works=page.if_it_works, owner=str(challenge.owner or ""),
        budget_line=challenge.budget_line, money=challenge.pilot_budget,
        measures=tuple(
            Measure(label=row.name, unit=row.unit, threshold=row.minimum_worthwhile_effect)
            for row in challenge.outcomes.all()
        ),
        closes_on=challenge.closes_at.date() if challenge.closes_at else None,
    )  # fmt: skip


def _figures(page: ChallengePage) -> list[Figure]:
    numbers = [number for block in _blocks(page, "numbers") for number in block.value]
    return [Figure(label=row["label"], value=row["value"], unit=row["unit"], on=row["on"]) for row in numbers]


def _points(page: ChallengePage) -> list[str]:
    return [str(point) for block in _blocks(page, "good_answer") for point in block.value["points"]]


def _blocks(page: ChallengePage, kind: str) -> list[Any]:
    return [block for block in page.story if block.block_type == kind]
