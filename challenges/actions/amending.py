"""What was published changes only here: numbered, in public, with its reason (C1, C2)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit.actors import Actor
from audit.transitions import Refused, lock, perform
from challenges import queries, states
from challenges.actions.drafting import requirement_of, terms_hash
from challenges.differences import DATES, LABELS, WORDS, Proposal, is_material
from challenges.models import Amendment, Challenge, Criterion, Direction, Outcome
from challenges.timetable import TimetableError, day_of
from clauses.models import ClauseSet

FACTS = frozenset({
    *DATES, *WORDS, "pilot_starts_on", "pilot_weeks", "pilot_budget", "contract_ceiling", "max_pilots",
})  # fmt: skip
OF_CRITERION = frozenset({"weight", "threshold", "word_limit", "description", "optimal_price", "maximum_price"})
OF_OUTCOME = frozenset({"baseline_value", "baseline_on", "target_value", "minimum_worthwhile_effect", "harm_limit"})


@transaction.atomic
def extend_deadline(*, challenge: Challenge, closes_at: datetime, actor: Actor, at: datetime, reason: str) -> Amendment:
    """Move the deadline on, for everybody and in public, while the call is open (C1); numbered."""
    lock(challenge)
    was = challenge.closes_at
    if was is None or at >= was:
        raise Refused("The deadline has passed: nobody is let in late.")
    if closes_at <= was:
        raise Refused("The new deadline must be later than the one published.")
    difference = {"closes_at": [was.isoformat(), closes_at.isoformat()]}
    number = _next_number(challenge)
    perform(
        challenge, "amend", actor=actor, at=at, reason=reason, changes={"closes_at": closes_at},
        data={"difference": difference, "number": number},
    )  # fmt: skip
    return Amendment.objects.create(
        challenge=challenge, number=number, made_at=at, made_by=actor.actor_key, reason=reason, difference=difference,
        terms_hash=challenge.terms_hash,
    )  # fmt: skip


@transaction.atomic
def amend(
    *, challenge: Challenge, proposal: Proposal, actor: Actor, at: datetime, reason: str, after: int | None = None
) -> Amendment:
    """Change a published challenge until its deadline, as one numbered public amendment (C1).

    Whether it is material follows from what changes, or is said by the council; a material one moves the deadline as
    far on as the procedure's table asks (C2). `after` is the number of amendments that the officer had read. Raises
    Refused with every reason, and then nothing is written.
    """
    lock(challenge)
    if after is not None and after != challenge.amendments.count():
        raise Refused("The challenge was amended meanwhile. Read what stands now, and then make your amendment.")
    if late := states.call_has_not_closed(challenge, at):
        raise Refused(late)
    difference = _difference(challenge, proposal, at)
    if problems := _problems(challenge, difference):
        raise Refused(*problems)
    facts = _write(challenge, proposal, difference)
    if problems := states.problems_with_terms(challenge, at):
        raise Refused(*problems)
    material, number, digest = _is_material(proposal, difference), _next_number(challenge), terms_hash(challenge)
    perform(
        challenge, "amend_terms", actor=actor, at=at, reason=reason, changes={**facts, "terms_hash": digest},
        data={"difference": difference, "number": number, "is_material": material, "terms_sha256": digest},
    )  # fmt: skip
    return Amendment.objects.create(
        challenge=challenge, number=number, made_at=at, made_by=actor.actor_key, reason=reason, difference=difference,
        is_material=material, terms_hash=digest,
    )  # fmt: skip


def _next_number(challenge: Challenge) -> int:
    return challenge.amendments.count() + 1


def _is_material(proposal: Proposal, difference: Mapping[str, Any]) -> bool:
    return proposal.is_material or is_material(difference)


def _difference(challenge: Challenge, proposal: Proposal, at: datetime) -> dict[str, list[Any]]:
    _refuse_unknown(challenge, proposal)
    unchanged = replace(proposal, is_material=False)
    try:
        if not queries.difference(challenge, unchanged, at):
            raise Refused("Nothing is changed yet. Change what should stand from now on.")
        return queries.difference(challenge, proposal, at)
    except TimetableError as error:
        raise Refused(str(error)) from error


def _refuse_unknown(challenge: Challenge, proposal: Proposal) -> None:
    unknown = set(proposal.facts) - FACTS
    for allowed, rows in (
        (OF_CRITERION, proposal.criteria),
        (OF_CRITERION, proposal.pilot_criteria),
        (OF_OUTCOME, proposal.outcomes),
    ):
        unknown |= {name for row in rows.values() for name in row} - allowed
    if unknown:
        raise ValueError(f"not part of an amendment: {sorted(unknown)}")


def _problems(challenge: Challenge, difference: Mapping[str, Any]) -> list[str]:
    """What no amendment may do: dates that move back, or that fall into each other; shorter answers."""
    back = [
        f"“{LABELS[name]}” can only move on: suppliers plan by what is published."
        for name in DATES
        if name in difference and datetime.fromisoformat(difference[name][1]) < getattr(challenge, name)
    ]
    shorter = [
        "The number of words of an answer can only grow: answers are being written."
        for key, (was, now) in difference.items()
        if key.startswith("criteria.") and key.endswith(".word_limit") and now < was
    ]
    return [*back, *shorter, *_out_of_order(challenge, difference)]


def _out_of_order(challenge: Challenge, difference: Mapping[str, Any]) -> list[str]:
    stands = {name: _stands(challenge, difference, name) for name in (*DATES, "pilot_starts_on")}
    questions, answers, closes, pilots = stands.values()
    found = []
    if questions > answers:
        found.append("Answers would be due before questions close. Move both.")
    if answers >= closes:
        found.append("The call must close after answers are due.")
    if pilots is not None and pilots <= day_of(closes):
        found.append(
            f"The call would close on {day_of(closes):%d %B %Y}, and pilots cannot start before: move their start on."
        )
    return found


def _stands(challenge: Challenge, difference: Mapping[str, Any], name: str) -> Any:
    if name not in difference:
        return getattr(challenge, name)
    text = difference[name][1]
    if text is None:
        return None
    return datetime.fromisoformat(text) if name in DATES else date.fromisoformat(text)


def _write(challenge: Challenge, proposal: Proposal, difference: Mapping[str, Any]) -> dict[str, Any]:
    """Write the rows, and return the challenge's own new values for its step."""
    for criterion in Criterion.objects.filter(challenge=challenge):
        _write_row(criterion, f"criteria.{criterion.code}.", proposal.criteria.get(criterion.code, {}), difference)
    for criterion in Criterion.of_pilots.filter(challenge=challenge):
        values = proposal.pilot_criteria.get(criterion.code, {})
        _write_row(criterion, f"pilot_criteria.{criterion.code}.", values, difference)
    for outcome in Outcome.objects.filter(challenge=challenge):
        _write_row(outcome, f"outcomes.{outcome.pk}.", proposal.outcomes.get(str(outcome.pk), {}), difference)
    _write_clauses(challenge, difference)
    facts = {name: _stands(challenge, difference, name) for name in DATES if name in difference}
    facts |= {name: value for name, value in proposal.facts.items() if name in difference and name not in DATES}
    for name, value in facts.items():
        setattr(challenge, name, value)
    return facts


def _write_row(row: Criterion | Outcome, prefix: str, values: Mapping[str, Any], difference: Mapping[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if f"{prefix}{name}" in difference}
    for name, value in changed.items():
        setattr(row, name, value)
    if isinstance(row, Criterion):
        _refuse_unsound_criterion(row)
    else:
        _refuse_unsound_measure(row)
    if changed:
        row.save(update_fields=list(changed))


def _refuse_unsound_criterion(row: Criterion) -> None:
    if row.weight <= 0:
        raise Refused(f"The weight of “{row}” must be more than zero.")
    if row.threshold is not None and row.threshold > row.maximum:
        raise Refused(f"The lowest mark to stay in cannot be above {row.maximum:g}, the highest mark of “{row}”.")
    if None not in (row.optimal_price, row.maximum_price) and row.optimal_price >= row.maximum_price:  # type: ignore[operator]
        raise Refused("The price that gets none must be higher than the one that gets all.")


def _refuse_unsound_measure(outcome: Outcome) -> None:
    gain = outcome.target_value - outcome.baseline_value
    if (gain if outcome.direction == Direction.INCREASE else -gain) <= 0:
        raise Refused(f"The figure hoped for must be better than today’s: “{outcome}”.")
    if outcome.minimum_worthwhile_effect <= Decimal(0):
        raise Refused(f"The smallest change worth paying for must be greater than zero: “{outcome}”.")


def _write_clauses(challenge: Challenge, difference: Mapping[str, Any]) -> None:
    pairs = {key.removeprefix("clauses."): now for key, (_, now) in difference.items() if key.startswith("clauses.")}
    if not pairs:
        return
    challenge.clause_requirements.filter(code__in=[code for code, asked in pairs.items() if not asked]).delete()
    chosen = ClauseSet.objects.get(code=challenge.clause_set)
    wanted = [code for code, asked in pairs.items() if asked]
    found = list(chosen.clauses.filter(code__in=wanted).order_by("code"))
    if missing := set(wanted) - {clause.code for clause in found}:
        raise Refused(f"{', '.join(sorted(missing))} is not in the set “{chosen}”.")
    for clause in found:
        challenge.clause_requirements.create(**requirement_of(clause, chosen))
