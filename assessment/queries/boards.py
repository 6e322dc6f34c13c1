"""What the chair works from: how far each member has come, and where the locked marks differ (A14)."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.text import slugify

from accounts.models import User
from assessment.models import Assessment, Moderation, PanelRole, Round
from assessment.queries.seats import (
    Declared,
    declarations,
    members,
    owed_by,
    phase_of,
    quality_criteria,
    submissions_in,
    viewer,
)
from assessment.scoring import needs_moderation, spread
from assessment.visibility import Viewer, may_see_spread, visible_marks
from challenges.models import Criterion
from suppliers.models import Answer, Submission


@dataclass(frozen=True)
class MarkShown:
    """One individual mark, for whoever the wall lets see it."""

    assessor_id: Hashable
    assessor: str
    submission_id: Hashable
    pseudonym: str
    criterion_id: int
    criterion: str
    mark: Decimal | None
    rationale: str
    is_submitted: bool
    is_voided: bool


@dataclass(frozen=True)
class MemberProgress:
    """How far one member has come, as counts; never what they gave."""

    name: str
    role: str
    has_declared: bool
    recusals: int
    owed: int
    complete: int
    submitted: int

    @property
    def is_finished(self) -> bool:
        return self.has_declared and self.submitted == self.owed


@dataclass(frozen=True)
class Topic:
    """One submission on one criterion, for moderation. `spread` is a share of the scale, None without marks."""

    submission_id: int
    pseudonym: str
    slug: str
    criterion: Criterion
    marks: tuple[MarkShown, ...]
    spread: Fraction | None
    is_mandatory: bool
    moderation: Moderation | None
    answer: str = ""

    @property
    def spread_percent(self) -> int | None:
        return None if self.spread is None else round(self.spread * 100)

    @property
    def agreed_mark(self) -> Decimal | None:
        """The mark that all gave, if they did: where the discussion may start, never a moderated mark by itself."""
        marks = {shown.mark for shown in self.marks}
        return next(iter(marks)) if len(marks) == 1 else None


def progress(round_: Round) -> list[MemberProgress]:
    """Every member's progress, chair first."""
    submissions, criteria = submissions_in(round_), quality_criteria(round_)
    ids = [each.pk for each in submissions]
    declared = declarations(round_, ids)
    given: dict[int, list[Assessment]] = defaultdict(list)
    for row in Assessment.objects.counted().filter(round=round_):
        given[row.member_id].append(row)
    board = []
    for member in members(round_):
        own = declared.get(member.pk, Declared())
        rows = given[member.pk]
        board.append(
            MemberProgress(
                name=str(member.user),
                role=str(PanelRole(member.role).name).capitalize(),
                has_declared=own.is_complete(ids),
                recusals=len(own.recused),
                owed=len(owed_by(member, own, submissions, criteria)),
                complete=sum(1 for row in rows if row.mark is not None and row.rationale.strip()),
                submitted=sum(1 for row in rows if row.submitted_at is not None),
            )
        )
    return board


def individual_marks(round_: Round, user: User) -> list[MarkShown]:
    """The individual marks that this person may see now (A4, A16)."""
    return list(visible_marks(viewer(round_, user), phase_of(round_), _all_marks(round_)))


def topics(round_: Round, user: User) -> list[Topic]:
    """Everything to moderate, mandatory topics first and then the widest spread; empty for whom the wall refuses."""
    looking = viewer(round_, user)
    marks = _all_marks(round_)
    moderated = {
        (row.submission_id, row.criterion_id): row
        for row in Moderation.objects.filter(round=round_).select_related("criterion")
    }
    shown: dict[tuple[Hashable, int], list[MarkShown]] = defaultdict(list)
    for mark in visible_marks(looking, phase_of(round_), marks):
        shown[mark.submission_id, mark.criterion_id].append(mark)
    unlocked = [mark for mark in marks if not (mark.is_submitted or mark.is_voided)]
    criteria = quality_criteria(round_)
    found = [
        _topic(submission, criterion, shown[submission.pk, criterion.pk], moderated.get((submission.pk, criterion.pk)))
        for submission in submissions_in(round_)
        if _may_see(looking, round_, submission, unlocked)
        for criterion in criteria
    ]
    return sorted(found, key=lambda topic: (not topic.is_mandatory, -(topic.spread or 0)))


def topic(round_: Round, user: User, slug: str, code: str) -> Topic | None:
    """One topic with the answer it is about; None when there is none for this person."""
    found = next((t for t in topics(round_, user) if (t.slug, t.criterion.code) == (slug, code)), None)
    if found is None:
        return None
    text = Answer.objects.filter(submission=found.submission_id, criterion=found.criterion)
    return replace(found, answer=text.values_list("text", flat=True).first() or "")


def _may_see(looking: Viewer, round_: Round, submission: Submission, unlocked: Sequence[MarkShown]) -> bool:
    # Only an unlocked mark could close the wall, so only those are handed over.
    return may_see_spread(looking, phase_of(round_), submission.pk, unlocked)


def _topic(submission: Submission, criterion: Criterion, marks: list[MarkShown], row: Moderation | None) -> Topic:
    numbers = [shown.mark for shown in marks if shown.mark is not None]
    return Topic(
        submission_id=submission.pk,
        pseudonym=submission.pseudonym,
        slug=slugify(submission.pseudonym),
        criterion=criterion,
        marks=tuple(marks),
        spread=spread(numbers, criterion.maximum) if numbers else None,
        is_mandatory=bool(numbers) and needs_moderation(numbers, criterion.maximum),
        moderation=row,
    )


def _all_marks(round_: Round) -> list[MarkShown]:
    rows = Assessment.objects.filter(round=round_).order_by("member_id", "submission_id", "criterion__position")
    columns = (
        "member_id", "member__user__full_name", "submission_id", "submission__pseudonym", "criterion_id",
        "criterion__name", "mark", "rationale", "submitted_at", "voided_at",
    )  # fmt: skip
    return [
        MarkShown(*shown, is_submitted=submitted_at is not None, is_voided=voided_at is not None)  # type: ignore[misc]
        for *shown, submitted_at, voided_at in rows.values_list(*columns)
    ]
