"""What a panel may read of a submission while quality is assessed: copied field by field from an allow-list (A6)."""

from dataclasses import dataclass
from uuid import UUID

from assessment.queries.seats import named
from assessment.queries.standing import Standing
from assessment.visibility import Role, visible_fields
from challenges.models import ClauseRequirement
from clauses.models import Due, Mode
from files.models import FileState, StoredFile
from suppliers.models import Answer, ClauseResponse, Submission

KINDS = {"application/pdf": "PDF", "text/csv": "CSV", "text/plain": "text", "image/png": "image", "image/jpeg": "image"}


@dataclass(frozen=True)
class BlindAnswer:
    """The answer to one criterion."""

    code: str
    criterion: str
    text: str


@dataclass(frozen=True)
class BlindResponse:
    """The response to one clause. The link to evidence is the chair's alone: an address often names its owner."""

    requirement_id: int
    code: str
    title: str
    requirement: str
    is_mandatory: bool
    due: str
    due_words: str
    is_accepted: bool | None
    level: int | None
    text: str
    url: str
    has_link: bool


@dataclass(frozen=True)
class BlindFile:
    """An attachment under a neutral name: what its sender called it may name the sender."""

    reference: UUID
    name: str
    size: int
    is_checked: bool


@dataclass(frozen=True)
class BlindSubmission:
    """All that a panel sees of a submission before it is ranked."""

    pseudonym: str
    slug: str
    answers: tuple[BlindAnswer, ...] = ()
    clause_responses: tuple[BlindResponse, ...] = ()
    attachments: tuple[BlindFile, ...] = ()


def blind_submission(standing: Standing, slug: str) -> BlindSubmission | None:
    """The submission behind a pseudonym as this person may see it now; None when they may see nothing of it."""
    submission = named(standing.submissions, slug)
    if submission is None:
        return None
    fields = visible_fields(standing.viewer, standing.phase, submission.pk)
    if not fields:
        return None
    return BlindSubmission(
        pseudonym=submission.pseudonym,
        slug=slug,
        answers=_answers(submission) if "answers" in fields else (),
        clause_responses=_responses(submission, standing.viewer.role) if "clause_responses" in fields else (),
        attachments=_attachments(submission) if "attachments" in fields else (),
    )


def attachment(standing: Standing, slug: str, reference: UUID) -> tuple[StoredFile, str] | None:
    """The stored file behind a neutral name, with that name; None when this person may not see it (S3)."""
    shown = blind_submission(standing, slug)
    neutral = next((f.name for f in shown.attachments if f.reference == reference), None) if shown else None
    if neutral is None:
        return None
    return StoredFile.objects.get(public_id=reference), neutral


def _answers(submission: Submission) -> tuple[BlindAnswer, ...]:
    rows = Answer.objects.filter(submission=submission).values_list("criterion__code", "criterion__name", "text")
    return tuple(BlindAnswer(*row) for row in rows)


def _responses(submission: Submission, role: Role) -> tuple[BlindResponse, ...]:
    given = {row.requirement_id: row for row in ClauseResponse.objects.filter(submission=submission)}
    asked = ClauseRequirement.objects.filter(challenge_id=submission.challenge_id).order_by("code")
    return tuple(_response(requirement, given.get(requirement.pk), role) for requirement in asked)


def _response(requirement: ClauseRequirement, given: ClauseResponse | None, role: Role) -> BlindResponse:
    url = given.url if given else ""
    return BlindResponse(
        requirement_id=requirement.pk,
        code=requirement.code,
        title=requirement.title,
        requirement=requirement.requirement,
        is_mandatory=requirement.mode == Mode.MANDATORY,
        due=requirement.due,
        due_words=str(Due(requirement.due).label),
        is_accepted=given.is_accepted if given else None,
        level=given.level if given else None,
        text=given.text if given else "",
        url=url if role is Role.CHAIR else "",
        has_link=bool(url),
    )


def _attachments(submission: Submission) -> tuple[BlindFile, ...]:
    rows = StoredFile.objects.filter(owner_type=Submission._meta.label_lower, owner_id=submission.pk)
    kept = rows.exclude(state=FileState.REFUSED).order_by("public_id")
    return tuple(
        BlindFile(row.public_id, f"Attachment {n}{_kind(row)}", row.size, row.state == FileState.CLEAN)
        for n, row in enumerate(kept, start=1)
    )


def _kind(row: StoredFile) -> str:
    kind = KINDS.get(row.content_type)
    return f" ({kind})" if kind else ""
