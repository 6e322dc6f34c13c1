"""Clauses in a ranking: mandatory ones are gates, scored ones share the weight of the criterion of kind ``clauses``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from assessment.scoring.shapes import NOT_APPLICABLE, Clause, Criterion, Entry, Mark, Number, exact, in_words

ZERO = Fraction(0)


def fold(
    criteria: Sequence[Criterion], entries: Sequence[Entry], clauses: Sequence[Clause]
) -> tuple[list[Criterion], list[Entry]]:
    """Criteria and entries in which the criterion of kind ``clauses`` is an ordinary one, with marks from 0 to 1.

    A submission's mark on it is the weighted mean of its grades, each as a share of the clause's own scale; the weights
    are those of the scored clauses that this challenge selected, normalised over those that apply.
    """
    folded = [replace(c, kind="quality", maximum=1) if c.kind == "clauses" else c for c in criteria]
    codes = [c.code for c in criteria if c.kind == "clauses"]
    if not codes:
        return folded, list(entries)
    return folded, [_with_share(entry, codes[0], clauses) for entry in entries]


def clause_failures(entry: Entry, clauses: Sequence[Clause]) -> list[str]:
    """Why a submission's clause findings disregard it (A8): a mandatory clause not met, a grade below its threshold."""
    return [words for clause in sorted(clauses, key=lambda c: c.code) if (words := _failure(entry, clause))]


def clause_share(findings: Mapping[str, object], clauses: Sequence[Clause]) -> Fraction | None:
    """The weighted mean of the grades, from 0 to 1; None where no scored clause with a weight applies."""
    total, reached = ZERO, ZERO
    for clause in clauses:
        grade = findings.get(clause.code)
        if clause.mode == "scored" and isinstance(grade, Number):
            total += exact(clause.weight)
            reached += exact(clause.weight) * exact(grade) / exact(clause.maximum)
    return reached / total if total else None


def _with_share(entry: Entry, code: str, clauses: Sequence[Clause]) -> Entry:
    if entry.disregarded is not None:
        return entry
    share = clause_share(entry.findings, clauses)
    mark: Mark = NOT_APPLICABLE if share is None else share
    return replace(entry, marks={**entry.marks, code: mark})


def _failure(entry: Entry, clause: Clause) -> str:
    finding = entry.findings.get(clause.code)
    if clause.mode == "mandatory":
        return f"failed clause {clause.code}" if finding == "not met" else ""
    if clause.threshold is None or not isinstance(finding, Number) or exact(finding) >= exact(clause.threshold):
        return ""
    return f"clause {clause.code}: grade {in_words(finding)} is below the threshold of {in_words(clause.threshold)}"
