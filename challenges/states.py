"""The life of a challenge. Read this first: every step, who takes it, what stands in its way."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from django.db.models import Sum

from audit.models import Visibility
from audit.transitions import Step, Table, register
from challenges import rules
from challenges.models import (
    Challenge,
    ChallengeState,
    Criterion,
    CriterionKind,
    MeasureRole,
    Outage,
    OutageState,
    PriceFormula,
    Route,
)
from challenges.timetable import Dates, problems_with
from clauses.models import ClauseSet, Due

DRAFT, PUBLISHED, UNSEALED = ChallengeState.DRAFT, ChallengeState.PUBLISHED, ChallengeState.UNSEALED
ASSESSED, PILOTING = ChallengeState.ASSESSED, ChallengeState.PILOTING
CONCLUDED, CANCELLED = ChallengeState.CONCLUDED, ChallengeState.CANCELLED


def weights_total_100(challenge: Challenge, at: datetime) -> str | None:
    """The criteria's weights total exactly 100 (A1)."""
    total = challenge.criteria.aggregate(total=Sum("weight"))["total"] or 0
    return None if total == 100 else f"The weights of the criteria total {total:g}, not 100."


def has_quality_criterion(challenge: Challenge, at: datetime) -> str | None:
    """At least one criterion is judged by the panel."""
    exists = challenge.criteria.filter(kind=CriterionKind.QUALITY).exists()
    return None if exists else "Add at least one criterion that the panel judges."


def price_rule_is_whole(challenge: Challenge, at: datetime) -> str | None:
    """The two prices that the formula `fixed` needs are set, so that points never depend on rivals unannounced (A9)."""
    fixed = challenge.criteria.filter(kind=CriterionKind.PRICE, formula__in=["", PriceFormula.FIXED])
    missing = fixed.filter(maximum_price=None).exists()
    return "Give the two published prices that the points of a price are measured against." if missing else None


def pilot_criteria_are_whole(challenge: Challenge, at: datetime) -> str | None:
    """What finished pilots are marked on is set whole or not at all: 100 in weight, the measured result once (A1)."""
    measured = Criterion.of_pilots.filter(challenge=challenge, kind=CriterionKind.RESULT)
    if measured.exclude(maximum=100).exists():
        return "The measured result is computed as a mark from 0 to 100: its highest mark is 100."
    rows = list(
        Criterion.of_pilots.filter(challenge=challenge).values_list("kind", "weight", "formula", "maximum_price")
    )
    kinds = [kind for kind, *_ in rows]
    if not rows:
        return None
    if (total := sum((weight for _, weight, *_ in rows), Decimal(0))) != 100:
        return f"The weights of the criteria for finished pilots total {total.normalize():f}, not 100."
    if kinds.count(CriterionKind.RESULT) != 1 or CriterionKind.QUALITY not in kinds:
        return "Finished pilots are marked on their measured result, and on something that the panel judges."
    if any(formula in ("", PriceFormula.FIXED) and most is None for kind, _, formula, most in rows if kind == "price"):
        return "Give the two published prices that the points of a contract's price are measured against."
    return None


def has_one_primary_outcome(challenge: Challenge, at: datetime) -> str | None:
    """Exactly one measure decides whether a pilot worked (P1)."""
    exists = challenge.outcomes.filter(role=MeasureRole.PRIMARY).exists()
    return None if exists else "Name the one measure that decides whether a pilot worked."


def has_clauses(challenge: Challenge, at: datetime) -> str | None:
    """Clauses are chosen before opening."""
    return None if challenge.clause_requirements.exists() else "Choose the set of clauses that suppliers answer."


def asks_few_clauses_now(challenge: Challenge, at: datetime) -> str | None:
    """A set may limit how many clauses are answered with the submission: eight in a micro pilot."""
    chosen = ClauseSet.objects.filter(code=challenge.clause_set).first()
    if chosen is None or chosen.most_at_submission is None:
        return None
    asked = challenge.clause_requirements.filter(due=Due.BID).count()
    if asked <= chosen.most_at_submission:
        return None
    return (
        f"“{chosen}” asks suppliers to answer {chosen.most_at_submission} clauses with the submission at most; "
        f"this challenge asks {asked}. Leave some out, or choose another set."
    )


def has_money(challenge: Challenge, at: datetime) -> str | None:
    """Money for the pilot, a ceiling for the contract, and the budget line that pays."""
    whole = challenge.pilot_budget and challenge.contract_ceiling and challenge.budget_line
    return None if whole else "Give the money for each pilot, the contract's ceiling and the budget line that pays."


def prices_open_as_allowed(challenge: Challenge, at: datetime) -> str | None:
    """Above the threshold two people open the prices (A9); below it, one may, where that is published."""
    alone = challenge.opens_prices_alone and challenge.is_above_threshold
    return "Above the threshold two people open the prices: one alone may not." if alone else None


def has_procedure(challenge: Challenge, at: datetime) -> str | None:
    """A route is chosen."""
    return None if challenge.route else "Choose the procedure: route A, B or C."


def has_story(challenge: Challenge, at: datetime) -> str | None:
    """Readers are told what happens if the pilot works."""
    whole = challenge.title and challenge.strapline and challenge.if_it_works
    return None if whole else "Complete the problem statement: title, strapline, and what happens if the pilot works."


def dates_are_right(challenge: Challenge, at: datetime) -> str | None:
    """Dates are set, in order, ahead, and the window is long enough (T4, T5)."""
    found = timetable_problems(challenge, at)
    return " ".join(found) or None


def notice_is_recorded(challenge: Challenge, at: datetime) -> str | None:
    """A call above the threshold needs its Find a Tender notice first."""
    missing = challenge.is_above_threshold and not challenge.find_a_tender_id
    return "Record the Find a Tender notice: this call is above the threshold." if missing else None


def call_has_closed(challenge: Challenge, at: datetime) -> str | None:
    """The deadline has passed (S6)."""
    closed = challenge.closes_at is not None and at >= challenge.closes_at
    return None if closed else "The call is still open: nothing is unsealed before its deadline."


def call_has_not_closed(challenge: Challenge, at: datetime) -> str | None:
    """The deadline has not passed: nothing changes after it (C4), and nobody is let in late (C6)."""
    ahead = challenge.closes_at is not None and at < challenge.closes_at
    return None if ahead else "The deadline has passed: nothing that was published changes any more."


def _route(challenge: Challenge) -> Literal["A", "B", "C"]:
    return "B" if challenge.route == Route.B else "C" if challenge.route == Route.C else "A"


def problems_with_terms(challenge: Challenge, at: datetime) -> list[str]:
    """What publication would refuse of the terms as they stand now: asked again when they are amended (T5)."""
    added = TABLE.added.get("publish", {}).values()
    guards = (*STANDING, *(guard for room in added for guard in room))
    return [sentence for guard in guards if (sentence := guard(challenge, at))]


def timetable_problems(challenge: Challenge, at: datetime) -> list[str]:
    """What is wrong with the dates if the challenge were published at `at`; empty when nothing is."""
    opens_at, closes_at = challenge.opens_at, challenge.closes_at
    questions_close_at, answers_due_at = challenge.questions_close_at, challenge.answers_due_at
    if opens_at is None or questions_close_at is None or answers_due_at is None or closes_at is None:
        return ["Set all four dates: opens, questions close, answers due, closes."]
    return problems_with(
        Dates(
            published_at=opens_at, questions_close_at=questions_close_at, answers_due_at=answers_due_at,
            closes_at=closes_at,
        ),
        route=_route(challenge), at=at, is_above_threshold=challenge.is_above_threshold,
    )  # fmt: skip


READY = (
    has_story, has_procedure, has_money, dates_are_right, weights_total_100, has_quality_criterion,
    price_rule_is_whole, pilot_criteria_are_whole, has_one_primary_outcome, has_clauses, asks_few_clauses_now,
    notice_is_recorded, prices_open_as_allowed,
)  # fmt: skip
STANDING = (
    has_story, has_money, weights_total_100, has_quality_criterion, price_rule_is_whole, pilot_criteria_are_whole,
    has_one_primary_outcome, has_clauses, asks_few_clauses_now,
)  # fmt: skip
LEAD_NOT_OWNER = "the council's procurement lead, who does not own the challenge,"
LEAD = "the council's procurement lead"
RUNNERS = "two of the people who run this marketplace"
OFFICERS = "the council's problem owner or procurement lead"

TABLE = register(
    Table(
        model=Challenge,
        noun="challenge",
        challenge_id=lambda challenge: challenge.pk,
        steps=(
            Step(
                "publish",
                (DRAFT,),
                PUBLISHED,
                rules.may_approve,
                LEAD_NOT_OWNER,
                "challenge.published",
                guards=READY,
                visibility=Visibility.PUBLIC,
            ),
            Step(
                "amend",
                (PUBLISHED,),
                PUBLISHED,
                rules.may_amend,
                LEAD,
                "challenge.amended",
                visibility=Visibility.PUBLIC,
                needs_reason=True,
            ),
            Step(
                "amend_terms",
                (PUBLISHED,),
                PUBLISHED,
                rules.may_amend_terms,
                LEAD_NOT_OWNER,
                "challenge.amended",
                guards=(call_has_not_closed,),
                visibility=Visibility.PUBLIC,
                needs_reason=True,
            ),
            Step(
                "extend_for_all",
                (PUBLISHED,),
                PUBLISHED,
                rules.may_extend_for_all,
                RUNNERS,
                "challenge.amended",
                visibility=Visibility.PUBLIC,
                needs_reason=True,
            ),
            Step(
                "unseal",
                (PUBLISHED,),
                UNSEALED,
                rules.may_unseal,
                OFFICERS,
                "challenge.unsealed",
                guards=(call_has_closed,),
                awaits=("suppliers",),
                visibility=Visibility.PUBLIC,
            ),
            Step(
                "record_assessment",
                (UNSEALED,),
                ASSESSED,
                rules.may_move_as_system,
                "the council",
                "challenge.assessed",
                awaits=("assessment",),
                visibility=Visibility.PUBLIC,
            ),
            Step(
                "start_piloting",
                (ASSESSED,),
                PILOTING,
                rules.may_move_as_system,
                "the council",
                "challenge.piloting",
                awaits=("pilots",),
                visibility=Visibility.PUBLIC,
            ),
            Step(
                "conclude_awarded",
                (PILOTING,),
                CONCLUDED,
                rules.may_conclude,
                LEAD,
                "challenge.concluded",
                awaits=("awards",),
                visibility=Visibility.PUBLIC,
            ),
            Step(
                "conclude_no_award",
                (UNSEALED, ASSESSED, PILOTING),
                CONCLUDED,
                rules.may_conclude,
                LEAD,
                "challenge.concluded",
                awaits=("awards",),
                visibility=Visibility.PUBLIC,
                needs_reason=True,
            ),
            Step(
                "cancel",
                (DRAFT, PUBLISHED, UNSEALED, ASSESSED, PILOTING),
                CANCELLED,
                rules.may_conclude,
                LEAD,
                "challenge.cancelled",
                visibility=Visibility.PUBLIC,
                needs_reason=True,
            ),
        ),
    )
)  # fmt: skip


OUTAGES = register(
    Table(
        model=Outage,
        noun="outage",
        challenge_id=lambda outage: None,
        steps=(
            Step(
                "extend", (OutageState.PROPOSED,), OutageState.EXTENDED, rules.may_extend_for_all, RUNNERS,
                "outage.extended_for", guards=(), visibility=Visibility.PUBLIC, needs_reason=True,
            ),
            Step(
                "withdraw", (OutageState.PROPOSED,), OutageState.WITHDRAWN, rules.may_extend_for_all, RUNNERS,
                "outage.withdrawn",
            ),
        ),
    )
)  # fmt: skip
