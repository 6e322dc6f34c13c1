"""The light sift: assessors answer the published questions, the chair concludes who goes on into the full round."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import queries
from assessment.actions.entry import note, require_no_recusal, require_state, seat_of
from assessment.actions.reasons import watch_reasons
from assessment.actions.workload import share_out
from assessment.models import PanelMember, PanelRole, Round, RoundState, SiftOutcome, SiftVerdict
from audit.actors import SYSTEM
from audit.transitions import NotPermitted, Refused, perform
from suppliers.models import Submission

LONGEST = 200


@dataclass(frozen=True)
class SiftAnswer:
    """One question of the sift, answered in a line."""

    is_met: bool
    reason: str


@dataclass(frozen=True)
class SiftChoice:
    """What the chair concludes about one submission; a reason for whoever goes no further."""

    goes_on: bool
    reason: str = ""


@transaction.atomic
def sift(
    *, round: Round, submission: Submission, answers: Mapping[str, SiftAnswer], actor: User, at: datetime
) -> SiftVerdict:
    """Answer every published question about one submission, each with a line of reason; it stands as given (A4, A5)."""
    seat = seat_of(round, actor, PanelRole.ASSESSOR)
    require_state(round, RoundState.SIFTING)
    require_no_recusal(round, seat, submission)
    if SiftVerdict.objects.filter(round=round, member=seat, submission=submission).exists():
        raise Refused("You have sifted this submission already: what you gave stands.")
    if found := _wrong_answers(round, answers):
        raise Refused(*found)
    row = SiftVerdict.objects.create(
        round=round, member=seat, submission=submission, given_at=at,
        answers={code: {"is_met": each.is_met, "reason": each.reason.strip()} for code, each in answers.items()},
    )  # fmt: skip
    note("submission.sifted", row, round, actor, at, is_met=row.is_met)
    return row


@transaction.atomic
def conclude_sift(*, round: Round, choices: Mapping[int, SiftChoice], actor: User, at: datetime) -> int:
    """End the sift; returns how many were dropped. `choices` go by submission id and cover every submission.

    A submission is dropped only where at least two assessors found a question not met, and with a reason that its
    supplier reads within ten days (D2). Marking begins with the others.
    """
    seat = seat_of(round, actor, PanelRole.CHAIR)
    require_state(round, RoundState.SIFTING)
    rows = {row.submission.pk: row for row in queries.sift_rows(round, seat)}
    if found := [*_not_ready(round, seat, rows), *_wrong_choices(rows, choices)]:
        raise Refused(*found)
    for pk, choice in choices.items():
        _settle(round, rows[pk].submission, choice, actor, at)
    round.sifted_at = at
    round.save(update_fields=["sifted_at"])
    dropped = sum(not choice.goes_on for choice in choices.values())
    if dropped:
        watch_reasons(round, at)
    perform(round, "begin_marking", actor=SYSTEM, at=at, data={"dropped": dropped})
    share_out(round, at)
    return dropped


def _settle(round_: Round, submission: Submission, choice: SiftChoice, actor: User, at: datetime) -> None:
    SiftOutcome.objects.create(
        round=round_, submission=submission, goes_on=choice.goes_on, reason=choice.reason.strip(), decided_by=actor,
        decided_at=at,
    )  # fmt: skip
    if not choice.goes_on:
        reason = f"dropped in the sift: {choice.reason.strip()}"
        perform(submission, "disregard", actor=SYSTEM, at=at, reason=reason, changes={"disregard_reason": reason})


def _wrong_answers(round_: Round, answers: Mapping[str, SiftAnswer]) -> list[str]:
    asked = {question.code: question.name for question in queries.sift_questions(round_)}
    if set(answers) != set(asked):
        return ["Answer every question of the sift, and no other."]
    return [f"{asked[code]}: {problem}" for code, each in answers.items() if (problem := _wrong_line(each.reason))]


def _wrong_line(reason: str) -> str:
    text = reason.strip()
    if not text:
        return "give the reason in a line."
    if "\n" in text or len(text) > LONGEST:
        return f"keep the reason to one line of at most {LONGEST} characters."
    return ""


def _not_ready(round_: Round, seat: PanelMember, rows: Mapping[int, queries.SiftRow]) -> list[str]:
    if len(rows) != len(queries.submissions_in(round_)):
        raise NotPermitted("You declared an interest in one of the submissions: a deputy without one concludes.")
    if waiting := queries.sift_waiting(round_):
        return [f"Still to be sifted by {', '.join(waiting)}."]
    return [f"{row.submission.pseudonym} has too few verdicts." for row in rows.values() if not row.is_ready]


def _wrong_choices(rows: Mapping[int, queries.SiftRow], choices: Mapping[int, SiftChoice]) -> list[str]:
    if set(choices) != set(rows):
        return ["Decide about every submission, and about no other."]
    if not any(choice.goes_on for choice in choices.values()):
        return ["Nobody would go on: the council concludes the challenge without an award instead, in public."]
    found = []
    for pk, choice in choices.items():
        name = rows[pk].submission.pseudonym
        if choice.goes_on:
            continue
        if not rows[pk].may_be_dropped:
            found.append(f"{name}: fewer than two assessors find a question not met, so it goes on.")
        if problem := _wrong_line(choice.reason):
            found.append(f"{name}: {problem}")
    return found
