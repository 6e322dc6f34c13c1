"""An assessor's own work: the pairs of submission and criterion they owe, and the screen for one of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.text import slugify

from assessment import finished, quoting
from assessment.models import Assessment, PilotEvidence
from assessment.queries.standing import Standing
from assessment.quoting import ANSWER, Quotation, one_line_end
from assessment.visibility import Role, visible_fields
from challenges.models import Criterion, CriterionStage
from suppliers.models import Answer, Submission
from work import late_texts


@dataclass(frozen=True)
class ScaleStep:
    """One mark of a published scale and what it means."""

    mark: Decimal
    label: str
    descriptor: str


@dataclass(frozen=True)
class Pair:
    """One mark that an assessor owes, as far as it is given. Nothing of it is anybody else's (A4).

    `late` is a text that came too late from another tab, with its key; `texts` are what can be quoted, by source.
    """

    submission_id: int
    pseudonym: str
    slug: str
    criterion: Criterion
    mark: Decimal | None = None
    rationale: str = ""
    saved_at: datetime | None = None
    is_submitted: bool = False
    quotes: tuple[Quotation, ...] = ()
    notes: str = ""
    version: int = 0
    late: tuple[str, dict[str, Any]] | None = None
    supplier: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def scale(self) -> list[ScaleStep]:
        return scale_of(self.criterion)

    @property
    def answer(self) -> str:
        return self.texts.get(ANSWER, "")

    @property
    def answer_parts(self) -> list[tuple[str, bool]]:
        """The answer in pieces, each with whether it is quoted."""
        return list(quoting.parts(self.answer, ANSWER, self.quotes))

    @property
    def is_complete(self) -> bool:
        """A mark and a reason; a missing mark is not a zero (A5)."""
        return self.mark is not None and bool(self.rationale.strip())


@dataclass(frozen=True)
class OwnSubmission:
    """One submission on an assessor's list: how far they have come, and the criterion to go on with."""

    pseudonym: str
    slug: str
    code: str
    written: int
    asked: int
    state: str
    supplier: str = ""


def scale_of(criterion: Criterion) -> list[ScaleStep]:
    """The published scale, lowest mark first; rows are [mark, label, descriptor] or [mark, descriptor]."""
    steps = [_step(row) for row in criterion.scale]
    return sorted(steps, key=lambda step: step.mark)


def my_pairs(standing: Standing) -> list[Pair]:
    """The person's pairs, submission by submission; empty for whoever may not mark or has not declared everything."""
    if standing.viewer.role is not Role.ASSESSOR or not standing.viewer.has_declared:
        return []
    return [
        replace(pair, supplier=standing.names.get(pair.submission_id, ""))
        for pair in _pairs(standing.to_mark, standing.criteria, standing.own)
    ]


def by_submission(pairs: Iterable[Pair]) -> list[OwnSubmission]:
    """The person's pairs, one row for each submission, in the order given."""
    return [_own(list(own)) for _, own in groupby(pairs, key=lambda pair: pair.slug)]


def done(pairs: Sequence[Pair]) -> tuple[int, int]:
    """How many are written, of how many."""
    return sum(pair.is_complete for pair in pairs), len(pairs)


@dataclass(frozen=True)
class Desk:
    """The marking screen: one pair with what it is judged by, its neighbours, and how far its assessor has come."""

    pair: Pair
    before: Pair | None
    after: Pair | None
    beside: tuple[Pair, ...]
    done: tuple[int, int]


def desk_of(standing: Standing, slug: str, code: str) -> Desk | None:
    """The screen for one pair; None when it is not this assessor's. `beside`: the pairs of the same submission.

    The wall is asked for the answer as for any other field of a submission (A6).
    """
    pairs = my_pairs(standing)
    place = next((n for n, pair in enumerate(pairs) if (pair.slug, pair.criterion.code) == (slug, code)), None)
    if place is None:
        return None
    pair = pairs[place]
    if "answers" in visible_fields(standing.viewer, standing.phase, pair.submission_id):
        pair = replace(pair, texts=texts_of(pair.submission_id, pair.criterion))
    before, after = pairs[place - 1] if place else None, pairs[place + 1] if place + 1 < len(pairs) else None
    return Desk(pair, before, after, tuple(each for each in pairs if each.slug == slug), done(pairs))


def sheet_of(standing: Standing, slug: str) -> list[Pair]:
    """All of the assessor's pairs on one submission with their answers, to be read or printed as one."""
    mine = [pair for pair in my_pairs(standing) if pair.slug == slug]
    if not mine or "answers" not in visible_fields(standing.viewer, standing.phase, mine[0].submission_id):
        return []
    texts = written_on(mine[0].submission_id, standing.criteria)
    return [replace(pair, texts={ANSWER: texts.get(pair.criterion.pk, "")}) for pair in mine]


def texts_of(submission: Submission | int, criterion: Criterion) -> dict[str, str]:
    """What can be quoted for a mark, by source. For rooms that have asked the wall, and for actions."""
    pk = submission if isinstance(submission, int) else submission.pk
    return {ANSWER: written_on(pk, [criterion]).get(criterion.pk, "")}


def written_on(submission_id: int, criteria: Iterable[Criterion]) -> dict[int, str]:
    """What a mark is given for, by the criterion's id: the answers, or what was written about a finished pilot."""
    asked = list(criteria)
    of_pilots = [criterion for criterion in asked if criterion.stage == CriterionStage.PILOTS]
    if of_pilots:
        document = PilotEvidence.objects.filter(submission=submission_id).values_list("document", flat=True).first()
        read = finished.read(document) if document else None
        return {row.pk: one_line_end(read.account(row.code)) for row in of_pilots} if read else {}
    rows = Answer.objects.filter(submission=submission_id, criterion__in=asked)
    return {pk: one_line_end(text) for pk, text in rows.values_list("criterion_id", "text")}


def _pairs(
    submissions: Iterable[Submission], criteria: Iterable[Criterion], given: dict[tuple[int, int], Assessment]
) -> Iterable[Pair]:
    for submission in submissions:
        for criterion in criteria:
            yield _pair(submission, criterion, given.get((submission.pk, criterion.pk)))


def _pair(submission: Submission, criterion: Criterion, row: Assessment | None) -> Pair:
    start = Pair(submission.pk, submission.pseudonym, slugify(submission.pseudonym), criterion)
    if row is None:
        return start
    paper = getattr(row, "paper", None)
    return replace(
        start, mark=row.mark, rationale=row.rationale, saved_at=row.saved_at, is_submitted=row.submitted_at is not None,
        quotes=quoting.read(row.quotes), notes=paper.notes if paper else "", version=paper.version if paper else 0,
        late=late_texts.newest(paper.aside) if paper else None,
    )  # fmt: skip


def _step(row: list[Any]) -> ScaleStep:
    mark, *words = row
    label, descriptor = words if len(words) == 2 else ("", words[0] if words else "")
    return ScaleStep(Decimal(str(mark)), str(label), str(descriptor))


def _own(pairs: Sequence[Pair]) -> OwnSubmission:
    written = sum(pair.is_complete for pair in pairs)
    goes_on = next((pair for pair in pairs if not pair.is_complete), pairs[0])
    state = "todo" if not any(pair.mark is not None or pair.rationale for pair in pairs) else "attention"
    if written == len(pairs):
        state = "submitted" if all(pair.is_submitted for pair in pairs) else "done"
    return OwnSubmission(
        pairs[0].pseudonym, pairs[0].slug, goes_on.criterion.code, written, len(pairs), state, pairs[0].supplier
    )  # fmt: skip
