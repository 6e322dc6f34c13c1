"""Exact arithmetic of an assessment: moderated marks and prices in, a ranked result out. No Django.

The order of reading: ``shapes`` (what goes in and comes out), ``checks`` (what is refused), ``prices`` (the published
formulas), ``ranking`` (the arithmetic), ``agreement`` (how far assessors differ), ``documents`` (JSON and digest).
"""

from assessment.scoring.agreement import MODERATION_FROM, needs_moderation, spread
from assessment.scoring.documents import JsonNumber, to_document, to_json_number
from assessment.scoring.prices import DEFAULT_FORMULA, FORMULAS
from assessment.scoring.ranking import rank
from assessment.scoring.shapes import (
    NOT_APPLICABLE,
    Criterion,
    Disregarded,
    Entry,
    Flag,
    Ranked,
    Result,
    ScoringError,
)

__all__ = [
    "DEFAULT_FORMULA",
    "FORMULAS",
    "MODERATION_FROM",
    "NOT_APPLICABLE",
    "Criterion",
    "Disregarded",
    "Entry",
    "Flag",
    "JsonNumber",
    "Ranked",
    "Result",
    "ScoringError",
    "needs_moderation",
    "rank",
    "spread",
    "to_document",
    "to_json_number",
]
