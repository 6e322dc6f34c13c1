"""Exact arithmetic of an assessment: moderated marks and prices in, a ranked result out. No Django.

The order of reading: ``shapes`` (what goes in and comes out), ``checks`` (what is refused), ``clauses`` and
``judging`` (quality and what disregards), ``prices`` (the published formulas, the screen, the sums), ``ranking``
(totals and ranks), ``robustness`` (how firmly it stands), ``agreement`` (how far assessors differ), ``documents`` and
``digests`` (JSON and its hash).
"""

from assessment.scoring.agreement import MODERATION_FROM, furthest, needs_moderation, spread
from assessment.scoring.clauses import clause_share
from assessment.scoring.digests import canonical
from assessment.scoring.documents import (
    Contribution,
    JsonNumber,
    contributions,
    to_document,
    to_json_number,
    to_robustness_document,
)
from assessment.scoring.judging import share_of_group
from assessment.scoring.measured import measured_mark
from assessment.scoring.prices import (
    DEFAULT_FORMULA,
    FORMULAS,
    Correction,
    LowPrice,
    PriceLine,
    abnormally_low,
    corrected_price,
    low_prices,
)
from assessment.scoring.ranking import rank, rank_case
from assessment.scoring.robustness import Robustness, WeightChange, WithoutOne, robustness
from assessment.scoring.shapes import (
    NOT_APPLICABLE,
    Case,
    Clause,
    Criterion,
    Disregarded,
    Entry,
    Finding,
    Flag,
    Group,
    Mark,
    Number,
    PanelMarks,
    Problem,
    Ranked,
    Result,
    ScoringError,
    Step,
    in_words,
)

__all__ = [
    "DEFAULT_FORMULA",
    "FORMULAS",
    "MODERATION_FROM",
    "NOT_APPLICABLE",
    "Case",
    "Clause",
    "Contribution",
    "Correction",
    "Criterion",
    "Disregarded",
    "Entry",
    "Finding",
    "Flag",
    "Group",
    "JsonNumber",
    "LowPrice",
    "Mark",
    "Number",
    "PanelMarks",
    "PriceLine",
    "Problem",
    "Ranked",
    "Result",
    "Robustness",
    "ScoringError",
    "Step",
    "WeightChange",
    "WithoutOne",
    "abnormally_low",
    "canonical",
    "clause_share",
    "contributions",
    "corrected_price",
    "furthest",
    "in_words",
    "low_prices",
    "measured_mark",
    "needs_moderation",
    "rank",
    "rank_case",
    "robustness",
    "share_of_group",
    "spread",
    "to_document",
    "to_json_number",
    "to_robustness_document",
]
