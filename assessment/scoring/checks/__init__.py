"""What a ranking refuses, as complete lists of sentences, each with its place in a document."""

from collections.abc import Iterable

from assessment.scoring.checks.criteria import problems_with_criteria
from assessment.scoring.checks.submissions import problems_with_prices, problems_with_submissions
from assessment.scoring.shapes import Case, Problem, ScoringError

__all__ = ["refuse_invalid", "refuse_missing_prices"]


def refuse_invalid(case: Case) -> None:
    """Raise ScoringError with everything that is wrong: of the rules first, and if those are sound of the submissions.

    The marks and findings of a disregarded submission are not read.
    """
    _refuse(problems_with_criteria(case.criteria, case.tie_breaks, case.groups, case.clauses))
    _refuse(problems_with_submissions(case.criteria, case.entries, case.clauses))


def refuse_missing_prices(case: Case, closed: Iterable[str]) -> None:
    """Raise ScoringError where an admissible submission (none of the ``closed``) has no price, or an impossible one."""
    if any(c.kind == "price" for c in case.criteria):
        _refuse(problems_with_prices(case.entries, frozenset(closed)))


def _refuse(problems: Iterable[Problem]) -> None:
    if found := list(problems):
        raise ScoringError(found)
