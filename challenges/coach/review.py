"""The coach's whole opinion."""

from collections.abc import Iterable

from challenges.coach.needs import incomplete_numbers, missing, published_before, several_aims, too_long_or_too_hard
from challenges.coach.statement import Finding, Statement
from challenges.coach.wording import solution_words


def review(statement: Statement) -> list[Finding]:
    """Everything the coach has to say, what blocks publication first. Style never blocks."""
    findings = [
        *missing(statement),
        *incomplete_numbers(statement),
        *several_aims(statement),
        *solution_words(statement),
        *too_long_or_too_hard(statement),
        *published_before(statement),
    ]
    return sorted(findings, key=lambda finding: finding.level != "must")


def may_be_published(findings: Iterable[Finding]) -> bool:
    """Whether nothing that procurement needs is missing."""
    return all(finding.level != "must" for finding in findings)
