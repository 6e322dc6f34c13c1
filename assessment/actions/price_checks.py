"""Between the ranking and the decision: sums done again, and abnormally low prices asked about (A12).

Whoever decides does this, and has declared about the ranked suppliers before (D7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from assessment import inputs, queries, rules, scoring, states
from assessment.actions.computing import rank_again
from assessment.actions.deciding import require_clear
from assessment.actions.entry import require_state
from assessment.models import PriceClarification, PriceCorrection, PricePart, Round, RoundState
from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock, perform
from challenges.money import money
from challenges.timetable import TimetableError, add_working_days, day_of, first_instant
from suppliers.actions import correct_price
from suppliers.models import PriceOffer, Submission, SubmissionState

DAYS_TO_ANSWER = 3
HUNDRED = 100


@dataclass(frozen=True)
class PriceLine:
    """One line of a price as the submission has it: how many, at which price each, for what."""

    quantity: Decimal
    unit_price: Decimal
    words: str = ""


@dataclass(frozen=True)
class Sums:
    """One part of a price ("pilot" or "contract") in lines, and where they stand in the submission."""

    part: str
    lines: Sequence[PriceLine]
    found_in: str


@transaction.atomic
def correct_sums(*, round: Round, submission: Submission, sums: Sums, actor: User, at: datetime) -> PriceCorrection:
    """Let quantity times unit price prevail over the stated sum of one part of a price, once; the ranking follows.

    No quantity or unit price is ever changed, and the stated figure is kept beside the corrected one.
    """
    part, lines, found_in = sums.part, sums.lines, sums.found_in
    _require_checker(round, actor)
    _require_ranked(submission)
    offer = PriceOffer.objects.get(submission=submission)
    if PriceCorrection.objects.filter(round=round, submission=submission, part=part).exists():
        raise Refused(f"{PricePart(part).label} of {submission.pseudonym} was corrected already.")
    if not lines or not found_in.strip():
        raise Refused("Give the lines as they stand in the submission, and say where they stand.")
    row = PriceCorrection.objects.create(
        round=round, submission=submission, part=part, stated=getattr(offer, f"{part}_price"), corrected=_sum(lines),
        lines=[_line(line) for line in lines], found_in=found_in.strip(), corrected_by=actor, corrected_at=at,
    )  # fmt: skip
    reason = (
        f"{row.get_part_display()}: the lines sum to {money(row.corrected)}, not to the {money(row.stated)} that was "
        f"stated; quantity times unit price prevails. The lines stand in: {row.found_in}"
    )
    correct_price(offer=offer, part=part, corrected=row.corrected, actor=actor, at=at, reason=reason)
    rank_again(round, actor, at, f"{submission.pseudonym}, {reason}")
    return row


@transaction.atomic
def ask_about_price(
    *, round: Round, submission: Submission, question: str, due_on: date, actor: User, at: datetime
) -> PriceClarification:
    """Ask the supplier of a flagged price how it can deliver for it; due at the end of a day, three working days on
    or later. Nothing can be rejected before the answer or its lapse (A12)."""
    _require_checker(round, actor)
    check = queries.price_check(round, slugify(submission.pseudonym))
    if check is None or not check.flag:
        raise Refused(f"The price of {submission.pseudonym} is not flagged: there is nothing to ask about.")
    if check.clarification is not None:
        raise Refused(f"The supplier of {submission.pseudonym} was asked already.")
    if found := [*_wrong_question(question), *_wrong_day(due_on, at)]:
        raise Refused(*found)
    row = PriceClarification.objects.create(
        round=round, submission=submission, flag=check.flag, question=question.strip(), asked_by=actor, asked_at=at,
        due_at=first_instant(due_on + timedelta(days=1)),
    )  # fmt: skip
    append_event(
        verb="price.asked", subject=row, actor=actor, at=at, challenge_id=round.challenge_id,
        visibility=Visibility.SUPPLIER, data={"due_at": row.due_at.isoformat()},
    )  # fmt: skip
    return row


@transaction.atomic
def answer_about_price(*, clarification: PriceClarification, answer: str, actor: User, at: datetime) -> None:
    """The supplier's one answer, before its deadline; the price itself cannot be changed by it."""
    lock(clarification)
    if not rules.may_answer_about_price(actor, clarification):
        raise NotPermitted("Only an administrator of the supplier can answer.")
    if not answer.strip():
        raise Refused("Write how you can deliver for this price.")
    changes = {"answer": answer.strip(), "answered_by": actor, "answered_at": at}
    perform(clarification, "answer", actor=actor, at=at, changes=changes)


@transaction.atomic
def decide_about_price(
    *, clarification: PriceClarification, is_accepted: bool, reasons: str, actor: User, at: datetime
) -> None:
    """Let the price stand, or reject it and rank the others again; with reasons, after the answer or its lapse."""
    round_ = clarification.round
    _require_checker(round_, actor)
    changes = {"reasons": reasons.strip(), "decided_by": actor, "decided_at": at}
    step = "accept" if is_accepted else "reject"
    perform(clarification, step, actor=actor, at=at, reason=reasons.strip(), changes=changes)
    if is_accepted:
        return
    submission = clarification.submission
    submission.challenge = round_.challenge
    reason = f"abnormally low price: {reasons.strip()}"
    perform(submission, "disregard", actor=SYSTEM, at=at, reason=reason, changes={"disregard_reason": reason})
    rank_again(round_, actor, at, f"{submission.pseudonym} was rejected after it was asked about its price.")


def earliest_answer_day(at: datetime) -> date:
    """The first day that may be set for an answer about a price: three working days on."""
    return add_working_days(day_of(at), DAYS_TO_ANSWER, counting_start=False)


def _require_checker(round_: Round, actor: User) -> None:
    lock(round_)
    if not rules.may_approve(actor, round_):
        raise NotPermitted(f"Only {states.APPROVER} can do this.")
    require_state(round_, RoundState.RANKED)
    require_clear(round_, actor)


def _require_ranked(submission: Submission) -> None:
    if submission.state != SubmissionState.ADMITTED:
        raise Refused(f"{submission.pseudonym} is not ranked: its price counts for nothing.")


def _wrong_question(question: str) -> list[str]:
    return [] if question.strip() else ["Write what the supplier is asked."]


def _wrong_day(due_on: date, at: datetime) -> list[str]:
    try:
        first = earliest_answer_day(at)
    except TimetableError as error:
        return [str(error)]
    if due_on >= first:
        return []
    return [f"Give the supplier {DAYS_TO_ANSWER} working days at least: until {first.day} {first:%B %Y} or later."]


def _sum(lines: Sequence[PriceLine]) -> Decimal:
    """The exact sum in pounds, halves of a penny upwards; a figure that a price can hold."""
    if any(line.quantity < 0 or line.unit_price < 0 for line in lines):
        raise Refused("Quantities and unit prices are zero or more.")
    summed = scoring.corrected_price(0, [scoring.PriceLine(line.quantity, line.unit_price) for line in lines])
    pence = int(summed.corrected * HUNDRED + Fraction(1, 2))
    found = Decimal(pence) / HUNDRED
    if found >= Decimal(10) ** 10:
        raise Refused("The lines sum to more than any price here: look at them again.")
    return found


def _line(line: PriceLine) -> dict[str, str]:
    numbers = {name: inputs.plain(getattr(line, name)) for name in ("quantity", "unit_price")}
    return numbers | {"words": line.words.strip()}
