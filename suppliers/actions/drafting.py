"""Writing an answer: sections saved one by one, encrypted from the first save, and never lost."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from audit import clock
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event, lock
from challenges.models import Challenge
from files import actions as file_actions
from files.actions import Incoming
from files.checks import FileRefused, examine
from files.models import StoredFile
from files.properties import properties, stripped
from suppliers import attachments, drafts, rules, states, vault
from suppliers.actions.scanning import have_checked
from suppliers.drafts import Draft, Saver
from suppliers.models import Submission, Supplier
from work import late_texts

MOST_CHARACTERS = 60_000
NOT_YOURS = "Only the supplier's own people can write here."


class StaleDraft(Refused):
    """Somebody saved this section after it was opened; both texts are here, and both are kept."""

    def __init__(self, section: str, mine: Any, draft: Draft) -> None:
        saver = draft.saver(section)
        who = saver.name if saver else "Somebody else in your organisation"
        super().__init__(
            f"{who} saved this part after you opened it. Both texts are kept: put them together, then save."
        )
        self.section, self.mine, self.theirs = section, mine, draft.sections.get(section)
        self.version, self.saver = draft.section_version(section), saver


@transaction.atomic
def start_submission(*, challenge: Challenge, supplier: Supplier, actor: User, at: datetime) -> Submission:
    """Begin a supplier's one answer to a challenge, or return the one begun before (O1)."""
    if not rules.may_answer(actor, supplier, challenge):
        raise NotPermitted("Only the supplier's own people can answer, and nobody who works for the council that asks.")
    lock(supplier)
    found = Submission.objects.filter(challenge=challenge, supplier=supplier).first()
    if found is not None:
        return found
    now = max(at, clock.now())
    if closed := states.closed_sentence(Challenge.objects.get(pk=challenge.pk), now):
        raise Refused(closed)
    vault.make_keys(challenge, now)
    submission = Submission(challenge=challenge, supplier=supplier, created_at=now)
    vault.give_keys(submission)
    submission.save()
    append_event(
        verb="submission.started", subject=submission, actor=actor, at=now, challenge_id=challenge.pk,
        visibility=Visibility.SUPPLIER,
    )  # fmt: skip
    return submission


def save_draft(  # noqa: PLR0913 - what is saved where, upon what, by whom, when
    *, submission: Submission, section: str, value: Any, version: int, actor: User, at: datetime, merges: str = ""
) -> Draft:
    """Save one section; `version` is the section's version that the writer saw. No event: it saves itself often.

    `merges` is the key of a text kept aside that this one takes in. Raises StaleDraft when the section was changed
    meanwhile to something else, and then the text is kept aside; Refused after the deadline (T3).
    """
    stale = _save_or_keep(submission, (section, value, version, merges), actor, at)
    if isinstance(stale, StaleDraft):
        raise stale
    return stale


@transaction.atomic
def drop_aside(*, submission: Submission, section: str, key: str, actor: User, at: datetime) -> None:
    """Leave out a text of one's own that was kept aside; refused for a text of somebody else."""
    now = lock_for_writing(submission, actor, at)
    draft = drafts.read(submission)
    if not late_texts.is_of(key, actor.actor_key):
        raise NotPermitted("Only whoever wrote a text can leave it out.")
    if draft.forget_aside(section, key):
        drafts.write(submission, draft, now)


@transaction.atomic
def _save_or_keep(
    submission: Submission, what: tuple[str, Any, int, str], actor: User, at: datetime
) -> Draft | StaleDraft:
    """Save the section, or keep the late text aside: either way it is committed when this returns."""
    section, value, version, merges = what
    now = lock_for_writing(submission, actor, at)
    if len(str(value)) > MOST_CHARACTERS:
        raise Refused(f"This text is longer than {MOST_CHARACTERS:,} characters. Shorten it; nothing was saved.")
    draft, by = drafts.read(submission), Saver(str(actor), now.isoformat())
    is_same = draft.sections.get(section) == value
    if not is_same and draft.section_version(section) != version:
        stale = StaleDraft(section, value, draft)
        draft.keep_aside(section, late_texts.key_of(actor.actor_key, version), value, by)
        drafts.write(submission, draft, submission.draft_saved_at or now)
        return stale
    merged = bool(merges) and draft.forget_aside(section, merges)
    if not is_same:
        draft.set(section, value, submission.draft_version + 1, by)
    if merged or not is_same:
        drafts.write(submission, draft, now)
    return draft


@transaction.atomic
def attach_file(*, submission: Submission, name: str, data: bytes, actor: User, at: datetime) -> StoredFile:
    """Take in a file, sealed; raises FileRefused with the reason, Refused after the deadline (T3)."""
    found = examine(name, data, settings.UPLOAD_MAX_BYTES)
    now = lock_for_writing(submission, actor, at)
    draft = drafts.read(submission)
    if len(draft.files) >= attachments.MOST_FILES:
        raise FileRefused(f"You have {attachments.MOST_FILES} files, which is the most we take. Remove one first.")
    told, data = properties(found.content_type, data), stripped(found.content_type, data)
    stored = file_actions.store(
        incoming=Incoming(found.name, found.content_type, data), owner=submission, actor=actor, at=now,
        sealer=attachments.sealer(submission),
    )  # fmt: skip
    with file_actions.kept_only_if_all_goes_well(stored):
        have_checked(stored, now)
        draft.files.append(attachments.entry(stored, found, data, told))
        draft.version = submission.draft_version + 1
        drafts.write(submission, draft, now)
    return stored


@transaction.atomic
def detach_file(*, submission: Submission, public_id: str, actor: User, at: datetime) -> None:
    """Take a file out of the draft; its bytes stay only while a submitted version still holds it."""
    now = lock_for_writing(submission, actor, at)
    draft = drafts.read(submission)
    kept = [each for each in draft.files if each["id"] != public_id]
    if len(kept) == len(draft.files):
        raise Refused("This file is not part of your answer any more.")
    draft.files, draft.version = kept, submission.draft_version + 1
    drafts.write(submission, draft, now)
    if public_id not in attachments.submitted_ids(submission):
        file_actions.remove(stored=attachments.of(submission).get(public_id=public_id))


def lock_for_writing(submission: Submission, actor: User, at: datetime) -> datetime:
    """Lock the row, and decide by the clock read under that lock whether it may still change (T2, T3)."""
    lock(submission)
    if not rules.may_write(actor, submission):
        raise NotPermitted(NOT_YOURS)
    now = max(at, clock.now())
    if closed := states.call_is_open(submission, now):
        raise Refused(closed)
    return now
