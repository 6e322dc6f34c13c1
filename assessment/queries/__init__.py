"""Reads of a round. What leaves this package for a page is a dataclass made from an allow-list, never a submission."""

from assessment.queries.blind import BlindSubmission, attachment, blind_submission
from assessment.queries.boards import MarkShown, MemberProgress, Topic, individual_marks, progress, topic, topics
from assessment.queries.clauses import FindingRow, clause_progress, findings_of, mandatory_without_finding
from assessment.queries.export import assessment_export
from assessment.queries.marking import Pair, my_pairs, pair_with_answer, scale_of
from assessment.queries.ranking import ranking_inputs, reasons_to_disregard, scoring_criteria, unmoderated
from assessment.queries.results import RankedRow, ResultBoard, admitted_count, ranked_names, result_board
from assessment.queries.seats import (
    IN_ROUND,
    Declared,
    SupplierName,
    declarations,
    declared_by,
    incomplete_pairs,
    member_of,
    members,
    owed_by,
    phase_of,
    quality_criteria,
    round_of,
    submission_by_slug,
    submissions_in,
    supplier_names,
    viewer,
)

__all__ = [
    "IN_ROUND",
    "BlindSubmission",
    "Declared",
    "FindingRow",
    "MarkShown",
    "MemberProgress",
    "Pair",
    "RankedRow",
    "ResultBoard",
    "SupplierName",
    "Topic",
    "admitted_count",
    "assessment_export",
    "attachment",
    "blind_submission",
    "clause_progress",
    "declarations",
    "declared_by",
    "findings_of",
    "incomplete_pairs",
    "individual_marks",
    "mandatory_without_finding",
    "member_of",
    "members",
    "my_pairs",
    "owed_by",
    "pair_with_answer",
    "phase_of",
    "progress",
    "quality_criteria",
    "ranked_names",
    "ranking_inputs",
    "reasons_to_disregard",
    "result_board",
    "round_of",
    "scale_of",
    "scoring_criteria",
    "submission_by_slug",
    "submissions_in",
    "supplier_names",
    "topic",
    "topics",
    "unmoderated",
    "viewer",
]
