"""Who belongs to which council in which role, who invites, and for whom an invitation is."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import Council, CouncilMembership, CouncilRole, Invitation, InvitationQuerySet, User


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
    return runs_the_site(actor) or getattr(actor, "is_staff", False) or is_council_member(actor)


def runs_the_site(actor: Any) -> bool:
    """Whether the actor is one of the active people who run this marketplace; it opens no council's or firm's work."""
    return isinstance(actor, User) and actor.is_active and actor.is_superuser


def may_keep(actor: Any, council: Council) -> bool:
    """Invite people to a council, change and end their roles: its procurement leads."""
    return has_role(actor, council, CouncilRole.PROCUREMENT_LEAD)


def may_see_people(actor: Any, council: Council) -> bool:
    """See who works for a council in which role: everybody who does."""
    return has_role(actor, council)


def may_set_limit(actor: Any, council: Council) -> bool:
    """Say up to what value a council's officers approve awards by themselves: its procurement leads (D7)."""
    return has_role(actor, council, CouncilRole.PROCUREMENT_LEAD)


def may_hand_over(actor: Any, giver: User, council: Council) -> bool:
    """Pass on what somebody holds: that person, or a procurement lead for somebody who is absent."""
    return (actor == giver and has_role(actor, council)) or may_keep(actor, council)


def is_last_keeper(user: User, council: Council) -> bool:
    """Whether this is the only active procurement lead that the council has."""
    leads = CouncilMembership.objects.filter(council=council, role=CouncilRole.PROCUREMENT_LEAD, user__is_active=True)
    return set(leads.values_list("user", flat=True)) == {user.pk}


def is_addressee(actor: Any, invitation: Invitation) -> bool:
    """Whether an invitation was sent to an address that this person has shown to be theirs."""
    if not isinstance(actor, User) or not actor.is_active:
        return False
    return EmailAddress.objects.filter(user=actor, email__iexact=invitation.email, verified=True).exists()


def why_not_open(invitation: Invitation, at: datetime) -> str | None:
    """The sentence that says why an invitation can no longer be accepted; None while it can."""
    if invitation.accepted_at is not None:
        return "This invitation was accepted already. Its link works once."
    if invitation.withdrawn_at is not None:
        return "This invitation was taken back. Ask whoever sent it."
    return "This invitation has expired. Ask for a new one." if at >= invitation.expires_at else None


def objection_to_inviting(earlier: InvitationQuerySet, email: str, role: str, at: datetime, *, most: int) -> str | None:
    """Why an organisation with these `earlier` invitations cannot send one more; None when it can."""
    waiting = earlier.open(at)
    if waiting.filter(email=email, role=role).exists():
        return "This address was invited to this role already. Withdraw that invitation to send another."
    if waiting.count() >= most:
        return f"{most} invitations are open. Withdraw some, or wait until they are accepted."
    return None
