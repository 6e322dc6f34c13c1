"""Suppliers, their people, their sealed submissions, and questions about a call."""

from suppliers.models.clarifications import Clarification, ClarificationQuerySet
from suppliers.models.organisations import SizeClass, Supplier, SupplierMember, SupplierRole
from suppliers.models.submissions import (
    ChallengeKey,
    Submission,
    SubmissionQuerySet,
    SubmissionState,
    UnsealingConsent,
)
from suppliers.models.unsealed import Answer, ClauseResponse, PriceOffer

__all__ = [
    "Answer", "ChallengeKey", "Clarification", "ClarificationQuerySet", "ClauseResponse", "PriceOffer", "SizeClass",
    "Submission", "SubmissionQuerySet", "SubmissionState", "Supplier", "SupplierMember", "SupplierRole",
    "UnsealingConsent",
]  # fmt: skip
