"""Addresses that give letters back, for those who can do something about it."""

from collections.abc import Iterable
from typing import Any

from django import template

from notifications.models import TroubledAddress

register = template.Library()


@register.inclusion_tag("notifications/troubled.html")
def troubled_addresses(*groups: Iterable[Any], own: bool = False) -> dict[str, Any]:
    """Of people, their memberships, or invitations: whose letters come back, since when, and what to do; one query."""
    people = [each for group in groups for each in group or ()]
    addresses = {getattr(each, "email", None) or each.user.email for each in people}
    found = TroubledAddress.objects.filter(address__in={address.lower() for address in addresses}).order_by("address")
    return {"troubles": list(found) if addresses else [], "own": own}
