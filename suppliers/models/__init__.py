"""Suppliers, their people, their sealed submissions, and questions about a call."""

from suppliers.models.breaking import EmergencyReading, ReadingState
from suppliers.models.clarifications import Clarification, ClarificationQuerySet, FormerAnswer
from suppliers.models.fit import Reason, ReasonCount
from suppliers.models.joining import Joining, JoiningState
from suppliers.models.keys import ChallengeKey, MasterKeyRotation, SigningKey
from suppliers.models.organisations import Certificate, Scheme, Shown, SizeClass, Supplier, SupplierMember, SupplierRole
from suppliers.models.standing import Declaration, DeclarationKind, Partner, SubmittedStanding
from suppliers.models.submissions import (
    EarlierVersion,
    Submission,
    SubmissionQuerySet,
    SubmissionState,
    UnsealingConsent,
)
from suppliers.models.unsealed import Answer, ClauseResponse, ConfidentialPassage, PriceOffer

__all__ = [
    "Answer",
    "Certificate",
    "ChallengeKey",
    "Clarification",
    "ClarificationQuerySet",
    "ClauseResponse",
    "ConfidentialPassage",
    "Declaration",
    "DeclarationKind",
    "EarlierVersion",
    "EmergencyReading",
    "FormerAnswer",
    "Joining",
    "JoiningState",
    "MasterKeyRotation",
    "Partner",
    "PriceOffer",
    "ReadingState",
    "Reason",
    "ReasonCount",
    "Scheme",
    "Shown",
    "SigningKey",
    "SizeClass",
    "Submission",
    "SubmissionQuerySet",
    "SubmissionState",
    "SubmittedStanding",
    "Supplier",
    "SupplierMember",
    "SupplierRole",
    "UnsealingConsent",
]  # fmt: skip
