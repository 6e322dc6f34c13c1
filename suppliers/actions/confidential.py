"""Passages that are to be kept out of anything published: marked in the draft, each with its reason."""

import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.transitions import Refused
from suppliers import drafts
from suppliers.actions.drafting import lock_for_writing
from suppliers.confidentiality import LONGEST, SHORTEST, found
from suppliers.drafts import CONFIDENTIAL, Draft, Saver
from suppliers.models import Submission

MOST_PASSAGES = 20
LONGEST_REASON = 500


@transaction.atomic
def mark_confidential(
    *, submission: Submission, section: str, passage: str, reason: str, actor: User, at: datetime
) -> None:
    """Mark words of a section; refused where they do not stand in it, without a reason, or after the deadline."""
    now = lock_for_writing(submission, actor, at)
    draft = drafts.read(submission)
    words, why = " ".join(passage.split()), reason.strip()
    _refuse_unfit(draft, section, words, why)
    marked = {"id": secrets.token_hex(8), "section": section, "passage": words, "reason": why}
    _write(submission, draft, [*draft.passages, marked], actor, now)


@transaction.atomic
def unmark_confidential(*, submission: Submission, passage_id: str, actor: User, at: datetime) -> None:
    """Take a mark away again."""
    now = lock_for_writing(submission, actor, at)
    draft = drafts.read(submission)
    kept = [each for each in draft.passages if each["id"] != passage_id]
    if len(kept) == len(draft.passages):
        raise Refused("This passage is not marked any more.")
    _write(submission, draft, kept, actor, now)


def _refuse_unfit(draft: Draft, section: str, words: str, why: str) -> None:
    if not SHORTEST <= len(words) <= LONGEST:
        raise Refused(f"Copy the passage here: between {SHORTEST} and {LONGEST:,} characters.")
    if not found(draft.text_of(section), words):
        raise Refused("These words do not stand in that part of your answer. Copy them from it, letter by letter.")
    if not why or len(why) > LONGEST_REASON:
        raise Refused(f"Say why it is confidential, in at most {LONGEST_REASON} characters.")
    if len(draft.passages) >= MOST_PASSAGES:
        raise Refused(f"{MOST_PASSAGES} passages are the most that can be marked.")
    if any((each["section"], each["passage"]) == (section, words) for each in draft.passages):
        raise Refused("This passage is marked already.")


def _write(submission: Submission, draft: Draft, passages: list[dict[str, str]], actor: User, now: datetime) -> None:
    by = Saver(str(actor), now.isoformat())
    draft.set(CONFIDENTIAL, passages, submission.draft_version + 1, by)
    drafts.write(submission, draft, now)
