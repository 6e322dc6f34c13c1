"""Whom a verifier looks at, what they found, and whether an award may rest on it (A8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assessment.models import Question, Round, Stage, Verification
from assessment.queries.seats import IN_ROUND, entered
from challenges.models import Challenge
from suppliers.models import Partner, Submission
from suppliers.queries import partners_of, said_standing

LASTS = timedelta(days=90)
"""How long a verification before an award counts: our own figure, long enough for approval and standstill."""


@dataclass(frozen=True)
class Party:
    """One organisation of a submission: its supplier, or one that answers together with it."""

    name: str
    company_number: str
    role: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class VerifyRow:
    """One supplier on the verifier's list. Nothing here tells which submission is whose."""

    public_id: Any
    name: str
    company_number: str
    parties: int
    latest: dict[str, Verification]


OF_SUPPLIER = (Question.EXCLUSION, Question.DEBARMENT, Question.CONDITIONS, Question.SUBCONTRACTORS)
OF_PARTNER = (Question.EXCLUSION, Question.DEBARMENT)


def parties_of(submission: Submission) -> list[Party]:
    """Everybody to be looked at: the supplier first, then partners and subcontractors."""
    supplier = submission.supplier
    found = [Party(supplier.name, supplier.company_number, "Supplier", OF_SUPPLIER)]
    return found + [Party(row.name, row.company_number, row.role, OF_PARTNER) for row in partners_of(submission)]


def declared_standing(submission: Submission) -> list[dict[str, Any]]:
    """What the supplier declared about itself with its submission."""
    return said_standing(submission)


def to_verify(challenge: Challenge) -> list[VerifyRow]:
    """The suppliers of a challenge by name, with the newest verification of each stage."""
    rows = Submission.objects.filter(challenge=challenge, state__in=IN_ROUND).select_related("supplier")
    submissions = sorted(rows.defer("content_box", "price_box"), key=lambda each: each.supplier.name.casefold())
    ids = [each.pk for each in submissions]
    latest = _latest(ids)
    partners: dict[int, int] = {}
    for submission_id in Partner.objects.filter(submission__in=ids).values_list("submission_id", flat=True):
        partners[submission_id] = partners.get(submission_id, 0) + 1
    return [
        VerifyRow(
            each.supplier.public_id, each.supplier.name, each.supplier.company_number, 1 + partners.get(each.pk, 0),
            latest.get(each.pk, {}),
        )
        for each in submissions
    ]  # fmt: skip


def submission_of(challenge: Challenge, supplier_id: Any) -> Submission | None:
    """The submission of the supplier with this public id, for its verification."""
    rows = Submission.objects.filter(challenge=challenge, state__in=IN_ROUND, supplier__public_id=supplier_id)
    return rows.select_related("supplier", "challenge").first()


def verifications_of(submission: Submission) -> list[Verification]:
    """Every look at a supplier, the newest first."""
    return list(submission.verifications.select_related("verified_by").prefetch_related("points").order_by("-pk"))


def excluded(round_: Round) -> dict[int, str]:
    """By submission id, why a supplier cannot go on, as its newest verification found."""
    rows = entered(round_).values_list("pk", flat=True)
    found = {}
    for pk, by_stage in _latest(list(rows)).items():
        newest = max(by_stage.values(), key=lambda row: row.pk)
        if not newest.is_clear:
            found[pk] = "excluded: somebody outside the panel checked the supplier, and it cannot go on"
    return found


def why_not_verified(submission_id: int, name: str, at: datetime) -> str | None:
    """Why no award to the supplier of this name can rest on its last verification; None when one can."""
    row = Verification.objects.filter(submission=submission_id, stage=Stage.AWARD).order_by("pk").last()
    if row is None:
        return (
            f"{name} has not been checked again for this award: somebody outside the panel looks at exclusion grounds, "
            "the debarment list, the conditions of participation and the subcontractors."
        )
    if not row.is_clear:
        return f"{name} cannot be given an award: the check before the award found what excludes it."
    if at - row.verified_at > LASTS:
        return f"The check of {name} is more than {LASTS.days} days old: somebody outside the panel checks it again."
    return None


def _latest(ids: Iterable[int]) -> dict[int, dict[str, Verification]]:
    found: dict[int, dict[str, Verification]] = {}
    for row in Verification.objects.filter(submission__in=list(ids)).select_related("verified_by").order_by("pk"):
        found.setdefault(row.submission_id, {})[row.stage] = row
    return found
