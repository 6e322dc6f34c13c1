"""What a panel may read of a submission while quality is assessed: copied field by field from an allow-list (A6)."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from django.utils.text import slugify

from assessment import finished
from assessment.finished import Finished
from assessment.models import EvidenceRequest, PilotEvidence
from assessment.queries.marking import written_on
from assessment.queries.seats import named
from assessment.queries.standing import Standing
from assessment.visibility import Role, visible_fields
from challenges.models import ClauseRequirement
from files.models import FileState, StoredFile
from suppliers.blind import (
    Attached,
    BlindAddition,
    BlindAnswer,
    BlindFile,
    BlindPassage,
    BlindResponse,
    BlindSubmission,
    asked_of,
    neutral,
)
from suppliers.drafts import answer_section, clause_section
from suppliers.models import Answer, ClauseResponse, ConfidentialPassage, Submission

Marked = dict[str, tuple[BlindPassage, ...]]


def blind_submission(standing: Standing, slug: str) -> BlindSubmission | None:
    """The submission behind a pseudonym as this person may see it now; None when they may see nothing of it."""
    submission = named(standing.submissions, slug)
    if submission is None:
        return None
    fields = visible_fields(standing.viewer, standing.phase, submission.pk)
    if not fields:
        return None
    if standing.round.is_about_pilots:
        return _finished(standing, submission, slug)
    marked, request = _confidential(submission), EvidenceRequest.objects.filter(submission=submission).first()
    files = _attachments(submission, _added(request))
    responses = _responses(submission, standing.viewer.role, files, marked) if "clause_responses" in fields else ()
    responses = tuple(_with_addition(row, request, standing.viewer.role, files) for row in responses)
    return BlindSubmission(
        pseudonym=submission.pseudonym,
        slug=slug,
        answers=_answers(submission, marked) if "answers" in fields else (),
        clause_responses=responses,
        attachments=files if "attachments" in fields else (),
    )


def pilot_evidence(standing: Standing, slug: str) -> tuple[Finished, str] | None:
    """The frozen evidence of a finished pilot with its fingerprint, for whoever may read answers now (A6)."""
    submission = named(standing.submissions, slug)
    if submission is None or "answers" not in visible_fields(standing.viewer, standing.phase, submission.pk):
        return None
    row = PilotEvidence.objects.filter(round=standing.round, submission=submission).first()
    return (finished.read(row.document), row.sha256) if row is not None else None


def attached(standing: Standing) -> Iterator[tuple[str, str, StoredFile]]:
    """Every checked file that this person may see: its submission's pseudonym as in addresses, and its neutral name."""
    for submission in standing.submissions:
        shown = blind_submission(standing, slugify(submission.pseudonym))
        names = {file.reference: file.name for file in shown.attachments if file.is_checked} if shown else {}
        stored = StoredFile.objects.in_bulk(names, field_name="public_id")
        yield from ((slugify(submission.pseudonym), name, stored[reference]) for reference, name in names.items())


def attachment(standing: Standing, slug: str, reference: UUID) -> tuple[StoredFile, str] | None:
    """The stored file behind a neutral name, with that name; None when this person may not see it (S3)."""
    shown = blind_submission(standing, slug)
    name = next((f.name for f in shown.attachments if f.reference == reference), None) if shown else None
    if name is None:
        return None
    return StoredFile.objects.get(public_id=reference), name


def _finished(standing: Standing, submission: Submission, slug: str) -> BlindSubmission:
    texts = written_on(submission.pk, standing.criteria)
    told = tuple(BlindAnswer(row.code, row.name, texts.get(row.pk, ""), ()) for row in standing.criteria)
    return BlindSubmission(submission.pseudonym, slug, answers=told, clause_responses=(), attachments=())


def _answers(submission: Submission, marked: Marked) -> tuple[BlindAnswer, ...]:
    rows = Answer.objects.filter(submission=submission).values_list("criterion__code", "criterion__name", "text")
    return tuple(BlindAnswer(*row, marked.get(answer_section(row[0]), ())) for row in rows)


def _responses(
    submission: Submission, role: Role, attachments: tuple[BlindFile, ...], marked: Marked
) -> tuple[BlindResponse, ...]:
    given = {row.requirement_id: row for row in ClauseResponse.objects.filter(submission=submission)}
    asked = ClauseRequirement.objects.filter(challenge_id=submission.challenge_id).order_by("code")
    names = {str(file.reference): file.name for file in attachments}
    return tuple(_response(row, given.get(row.pk), role, names, marked) for row in asked)


def _response(
    requirement: ClauseRequirement, given: ClauseResponse | None, role: Role, names: dict[str, str], marked: Marked
) -> BlindResponse:
    url = given.url if given else ""
    return BlindResponse(
        **asked_of(requirement),
        is_accepted=given.is_accepted if given else None,
        level=given.level if given else None,
        text=given.text if given else "",
        url=url if role is Role.CHAIR else "",
        has_link=bool(url),
        files=tuple(names[file_id] for file_id in (given.files if given else ()) if file_id in names),
        confidential=marked.get(clause_section(requirement.code), ()),
    )


def _confidential(submission: Submission) -> Marked:
    marked: Marked = {}
    for row in ConfidentialPassage.objects.filter(submission=submission):
        marked[row.section] = (*marked.get(row.section, ()), BlindPassage(row.passage, row.reason))
    return marked


def _with_addition(
    response: BlindResponse, request: EvidenceRequest | None, role: Role, files: tuple[BlindFile, ...]
) -> BlindResponse:
    """The response with the evidence that was given later beside it, never in its place (A13)."""
    given = request.answers.get(response.code) if request is not None else None
    if request is None or given is None or request.answered_at is None:
        return response
    names = {str(file.reference): file.name for file in files}
    addition = BlindAddition(
        at=request.answered_at, text=given["text"], url=given["url"] if role is Role.CHAIR else "",
        has_link=bool(given["url"]), files=tuple(names[each] for each in given["files"] if each in names),
    )  # fmt: skip
    return replace(response, addition=addition)


def _added(request: EvidenceRequest | None) -> set[str]:
    return {file for given in request.answers.values() for file in given["files"]} if request is not None else set()


def _attachments(submission: Submission, added: set[str]) -> tuple[BlindFile, ...]:
    """What was handed in, numbered as ever, and then what was added later under names of its own."""
    rows = StoredFile.objects.filter(owner_type=Submission._meta.label_lower, owner_id=submission.pk)
    kept = [
        Attached(row.public_id, row.content_type, row.size, row.state == FileState.CLEAN)
        for row in rows.exclude(state=FileState.REFUSED)
    ]
    later = [each for each in kept if str(each.reference) in added]
    return neutral(each for each in kept if each not in later) + neutral(later, "Evidence given later")
