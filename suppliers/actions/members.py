"""Organisations and who belongs to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event
from suppliers import rules
from suppliers.company_numbers import NotACompanyNumberError, normalised
from suppliers.models import Supplier, SupplierMember, SupplierRole

PROFILE = frozenset({"name", "company_number", "size_class", "is_vcse", "region", "description"})


@transaction.atomic
def register_supplier(
    *, values: Mapping[str, Any], actor: User, at: datetime, is_demonstration: bool = False
) -> Supplier:
    """Register an organisation (fields of PROFILE); whoever registers it is its administrator."""
    if unknown := set(values) - PROFILE:
        raise ValueError(f"not fields of a supplier: {sorted(unknown)}")
    if not rules.may_register(actor):
        raise NotPermitted("Sign in to register an organisation.")
    supplier = Supplier(**{**values, "company_number": _number(values), "created_at": at})
    supplier.is_demonstration = is_demonstration
    _refuse_twice(supplier)
    supplier.save()
    SupplierMember.objects.create(supplier=supplier, user=actor, role=SupplierRole.ADMIN)
    append_event(
        verb="supplier.registered", subject=supplier, actor=actor, at=at, challenge_id=None,
        visibility=Visibility.SUPPLIER,
    )  # fmt: skip
    return supplier


def _number(values: Mapping[str, Any]) -> str:
    try:
        return normalised(str(values.get("company_number", "")))
    except NotACompanyNumberError as error:
        raise Refused(str(error)) from error


def _refuse_twice(supplier: Supplier) -> None:
    if Supplier.objects.filter(company_number=supplier.company_number).exists():
        raise Refused(
            f"An organisation with the number {supplier.company_number} is registered already. "
            "Ask its administrator to add you as a member."
        )
