"""Reads about organisations and their people."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from suppliers.models import Supplier


def own_suppliers(actor: Any) -> QuerySet[Supplier]:
    """The organisations that the actor belongs to, with their role as `role`."""
    if not isinstance(actor, User):
        return Supplier.objects.none()
    return Supplier.objects.filter(members__user=actor).order_by("name")
