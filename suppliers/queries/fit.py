"""Reads for the fit check, and for the council that wants to know why firms do not answer."""

from dataclasses import dataclass

from challenges.models import Challenge, ClauseRequirement
from clauses.models import Due
from suppliers.completeness import GRADED
from suppliers.effort import Estimate, estimate
from suppliers.models import Reason, ReasonCount
from suppliers.queries.submissions import Questionnaire
from suppliers.small_cells import STEP, shown


@dataclass(frozen=True)
class DueThen:
    """The clauses whose proof is due at one moment."""

    when: str
    clauses: list[ClauseRequirement]


@dataclass(frozen=True)
class Told:
    """A reason, and how often it was given, blurred."""

    words: str
    shown: str


def effort_of(asked: Questionnaire) -> Estimate:
    """The estimated work of answering this."""
    graded = sum(row.response_type == GRADED for row in asked.clauses)
    limits = [row.word_limit for row in asked.criteria]
    return estimate(limits, yes_or_no=len(asked.clauses) - graded, graded=graded)


def due_later(asked: Questionnaire) -> list[DueThen]:
    """The clauses that are proven only later, by when, in the order of time."""
    moments = [DueThen(str(due.label), [row for row in asked.later if row.due == due]) for due in Due]
    return [moment for moment in moments if moment.clauses]


def reasons_told(challenge: Challenge) -> list[Told]:
    """Why firms do not answer, the most frequent first, in counts that show no single firm."""
    given = dict(ReasonCount.objects.filter(challenge=challenge).values_list("reason", "count"))
    counts = [(given.get(reason, 0), str(reason.label)) for reason in Reason]
    ordered = sorted(counts, key=lambda pair: -(pair[0] // STEP))  # by steps: the order must not tell more either
    return [Told(words, shown(count)) for count, words in ordered]
