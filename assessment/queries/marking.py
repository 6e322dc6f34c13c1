"""An assessor's own work: the pairs of submission and criterion they owe, and the screen for one of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from assessment.models import Assessment
from assessment.queries.standing import Standing
from assessment.visibility import Role, visible_fields
from challenges.models import Criterion
from suppliers.models import Answer, Submission


@dataclass(frozen=True)
class ScaleStep:
    """One mark of a published scale and what it means."""

    mark: Decimal
    label: str
    descriptor: str


@dataclass(frozen=True)
class Pair:
    """One mark that an assessor owes, as far as it is given. Nothing of it is anybody else's (A4)."""

    submission_id: int
    pseudonym: str
    slug: str
    criterion: Criterion
    mark: Decimal | None = None
    rationale: str = ""
    saved_at: datetime | None = None
    is_submitted: bool = False
    answer: str = ""

    @property
    def is_complete(self) -> bool:
        """A mark and a reason; a missing mark is not a zero (A5)."""
        return self.mark is not None and bool(self.rationale.strip())


def scale_of(criterion: Criterion) -> list[ScaleStep]:
    """The published scale, lowest mark first; rows are [mark, label, descriptor] or [mark, descriptor]."""
    steps = [_step(row) for row in criterion.scale]
    return sorted(steps, key=lambda step: step.mark)


def my_pairs(standing: Standing) -> list[Pair]:
    """The person's pairs, submission by submission; empty for whoever may not mark or has not declared everything."""
    if standing.viewer.role is not Role.ASSESSOR or not standing.viewer.has_declared:
        return []
    mine = [each for each in standing.submissions if each.pk not in standing.viewer.recused]
    return list(_pairs(mine, standing.criteria, standing.own))


def pair_with_answer(standing: Standing, slug: str, code: str) -> tuple[Pair, Pair | None, Pair | None] | None:
    """The pair to be marked with the answer, and its neighbours before and after; None when it is not theirs.

    The wall is asked for the answer as for any other field of a submission (A6).
    """
    pairs = my_pairs(standing)
    place = next((n for n, pair in enumerate(pairs) if (pair.slug, pair.criterion.code) == (slug, code)), None)
    if place is None:
        return None
    pair = pairs[place]
    if "answers" in visible_fields(standing.viewer, standing.phase, pair.submission_id):
        text = Answer.objects.filter(submission=pair.submission_id, criterion=pair.criterion)
        pair = replace(pair, answer=text.values_list("text", flat=True).first() or "")
    return pair, pairs[place - 1] if place else None, pairs[place + 1] if place + 1 < len(pairs) else None


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
    return replace(
        start, mark=row.mark, rationale=row.rationale, saved_at=row.saved_at, is_submitted=row.submitted_at is not None
    )


def _step(row: list[Any]) -> ScaleStep:
    mark, *words = row
    label, descriptor = words if len(words) == 2 else ("", words[0] if words else "")
    return ScaleStep(Decimal(str(mark)), str(label), str(descriptor))
