"""Reads about challenges that need more than one table."""

from django.db.models import Prefetch, prefetch_related_objects

from challenges.models import Challenge, ChallengeQuerySet, Criterion


def for_list(challenges: ChallengeQuerySet) -> ChallengeQuerySet:
    """What a card shows, in one query."""
    return challenges.select_related("council").order_by("-published_at", "-id")


def with_parts(challenge: Challenge) -> Challenge:
    """The same challenge with what its own page shows: four queries, however long its lists are."""
    criteria = Prefetch("criteria", queryset=Criterion.objects.order_by("position", "id"))
    prefetch_related_objects([challenge], criteria, "outcomes", "clause_requirements", "amendments")
    return challenge


def terms(challenge: Challenge) -> dict[str, object]:
    """Everything that C4 freezes, as plain data: criteria, weights, scales, formula, tie-breaks, clauses, outcomes."""
    criteria = challenge.criteria.order_by("position", "id").values(
        "code", "name", "description", "kind", "weight", "maximum", "threshold", "scale", "formula", "word_limit"
    )
    clauses = challenge.clause_requirements.order_by("code").values("code", "requirement", "mode", "weight", "due")
    outcomes = challenge.outcomes.order_by("id").values(
        "role", "name", "unit", "direction", "baseline_value", "target_value", "minimum_worthwhile_effect",
        "harm_limit", "design", "period",
    )  # fmt: skip
    return {
        "criteria": list(criteria), "tie_breaks": challenge.tie_breaks, "clauses": list(clauses),
        "outcomes": list(outcomes), "max_pilots": challenge.max_pilots, "currency": challenge.currency,
    }  # fmt: skip
