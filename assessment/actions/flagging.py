"""Flags from the marking screen: an assessor tells the chair, and the chair answers; both are on the record."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from assessment.actions.entry import note, require_no_recusal, require_state, seat_of
from assessment.models import Flag, FlagKind, PanelRole, Round, RoundState
from audit.transitions import Refused, lock
from suppliers.models import Submission

WHILE_JUDGED = (RoundState.SIFTING, RoundState.MARKING, RoundState.MODERATING)
MOST_CHARACTERS = 4_000


@transaction.atomic
def raise_flag(
    *, round: Round, submission: Submission, kind: str, reason: str, actor: User, at: datetime
) -> Flag:  # fmt: skip
    """Tell the chair something about a submission that one reads for marking. It changes no mark."""
    seat = seat_of(round, actor, PanelRole.ASSESSOR)
    require_state(round, *WHILE_JUDGED)
    require_no_recusal(round, seat, submission)
    _require_words(reason, "Say what you saw, and where: the chair has to be able to find it.")
    if kind not in FlagKind.values:
        raise Refused("Choose what it is about.")
    if Flag.objects.filter(round=round, submission=submission, member=seat, kind=kind, answered_at=None).exists():
        raise Refused("You told the chair about this already, and the chair has not answered yet.")
    flag = Flag.objects.create(
        round=round, submission=submission, member=seat, kind=kind, reason=reason.strip(), raised_at=at
    )
    # The words stay with the two of them: the record says that there was a flag, and about what.
    note("submission.flagged", flag, round, actor, at, submission=submission.pseudonym)
    return flag


@transaction.atomic
def answer_flag(*, flag: Flag, answer: str, actor: User, at: datetime) -> None:
    """Answer an assessor, once: what was looked at and what follows. The chair, or the deputy in the chair's place."""
    seat = seat_of(flag.round, actor, PanelRole.CHAIR)
    lock(flag)
    require_state(flag.round, *WHILE_JUDGED)
    require_no_recusal(flag.round, seat, flag.submission)
    if flag.answered_at is not None:
        raise Refused("This was answered already, and the answer stands.")
    _require_words(answer, "Say what you looked at, and what follows from it.")
    flag.answer, flag.answered_by, flag.answered_at = answer.strip(), seat, at
    flag.save(update_fields=["answer", "answered_by", "answered_at"])
    note("submission.flag_answered", flag, flag.round, actor, at, submission=flag.submission.pseudonym)


def _require_words(text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(sentence)
    if len(text) > MOST_CHARACTERS:
        raise Refused(f"This is longer than {MOST_CHARACTERS:,} characters. Shorten it; nothing was saved.")
