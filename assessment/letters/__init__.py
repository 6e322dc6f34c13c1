"""Letters to suppliers: what is known of each submission, and the content that page and PDF are both made from."""

from assessment.letters.facts import Facts, Gap, facts_of, gaps_of, is_explanation
from assessment.letters.pilots import letter_of, summary_of_pilot
from assessment.letters.writing import Draft, digest, dropped, summary

__all__ = [
    "Draft",
    "Facts",
    "Gap",
    "digest",
    "dropped",
    "facts_of",
    "gaps_of",
    "is_explanation",
    "letter_of",
    "summary",
    "summary_of_pilot",
]
