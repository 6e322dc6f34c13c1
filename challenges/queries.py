"""Reads about challenges that need more than one table."""

from django.db.models import Prefetch, prefetch_related_objects

from accounts.models import Council, User
from challenges.models import Challenge, ChallengeQuerySet, ChallengeState, Criterion
from challenges.rules import OFFICERS

# Terms that older challenges do not have: left out where they are empty, so that a hash once published stays true.
LATER_TERMS = ("optimal_price", "maximum_price")


def for_list(challenges: ChallengeQuerySet) -> ChallengeQuerySet:
    """What a card shows, in one query."""
    return challenges.select_related("council").order_by("-published_at", "-id")


def with_parts(challenge: Challenge) -> Challenge:
    """The same challenge with what its own page shows: four queries, however long its lists are."""
    criteria = Prefetch("criteria", queryset=Criterion.objects.order_by("position", "id"))
    prefetch_related_objects([challenge], criteria, "outcomes", "clause_requirements", "amendments")
    return challenge


def owned_unfinished(user: User, council_id: int) -> ChallengeQuerySet:
    """A person's own challenges of a council that are neither concluded nor cancelled."""
    over = (ChallengeState.CONCLUDED, ChallengeState.CANCELLED)
    return Challenge.objects.filter(owner=user, council=council_id).exclude(state__in=over).order_by("pk")


def duties_in_council(user: User, council: Council, roles: frozenset[str]) -> list[str]:
    """What the person owns and could not own with only these roles, one sentence each."""
    if roles & frozenset(OFFICERS):
        return []
    return [f"{user} owns the challenge “{challenge}”." for challenge in owned_unfinished(user, council.pk)]


def terms(challenge: Challenge) -> dict[str, object]:
    """Everything that C4 freezes, as plain data: criteria, weights, scales, formula, tie-breaks, clauses, outcomes."""
    criteria = challenge.criteria.order_by("position", "id").values(
        "code", "name", "description", "kind", "weight", "maximum", "threshold", "scale", "formula", "word_limit",
        *LATER_TERMS,
    )  # fmt: skip
    clauses = challenge.clause_requirements.order_by("code").values("code", "requirement", "mode", "weight", "due")
    outcomes = challenge.outcomes.order_by("id").values(
        "role", "name", "unit", "direction", "baseline_value", "target_value", "minimum_worthwhile_effect",
        "harm_limit", "design", "period",
    )  # fmt: skip
    return {
        "criteria": [_without_empty(row) for row in criteria], "tie_breaks": challenge.tie_breaks,
        "clauses": list(clauses),
        "outcomes": list(outcomes), "max_pilots": challenge.max_pilots, "currency": challenge.currency,
    }  # fmt: skip


def _without_empty(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None or name not in LATER_TERMS}
