"""Who belongs to which council, in which role."""

from typing import Any

from accounts.models import Council, CouncilMembership, CouncilRole, User


def has_role(actor: Any, council: Council | int, *roles: CouncilRole) -> bool:
    """Whether the actor is an active person with one of these roles in the council (any role if none is given)."""
    if not isinstance(actor, User) or not actor.is_active:
        return False
    council_id = council if isinstance(council, int) else council.pk
    memberships = CouncilMembership.objects.filter(user=actor, council_id=council_id)
    return (memberships.filter(role__in=roles) if roles else memberships).exists()


def is_council_member(actor: Any) -> bool:
    """Whether the actor holds any council role anywhere."""
    return isinstance(actor, User) and CouncilMembership.objects.filter(user=actor).exists()


def needs_second_factor(actor: Any) -> bool:
    """Whether a password alone is not enough: for council members, and for whoever runs the site."""
    runs_site = getattr(actor, "is_superuser", False) or getattr(actor, "is_staff", False)
    return runs_site or is_council_member(actor)
