"""Telling suppliers: the missing explanations, the summaries that go out together, the reasons of who drops earlier."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment import letters, queries, rules, states
from assessment.actions.entry import note, require_no_recusal, require_state, seat_of
from assessment.models import Explanation, Letter, LetterKind, PanelRole, Round, RoundState
from audit.actors import SYSTEM
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock
from suppliers.actions import note_told
from suppliers.models import Submission

VERBS = {LetterKind.SUMMARY: "submission.summary_issued", LetterKind.DROPPED: "submission.dropped"} | {
    LetterKind.PILOT: "submission.summary_issued"
}
BEFORE_LETTERS = (RoundState.PRICES, RoundState.RANKED)


@transaction.atomic
def explain(*, round: Round, texts: Mapping[tuple[int, str], str], actor: User, at: datetime) -> None:
    """Write the explanations that marks and grades lack, by submission id and code; the marks stay as frozen (D3)."""
    seat = seat_of(round, actor, PanelRole.CHAIR)
    require_state(round, *BEFORE_LETTERS)
    wanted = {(gap.submission.pk, gap.code): gap for gap in letters.gaps_of(letters.facts_of(round))}
    if unknown := set(texts) - set(wanted):
        raise Refused(f"{len(unknown)} of these marks need no explanation any more: open the page again.")
    for submission in {wanted[key].submission for key in texts}:
        require_no_recusal(round, seat, submission)
    for (submission_id, code), text in texts.items():
        if not letters.is_explanation(text):
            raise Refused(f"{wanted[submission_id, code]}: say in a sentence what in the answer led to it.")
        row, _ = Explanation.objects.update_or_create(
            round=round, submission_id=submission_id, code=code,
            defaults={"text": text.strip(), "written_by": seat, "written_at": at},
        )  # fmt: skip
        note("explanation.written", row, round, actor, at, code=code)


def issue_summaries(round_: Round, actor: User, at: datetime) -> None:
    """Freeze and send the summary of everybody assessed, all together, in the transaction of the decision (D2).

    The decision's guards have made sure that no explanation is missing (D3). Whoever was dropped in the sift was not
    assessed, and gets the reasons now at the latest.
    """
    facts = letters.facts_of(round_)
    _tell(queries.dropped_and_not_told(round_, in_sift=True), facts, actor, at)
    kind = LetterKind.PILOT if round_.is_about_pilots else LetterKind.SUMMARY
    for pk, submission in facts.submissions.items():
        if pk in facts.dropped_in_sift:
            continue
        _issue(kind, letters.letter_of(facts, submission, at), facts, submission, actor, at)
        if not round_.is_about_pilots:
            note_told(submission=submission, at=at)


@transaction.atomic
def tell_dropped(*, round: Round, actor: User, at: datetime) -> int:
    """Send their reasons to everybody who was dropped and not told yet, all together; returns how many (D2)."""
    lock(round)
    if not rules.may_open_prices(actor, round):
        raise NotPermitted(f"Only {states.OFFICERS} can send these letters.")
    waiting = queries.dropped_and_not_told(round)
    if not waiting:
        raise Refused("Nobody waits for reasons: everyone who was dropped has been told.")
    facts = letters.facts_of(round, waiting)
    names = {each.pk for each in waiting}
    if gaps := [gap for gap in letters.gaps_of(facts) if gap.submission.pk in names]:
        raise Refused(f"Explanations are still missing ({len(gaps)}): the chair writes them first.")
    _tell(waiting, facts, actor, at)
    return len(waiting)


def _tell(waiting: Iterable[Submission], facts: letters.Facts, actor: User, at: datetime) -> None:
    for submission in waiting:
        _issue(LetterKind.DROPPED, letters.dropped(facts, submission, at), facts, submission, actor, at)
        note_told(submission=submission, at=at)


def _issue(
    kind: LetterKind, content: letters.Draft, facts: letters.Facts, submission: Submission, actor: User, at: datetime
) -> None:
    sha256 = letters.digest(content)
    Letter.objects.create(
        round=facts.round, submission=submission, kind=kind, content=asdict(content), sha256=sha256, issued_at=at,
        issued_by=actor,
    )  # fmt: skip
    append_event(
        verb=VERBS[kind], subject=submission, actor=SYSTEM, at=at, challenge_id=facts.round.challenge_id,
        visibility=Visibility.SUPPLIER, data={"sha256": sha256},
    )  # fmt: skip
