"""Who may do what with an award: one short question each."""

from datetime import datetime
from typing import Any

from accounts.models import CouncilRole
from accounts.rules import has_role
from assessment import rules as assessing
from awards.models import Award
from challenges.models import Challenge
from challenges.timetable import day_of

PROPOSERS = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD)


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
