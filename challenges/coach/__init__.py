"""The problem-statement coach: what a published need still lacks, and where it has begun to prescribe. No Django.

``statement`` holds what the coach reads and says, ``needs`` what procurement needs, ``wording`` the words that name a
solution, ``legibility`` length and reading ease, and ``review`` puts them together.
"""

from challenges.coach.legibility import WORD_LIMIT, Legibility, legibility
from challenges.coach.review import may_be_published, review
from challenges.coach.statement import Figure, Finding, Measure, PastChallenge, Statement

__all__ = [
    "WORD_LIMIT",
    "Figure",
    "Finding",
    "Legibility",
    "Measure",
    "PastChallenge",
    "Statement",
    "legibility",
    "may_be_published",
    "review",
]
