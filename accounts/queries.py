"""Reads about people, councils and invitations."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import models

from accounts.invitations import read_token
from accounts.models import Council, CouncilRole, Invitation, InvitationQuerySet, User


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link leads to; None when the link is not one of ours."""
    public_id = read_token(token)
    return Invitation.objects.select_related("invited_by").filter(public_id=public_id).first() if public_id else None


def invitations_for(user: User, at: datetime) -> InvitationQuerySet:
    """Open invitations to addresses that this person has shown to be theirs."""
    own = EmailAddress.objects.filter(user=user, verified=True).values("email")
    return Invitation.objects.open(at).filter(email__in=own).select_related("invited_by").order_by("-invited_at")


def open_invitations(organisation: models.Model, purpose: str, at: datetime) -> InvitationQuerySet:
    """An organisation's open invitations, the newest first."""
    return Invitation.objects.to(organisation, purpose).open(at).select_related("invited_by").order_by("-invited_at")


@dataclass(frozen=True)
class Colleague:
    """A person of a council with everything they do there."""

    user: User
    roles: list[CouncilRole]

    @property
    def words(self) -> list[str]:
        return [str(role.label) for role in self.roles]


def colleagues(council: Council) -> list[Colleague]:
    """A council's people with their roles, by name."""
    found: dict[User, list[CouncilRole]] = {}
    for membership in council.memberships.select_related("user").order_by("user__full_name", "user_id", "pk"):
        found.setdefault(membership.user, []).append(CouncilRole(membership.role))
    return [Colleague(user, roles) for user, roles in found.items()]


def others_of(council: Council, user: User) -> models.QuerySet[User]:
    """The active people of a council besides one, by name."""
    people = User.objects.filter(council_memberships__council=council, is_active=True).exclude(pk=user.pk)
    return people.distinct().order_by("full_name", "pk")
