"""Organisations and who belongs to them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import Visibility
from audit.transitions import NotPermitted, Refused, append_event
from suppliers import joining, rules
from suppliers.company_numbers import NotACompanyNumberError, normalised
from suppliers.models import Supplier, SupplierMember, SupplierRole


class NumberTaken(Refused):
    """Another organisation has this number."""


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
    if sentences := joining.objections(actor):
        raise Refused(*sentences)
    supplier = Supplier(**{**values, "company_number": checked_number(values), "created_at": at})
    supplier.is_demonstration = is_demonstration
    save_numbered(supplier)
    SupplierMember.objects.create(supplier=supplier, user=actor, role=SupplierRole.ADMIN)
    append_event(
        verb="supplier.registered", subject=supplier, actor=actor, at=at, challenge_id=None,
        visibility=Visibility.SUPPLIER,
    )  # fmt: skip
    return supplier


def checked_number(values: Mapping[str, Any]) -> str:
    """The Companies House number among these values, in its one form; raises Refused."""
    try:
        return normalised(str(values.get("company_number", "")))
    except NotACompanyNumberError as error:
        raise Refused(str(error)) from error


def save_numbered(supplier: Supplier) -> None:
    """Save an organisation whose number is new; of two that come at once with one number, the later is told."""
    _refuse_twice(supplier)
    try:
        with transaction.atomic():
            supplier.save()
    except IntegrityError:
        _refuse_twice(supplier)
        raise


def _refuse_twice(supplier: Supplier) -> None:
    """Raise Refused where another organisation has this number; who belongs to it is not told."""
    if Supplier.objects.filter(company_number=supplier.company_number).exclude(pk=supplier.pk).exists():
        raise NumberTaken(
            f"An organisation with the number {supplier.company_number} is registered already. If it is yours, ask "
            "to join it: an administrator lets you in. "
            "If the number is wrong, correct it."
        )
