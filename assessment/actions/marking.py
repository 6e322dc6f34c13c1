"""An assessor's marks: saved as often as they like, submitted once and all together."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from assessment import inputs, queries, quoting
from assessment.actions.entry import Judgement, note, require_mark_on_scale, require_no_recusal, require_state, seat_of
from assessment.models import Assessment, PanelMember, PanelRole, Round, RoundState, WorkingPaper
from audit.actors import SYSTEM
from audit.transitions import NotPermitted, Refused, objections, perform
from work import late_texts

MOST_CHARACTERS = 20_000
STALE = "You saved this mark in another tab after opening it here. Both texts are kept: put them together, then save."


class StaleMark(Refused):
    """This mark was saved elsewhere after it was opened here; both texts are kept."""

    def __init__(self) -> None:
        super().__init__(STALE)


def save_mark(
    *, round: Round, judgement: Judgement, actor: User, at: datetime, version: int | None = None, merges: str = ""
) -> Assessment:
    """Keep the actor's own mark, reason, passages and notes for one criterion of one submission (A5).

    `version` is the one that the writer saw (None: whatever is saved gives way), `merges` the key of a late text that
    this one takes in. Refused once their marks are submitted (A4), for a mark outside 0..maximum, and for a passage
    that does not stand in the answer. Raises StaleMark when it was saved elsewhere meanwhile, and keeps the text aside.
    """
    saved = _save_or_keep(round, judgement, actor, at, (version, merges))
    if isinstance(saved, StaleMark):
        raise saved
    return saved


@transaction.atomic
def drop_late_text(*, round: Round, judgement: Judgement, key: str, actor: User, at: datetime) -> None:
    """Leave out a text of one's own that came too late; what is saved stays."""
    seat = seat_of(round, actor, PanelRole.ASSESSOR)
    if not late_texts.is_of(key, actor.actor_key):
        raise NotPermitted("Only whoever wrote a text can leave it out.")
    paper = WorkingPaper.objects.filter(
        assessment__round=round, assessment__member=seat, assessment__submission=judgement.submission,
        assessment__criterion=judgement.criterion,
    ).first()  # fmt: skip
    if paper is not None and paper.aside.pop(key, None) is not None:
        paper.save(update_fields=["aside"])


@transaction.atomic
def submit_marks(*, round: Round, actor: User, at: datetime) -> int:
    """Submit all of the actor's marks; returns how many. From then on they are immutable (A4).

    Refused with the complete list of what is missing (A5). When everybody's are in, moderation begins.
    """
    seat = seat_of(round, actor, PanelRole.ASSESSOR)
    require_state(round, RoundState.MARKING)
    pairs = queries.my_pairs(queries.standing_of(round, actor))
    if not pairs:
        raise Refused("You have no marks to submit in this round.")
    if all(pair.is_submitted for pair in pairs):
        raise Refused("Your marks are already submitted.")
    if missing := [_missing(pair) for pair in pairs if not pair.is_complete or pair.late]:
        raise Refused(*missing)
    count = Assessment.objects.counted().filter(round=round, member=seat, submitted_at=None).update(submitted_at=at)
    note("marks.submitted", round, round, actor, at, member=seat.pk, marks=count)
    if not objections(round, "begin_moderation", at=at):
        perform(round, "begin_moderation", actor=SYSTEM, at=at)
    return count


@transaction.atomic
def _save_or_keep(
    round_: Round, judgement: Judgement, actor: User, at: datetime, seen: tuple[int | None, str]
) -> Assessment | StaleMark:
    """Save the mark, or keep the late text aside: either way it is committed when this returns."""
    seat = _may_save(round_, judgement, actor)
    version, merges = seen
    row = Assessment.objects.filter(
        round=round_, member=seat, submission=judgement.submission, criterion=judgement.criterion
    ).first() or Assessment(
        round=round_, member=seat, submission=judgement.submission, criterion=judgement.criterion, saved_at=at
    )
    paper = WorkingPaper.objects.filter(assessment=row.pk).first() or WorkingPaper()
    value = value_of(judgement)
    is_same = bool(row.pk) and _saved_value(row, paper) == value
    if not is_same and version is not None and paper.version != version:
        key = late_texts.key_of(actor.actor_key, version)
        paper.aside = late_texts.keep(paper.aside, key, value, name=str(actor), at=at.isoformat())
        paper.save()
        return StaleMark()
    merged = bool(merges) and paper.aside.pop(merges, None) is not None
    if merged or not is_same:
        _write(row, paper, judgement, at)
    return row


def _write(row: Assessment, paper: WorkingPaper, judgement: Judgement, at: datetime) -> None:
    row.mark, row.rationale, row.saved_at = judgement.mark, judgement.rationale.strip(), at
    row.quotes = quoting.stored(judgement.quotes)
    row.save()
    paper.assessment, paper.notes, paper.version = row, judgement.notes.strip(), paper.version + 1
    paper.save()


def _may_save(round_: Round, judgement: Judgement, actor: User) -> PanelMember:
    seat = seat_of(round_, actor, PanelRole.ASSESSOR)
    require_state(round_, RoundState.MARKING)
    require_no_recusal(round_, seat, judgement.submission)
    if judgement.submission.pk not in queries.work_of(round_, seat).get(seat.pk, {judgement.submission.pk}):
        raise Refused("This submission is not assigned to you: others mark it.")
    if _is_handed_in(round_, seat, judgement):
        raise Refused("Your marks are submitted and can no longer be changed.")
    require_mark_on_scale(round_, judgement.criterion, judgement.mark)
    if max(len(judgement.rationale), len(judgement.notes)) > MOST_CHARACTERS:
        raise Refused(f"This text is longer than {MOST_CHARACTERS:,} characters. Shorten it; nothing was saved.")
    _require_quotes_stand(judgement)
    return seat


def _require_quotes_stand(judgement: Judgement) -> None:
    if not judgement.quotes:
        return
    texts = queries.texts_of(judgement.submission, judgement.criterion)
    if len(judgement.quotes) > quoting.MOST_QUOTES:
        raise Refused(f"Quote at most {quoting.MOST_QUOTES} passages: those that carry the mark.")
    for quotation in judgement.quotes:
        if not quoting.is_true(quotation, texts):
            raise Refused(f"“{quotation.text[:80]}” does not stand at its place in the answer.")


def value_of(judgement: Judgement) -> dict[str, Any]:
    """Everything that was written, as plain data: what is compared with the saved one, and kept when it comes late."""
    mark = None if judgement.mark is None else inputs.plain(judgement.mark)
    return {
        "mark": mark, "rationale": judgement.rationale.strip(), "quotes": quoting.stored(judgement.quotes),
        "notes": judgement.notes.strip(),
    }  # fmt: skip


def _saved_value(row: Assessment, paper: WorkingPaper) -> dict[str, Any]:
    mark = None if row.mark is None else inputs.plain(row.mark)
    return {"mark": mark, "rationale": row.rationale, "quotes": row.quotes, "notes": paper.notes}


def _is_handed_in(round_: Round, seat: PanelMember, judgement: Judgement) -> bool:
    rows = Assessment.objects.counted().filter(round=round_, member=seat, submitted_at__isnull=False)
    return rows.filter(submission=judgement.submission, criterion=judgement.criterion).exists()


def _missing(pair: queries.Pair) -> str:
    if pair.late:
        what = "two texts are still to be put together"
    else:
        what = "no mark" if pair.mark is None else "no reason for the mark"
    return f"{pair.pseudonym}, {pair.criterion.name}: {what}."
