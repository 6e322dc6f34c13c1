"""The only writers of awards and contracts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit.actors import Actor
from audit.transitions import NotPermitted, Refused, append_event, lock, perform
from awards import queries, rules, states
from awards.models import Award, AwardKind, AwardState, Contract, KeyPerformanceIndicator
from challenges.models import Conclusion
from challenges.timetable import TimetableError, day_of, standstill_ends_on
from pilots.models import Pilot

PENNY = Decimal("0.01")
INDICATORS_NEEDED_ABOVE = Decimal(5_000_000)
INDICATORS_NEEDED = 3


@dataclass(frozen=True)
class Terms:
    """What was signed. Days are United Kingdom days; `indicators` are mappings of name, unit and target."""

    reference: str
    signed_on: date
    starts_on: date
    ends_on: date
    indicators: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


@transaction.atomic
def propose_award(*, pilot: Pilot, kind: str, value: Decimal, actor: Actor, at: datetime) -> Award:
    """Propose a paid pilot or the full contract for this pilot's supplier; `value` in pounds, net of VAT.

    Refused with every obstacle at once while something stands in the way (D4, D6).
    """
    challenge = pilot.challenge
    if not rules.may_propose(actor, challenge):
        raise NotPermitted("Only the council's problem owner or procurement lead can propose an award.")
    lock(challenge)
    lock(pilot)
    if queries.live_award(pilot, kind):
        raise Refused(f"This award ({AwardKind(kind).label.lower()}) has been proposed already: go on with that one.")
    award = Award(
        challenge=challenge, pilot=pilot, supplier_id=pilot.supplier_id, kind=kind, value=_pounds(value),
        proposed_at=at, proposed_by=actor.actor_key,
    )  # fmt: skip
    if sentences := states.obstacles(award, at):
        raise Refused(*sentences)
    award.save()
    append_event(
        verb="award.proposed", subject=award, actor=actor, at=at, challenge_id=challenge.pk,
        data={"kind": kind, "value": str(award.value), "supplier": str(award.supplier.public_id)},
    )  # fmt: skip
    return award


@transaction.atomic
def approve_award(
    *, award: Award, reasons: str, authority: rules.Authority | None = None, actor: Actor, at: datetime
) -> None:
    """Approve, by somebody who neither assessed nor proposed (D1); the reasons stay with the award.

    Above the council's delegated limit, as it is now, refused without the `authority` that decided (D7); a value
    within the limit keeps none.
    """
    lock(award)
    council = award.challenge.council
    lock(council)
    # Whoever may not approve at all is told that, by the step, and not what the council's limit is.
    problem = rules.may_approve(actor, award) and rules.authority_problem(award, authority, at)
    if problem:
        raise Refused(problem)
    named = authority if rules.above_limit(award) else None
    changes = {
        "approved_at": at, "approved_by": actor.actor_key, "reasons": reasons.strip(),
        "limit_at_approval": council.delegated_limit,
    } | _named(named)  # fmt: skip
    perform(award, "approve", actor=actor, at=at, reason=reasons, changes=changes, data=_limits(award, named))


@transaction.atomic
def notify_award(*, award: Award, actor: Actor, at: datetime) -> None:
    """Publish the award notice; the standstill counts eight working days from today, today included (D4)."""
    try:
        ends_on = standstill_ends_on(day_of(at))
    except TimetableError as error:
        raise Refused(str(error)) from error
    perform(
        award, "notify", actor=actor, at=at, changes={"notified_at": at, "standstill_ends_on": ends_on},
        data=_facts(award) | {"standstill_ends_on": ends_on.isoformat()},
    )  # fmt: skip


@transaction.atomic
def sign_contract(*, award: Award, terms: Terms, actor: Actor, at: datetime) -> Contract:
    """Record the signed contract after the standstill (D4); the full contract concludes its challenge."""
    lock(award)
    data = _facts(award) | {
        "reference": terms.reference, "signed_on": terms.signed_on.isoformat(),
        "starts_on": terms.starts_on.isoformat(), "ends_on": terms.ends_on.isoformat(),
    }  # fmt: skip
    perform(award, "sign", actor=actor, at=at, data=data)
    if sentences := terms_problems(award, terms, at):
        raise Refused(*sentences)
    contract = Contract.objects.create(
        award=award, reference=terms.reference.strip(), value=award.value, signed_on=terms.signed_on,
        starts_on=terms.starts_on, ends_on=terms.ends_on, recorded_at=at,
    )  # fmt: skip
    _set_indicators(contract, terms.indicators)
    if award.kind == AwardKind.CONTRACT:
        perform(award.challenge, "conclude_awarded", actor=actor, at=at, changes={"conclusion": Conclusion.AWARDED})
    return contract


@transaction.atomic
def record_claim(*, award: Award, reason: str, actor: Actor, at: datetime) -> None:
    """Note a claim issued and notified during the standstill: the award is suspended (D4)."""
    perform(award, "record_claim", actor=actor, at=at, reason=reason)


@transaction.atomic
def lift_suspension(*, award: Award, reason: str, actor: Actor, at: datetime) -> None:
    """Note that the claim ended or the court lifted the suspension; the standstill's own end stays as it was (D5)."""
    perform(award, "lift_suspension", actor=actor, at=at, reason=reason)


@transaction.atomic
def withdraw_award(*, award: Award, reason: str, actor: Actor, at: datetime) -> None:
    """Take an award back, with a reason; in public once its notice went out (D5)."""
    lock(award)
    in_public = award.state in (AwardState.STANDSTILL, AwardState.CHALLENGED)
    step, data = ("withdraw_in_public", _facts(award)) if in_public else ("withdraw", {})
    perform(award, step, actor=actor, at=at, reason=reason, data=data)


def terms_problems(award: Award, terms: Terms, at: datetime) -> list[str]:
    """Everything that is wrong with a contract's dates, reference and indicators; empty when it can be recorded."""
    ends_on = award.standstill_ends_on
    checks = (
        (bool(terms.reference.strip()), "Give the contract's reference."),
        (not queries.reference_is_taken(terms.reference.strip()), "Another contract carries this reference."),
        (terms.signed_on <= day_of(at), "The day of signing lies in the future: record the contract afterwards."),
        (ends_on is None or terms.signed_on > ends_on, _signed_early(ends_on)),
        (terms.starts_on >= terms.signed_on, "The contract starts before it was signed."),
        (terms.ends_on > terms.starts_on, "The contract must end after it starts."),
        (
            award.value <= INDICATORS_NEEDED_ABOVE or len(terms.indicators) >= INDICATORS_NEEDED,
            "A contract of more than £5 million needs at least three key performance indicators.",
        ),
    )  # fmt: skip
    return [sentence for holds, sentence in checks if not holds]


def _signed_early(ends_on: date | None) -> str:
    return (
        f"The standstill runs to the end of {states.written(ends_on)}: a contract is signed after it."
        if ends_on
        else ""
    )


def _facts(award: Award) -> dict[str, Any]:
    return {"kind": award.kind, "value": str(award.value), "award": str(award.public_id)}


def _named(authority: rules.Authority | None) -> dict[str, Any]:
    """What the award keeps of who decided above the limit."""
    if authority is None:
        return {}
    return {
        "authority": authority.decided_by.strip(), "authority_decided_on": authority.decided_on,
        "authority_reference": authority.reference.strip(),
    }  # fmt: skip


def _limits(award: Award, authority: rules.Authority | None) -> dict[str, Any]:
    """What the record keeps of the limit at an approval, and of who decided above it (D7)."""
    limit = award.challenge.council.delegated_limit
    told = {key: value.isoformat() if isinstance(value, date) else value for key, value in _named(authority).items()}
    return {"value": str(award.value), "delegated_limit": None if limit is None else str(limit)} | told


def _set_indicators(contract: Contract, indicators: Iterable[Mapping[str, Any]]) -> None:
    KeyPerformanceIndicator.objects.bulk_create([
        KeyPerformanceIndicator(contract=contract, name=row["name"], unit=row["unit"], target=row["target"])
        for row in indicators
    ])  # fmt: skip


def _pounds(value: Decimal) -> Decimal:
    if value <= 0:
        raise Refused("The value must be more than nothing.")
    return value.quantize(PENNY)
