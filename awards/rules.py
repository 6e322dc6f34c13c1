"""Who may do what with an award: one short question each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import CouncilRole
from accounts.rules import has_role
from assessment import rules as assessing
from awards.models import Award
from challenges.models import Challenge
from challenges.money import money
from challenges.timetable import day_of

PROPOSERS = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD)


@dataclass(frozen=True)
class Authority:
    """Who decided an award that is above what officers may approve: a body or a post, the day, its reference (D7)."""

    decided_by: str
    decided_on: date
    reference: str


def may_read(actor: Any, challenge: Challenge) -> bool:
    """See the council's own pages about its awards."""
    return has_role(actor, challenge.council_id)


def may_propose(actor: Any, challenge: Challenge) -> bool:
    """Propose an award."""
    return has_role(actor, challenge.council_id, *PROPOSERS)


def may_approve(actor: Any, award: Award) -> bool:
    """Approve: the procurement lead who neither assessed nor proposed (D1)."""
    if getattr(actor, "actor_key", "") == award.proposed_by:
        return False
    return assessing.may_approve(actor, award.pilot.decision.round)


def may_manage(actor: Any, award: Award) -> bool:
    """Publish the notice, record the contract or a claim, withdraw."""
    return has_role(actor, award.challenge.council_id, CouncilRole.PROCUREMENT_LEAD)


def standstill_has_passed(award: Award, at: datetime) -> bool:
    """Whether the last day of the standstill is fully over, as the United Kingdom counts days (D4)."""
    return award.standstill_ends_on is not None and day_of(at) > award.standstill_ends_on


def above_limit(award: Award) -> str | None:
    """The sentence for an award worth more than the council's officers may approve alone; None when they may (D7)."""
    limit = award.challenge.council.delegated_limit
    if limit is None or award.value <= limit:
        return None
    return (
        f"{money(award.value)} is more than the council's delegated limit, {money(limit)}: name the body or post that "
        "decided, the day, and the reference of its decision."
    )


def authority_problem(award: Award, authority: Authority | None, at: datetime) -> str | None:
    """Why this authority does not carry an approval of this award; None when it does, or when none is needed (D7)."""
    above = above_limit(award)
    if above is None:
        return None
    if authority is None or not authority.decided_by.strip() or not authority.reference.strip():
        return above
    if authority.decided_on > day_of(at):
        return "The day of that decision lies in the future: approve the award once it has been decided."
    return None
