"""What is wrong with the submissions: marks, clause findings, prices (A5)."""

from collections.abc import Iterable, Iterator, Sequence

from assessment.scoring.checks.criteria import repeated
from assessment.scoring.shapes import (
    EXACT,
    NOT_APPLICABLE,
    Clause,
    Criterion,
    Entry,
    Mark,
    NotApplicable,
    PanelMarks,
    Problem,
    exact,
    in_words,
    is_exact,
)

VERDICTS = ("met", "not met", "due later")
Placed = list[tuple[str, Entry]]


def problems_with_submissions(
    criteria: Sequence[Criterion], entries: Sequence[Entry], clauses: Sequence[Clause]
) -> list[Problem]:
    """Everything wrong with the submissions that are not disregarded beforehand, submission by submission."""
    quality = [c for c in criteria if c.kind == "quality"]
    is_graded = any(c.kind == "clauses" for c in criteria)
    placed = [(f"submissions[{n}]", entry) for n, entry in enumerate(entries)]
    assessed = [(path, entry) for path, entry in placed if entry.disregarded is None]
    found = list(repeated("Submission", "submissions", "id", [entry.id for entry in entries]))
    if not _columns_are_sound(quality, [entry for _, entry in assessed]):
        found += [problem for path, entry in assessed for problem in _marks(path, entry, quality)]
    found += [problem for path, entry in assessed for problem in _findings(path, entry, clauses, is_graded)]
    for criterion in quality:
        without = [(path, e) for path, e in assessed if e.marks.get(criterion.code) is NOT_APPLICABLE]
        found += _partly(f"marks.{criterion.code}", criterion.code, without, len(assessed))
    for clause in clauses:
        without = [(path, e) for path, e in assessed if e.findings.get(clause.code) is NOT_APPLICABLE]
        found += _partly(f"clause_findings.{clause.code}", f"Clause {clause.code}", without, len(assessed))
    return found


def problems_with_prices(entries: Sequence[Entry], closed: frozenset[str]) -> Iterator[Problem]:
    """A price that is missing or impossible, of submissions that are not ``closed``."""
    for n, entry in enumerate(entries):
        if entry.id not in closed:
            yield from (Problem(f"submissions[{n}].price", words) for words in _price(entry))


def _columns_are_sound(quality: Sequence[Criterion], assessed: Sequence[Entry]) -> bool:
    """Whether no mark at all is wrong, told from the distinct marks of each criterion; the usual case, and quick."""
    codes = {criterion.code for criterion in quality}
    if any(entry.marks.keys() != codes for entry in assessed):
        return False
    columns = ((criterion, [entry.marks[criterion.code] for entry in assessed]) for criterion in quality)
    return all(_column_is_sound(criterion, column) for criterion, column in columns)


def _column_is_sound(criterion: Criterion, column: list[Mark]) -> bool:
    # Equal values of other types (3.0, True) would hide behind exact ones in a set, so types come first.
    if not set(map(type, column)) <= EXACT:
        return False
    try:
        distinct = set(column)
    except TypeError:  # a signalling NaN has no hash
        return False
    return not any(_fault(mark, criterion) for mark in distinct)


def _marks(path: str, entry: Entry, quality: Sequence[Criterion]) -> Iterator[Problem]:
    for code in sorted(set(entry.marks) - {criterion.code for criterion in quality}):
        words = f"Submission {entry.id} has a mark for {code}, which is not a quality criterion."
        yield Problem(f"{path}.marks.{code}", words)
    for criterion in quality:
        if fault := _fault(entry.marks.get(criterion.code), criterion):
            yield Problem(f"{path}.marks.{criterion.code}", f"Submission {entry.id}{fault}")


def _fault(mark: Mark, criterion: Criterion) -> str:
    """What is wrong with a mark, to be put behind the submission's name; empty when nothing is."""
    if mark is None:
        return f" has no mark for {criterion.code}."
    if isinstance(mark, NotApplicable):
        return ""
    if isinstance(mark, PanelMarks):
        return _panel_fault(mark, criterion)
    if not is_exact(mark):
        return f": its mark {mark!r} for {criterion.code} is not an exact number."
    if criterion.maximum is not None and not 0 <= exact(mark) <= exact(criterion.maximum):
        return f": its mark {in_words(mark)} for {criterion.code} is not between 0 and {in_words(criterion.maximum)}."
    steps = sorted(exact(step.mark) for step in criterion.scale)
    if steps and mark not in steps:
        scale = ", ".join(in_words(step) for step in steps)
        return f": its mark {in_words(mark)} for {criterion.code} is not on the scale ({scale})."
    return ""


def _panel_fault(panel: PanelMarks, criterion: Criterion) -> str:
    if not panel.by_organisation or not all(panel.by_organisation.values()):
        return f": for {criterion.code} every organisation of the panel needs a mark."
    faults = (_fault(mark, criterion) for marks in panel.by_organisation.values() for mark in marks)
    return next((fault for fault in faults if fault), "")


def _findings(path: str, entry: Entry, clauses: Sequence[Clause], is_graded: bool) -> Iterator[Problem]:
    known = {clause.code for clause in clauses}
    for code in sorted(set(entry.findings) - known):
        words = f"Submission {entry.id} has a finding on clause {code}, which this challenge did not select."
        yield Problem(f"{path}.clause_findings.{code}", words)
    for clause in clauses:
        if fault := _finding_fault(entry, clause, is_graded):
            yield Problem(f"{path}.clause_findings.{clause.code}", f"Submission {entry.id}{fault}")


def _finding_fault(entry: Entry, clause: Clause, is_graded: bool) -> str:
    finding, code = entry.findings.get(clause.code), clause.code
    if finding is NOT_APPLICABLE:
        return ""
    if clause.mode == "mandatory":
        return "" if finding in VERDICTS else f": clause {code} needs a finding: {', '.join(VERDICTS)}."
    if finding is None:
        return f" has no grade for clause {code}." if is_graded else ""
    if not is_exact(finding) or not 0 <= exact(finding) <= exact(clause.maximum):  # type: ignore[arg-type]
        return f": its grade {finding!r} for clause {code} is not a number from 0 to {in_words(clause.maximum)}."
    return ""


def _partly(place: str, what: str, without: Iterable[tuple[str, Entry]], assessed: int) -> Iterator[Problem]:
    rows = sorted(without, key=lambda row: row[1].id)
    if rows and len(rows) < assessed:
        names = ", ".join(entry.id for _, entry in rows)
        words = f"{what} is marked not applicable for {names} only: it applies to every submission or to none."
        yield Problem(f"{rows[0][0]}.{place}", words)


def _price(entry: Entry) -> Iterator[str]:
    if entry.price is None:
        yield f"Submission {entry.id} has no price."
    elif not is_exact(entry.price):
        yield f"Submission {entry.id}: its price {entry.price!r} is not an exact number."
    elif entry.price < 0:
        yield f"Submission {entry.id}: its price {in_words(entry.price)} is below zero."
