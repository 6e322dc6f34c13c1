"""The chair's findings on clauses: mandatory ones met or not, graded ones from 0 to 4, the rest due later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment.actions.entry import note, require_answers, require_no_recusal, require_state, seat_of
from assessment.models import ClauseFinding, FindingVerdict, PanelRole, Round, RoundState
from audit.transitions import Refused
from challenges.models import ClauseRequirement
from clauses.models import Due, Mode
from suppliers.models import ClauseResponse, Submission

FINDING_STATES = (RoundState.MARKING, RoundState.MODERATING)


@dataclass(frozen=True)
class Finding:
    """The chair's verdict on one clause response; `grade` (0 to 4) only for a graded clause.

    `seen_at` is the time of the finding that was shown when this one was written (None: there was none).
    """

    requirement: ClauseRequirement
    verdict: FindingVerdict
    rationale: str = ""
    grade: int | None = None
    seen_at: datetime | None = None


@transaction.atomic
def record_finding(
    *, round: Round, submission: Submission, finding: Finding, actor: User, at: datetime, checks_seen: bool = False
) -> ClauseFinding:
    """Record whether a clause is met, not met, or due later; again until quality is frozen.

    With `checks_seen` a finding that somebody changed since it was shown is not overwritten: both are told.
    """
    seat = seat_of(round, actor, PanelRole.CHAIR)
    require_state(round, *FINDING_STATES)
    require_answers(round)
    require_no_recusal(round, seat, submission)
    was = ClauseFinding.objects.filter(round=round, submission=submission, requirement=finding.requirement).first()
    if was is not None and _content(was) == _content(finding):
        return was
    _require_sound(round, submission, finding)
    if checks_seen and (was.found_at if was else None) != finding.seen_at:
        raise Refused(_changed(finding, was))
    row, _ = ClauseFinding.objects.update_or_create(
        round=round, submission=submission, requirement=finding.requirement,
        defaults={
            "verdict": finding.verdict, "grade": finding.grade, "rationale": finding.rationale.strip(),
            "found_by": seat, "found_at": at,
        },
    )  # fmt: skip
    note("clause.found", row, round, actor, at, clause=finding.requirement.code, verdict=str(finding.verdict))
    return row


@transaction.atomic
def record_findings(
    *, round: Round, submission: Submission, findings: Iterable[Finding], actor: User, at: datetime,
    checks_seen: bool = False,
) -> None:  # fmt: skip
    """Record several findings about one submission; all of them or none."""
    for finding in findings:
        record_finding(round=round, submission=submission, finding=finding, actor=actor, at=at, checks_seen=checks_seen)


def _content(finding: Finding | ClauseFinding) -> tuple[str, int | None, str]:
    return str(finding.verdict), finding.grade, finding.rationale.strip()


def _changed(finding: Finding, was: ClauseFinding | None) -> str:
    code = finding.requirement.code
    if was is None:
        return f"{code}: the finding that this page showed is not there any more. Yours is below; record it again."
    grade = f", grade {was.grade}" if was.grade is not None else ""
    reason = f": “{was.rationale}”" if was.rationale else ""
    return (
        f"{code} was judged in another tab after you opened this page: {was.get_verdict_display().lower()}{grade}"
        f"{reason}. Yours is kept below; record it again to put it in its place."
    )


def _require_sound(round_: Round, submission: Submission, finding: Finding) -> None:
    requirement = finding.requirement
    if requirement.challenge_id != round_.challenge_id:
        raise Refused(f"{requirement.code} is not a clause of this challenge.")
    if finding.verdict == FindingVerdict.DUE_LATER and requirement.due == Due.BID:
        raise Refused(f"{requirement.code} is due with the submission: it is met or not met.")
    if finding.verdict == FindingVerdict.NOT_MET and not finding.rationale.strip():
        raise Refused(f"{requirement.code}: say why the clause is not met.")
    if finding.grade is not None and (requirement.mode != Mode.SCORED or not 0 <= finding.grade <= 4):
        raise Refused(f"{requirement.code}: a grade from 0 to 4 is for graded clauses only.")
    if finding.grade is not None and not finding.rationale.strip() and finding.grade != _claimed(submission, finding):
        raise Refused(f"{requirement.code}: the grade is not the level claimed, so say what the evidence shows.")


def _claimed(submission: Submission, finding: Finding) -> int | None:
    rows = ClauseResponse.objects.filter(submission=submission, requirement=finding.requirement)
    return rows.values_list("level", flat=True).first()
