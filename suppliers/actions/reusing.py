"""Using earlier answers again (O4)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.transitions import NotPermitted, Refused
from suppliers import drafts, queries, rules
from suppliers.actions.drafting import lock_for_writing
from suppliers.drafts import Saver
from suppliers.models import Submission
from suppliers.queries.reuse import Earlier


@transaction.atomic
def reuse_clauses(*, submission: Submission, source: Submission, actor: User, at: datetime) -> int:
    """Copy responses to clauses that are asked again and still empty here; returns how many.

    Only between submissions of one organisation, and only by its own people. What is written already is never replaced.
    """
    if source.supplier_id != submission.supplier_id or not rules.may_read(actor, source):
        raise NotPermitted("Only answers of your own organisation can be used again.")
    now = lock_for_writing(submission, actor, at)
    draft, asked = drafts.read(submission), queries.questionnaire(submission.challenge)
    found = Earlier(source, queries.read_draft(source, actor)).clauses_for(draft, asked)
    if not found:
        raise Refused("There is nothing in that answer that is asked here and not written yet.")
    for section, value in found.items():
        draft.set(section, value, submission.draft_version + 1, Saver(str(actor), now.isoformat()))
    drafts.write(submission, draft, now)
    return len(found)
