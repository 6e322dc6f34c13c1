"""Reads about organisations and their people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from suppliers import certificates
from suppliers.certificates import Standing
from suppliers.models import Certificate, Joining, JoiningState, Submission, Supplier, SupplierMember, SupplierRole


@dataclass(frozen=True)
class Held:
    """A certificate, and where it stands today."""

    certificate: Certificate
    standing: Standing


def waiting_joinings(supplier: Supplier) -> list[Joining]:
    """Who asks to join and waits for an answer, the earliest first; for the organisation's administrators."""
    return list(supplier.joinings.filter(state=JoiningState.ASKED).select_related("user"))


def own_suppliers(actor: Any) -> QuerySet[Supplier]:
    """The organisations that the actor belongs to."""
    if not isinstance(actor, User):
        return Supplier.objects.none()
    return Supplier.objects.filter(members__user=actor).order_by("name")


def certificates_of(supplier: Supplier, today: date) -> list[Held]:
    """Every certificate of a supplier with its standing; those that need care first."""
    held = [Held(row, certificates.standing(row.expires_on, today)) for row in supplier.certificates.all()]
    return sorted(held, key=lambda each: not each.standing.needs_care)


def expiring(suppliers: Iterable[Supplier], today: date) -> list[Held]:
    """The certificates of these suppliers that run out soon or have, the earliest first: one query."""
    last_day = today + certificates.SOON
    rows = Certificate.objects.filter(supplier__in=suppliers, expires_on__lte=last_day).select_related("supplier")
    ordered = rows.order_by("expires_on", "pk")
    return [Held(row, certificates.standing(row.expires_on, today)) for row in ordered]


def has_ever_submitted(supplier: Supplier) -> bool:
    """Whether a submission of this supplier was ever received: from then on its number names it for good (R4)."""
    return Submission.objects.filter(supplier=supplier, submitted_at__isnull=False).exists()


def members_of(supplier: Supplier) -> list[SupplierMember]:
    """An organisation's people, administrators first."""
    rows = SupplierMember.objects.filter(supplier=supplier).select_related("user").order_by("pk")
    return sorted(rows, key=lambda row: row.role != SupplierRole.ADMIN)
