"""The first half of a demonstration challenge: from a draft to a published call, through the real actions."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Council, User
from assessment.actions import declare_as_officer
from assessment.queries import people_of
from audit import clock
from challenges import actions
from challenges.models import Challenge, CriterionKind, Period
from clauses.models import ClauseSet
from cms import actions as cms_actions
from cms.models import ChallengePage
from marketplace.demonstration.shapes import ChallengeText, CriterionText, NumberText

LONDON = ZoneInfo("Europe/London")
MARK_WORDS = ("Unacceptable", "Serious reservations", "Minor reservations", "Acceptable", "Good", "Excellent")


def on_day(today: date, offset: int, hour: int = 12) -> datetime:
    """Noon in London (or another hour), so many days from today, as an instant in UTC."""
    return datetime.combine(today + timedelta(days=offset), time(hour), LONDON).astimezone(UTC)


def draft_challenge(text: ChallengeText, council: Council, owner: User, today: date) -> ChallengePage:
    """Write the problem statement and every short form, as the owner."""
    at = clock.now()
    note = f"{text.source.name}. {text.invented}".strip()
    page = cms_actions.start_problem_statement(
        council=council, title=text.statement.title, actor=owner, at=at, source_note=note
    )
    _tell(page, text, owner)
    challenge = page.challenge
    actions.edit_challenge(challenge=challenge, actor=owner, at=at, values=_facts(text, today))
    actions.set_criteria(challenge=challenge, actor=owner, at=at, criteria=[_criterion(row) for row in text.criteria])
    actions.set_outcomes(challenge=challenge, actor=owner, at=at, outcomes=[_outcome(text)])
    chosen = ClauseSet.objects.get(code=text.clauses.set)
    codes = [*text.clauses.mandatory, *text.clauses.graded]
    actions.choose_clauses(challenge=challenge, clause_set=chosen, codes=codes, actor=owner, at=at)
    return page


def declare_interests(challenge: Challenge, *others: User) -> None:
    """Everybody at work on the procurement, and these others, declare before its next notice."""
    for each in (*(each.user for each in people_of(challenge)), *others):
        declare_as_officer(challenge=challenge, actor=each, at=clock.now(), has_interest=False)


def publish_challenge(page: ChallengePage, owner: User, lead: User) -> Challenge:
    """Ask for approval and give it: page and challenge go out together."""
    page = ChallengePage.objects.get(pk=page.pk)
    declare_interests(page.challenge, lead)
    cms_actions.ask_for_approval(page=page, actor=owner, at=clock.now())
    page = ChallengePage.objects.get(pk=page.pk)
    cms_actions.approve(page=page, actor=lead, at=clock.now())
    return Challenge.objects.get(pk=page.challenge_id)


def _tell(page: ChallengePage, text: ChallengeText, owner: User) -> None:
    told = text.statement
    for name in ("strapline", "why_it_matters", "response_now", "falls_short", "aim", "if_it_works"):
        setattr(page, name, getattr(told, name).strip())
    page.story = [
        ("numbers", [_number(number) for number in told.numbers]),
        ("good_answer", {"points": [point.strip() for point in told.good_answer]}),
    ]
    page.save_revision(user=owner)


def _number(number: NumberText) -> dict[str, Any]:
    day = number.on if isinstance(number.on, date) else date(number.on, 12, 31)
    return {
        "label": number.label, "value": f"{number.value:,.10g}", "unit": number.unit, "on": day,
        "source": number.source,
    }  # fmt: skip


def _facts(text: ChallengeText, today: date) -> dict[str, Any]:
    days = text.timetable
    return {
        "theme": text.theme, "route": text.route, "budget_line": text.money.budget_line,
        "currency": text.money.currency, "pilot_budget": Decimal(text.money.pilot_budget),
        "contract_ceiling": Decimal(text.money.contract_ceiling), "max_pilots": text.money.max_pilots,
        "opens_at": on_day(today, days.opens, 9), "questions_close_at": on_day(today, days.questions_close),
        "answers_due_at": on_day(today, days.answers_due), "closes_at": on_day(today, days.closes),
        "pilot_starts_on": today + timedelta(days=days.pilot_starts),
        "pilot_weeks": (days.pilot_ends - days.pilot_starts) // 7, "tie_breaks": ["quality"],
    }  # fmt: skip


def _criterion(row: CriterionText) -> dict[str, Any]:
    is_price = row.kind == CriterionKind.PRICE
    scale = [[str(mark), MARK_WORDS[mark], words] for mark, words in enumerate(row.descriptors)]
    return {
        "code": row.code, "name": row.name, "description": row.description, "kind": row.kind,
        "weight": Decimal(row.weight), "maximum": Decimal(row.maximum), "formula": row.formula if is_price else "",
        "threshold": Decimal(row.threshold) if row.threshold and not is_price else None,
        "scale": [] if is_price else scale,
    }  # fmt: skip


def _outcome(text: ChallengeText) -> dict[str, Any]:
    measure = text.measure
    return {
        "name": measure.name, "unit": measure.unit, "direction": measure.direction,
        "baseline_value": _exact(measure.baseline_value), "baseline_on": measure.baseline_on,
        "target_value": _exact(measure.target), "harm_limit": _exact(measure.harm_limit),
        "minimum_worthwhile_effect": _exact(measure.minimum_worthwhile_effect),
        "design": measure.design, "period": Period(measure.period),
    }  # fmt: skip


def _exact(number: float) -> Decimal:
    return Decimal(str(number))
