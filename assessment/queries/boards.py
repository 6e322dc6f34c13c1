"""What the chair works from: how far each member has come, and where the locked marks differ (A14)."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.text import slugify

from assessment import quoting
from assessment.models import Assessment, Moderation, PanelMember, PanelRole, Round
from assessment.queries.marking import texts_of
from assessment.queries.seats import Declared, declarations, members, owed_by, work_of
from assessment.queries.standing import Standing
from assessment.quoting import ANSWER, Quotation
from assessment.scoring import furthest, needs_moderation, spread
from assessment.visibility import may_see_spread, visible_marks
from challenges.models import Criterion
from suppliers.models import Submission


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
    quotes: tuple[Quotation, ...]
    is_submitted: bool
    is_voided: bool


@dataclass(frozen=True)
class MemberProgress:
    """How far one member has come, as counts; never what they gave."""

    name: str
    role: str
    has_accepted: bool
    has_declared: bool
    recusals: int
    owed: int
    complete: int
    submitted: int

    @property
    def is_finished(self) -> bool:
        return self.has_declared and self.submitted == self.owed

    @property
    def is_observer(self) -> bool:
        return self.role == PanelRole.OBSERVER.word


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
    supplier: str = ""

    @property
    def spread_percent(self) -> int | None:
        return None if self.spread is None else round(self.spread * 100)

    @property
    def furthest(self) -> dict[str, Fraction]:
        """Who differs most from the middle of the others, and by how much."""
        return furthest({shown.assessor: shown.mark for shown in self.marks if shown.mark is not None})

    @property
    def agreed_mark(self) -> Decimal | None:
        """The mark that all gave, if they did: where the discussion may start, never a moderated mark by itself."""
        marks = {shown.mark for shown in self.marks}
        return next(iter(marks)) if len(marks) == 1 else None


def progress(standing: Standing) -> list[MemberProgress]:
    """Every member's progress, chair first."""
    ids = [each.pk for each in standing.submissions]
    declared = declarations(standing.round, ids)
    given = _written(standing.round, ids)
    seats = members(standing.round)
    work = work_of(standing.round, *seats)
    return [_progress(standing, seat, declared.get(seat.pk, Declared()), given[seat.pk], work) for seat in seats]


def individual_marks(standing: Standing) -> list[MarkShown]:
    """The individual marks that this person may see now (A4, A16)."""
    return list(visible_marks(standing.viewer, standing.phase, _all_marks(standing.round)))


def topics(standing: Standing) -> list[Topic]:
    """Everything to moderate, mandatory topics first and then the widest spread; empty for whom the wall refuses."""
    marks = _all_marks(standing.round)
    rows = Moderation.objects.filter(round=standing.round)
    moderated = {(row.submission_id, row.criterion_id): row for row in rows}
    shown: dict[tuple[Hashable, int], list[MarkShown]] = defaultdict(list)
    for mark in visible_marks(standing.viewer, standing.phase, marks):
        shown[mark.submission_id, mark.criterion_id].append(mark)
    # Only an unlocked mark could close the wall, so only those are handed over.
    unlocked = [mark for mark in marks if not (mark.is_submitted or mark.is_voided)]
    found = [
        replace(
            _topic(
                submission, criterion, shown[submission.pk, criterion.pk], moderated.get((submission.pk, criterion.pk))
            ),
            supplier=standing.names.get(submission.pk, ""),
        )
        for submission in standing.submissions
        if may_see_spread(standing.viewer, standing.phase, submission.pk, unlocked)
        for criterion in standing.criteria
    ]
    return sorted(found, key=lambda topic: (not topic.is_mandatory, -(topic.spread or 0)))


def topic(standing: Standing, slug: str, code: str) -> Topic | None:
    """One topic with the answer it is about; None when there is none for this person."""
    found = next((t for t in topics(standing) if (t.slug, t.criterion.code) == (slug, code)), None)
    if found is None:
        return None
    return replace(found, answer=texts_of(found.submission_id, found.criterion)[ANSWER])


def _written(round_: Round, submission_ids: list[int]) -> dict[int, list[tuple[bool, bool]]]:
    """By the member's id, whether each of their marks on these submissions is complete, and whether it is handed in."""
    given: dict[int, list[tuple[bool, bool]]] = defaultdict(list)
    rows = Assessment.objects.counted().filter(round=round_, submission__in=submission_ids)
    for member_id, mark, rationale, submitted_at in rows.values_list("member_id", "mark", "rationale", "submitted_at"):
        given[member_id].append((mark is not None and bool(rationale.strip()), submitted_at is not None))
    return given


def _progress(
    standing: Standing,
    seat: PanelMember,
    own: Declared,
    rows: Sequence[tuple[bool, bool]],
    work: Mapping[int, frozenset[int]],
) -> MemberProgress:
    return MemberProgress(
        name=str(seat.user),
        role=PanelRole(seat.role).word,
        has_accepted=seat.terms_accepted_at is not None,
        has_declared=own.is_complete([each.pk for each in standing.submissions]),
        recusals=len(own.recused),
        owed=len(owed_by(seat, own, standing.submissions, standing.criteria, work)),
        complete=sum(is_complete for is_complete, _ in rows),
        submitted=sum(is_in for _, is_in in rows),
    )


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
        "criterion__name", "mark", "rationale", "quotes", "submitted_at", "voided_at",
    )  # fmt: skip
    return [
        MarkShown(*shown, quoting.read(quotes), submitted_at is not None, voided_at is not None)  # type: ignore[call-arg]
        for *shown, quotes, submitted_at, voided_at in rows.values_list(*columns)
    ]
