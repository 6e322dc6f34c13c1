"""Reads about challenges that need more than one table."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from accounts.models import Council, User
from audit.models import Event
from challenges import stories
from challenges.differences import DATES, Line, Names, Proposal, compared, is_material, lines
from challenges.models import (
    Amendment,
    Challenge,
    ChallengeQuerySet,
    ChallengeState,
    Criterion,
    Outage,
    Selection,
)
from challenges.rules import OFFICERS
from challenges.timetable import Route, earliest_close_after_amendment

# Terms that older challenges do not have: left out where they are empty, so that a hash once published stays true.
LATER_TERMS = ("optimal_price", "maximum_price", "group")
OF_A_CRITERION = (
    "code", "name", "description", "kind", "weight", "maximum", "threshold", "scale", "formula", "word_limit",
    *LATER_TERMS,
)  # fmt: skip
# And what only some challenges publish otherwise than usual.
UNUSUAL: dict[str, object] = {
    "selection": Selection.RANK,
    "pilots_ceiling": None,
    "opens_prices_alone": False,
    "sift_criteria": [],
    "criteria_groups": [],
}


def for_list(challenges: ChallengeQuerySet) -> ChallengeQuerySet:
    """What a card shows, in one query."""
    return challenges.select_related("council").order_by("-published_at", "-id")


def with_parts(challenge: Challenge) -> Challenge:
    """The same challenge with what its own page shows: five queries, however long its lists are."""
    criteria = Prefetch("criteria", queryset=Criterion.objects.order_by("position", "id"))
    of_pilots = Prefetch("criteria", queryset=Criterion.of_pilots.order_by("position", "id"), to_attr="pilot_criteria")
    prefetch_related_objects([challenge], criteria, of_pilots, "outcomes", "clause_requirements", "amendments")
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
    criteria = [_without_empty(row) for row in challenge.criteria.order_by("position", "id").values(*OF_A_CRITERION)]
    later = Criterion.of_pilots.filter(challenge=challenge).order_by("position", "id").values(*OF_A_CRITERION)
    of_pilots = {"pilot_criteria": [_without_empty(row) for row in later]} if later else {}
    clauses = challenge.clause_requirements.order_by("code").values("code", "requirement", "mode", "weight", "due")
    outcomes = challenge.outcomes.order_by("id").values(
        "role", "name", "unit", "direction", "baseline_value", "target_value", "minimum_worthwhile_effect",
        "harm_limit", "design", "period",
    )  # fmt: skip
    return {
        "criteria": criteria, **of_pilots, "tie_breaks": challenge.tie_breaks,
        "clauses": list(clauses),
        "outcomes": list(outcomes), "max_pilots": challenge.max_pilots, "currency": challenge.currency,
        **{name: getattr(challenge, name) for name, usual in UNUSUAL.items() if getattr(challenge, name) != usual},
    }  # fmt: skip


def difference(challenge: Challenge, proposal: Proposal, at: datetime) -> dict[str, list[Any]]:
    """Everything that a proposal changes, the dates that follow by rule included (C2).

    Raises TimetableError where the dates that follow cannot be reckoned with.
    """
    found = compared("", _facts(challenge, proposal.facts), proposal.facts)
    for criterion in challenge.criteria.order_by("position", "id"):
        now = proposal.criteria.get(criterion.code, {})
        found |= compared(f"criteria.{criterion.code}.", _facts(criterion, now), now)
    for criterion in Criterion.of_pilots.filter(challenge=challenge).order_by("position", "id"):
        now = proposal.pilot_criteria.get(criterion.code, {})
        found |= compared(f"pilot_criteria.{criterion.code}.", _facts(criterion, now), now)
    for outcome in challenge.outcomes.order_by("id"):
        now = proposal.outcomes.get(str(outcome.pk), {})
        found |= compared(f"outcomes.{outcome.pk}.", _facts(outcome, now), now)
    found |= _clauses_changed(challenge, proposal)
    texts = proposal.words.items()
    found |= compared("words.", {name: was for name, (was, _) in texts}, {name: now for name, (_, now) in texts})
    found |= stories.changed(*proposal.story) if proposal.story else {}
    if not proposal.is_material and not is_material(found):
        return found
    return found | _dates_that_follow(challenge, proposal, at)


def lines_of(challenge: Challenge, amendment: Amendment, names: Names | None = None) -> list[Line]:
    """What an amendment changed, as lines that people read; `names` saves its queries where several are shown."""
    return lines(amendment.difference, names or names_of(challenge))


def hash_at_publication(challenge: Challenge) -> str:
    """The fingerprint of the terms as they were published first, from the record."""
    told = Event.objects.about(challenge).filter(verb="challenge.published").order_by("pk").first()
    return str(told.data.get("terms_sha256", "")) if told else ""


def touched_by(outage: Outage) -> ChallengeQuerySet:
    """The calls that an outage touched and that can still be extended: open at some moment of it, and not unsealed."""
    sealed = Challenge.objects.filter(state=ChallengeState.PUBLISHED).select_related("council")
    return sealed.filter(opens_at__lt=outage.ended_at, closes_at__gte=outage.began_at).order_by("closes_at", "pk")


def unsealed_since(outage: Outage) -> ChallengeQuerySet:
    """The calls that an outage touched and that were unsealed before it was seen to: nothing can be extended there."""
    gone = Challenge.objects.exclude(
        state__in=[ChallengeState.DRAFT, ChallengeState.PUBLISHED, ChallengeState.CANCELLED]
    )
    return gone.filter(opens_at__lt=outage.ended_at, closes_at__gte=outage.began_at).order_by("closes_at", "pk")


def dates_after(challenge: Challenge, began_at: datetime) -> list[tuple[str, datetime]]:
    """The dates of a call that had not passed when an outage began: those it took time from."""
    stored = [(name, getattr(challenge, name)) for name in DATES]
    return [(name, instant) for name, instant in stored if instant is not None and instant >= began_at]


def names_of(challenge: Challenge) -> Names:
    """What a challenge's criteria, measures and clauses are called; a clause that is no longer asked keeps its code."""
    return Names(
        criteria={each.code: each.name for each in challenge.criteria.all()},
        outcomes={str(each.pk): each.name for each in challenge.outcomes.all()},
        clauses={each.code: each.title for each in challenge.clause_requirements.all()},
        pilot_criteria={each.code: each.name for each in _of_pilots(challenge)},
    )


def _facts(row: Any, wanted: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in wanted}


def _of_pilots(challenge: Challenge) -> list[Criterion]:
    read: list[Criterion] | None = getattr(challenge, "pilot_criteria", None)  # by `with_parts`
    return list(Criterion.of_pilots.filter(challenge=challenge)) if read is None else read


def _clauses_changed(challenge: Challenge, proposal: Proposal) -> dict[str, list[Any]]:
    if proposal.clauses is None:
        return {}
    asked = set(challenge.clause_requirements.values_list("code", flat=True))
    wanted = set(proposal.clauses)
    return {f"clauses.{code}": [code in asked, code in wanted] for code in sorted(asked ^ wanted)}


def _dates_that_follow(challenge: Challenge, proposal: Proposal, at: datetime) -> dict[str, list[Any]]:
    """The deadline as far on as a material amendment asks; questions and answers move on with it."""
    was = challenge.closes_at
    if was is None:
        return {}
    wanted = {name: proposal.facts.get(name, getattr(challenge, name)) for name in DATES}
    route: Route = "B" if challenge.route == "B" else "C" if challenge.route == "C" else "A"
    wanted["closes_at"] = earliest_close_after_amendment(at, wanted["closes_at"], route=route)
    moved = wanted["closes_at"] - was
    for name in ("questions_close_at", "answers_due_at"):
        stored = getattr(challenge, name)
        if stored is not None and not compared("", {name: stored}, {name: wanted[name]}):
            wanted[name] = stored + moved
    return compared("", _facts(challenge, wanted), wanted)


def _without_empty(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value not in (None, "") or name not in LATER_TERMS}
