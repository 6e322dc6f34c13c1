"""Files that belong to a submission: closed in boxes of their own, opened for those whom a rule allows."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from files import access
from files.access import Opened
from files.actions import Sealer
from files.checks import Examined
from files.models import StoredFile
from files.queries import read_bytes
from suppliers import drafts, rules, sealing, vault
from suppliers.models import Submission

OWNER_TYPE = "suppliers.submission"
MOST_FILES = 10


def sealer(submission: Submission) -> Sealer:
    """Closes a file's bytes in a box bound to the submission and to the file's id."""
    key = vault.key_for(submission, vault.CONTENT)

    def close(public_id: UUID, data: bytes) -> bytes:
        return sealing.seal(key, data, **vault.place(submission, vault.file_kind(public_id)))

    return close


def of(submission: Submission) -> QuerySet[StoredFile]:
    """The rows of a submission's files."""
    return StoredFile.objects.filter(owner_type=OWNER_TYPE, owner_id=submission.pk)


def of_all(submissions: Iterable[Submission]) -> QuerySet[StoredFile]:
    """The rows of several submissions' files."""
    return StoredFile.objects.filter(owner_type=OWNER_TYPE, owner_id__in=[each.pk for each in submissions])


def entry(stored: StoredFile, found: Examined, data: bytes, properties: Mapping[str, str]) -> dict[str, Any]:
    """What the sealed draft says about a file: its name, kind, size, hash and what it tells about its makers."""
    return {
        "id": str(stored.public_id), "name": found.name, "content_type": found.content_type, "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(), "properties": dict(properties),
    }  # fmt: skip


def submitted_ids(submission: Submission) -> set[str]:
    """The ids of the files in the submitted version."""
    if submission.content_box is None:
        return set()
    key = vault.key_for(submission, vault.CONTENT)
    content = vault.open_up(submission, "content_box", submission.content_box, key)
    return {each["id"] for each in content["files"]}


def open_file(stored: StoredFile) -> Opened:
    """A submission's file as it was handed in. Before the unsealing its name is known to the draft alone."""
    submission = Submission.objects.select_related("challenge").get(pk=stored.owner_id)
    key = vault.key_for(submission, vault.CONTENT)
    place = vault.place(submission, vault.file_kind(stored.public_id))
    data = sealing.open_box(key, read_bytes(stored), **place)
    if stored.display_name:
        return Opened(stored.display_name, stored.content_type, data)
    entry = _entry(submission, str(stored.public_id))
    return Opened(entry.get("name", "attachment"), entry.get("content_type", stored.content_type), data)


def own_member_may(actor: Any, stored: StoredFile) -> bool:
    """The supplier's own people read their files at any time; other rooms add who may after the unsealing."""
    submission = Submission.objects.filter(pk=stored.owner_id).first()
    return submission is not None and rules.may_read(actor, submission)


def open_to_downloads() -> None:
    """Tell the files room how these files are opened and who owns them; called once everything is loaded."""
    access.opens(OWNER_TYPE, open_file)
    access.allow(OWNER_TYPE, room="suppliers", rule=own_member_may)


def _entry(submission: Submission, public_id: str) -> dict[str, Any]:
    found = (each for each in drafts.read(submission).files if each["id"] == public_id)
    return next(found, {})
