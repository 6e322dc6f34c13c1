"""Which lines of a challenge's task list open for a reader: each asks the rule that its page asks."""

from typing import Any

from django.urls import reverse

from assessment import rules as assessing
from assessment.models import Round, RoundKind, RoundState
from assessment.queries import standing_of
from assessment.visibility import NOTHING, visible_fields
from challenges import rules
from challenges.models import Challenge
from pilots.rules import may_plan

DRAFT = ("procedure", "timetable", "criteria", "pilot_criteria", "clauses", "measures")


def shut_for(reader: Any, challenge: Challenge) -> set[str]:
    """The addresses of task lists that would refuse this reader, whatever the state of the challenge."""
    sets_up = assessing.may_set_up_panel(reader, challenge)
    opens = {"panel": sets_up, "finished_pilots": sets_up, "challenge_pilots": may_plan(reader, challenge)}
    opens |= dict.fromkeys((f"challenge_{form}" for form in DRAFT), rules.may_write(reader, challenge))
    if round_ := challenge.rounds.filter(kind=RoundKind.SUBMISSIONS).first():
        opens |= _of_the_round(reader, round_)
    return {reverse(name, args=[challenge.slug]) for name, is_open in opens.items() if not is_open}


def _of_the_round(reader: Any, round_: Round) -> dict[str, bool]:
    return {
        "verification": assessing.may_verify(reader, round_), "register": assessing.may_read_register(reader, round_),
        "prices": assessing.may_open_prices(reader, round_), "decision": assessing.may_approve(reader, round_),
        "result": _sees_the_result(reader, round_),
    }  # fmt: skip


def _sees_the_result(reader: Any, round_: Round) -> bool:
    if round_.state not in (RoundState.RANKED, RoundState.DECIDED):
        return False
    standing = standing_of(round_, reader)
    return visible_fields(standing.viewer, standing.phase, None) != NOTHING
