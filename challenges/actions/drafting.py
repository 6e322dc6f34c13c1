"""A draft, from its first line to its publication."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify

from accounts.models import Council, User
from audit.actors import Actor
from audit.transitions import NotPermitted, Refused, append_event, lock, perform, personal_objections
from challenges import queries, rules
from challenges.models import Challenge, ClauseRequirement, Criterion, CriterionStage, Outcome
from clauses.models import Clause, ClauseSet

DRAFT_FIELDS = frozenset({
    "title", "strapline", "if_it_works", "theme", "route", "budget_line", "currency", "pilot_budget",
    "contract_ceiling", "max_pilots", "is_above_threshold", "find_a_tender_id", "opens_at", "questions_close_at",
    "answers_due_at", "closes_at", "pilot_starts_on", "pilot_weeks", "tie_breaks", "selection", "pilots_ceiling",
    "opens_prices_alone", "sift_criteria",
})  # fmt: skip
COPIED = DRAFT_FIELDS - {
    "title", "strapline", "if_it_works", "opens_at", "questions_close_at", "answers_due_at", "closes_at",
    "pilot_starts_on", "find_a_tender_id",
}  # fmt: skip


@transaction.atomic
def start_challenge(*, council: Council, title: str, actor: User, at: datetime, source_note: str = "") -> Challenge:
    """Begin a draft owned by `actor`; its slug is the title's, numbered where it is taken."""
    if not rules.may_start_challenge(actor, council.pk):
        raise NotPermitted(f"Only a problem owner or procurement lead of {council} can start a challenge.")
    challenge = Challenge.objects.create(
        council=council, title=title, slug=_free_slug(title), owner=actor, created_at=at,
        is_demonstration=council.is_demonstration, source_note=source_note,
    )  # fmt: skip
    _event("challenge.started", challenge, actor, at)
    return challenge


@transaction.atomic
def edit_challenge(*, challenge: Challenge, actor: Actor, at: datetime, values: Mapping[str, Any]) -> None:
    """Write fields of a draft (any of DRAFT_FIELDS); refused once published (C1)."""
    unknown = set(values) - DRAFT_FIELDS
    if unknown:
        raise ValueError(f"not fields of a draft: {sorted(unknown)}")
    _lock_draft(challenge, actor)
    for name, value in values.items():
        setattr(challenge, name, value)
    challenge.save(update_fields=list(values))
    _event("challenge.edited", challenge, actor, at, fields=sorted(values))


@transaction.atomic
def set_criteria(
    *, challenge: Challenge, criteria: Iterable[Mapping[str, Any]], actor: Actor, at: datetime,
    groups: Iterable[Mapping[str, Any]] = (),
) -> None:  # fmt: skip
    """Replace a draft's criteria by these rows (fields of Criterion), in their order, and the groups they name.

    A group has a code, a name and a threshold (a decimal string, in per cent of its points, or None).
    """
    _replace(challenge, actor, Criterion, [{"position": n, **row} for n, row in enumerate(criteria)])
    challenge.criteria_groups = [dict(group) for group in groups]
    challenge.save(update_fields=["criteria_groups"])
    _event("challenge.criteria_set", challenge, actor, at)


@transaction.atomic
def set_pilot_criteria(
    *, challenge: Challenge, criteria: Iterable[Mapping[str, Any]], actor: Actor, at: datetime
) -> None:
    """Replace what finished pilots are to be marked on by these rows (fields of Criterion); none is as good as any."""
    _lock_draft(challenge, actor)
    Criterion.of_pilots.filter(challenge=challenge).delete()
    rows = [{"position": n, **row, "stage": CriterionStage.PILOTS} for n, row in enumerate(criteria)]
    Criterion.of_pilots.bulk_create([Criterion(challenge=challenge, **row) for row in rows])
    _event("challenge.pilot_criteria_set", challenge, actor, at, number=len(rows))


@transaction.atomic
def set_outcomes(*, challenge: Challenge, outcomes: Iterable[Mapping[str, Any]], actor: Actor, at: datetime) -> None:
    """Replace a draft's measures by these rows (fields of Outcome)."""
    _replace(challenge, actor, Outcome, list(outcomes))
    _event("challenge.outcomes_set", challenge, actor, at)


@transaction.atomic
def choose_clauses(
    *, challenge: Challenge, clause_set: ClauseSet, codes: Iterable[str], actor: Actor, at: datetime
) -> None:
    """Ask for these clauses of a set, copying their words as they stand today (R5)."""
    wanted = set(codes)
    clauses = list(clause_set.clauses.filter(code__in=wanted).order_by("code"))
    if missing := wanted - {clause.code for clause in clauses}:
        raise Refused(f"{', '.join(sorted(missing))} is not in the set “{clause_set}”.")
    _replace(challenge, actor, ClauseRequirement, [requirement_of(clause, clause_set) for clause in clauses])
    challenge.clause_set = clause_set.code
    challenge.save(update_fields=["clause_set"])
    _event("challenge.clauses_chosen", challenge, actor, at, codes=sorted(wanted))


@transaction.atomic
def copy_terms(*, source: Challenge, draft: Challenge, actor: Actor, at: datetime) -> None:
    """Give a draft the money, route, criteria, measures and clauses of another challenge; its dates stay open."""
    edit_challenge(challenge=draft, actor=actor, at=at, values={name: getattr(source, name) for name in COPIED})
    criteria = [_copy(row, Criterion) for row in source.criteria.order_by("position", "id")]
    set_criteria(challenge=draft, criteria=criteria, actor=actor, at=at, groups=source.criteria_groups)
    later = [_copy(row, Criterion) for row in Criterion.of_pilots.filter(challenge=source)]
    set_pilot_criteria(challenge=draft, criteria=later, actor=actor, at=at)
    set_outcomes(challenge=draft, outcomes=[_copy(row, Outcome) for row in source.outcomes.all()], actor=actor, at=at)
    clause_set = ClauseSet.objects.filter(code=source.clause_set).first()
    if clause_set is not None:
        codes = source.clause_requirements.values_list("code", flat=True)
        choose_clauses(challenge=draft, clause_set=clause_set, codes=codes, actor=actor, at=at)


@transaction.atomic
def publish_challenge(*, challenge: Challenge, actor: Actor, at: datetime) -> None:
    """Publish: every guard is asked again (T5), and the hash of the frozen terms is stored (C4)."""
    digest = terms_hash(challenge)
    perform(
        challenge, "publish", actor=actor, at=at, changes={"published_at": at, "terms_hash": digest},
        data={"terms_sha256": digest, "opens_at": _iso(challenge.opens_at), "closes_at": _iso(challenge.closes_at)},
    )  # fmt: skip


def terms_hash(challenge: Challenge) -> str:
    """sha256 (hex) of the canonical JSON of `queries.terms`."""
    text = json.dumps(queries.terms(challenge), sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _copy(row: models.Model, model: type[models.Model]) -> dict[str, Any]:
    own = ("id", "challenge", "position")
    return {each.name: getattr(row, each.name) for each in model._meta.concrete_fields if each.name not in own}


def _plain(value: Any) -> str:
    return format(value.normalize(), "f") if hasattr(value, "normalize") else str(value)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def requirement_of(clause: Clause, chosen: ClauseSet) -> dict[str, Any]:
    """A clause as a challenge asks for it: its words copied as they stand today (R5)."""
    copied = ("code", "title", "requirement", "why", "mode", "due", "response_type", "descriptors", "evidence")
    own = {"clause": clause, "weight": clause.default_weight, "needs_evidence_now": not chosen.yes_no_at_submission}
    return {name: getattr(clause, name) for name in copied} | own


def _replace(challenge: Challenge, actor: Actor, model: type[models.Model], rows: list[Mapping[str, Any]]) -> None:
    _lock_draft(challenge, actor)
    model._default_manager.filter(challenge=challenge).delete()
    model._default_manager.bulk_create([model(challenge=challenge, **row) for row in rows])


def _lock_draft(challenge: Challenge, actor: Actor) -> None:
    lock(challenge)
    if challenge.published_at is not None:
        raise Refused("This challenge is published: it changes only by an amendment.")
    if not rules.may_write(actor, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can edit this draft.")
    if sentences := personal_objections(challenge, "write", actor):
        raise NotPermitted(*sentences)


def _event(verb: str, challenge: Challenge, actor: Actor, at: datetime, **data: Any) -> None:
    append_event(verb=verb, subject=challenge, actor=actor, at=at, challenge_id=challenge.pk, data=data)


def _free_slug(title: str) -> str:
    stem = slugify(title)[:70] or "challenge"
    taken = set(Challenge.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if slug not in taken)
