"""Who may do what with a challenge: one short question each."""

from datetime import datetime
from typing import Any

from accounts.models import CouncilRole
from accounts.rules import has_role, runs_the_site
from audit.actors import SYSTEM
from audit.models import Event
from challenges.models import Challenge, ChallengeState

HANDED_OVER = "challenge.handed_over"
OFFICERS = (CouncilRole.OWNER, CouncilRole.PROCUREMENT_LEAD)


def may_write(actor: Any, challenge: Challenge) -> bool:
    """Edit a draft and its short forms."""
    return challenge.state == ChallengeState.DRAFT and has_role(actor, challenge.council_id, *OFFICERS)


def may_start_challenge(actor: Any, council_id: int) -> bool:
    """Begin a new challenge for this council."""
    return has_role(actor, council_id, *OFFICERS)


def may_approve(actor: Any, challenge: Challenge) -> bool:
    """Publish a challenge: the procurement lead, and never the person who owns it or has owned it."""
    if getattr(actor, "pk", None) == challenge.owner_id or has_owned(actor, challenge):
        return False
    return has_role(actor, challenge.council_id, CouncilRole.PROCUREMENT_LEAD)


def has_owned(actor: Any, challenge: Challenge) -> bool:
    """Whether the challenge was this person's before it was handed over: handing over makes nobody an approver."""
    handed = Event.objects.about(challenge).filter(verb=HANDED_OVER)
    return handed.filter(data__from=getattr(actor, "actor_key", "")).exists()


def may_own(actor: Any, challenge: Challenge) -> bool:
    """Take over a challenge of the council."""
    return has_role(actor, challenge.council_id, *OFFICERS)


def may_amend(actor: Any, challenge: Challenge) -> bool:
    """Change what was published, in public."""
    return has_role(actor, challenge.council_id, CouncilRole.PROCUREMENT_LEAD)


def may_amend_terms(actor: Any, challenge: Challenge) -> bool:
    """Change more than a date of what was published: whoever could publish it, so never its owner alone."""
    return may_approve(actor, challenge)


def may_extend_for_all(actor: Any, record: Any = None) -> bool:
    """Extend every call that an outage touched: the people who run the marketplace, two of them (C6)."""
    return runs_the_site(actor)


def may_unseal(actor: Any, challenge: Challenge) -> bool:
    """Be one of the two people who unseal."""
    return has_role(actor, challenge.council_id, *OFFICERS)


def may_conclude(actor: Any, challenge: Challenge) -> bool:
    """Conclude or cancel a challenge."""
    return has_role(actor, challenge.council_id, CouncilRole.PROCUREMENT_LEAD)


def may_move_as_system(actor: Any, challenge: Challenge) -> bool:
    """Steps that follow from another room's step: the system, or the council's officers who caused it."""
    return actor is SYSTEM or has_role(actor, challenge.council_id)


def may_read_workspace(actor: Any, challenge: Challenge) -> bool:
    """See the council's own working pages of this challenge."""
    return has_role(actor, challenge.council_id)


def is_open(challenge: Challenge, at: datetime) -> bool:
    """Whether the call takes submissions at this instant: from `opens_at` on, up to but not at `closes_at` (T1, T2)."""
    if challenge.state != ChallengeState.PUBLISHED or challenge.opens_at is None or challenge.closes_at is None:
        return False
    return challenge.opens_at <= at < challenge.closes_at


def takes_questions(challenge: Challenge, at: datetime) -> bool:
    """Whether a question may be asked now (Q1)."""
    published = challenge.state == ChallengeState.PUBLISHED
    return published and challenge.questions_close_at is not None and at < challenge.questions_close_at


def takes_answers(challenge: Challenge, at: datetime) -> bool:
    """Whether an answer, or its correction, still reaches suppliers in time to use it (Q1)."""
    published = challenge.state == ChallengeState.PUBLISHED
    return published and challenge.answers_due_at is not None and at < challenge.answers_due_at
