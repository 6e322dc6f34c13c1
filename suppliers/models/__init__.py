"""Suppliers, their people, their sealed submissions, and questions about a call."""

from suppliers.models.clarifications import Clarification, ClarificationQuerySet
from suppliers.models.organisations import Certificate, Scheme, SizeClass, Supplier, SupplierMember, SupplierRole
from suppliers.models.submissions import (
    ChallengeKey,
    Submission,
    SubmissionQuerySet,
    SubmissionState,
    UnsealingConsent,
)
from suppliers.models.unsealed import Answer, ClauseResponse, PriceOffer

__all__ = [
    "Answer", "Certificate", "ChallengeKey", "Clarification", "ClarificationQuerySet", "ClauseResponse",
    "PriceOffer", "Scheme", "SizeClass", "Submission", "SubmissionQuerySet", "SubmissionState", "Supplier",
    "SupplierMember", "SupplierRole", "UnsealingConsent",
]  # fmt: skip
